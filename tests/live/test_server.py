"""The server in front of everything: bodies, broken answers, slow readers, its log."""

import contextlib
import os
import select
import socket
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.live.servers import everything, request, running

PORTAL, STOCK = ("tests.live.bare_portal",), ("tests.live.bare_portal", "stock")
LIMIT = 96 * 1024


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("portal"), *PORTAL) as server:
        yield server


@pytest.fixture
def own_portal(tmp_path):
    """One that a test may stop."""
    with running(tmp_path, *PORTAL) as server:
        yield server


@pytest.fixture
def stock(tmp_path):
    """Daphne as it comes, to show what would happen."""
    with running(tmp_path, *STOCK) as server:
        yield server


def post(server, size: int) -> bytes:
    with server.connect() as wire:
        wire.sendall(request("POST", "/size", f"Content-Length: {size}", "Connection: close"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(b"x" * size)
        return everything(wire)


def files_in_spool(server) -> list[str]:
    """Open files of the temporary folder, those without a name included."""
    found = []
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = os.readlink(descriptor)
            if "/tmp/" in target and "output-" not in target:
                found.append(target)
    return found


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def upload_in_chunks(server, megabytes: int) -> tuple[bytes, list[str]]:
    """Send a chunked body; the answer, and what lay in the temporary folder on the way."""
    seen = []
    with server.connect() as wire:
        wire.sendall(request("POST", "/size", "Transfer-Encoding: chunked"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(megabytes * 16):
                wire.sendall(chunk(b"palolo" * 10923))
                seen += files_in_spool(server)
            while not seen and not select.select([wire], [], [], 0.05)[0]:
                seen += files_in_spool(server)  # until it was written down or refused
            wire.sendall(b"0\r\n\r\n")
        wire.shutdown(socket.SHUT_WR)
        return everything(wire), seen


class TestBodies:
    def test_a_body_up_to_the_limit_arrives_whole(self, portal):
        assert post(portal, LIMIT).endswith(b"\r\n\r\n%d" % LIMIT)

    def test_a_byte_more_is_refused_in_words_before_it_is_read(self, portal):
        answer = post(portal, LIMIT + 1)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"This is too large to send in one go" in answer
        assert b"<reset>" not in answer

    def test_a_refusal_reaches_a_sender_who_goes_on_sending(self, portal):
        assert post(portal, 10 * 2**20).startswith(b"HTTP/1.1 413 ")

    def test_who_asks_first_whether_to_send_is_told_no(self, portal):
        with portal.connect() as wire:
            size = f"Content-Length: {LIMIT + 1}"
            wire.sendall(request("POST", "/size", size, "Expect: 100-continue"))
            assert everything(wire).startswith(b"HTTP/1.1 413 ")

    def test_a_small_chunked_body_arrives_whole(self, portal):
        with portal.connect() as wire:
            head = request("POST", "/size", "Transfer-Encoding: chunked", "Connection: close")
            wire.sendall(head + chunk(b"lali") + chunk(b"drum") + b"0\r\n\r\n")
            assert everything(wire).endswith(b"\r\n\r\n8")

    def test_a_chunked_body_of_ten_megabytes_is_refused_and_never_on_the_disk(self, portal):
        answer, seen = upload_in_chunks(portal, 10)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert seen == []

    def test_nothing_of_a_body_within_the_limit_is_on_the_disk_either(self, portal):
        with portal.connect() as wire:
            wire.sendall(request("POST", "/size", "Transfer-Encoding: chunked"))
            wire.sendall(chunk(b"palolo" * 10923))
            assert files_in_spool(portal) == []
            wire.sendall(chunk(b"palolo") + b"0\r\n\r\n")
            assert wire.recv(65536).endswith(b"\r\n\r\n65544")
            assert files_in_spool(portal) == []

    def test_stock_daphne_writes_such_a_body_to_the_disk_in_clear(self, stock):
        _answer, seen = upload_in_chunks(stock, 1)
        assert seen != []

    def test_the_server_is_as_small_after_refusals_as_before(self, portal):
        post(portal, LIMIT)
        before = portal.memory()
        for _ in range(5):
            upload_in_chunks(portal, 10)
        assert portal.memory() - before < 4 * 2**20


def known(server) -> int:
    return int(server.get("/known").rpartition(b"\r\n\r\n")[2])


def known_after_visits(server) -> int:
    """What the books hold a while after twenty visits that are over."""
    for _ in range(20):
        server.get("/nowhere")
    time.sleep(4)
    return known(server)


class TestAnAnswerThatBreaks:
    def test_the_visitor_sees_the_cut_and_housekeeping_goes_on(self, portal):
        answer = portal.get("/breaks")
        assert b"first piece" in answer
        assert not answer.endswith(b"0\r\n\r\n"), "a cut answer must not look complete"
        assert known_after_visits(portal) <= 2

    def test_stock_daphne_stops_its_housekeeping_for_good(self, stock):
        with pytest.raises(TimeoutError):
            stock.get("/breaks", timeout=3)
        assert known_after_visits(stock) > 20

    def test_an_answer_that_breaks_before_it_began_is_a_500(self, portal):
        assert portal.get("/breaks-at-once").startswith(b"HTTP/1.1 500 ")
        assert known_after_visits(portal) <= 2

    def test_the_log_names_the_error_and_not_what_it_says(self, portal):
        portal.get("/breaks-at-once")
        assert "Exception inside application: ValueError" in portal.said()


def read_to_the_end(page) -> None:
    while True:
        page.recv(timeout=5)


class TestSlowReaders:
    def test_a_long_answer_waits_for_its_reader(self, portal):
        portal.get("/nowhere")
        before = portal.memory()
        with portal.connect() as wire:
            wire.sendall(request("GET", "/stream", "Connection: close"))
            time.sleep(1.5)
            assert portal.memory() - before < 6 * 2**20
            body = everything(wire)
        assert len(body) > 20 * 2**20
        assert body.endswith(b"end\r\n0\r\n\r\n")

    def test_a_reader_who_leaves_midway_leaves_nothing_behind(self, portal):
        for _ in range(3):
            with portal.connect() as wire:
                wire.sendall(request("GET", "/stream"))
                wire.recv(1000)
        assert known_after_visits(portal) <= 2

    def test_a_socket_that_is_read_gets_everything(self, portal):
        with connect(f"ws://127.0.0.1:{portal.port}/ws/") as page:
            page.send("go")
            for _ in range(400):
                assert len(page.recv(timeout=10)) == 10_000

    def test_a_socket_that_nobody_reads_is_cut_before_it_fills_the_memory(self, portal):
        portal.get("/nowhere")
        before = portal.memory()
        with connect(f"ws://127.0.0.1:{portal.port}/ws/", max_queue=1) as page:
            for _ in range(20):  # 4 MB each
                with contextlib.suppress(ConnectionClosed):
                    page.send("go")
            time.sleep(2)
            assert portal.memory() - before < 6 * 2**20
            with pytest.raises(ConnectionClosed):
                read_to_the_end(page)


# Frames as they lie on the wire, to be sent at moments that the library would not choose.
GO, CLOSE = b"\x81\x82\0\0\0\0go", b"\x88\x82\0\0\0\0\x03\xe8"


class TestSockets:
    def test_a_frame_above_16_kilobytes_is_refused(self, portal):
        with connect(f"ws://127.0.0.1:{portal.port}/ws/") as page:
            page.send("x" * (16 * 1024 + 1))
            with pytest.raises(ConnectionClosed) as end:
                page.recv(timeout=5)
            assert end.value.rcvd.code == 1009

    def test_open_pages_are_told_when_the_server_stops(self, own_portal):
        with connect(f"ws://127.0.0.1:{own_portal.port}/ws/") as page:
            own_portal.get("/nowhere")
            assert own_portal.stop() == 0
            with pytest.raises(ConnectionClosed) as end:
                page.recv(timeout=5)
            assert end.value.rcvd.code == 1001

    def test_a_page_that_leaves_in_the_middle_of_its_answer_is_no_fault(self, own_portal):
        """It says that it goes, and the answer to what it had asked is still being drawn."""
        for _ in range(3):
            with connect(f"ws://127.0.0.1:{own_portal.port}/ws/", max_queue=1) as page:
                page.socket.sendall(GO + CLOSE)
                time.sleep(0.5)
        time.sleep(2)  # the server looks once a second at what its applications came to
        assert "Exception inside application" not in own_portal.said()
        with connect(f"ws://127.0.0.1:{own_portal.port}/ws/", max_queue=None) as page:
            page.send("go")
            assert len(page.recv(timeout=10)) == 10_000


SHIELD = (b"content-security-policy: default-src 'none'", b"x-content-type-options: nosniff")


def said_to(server, bytes_sent: bytes) -> bytes:
    with server.connect() as wire:
        wire.sendall(bytes_sent)
        return everything(wire)


class TestWhatTheServerSaysByItself:
    """Answers that no page ever made: nothing in them runs, and nothing is guessed."""

    @pytest.mark.parametrize(
        ("status", "sent"),
        [
            (b"413", request("POST", "/size", f"Content-Length: {LIMIT + 1}")),
            (b"400", b"this is no HTTP\r\n\r\n"),
            (b"400", request("GET", "/size", "Connection: close").replace(b"/size", b"/\xff")),
            (b"400", request("GET", "/size", "Content-Length: many")),
            (b"500", request("GET", "/breaks-at-once", "Connection: close")),
            (b"400", request("GET", "/ws/", "Upgrade: websocket", "Connection: Upgrade")),
        ],
    )
    def test_it_says_so_with_the_headers_of_every_page(self, portal, status, sent):
        answer = said_to(portal, sent).lower()
        assert answer.startswith(b"http/1.1 " + status)
        for header in SHIELD:
            assert header in answer


class TestTheAccessLog:
    def test_it_names_the_path_and_never_what_was_searched(self, portal):
        portal.get("/search/?q=methamphetamine")
        assert "127.0.0.0/24 GET /search/ 404" in portal.said()
        assert "methamphetamine" not in portal.said()

    def test_it_keeps_no_token_of_a_private_link(self, portal):
        portal.get("/invitation/Zk3b8vQmT1xLw0aYc5nDfGh2JkMnPqRs-_x/")
        portal.get("/bulletins/B-7KQF2/files/0b9c7d7e-5d0c-4b0e-9f57-2f0a3c1f9d11/")
        said = portal.said()
        assert "/invitation/…/" in said
        assert "0b9c7d7e-5d0c-4b0e-9f57-2f0a3c1f9d11" in said

    def test_the_server_does_not_say_what_it_is(self, portal):
        assert b"daphne" not in portal.get("/nowhere").lower()
