"""Starts a server program of these tests as a process of its own, and always stops it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    process: subprocess.Popen
    port: int
    output: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def connect(self, timeout: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def get(self, path: str, *headers: str, timeout: float = 10) -> bytes:
        """Everything the server answers to a plain request, until it closes."""
        with self.connect(timeout) as wire:
            wire.sendall(request("GET", path, "Connection: close", *headers))
            return everything(wire)

    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def request(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode("latin1")


def everything(wire: socket.socket) -> bytes:
    parts = []
    try:
        while part := wire.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"<reset>")
    return b"".join(parts)


@contextmanager
def running(folder: Path, *command: str, **environment: str) -> Iterator[Running]:
    """`python -m COMMAND`, ready to answer, with its own temporary folder below `folder`."""
    spool, output = folder / "tmp", folder / f"output-{time.monotonic_ns()}"
    spool.mkdir(exist_ok=True)
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT, stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(spool), "PYTHONUNBUFFERED": "1", **environment},
        )  # fmt: skip
    server = Running(process, 0, output)
    try:
        server.port = _port(server)
        yield server
    finally:
        server.stop()


def _port(server: Running) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = re.search(r"Listening on http://\S+:(\d+)", server.said())
        if found:
            return int(found.group(1))
        if server.process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {server.said()}")
