"""`dev.py run`: from a bare clone to a working site, and everything stopped at the end."""

import contextlib
import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import development
from tools.environment import ROOT, Refusal, ready, say
from tools.prepare import NOBODY
from tools.welcome import invite_first_officer, welcome

PATIENCE = 60  # seconds for the first answer


def port() -> int:
    """PORT, or 8000."""
    words = os.environ.get("PORT") or "8000"
    if not words.isdigit() or not 0 < int(words) < 65536:
        raise Refusal(f"PORT is {words!r}: write a number from 1 to 65535.")
    return int(words)


def run(*, empty: bool) -> int:
    number = port()
    _refuse_taken(number)
    python = ready("requirements.lock")
    env = development.environment(number)
    nobody = _prepare(python, env)
    if nobody and not empty:
        _load_demonstration(python, number)
    env = development.environment(number)
    return _serve(python, env, number, nobody=nobody and empty)


def _refuse_taken(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            raise Refusal(
                f"Port {number} is in use: choose another with PORT={number + 1} python3 dev.py run"
            ) from None


def _prepare(python: str, env: dict[str, str]) -> bool:
    """Tables and static files; whether nobody has an account yet."""
    stamp, now = Path(env["ISWG_DATA_DIR"]) / "static.stamp", _state_of_static()
    fresh = stamp.exists() and stamp.read_text() == now
    say("Preparing the database ..." if fresh else "Preparing the database and static files ...")
    command = [python, "-m", "tools.prepare", *([] if fresh else ["--static"])]
    answer = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    if answer not in (0, NOBODY):
        raise Refusal("The database could not be prepared; the lines above say why.")
    stamp.write_text(now)
    return answer == NOBODY


def _state_of_static() -> str:
    """Changes with any file under static/ and with any package."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    state = [f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}" for path in files]
    state.append((ROOT / "requirements.lock").read_text())
    return hashlib.sha256("\n".join(state).encode()).hexdigest()


def _load_demonstration(python: str, number: int) -> None:
    say("Loading the demonstration data; this takes a little while, once ...")
    development.make_passphrase()
    try:
        _step([python, "manage.py", "load_demo", "-v0"], development.environment(number))
    except BaseException:
        # The next attempt may bring another passphrase.
        development.passphrase_file().unlink()
        raise


def _step(command: list[str], env: dict[str, str]) -> None:
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
        raise Refusal(f"`manage.py {command[2]}` failed; the lines above say why.")


def _serve(python: str, env: dict[str, str], number: int, *, nobody: bool) -> int:
    """The web server and the worker, until one of them ends or somebody asks."""
    commands = {
        "web server": [python, "-m", "iswg.serve", "-b", "127.0.0.1", "-p", str(number)],
        "worker": [python, "manage.py", "work"],
    }
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - dev.py has one thread
            )
        _wait_until_healthy(number, running)
        welcome(number, nobody=nobody)
        if nobody:
            invite_first_officer([python, "manage.py"], env)
        while True:
            _refuse_ended(running)
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\nStopping ...")
        return 0
    finally:
        _stop(list(running.values()))


def _end_with_parent() -> None:
    """On Linux, should dev.py itself be killed, its processes are told to end."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _wait_until_healthy(number: int, running: dict[str, subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + PATIENCE
    # No proxy of the environment stands between this machine and itself.
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    while time.monotonic() < end:
        _refuse_ended(running)
        with contextlib.suppress(OSError, urllib.error.URLError):
            ask(f"http://127.0.0.1:{number}/healthz", timeout=2).close()
            return
        time.sleep(0.1)
    raise Refusal(f"The site did not answer within {PATIENCE} seconds; the lines above say why.")


def _refuse_ended(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Refusal(f"The {name} ended by itself; the lines above say why.")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each process's whole group to end, wait, then insist."""
    # A second Ctrl-C must not leave anything behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        end = time.monotonic() + patience
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
