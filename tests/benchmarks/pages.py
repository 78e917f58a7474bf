"""Goal 10: what a signed-in page costs the server, beside stock Django on two servers.

Run as a program: `python -m tests.benchmarks.pages`. It loads the demonstration data into a
folder of its own, signs in as Fiji's contact point, and asks for the same page of the same
database, with the same cookies, from one server process after the other, in turns:

* ours: `iswg.serve`;
* Django's own ASGI handler on Daphne as it comes;
* Django's WSGI handler on one synchronous gunicorn worker with a kept connection.

The figure is the processor time of the server process per answered request.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
# A page of words, whose cost is mostly the way to it, and a list with sealed titles.
PAGES = ("/help/", "/bulletins/")
ROUNDS, SECONDS, CLIENTS = 3, 4.0, 8
PHRASE = "reef lantern copra harbour tide"  # of the demonstration, not of anybody
READER = "contact.fj@demo.invalid"


@dataclass
class Server:
    name: str
    command: tuple[str, ...]
    settings: str = "iswg.settings"
    ms: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})


SERVERS = (
    Server("ours", ("iswg.serve", "-p", "{port}")),
    Server("stock ASGI on Daphne", ("tests.benchmarks.stock_daphne", "{port}")),
    Server(
        "gunicorn sync",
        ("gunicorn", "--workers", "1", "--bind", "127.0.0.1:{port}", "--log-level", "warning",
         "tests.benchmarks.stock_wsgi:application"),
        "tests.benchmarks.kept_settings",
    ),
)  # fmt: skip


def environment(folder: Path, port: int = 0) -> dict[str, str]:
    pin = folder / "secrets" / "directory_pin"
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("ISWG_")},
        **({"ISWG_COLLECTED": "1"} if "ISWG_COLLECTED" in os.environ else {}),
        "ISWG_DATA_DIR": str(folder),
        "ISWG_DEMO_PASSPHRASE": PHRASE,
        "ISWG_ORIGIN": f"http://localhost:{port}",
        **({"ISWG_DIRECTORY_PIN_FILE": str(pin)} if pin.exists() else {}),
    }


def prepare(folder: Path) -> None:
    """The demonstration data, unless this folder has them already."""
    if (folder / "secrets" / "directory_pin").exists():
        return
    for command in (["migrate", "-v0"], ["load_demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment(folder),
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


@contextlib.contextmanager
def started(server: Server, folder: Path, port: int) -> Iterator[int]:
    """The server, answering; its process id."""
    command = [part.format(port=port) for part in server.command]
    env = {**environment(folder, port), "DJANGO_SETTINGS_MODULE": server.settings}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, env=env,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            Visitor(port, {}).get("/healthz")
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("a server did not start")


class Visitor:
    """One connection that is kept, with cookies."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies = port, cookies
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        headers = {
            "Host": f"localhost:{self.port}",
            "Origin": f"http://localhost:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(form)
        self.wire.request("POST" if body else "GET", path, body, headers)
        answer = self.wire.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read()


def sign_in(port: int) -> dict[str, str]:
    visitor = Visitor(port, {})
    _, page = visitor.get("/sign-in/")
    token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)', page)
    assert token is not None
    form = {"login": READER, "password": PHRASE, "csrfmiddlewaretoken": token[1].decode()}
    status, _ = visitor.get("/sign-in/", form)
    assert status == 302, f"sign-in answered {status}"
    return visitor.cookies


def processor_seconds(pid: int) -> float:
    """Of a process and its children, from the system's own books."""
    ticks = 0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def load(port: int, cookies: dict[str, str], page: str, seconds: float) -> int:
    """As many pages as eight visitors get in this time; each must be the page."""
    counts, end = [0] * CLIENTS, time.monotonic() + seconds

    def visit(number: int) -> None:
        visitor = Visitor(port, dict(cookies))
        while time.monotonic() < end:
            status, body = visitor.get(page)
            assert status == 200, f"{page} answered {status}"
            assert b"</html>" in body
            counts[number] += 1

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def measure(folder: Path, *, seconds: float = SECONDS, rounds: int = ROUNDS) -> dict:
    prepare(folder)
    cookies: dict[str, str] = {}
    for _ in range(rounds):
        for server in SERVERS:
            port = free_port()
            with started(server, folder, port) as pid:
                cookies = cookies or sign_in(port)
                for page in PAGES:
                    load(port, cookies, page, 1)
                    before = processor_seconds(pid)
                    answered = load(port, cookies, page, seconds)
                    server.ms[page].append((processor_seconds(pid) - before) / answered * 1000)
    return {page: _compared(page) for page in PAGES}


def _compared(page: str) -> dict:
    """Milliseconds of processor time per page, and what that is against the first server's."""
    cost = {server.name: statistics.median(server.ms[page]) for server in SERVERS}
    ours = cost[SERVERS[0].name]
    return {
        server.name: {
            "cpu_ms": round(cost[server.name], 2),
            "ours_is": round(ours / cost[server.name], 2),
            "rounds": [round(value, 2) for value in server.ms[page]],
        }
        for server in SERVERS
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as own:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else own)
        print(json.dumps(measure(folder), indent=1))


if __name__ == "__main__":
    main()
