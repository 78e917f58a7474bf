"""Fifty megabytes through the real server: in constant memory, nothing in the temporary folder,
and what happens when somebody pulls a plug in the middle."""

import base64
import hashlib
import os
import signal
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from activity.models import JournalEntry
from tests.bulletins.attaching import FIELDS, text_of
from tests.live.servers import everything, request, running
from tests.live.test_portal import environment
from tests.live.visitor import Visitor
from tests.vault.inspection.build import CAMERA, GPS, exif, jpeg
from tests.vault.scanners import Clamd, by_content
from vault.crypto.stream import CHUNK, HEADER, SEALED_CHUNK
from vault.models import SealedFile

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
LARGE = 50 * MEGABYTE


def base64_of(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def secrets(world) -> dict[str, str]:
    """What the server needs to open what this test's world has sealed."""
    return {
        "ISWG_PEPPER": ",".join(f"{n}:{base64_of(p)}" for n, p in django_settings.PEPPERS.items()),
        "ISWG_JOURNAL_KEY": base64_of(django_settings.JOURNAL_KEY),
        "ISWG_DIRECTORY_PIN": world.pin,
    }


@contextmanager
def started(folder: Path, world, **more):
    command = ("iswg.serve", "-p", "0")
    with running(folder, *command, **environment(folder), **secrets(world), **more) as server:
        server.files = folder / "data" / "files"
        server.spool = folder / "tmp"
        yield server


@pytest.fixture
def portal(world, tmp_path):
    with started(tmp_path, world) as server:
        yield server
        assert "Traceback" not in server.said()


class Watch:
    """Looks at the server from outside while something happens: its memory, its open files."""

    def __init__(self, server):
        self.server, self.spooled = server, set()
        self._over = threading.Event()

    def __enter__(self):
        Path(f"/proc/{self.server.pid}/clear_refs").write_text("5")  # the peak begins here
        self.before, self._began = self._status("VmRSS"), time.monotonic()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self.peak, self.seconds = self._status("VmHWM"), time.monotonic() - self._began

    @property
    def grown(self) -> int:
        return self.peak - self.before

    @property
    def said(self) -> str:
        return f"{self.grown >> 10} KiB over {self.before >> 20} MiB in {self.seconds:.1f} s"

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self.server.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.spooled |= {
                p for p in open_files(self.server) if p.startswith(str(self.server.spool))
            }
            self.spooled |= {str(p) for p in self.server.spool.rglob("*")}


def open_files(server) -> list[str]:
    """Also those that have no name any more."""
    found = []
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            found.append(os.readlink(descriptor))
        except OSError:
            continue
    return found


def sealed_files_open(server) -> int:
    return sum(path.startswith(str(server.files)) for path in open_files(server))


def photograph(size: int) -> bytes:
    """A picture of this many bytes with the position where it was taken."""
    frame = len(jpeg(exif(GPS, CAMERA), scan=b""))
    return jpeg(exif(GPS, CAMERA), scan=os.urandom(size - frame).replace(b"\xff", b"\x01"))


def wait_for(what) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["photograph", "text"])
def test_fifty_megabytes_up_and_down_in_constant_memory(world, portal, kind):
    """The photograph is written twice, because what is kept of it is a cleaned copy."""
    body = photograph(LARGE) if kind == "photograph" else text_of(LARGE)
    assert len(body) == LARGE
    fiji, vanuatu, draft_id = Visitor(portal, world.fj), Visitor(portal, world.vu), uuid.uuid4()
    fiji.send(uuid.uuid4(), "small.txt", b"loads what is loaded once, before memory is measured")
    with Watch(portal) as up:
        name = "reef.jpg" if kind == "photograph" else "crates.txt"
        assert fiji.send(draft_id, name, body)["state"] == "ready"
    bulletin = fiji.publish(draft_id, FIELDS)
    page = vanuatu.read("GET", bulletin)[1].decode()
    digest, size = hashlib.sha256(), 0
    with Watch(portal) as down:
        answer = vanuatu.ask("GET", vanuatu.file_address(bulletin))
        assert answer.status == 200
        while piece := answer.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    assert size == int(answer.headers["Content-Length"])
    assert f'title="{digest.hexdigest()}"' in page
    assert (digest.digest() == hashlib.sha256(body).digest()) is (kind == "text")
    for way, watch in (("up", up), ("down", down)):
        print(kind, way, watch.said)  # pytest -rP shows it
        assert watch.grown < 25 * MEGABYTE
        assert watch.spooled == set()


def test_ten_files_at_once(world, portal):
    """On SQLite, where one writes at a time: everybody is served, nobody sees an error."""
    body, states, first = text_of(MEGABYTE), [], Visitor(portal, world.fj)

    def send() -> None:
        another = Visitor(portal)
        another.cookies = dict(first.cookies)
        states.append(another.send(uuid.uuid4(), "crates.txt", body)["state"])

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["ready"] * 10
    assert len([path for path in portal.files.rglob("*") if path.is_file()]) == 10


class TestPlugPulled:
    @pytest.fixture
    def address(self, world, portal):
        """A file of four megabytes, and where its reader fetches it."""
        fiji, draft_id = Visitor(portal, world.fj), uuid.uuid4()
        fiji.send(draft_id, "crates.txt", text_of(16 * MEGABYTE))
        self.vanuatu = Visitor(portal, world.vu)
        return self.vanuatu.file_address(fiji.publish(draft_id, FIELDS))

    def test_a_reader_who_hangs_up_leaves_nothing_open(self, portal, address):
        for _ in range(3):
            answer = self.vanuatu.ask("GET", address)
            answer.read(1000)
            self.vanuatu.wire.close()
        wait_for(lambda: sealed_files_open(portal) == 0)
        assert self.vanuatu.read("HEAD", address)[0] == 200
        assert len(self.vanuatu.read("GET", address)[1]) == 16 * MEGABYTE

    def test_damage_after_the_first_byte_cuts_the_line_and_nothing_else(self, portal, address):
        """It was whole when it was verified. What must not come is a file that looks whole."""
        answer = self.vanuatu.ask("GET", address)
        assert answer.status == 200
        first = answer.read(CHUNK)
        (path,) = (p for p in portal.files.rglob("*") if p.is_file())
        with path.open("r+b") as stored:
            stored.seek(HEADER + 250 * SEALED_CHUNK)
            stored.write(b"damaged")
        rest = everything(answer.fp.raw._sock)
        assert len(first) + len(rest) < 16 * MEGABYTE
        assert text_of(16 * MEGABYTE).startswith(first)
        wait_for(lambda: sealed_files_open(portal) == 0)
        assert portal.get("/healthz").startswith(b"HTTP/1.1 200 ")
        self.vanuatu.wire.close()
        status, page = self.vanuatu.read("GET", address)
        assert (status, b"damaged on the server" in page) == (409, True)
        assert JournalEntry.objects.filter(event="vault.seal_broken").count() == 1

    def test_killed_in_the_middle_of_the_checks_the_next_question_finishes_the_file(
        self, world, tmp_path
    ):
        body, draft_id = photograph(MEGABYTE), uuid.uuid4()
        clamd = Clamd(by_content)
        clamd.may_answer.clear()
        with started(tmp_path, world, CLAMD_URL=clamd.url) as server:
            fiji = Visitor(server, world.fj)
            url = fiji.announce(draft_id, "reef.jpg", len(body))
            for at in range(0, len(body) - CHUNK, CHUNK):
                assert fiji.put(url, at, body[at : at + CHUNK])[0] == 200
            at += CHUNK
            dying = threading.Thread(target=self._put_into_the_void, args=(fiji, url, at, body))
            dying.start()
            assert clamd.asked.wait(30), "cleaned, and on its way through the scanner"
            os.kill(server.pid, signal.SIGKILL)
            dying.join()
        clamd.may_answer.set()
        row = SealedFile.objects.get()
        assert (row.state, row.received) == ("arriving", len(body))
        with started(tmp_path, world, CLAMD_URL=clamd.url) as server:
            again = Visitor(server)
            again.cookies = fiji.cookies
            said = again.how_far(url)
            assert (said["done"], said["state"]) == (True, "ready")
            assert "The position where it was taken was removed." in said["html"]
            address = Visitor(server, world.vu).file_address(again.publish(draft_id, FIELDS))
            status, got = Visitor(server, world.vu).read("GET", address)
            assert (status, b"Exif" in got, len(got) < len(body)) == (200, False, True)
        clamd.stop()

    @staticmethod
    def _put_into_the_void(fiji, url, at, body):
        try:
            fiji.put(url, at, body[at:])
        except OSError:
            pass
        else:
            raise AssertionError("the server was dead")


class TestForms:
    def test_a_form_that_is_too_large_is_answered_with_a_sentence(self, world, portal):
        fiji, draft_id = Visitor(portal, world.fj), uuid.uuid4()
        with portal.connect() as wire:
            cookies = "; ".join(f"{name}={value}" for name, value in fiji.cookies.items())
            path = f"/bulletins/drafts/{draft_id}/files/"
            wire.sendall(request("POST", path, f"Cookie: {cookies}", "Content-Length: 5000000"))
            answer = everything(wire)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"Files above 64 KB are sent in pieces" in answer
        assert not SealedFile.objects.exists()
