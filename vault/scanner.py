"""The hook for a malware scanner: speaks clamd's INSTREAM over a socket.

Without `CLAMD_URL` there is no scanner and nothing is claimed. With it the scanner decides, and
whenever it cannot answer (not there, too slow, cut off, talking nonsense) the file is not
released: `ScannerUnavailable` is raised, and the caller tries again later.

Neither the file's name nor anything of its content is kept or logged here. The name of what was
found comes from the scanner's own list.
"""

import re
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

PIECE: Final = 64 * 1024
MAX_ANSWER: Final = 4096
CONNECT_SECONDS: Final = 5.0
# From the first byte to the answer. Each single wait is bounded too, but a scanner that takes one
# byte a minute would otherwise hold the file, and the thread, all day.
TOTAL_SECONDS: Final = 120.0

_FOUND: Final = re.compile(r"stream: (?P<name>[\x20-\x7e]{1,200}) FOUND")


class ScannerUnavailable(Exception):
    """The scanner is configured but gave no usable answer, so nothing may be released."""


class ScannerMisconfigured(ValueError):
    """`CLAMD_URL` cannot be understood; said at start-up."""


@dataclass(frozen=True)
class Scan:
    """What the scanner said. `clean` is true only if it said so itself."""

    clean: bool
    found: str = ""  # the scanner's name for what it found


@dataclass(frozen=True)
class Address:
    """Where the scanner listens: a host and port, or the path of a socket."""

    host: str = ""
    port: int = 0
    path: str = ""


def read_url(url: str) -> Address | None:
    """The address in `CLAMD_URL`; None if there is none, which means there is no scanner."""
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme == "tcp" and parts.hostname and port:
        return Address(host=parts.hostname, port=port)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return Address(path=parts.path)
    raise ScannerMisconfigured("CLAMD_URL: write tcp://host:port or unix:/path")


def scan(pieces: Iterable[bytes], url: str, *, seconds: float = TOTAL_SECONDS) -> Scan | None:
    """Ask the scanner about a file; None if none is configured.

    Faults of `pieces` itself, such as a damaged seal, pass through.
    """
    address = read_url(url)
    if address is None:
        return None
    until = time.monotonic() + seconds
    with _connect(address, min(seconds, CONNECT_SECONDS)) as line:
        _send(line, b"zINSTREAM\0", until)
        for piece in pieces:
            for start in range(0, len(piece), PIECE):
                part = piece[start : start + PIECE]
                _send(line, struct.pack(">I", len(part)) + part, until)
        _send(line, struct.pack(">I", 0), until)
        return _judge(_answer(line, until))


def ping(url: str, *, seconds: float = CONNECT_SECONDS) -> bool | None:
    """Whether the scanner answers; None if none is configured. For the health page."""
    address = read_url(url)
    if address is None:
        return None
    until = time.monotonic() + seconds
    try:
        with _connect(address, seconds) as line:
            _send(line, b"zPING\0", until)
            return _answer(line, until) == "PONG"
    except ScannerUnavailable:
        return False


def _connect(address: Address, seconds: float) -> socket.socket:
    try:
        if not address.path:
            return socket.create_connection((address.host, address.port), timeout=seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(seconds)
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    except OSError:
        raise ScannerUnavailable("the scanner cannot be reached") from None


def _send(line: socket.socket, block: bytes, until: float) -> None:
    try:
        line.settimeout(_left(until))
        line.sendall(block)
    except OSError:
        # It may have hung up because the file is larger than it takes, which is no answer either.
        raise ScannerUnavailable("the scanner stopped listening") from None


def _answer(line: socket.socket, until: float) -> str:
    """One answer, which ends with a zero byte."""
    said = b""
    while not said.endswith(b"\0"):
        try:
            line.settimeout(_left(until))
            more = line.recv(MAX_ANSWER)
        except OSError:
            raise ScannerUnavailable("the scanner did not answer") from None
        if not more or len(said) > MAX_ANSWER:
            raise ScannerUnavailable("the scanner did not answer in full")
        said += more
    return said[:-1].decode("ascii", errors="replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise ScannerUnavailable("the scanner takes too long")
    return left


def _judge(said: str) -> Scan:
    if said == "stream: OK":
        return Scan(clean=True)
    met = _FOUND.fullmatch(said)
    if met:
        return Scan(clean=False, found=met["name"])
    # "INSTREAM size limit exceeded. ERROR" and the like: not looked at to the end.
    raise ScannerUnavailable("the scanner gave no verdict")
