"""A malware scanner for tests: listens like clamd, takes as many files as are sent, and finds
what the test tells it to find. `busy` keeps it from answering until the test lets it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FOUND = b"stream: Win.Test.Quombat FOUND\0"
CLEAN = b"stream: OK\0"


class Clamd:
    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer, self.seen = answer, 0
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as said:
            assert said.read(10) == b"zINSTREAM\0"
            got = b""
            while size := int.from_bytes(said.read(4), "big"):
                got += said.read(size)
            self.seen += 1
            self.asked.set()
            self.may_answer.wait(30)
            line.sendall(self.answer(got))

    def stop(self) -> None:
        # Closing alone would leave the thread waiting in accept().
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def by_content(got: bytes) -> bytes:
    return FOUND if b"quombat" in got else CLEAN


@contextmanager
def scanner(settings, answer: Callable[[bytes], bytes] = by_content) -> Iterator[Clamd]:
    """A scanner that answers, as `CLAMD_URL`."""
    clamd = Clamd(answer)
    settings.CLAMD_URL = clamd.url
    try:
        yield clamd
    finally:
        clamd.stop()


def nobody_there() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"
