"""The scanner decides when there is one, and nothing is released when it cannot answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from vault.scanner import ScannerMisconfigured, ScannerUnavailable, ping, read_url, scan

PIECES = [b"seen at ", b"the wharf", b"x" * 200_000]


class FakeClamd:
    """Speaks INSTREAM like the real one; what it answers is given by the test."""

    def __init__(self, listening: socket.socket, answer: Callable[[bytes], bytes | None]) -> None:
        self.listening, self.answer = listening, answer
        self.got = b""
        self.largest = 0
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        try:
            line, _address = self.listening.accept()
        except OSError:
            return
        with line, line.makefile("rb") as said:
            command = self._command(said)
            if command == b"zINSTREAM":
                self._receive(said)
            answer = b"PONG\0" if command == b"zPING" else self.answer(self.got)
            if answer is not None:
                line.sendall(answer)

    def _command(self, said) -> bytes:
        letters = b""
        while (letter := said.read(1)) not in (b"\0", b""):
            letters += letter
        return letters

    def _receive(self, said) -> None:
        # An empty read is a sender that went away.
        while size := int.from_bytes(said.read(4), "big"):
            self.largest = max(self.largest, size)
            self.got += said.read(size)


@contextmanager
def clamd(
    answer: Callable[[bytes], bytes | None], path: str = ""
) -> Iterator[tuple[str, FakeClamd]]:
    listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listening.bind(path or ("127.0.0.1", 0))
    listening.listen()
    url = f"unix:{path}" if path else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    fake = FakeClamd(listening, answer)
    try:
        yield url, fake
    finally:
        listening.close()
        fake.thread.join(5)


def by_content(content: bytes) -> bytes:
    return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if b"EICAR" in content else b"stream: OK\0"


def test_without_a_scanner_nothing_is_claimed():
    assert scan(PIECES, "") is None
    assert ping("") is None


def test_a_clean_file_is_called_clean_and_arrives_in_full():
    with clamd(by_content) as (url, fake):
        verdict = scan(PIECES, url)
    assert verdict is not None
    assert (verdict.clean, verdict.found) == (True, "")
    assert fake.got == b"".join(PIECES)
    assert fake.largest <= 65_536


def test_a_file_in_which_something_is_found_is_not_clean():
    with clamd(by_content) as (url, _fake):
        verdict = scan([b"X5O!P%@AP EICAR", b"-TEST"], url)
    assert verdict is not None
    assert (verdict.clean, verdict.found) == (False, "Win.Test.EICAR_HDB-1")


def test_a_scanner_on_a_local_socket_works_alike(tmp_path):
    with clamd(by_content, str(tmp_path / "clamd.sock")) as (url, _fake):
        verdict = scan(PIECES, url)
    assert verdict is not None
    assert verdict.clean


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK",
        b"stream: OK\0stream: OK\0",
        b"",
        None,
        b"OK\0",
        b"stream: OK but\0",
        b"stream: \x1b[2J FOUND\0",
        b"x" * 10_000,
    ],
)
def test_an_answer_that_is_no_verdict_closes_the_door(answer):
    with clamd(lambda _content: answer) as (url, _fake), pytest.raises(ScannerUnavailable):
        scan(PIECES, url)


def test_a_scanner_that_is_not_there_closes_the_door(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
    with pytest.raises(ScannerUnavailable):
        scan(PIECES, url)
    with pytest.raises(ScannerUnavailable):
        scan(PIECES, f"unix:{tmp_path}/nothing")
    assert ping(url) is False


def test_a_scanner_that_never_answers_closes_the_door():
    wait = threading.Event()
    with clamd(lambda _content: wait.wait(5) and None) as (url, _fake):
        with pytest.raises(ScannerUnavailable):
            scan([b"x"], url, seconds=0.3)
        wait.set()


def test_a_scanner_that_hangs_up_in_the_middle_closes_the_door():
    listening = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        line, _address = listening.accept()
        line.close()

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    url = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(ScannerUnavailable):
        scan([b"x" * 65_536] * 100, url)
    listening.close()


def test_a_fault_of_the_file_is_not_taken_for_one_of_the_scanner():
    def damaged() -> Iterator[bytes]:
        yield b"x"
        raise LookupError

    with clamd(by_content) as (url, _fake), pytest.raises(LookupError):
        scan(damaged(), url)


def test_a_living_scanner_answers_the_health_page():
    with clamd(by_content) as (url, _fake):
        assert ping(url) is True


@pytest.mark.parametrize(
    "url", ["clamd", "tcp://host", "tcp://:3310", "unix:clamd", "http://h:1", "tcp://h:x"]
)
def test_an_address_that_cannot_be_understood_is_said_at_once(url):
    with pytest.raises(ScannerMisconfigured, match="CLAMD_URL"):
        read_url(url)
