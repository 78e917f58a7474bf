"""The virtual environment in .venv: made when missing, filled by hash, left alone when right."""

import hashlib
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Refusal(Exception):
    """A command cannot go on; the message is one sentence that says what to do."""


def say(words: str) -> None:
    print(words, flush=True)


def ready(lock: str) -> str:
    """The environment's Python, with exactly what the lock file lists installed."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    stamp = VENV / f".{lock}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(PYTHON)
    if not _has_pip():
        _make()
    _install(lock)
    stamp.write_text(wanted)
    return str(PYTHON)


def _has_pip() -> bool:
    """False as well for an environment that was interrupted, or whose Python has gone."""
    try:
        return not subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL)
    except OSError:
        return False


def _make() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Refusal(
            "This Python cannot make a virtual environment: install the package python3-venv"
            " (on Debian or Ubuntu: apt install python3-venv) and run the command again."
        ) from None
    say("Making a virtual environment in .venv ...")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        raise Refusal("The virtual environment could not be made; the lines above say why.")


def _install(lock: str) -> None:
    total = sum("==" in line for line in (ROOT / lock).read_text().splitlines())
    say(f"Installing up to {total} packages from {lock}, each checked by its hash ...")
    command = [
        PYTHON, "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off",
        "--disable-pip-version-check", "-r", lock,
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        tail = _follow(pip, total)
    if pip.returncode:
        raise Refusal(
            "\n".join(tail) + "\nThe packages could not be installed; pip says why above."
        )


def _follow(pip: subprocess.Popen[str], total: int) -> deque[str]:
    """Turn pip's many lines into a few words of progress; keep its last ones for a failure."""
    tail: deque[str] = deque(maxlen=8)
    fetched = 0
    try:
        for line in pip.stdout or ():
            tail.append(line.rstrip())
            if line.startswith("Collecting "):
                fetched += 1
                _count(fetched, total, line.split()[1].split("=")[0])
            elif line.startswith("Installing collected"):
                say("\n  all fetched, unpacking ..." if _on_terminal() else "  unpacking ...")
    except BaseException:
        pip.kill()
        raise
    return tail


def _count(fetched: int, total: int, name: str) -> None:
    if _on_terminal():
        print(f"\r  {fetched} of {total}  {name:<30}", end="", flush=True)
    elif fetched % 10 == 0:
        say(f"  {fetched} of {total}")


def _on_terminal() -> bool:
    return os.isatty(sys.stdout.fileno())
