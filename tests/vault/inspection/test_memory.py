"""Fifty megabytes are inspected and cleaned within a few, whatever kind they are."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from tests.vault.inspection.build import GPS, exif, gif, heic, jpeg, mp4, pdf, png, tiff, webp
from tests.vault.inspection.build_zip import Member, office, raw_zip
from vault.inspection import clean, inspect

SIZE = 50 * 1024 * 1024 - 4096
MIB = 1024 * 1024


class Generated:
    """A file made while it is read: a head, a long middle of one repeated piece, and an end."""

    def __init__(self, head: bytes, piece: bytes, end: bytes, size: int = SIZE) -> None:
        self.head, self.piece, self.end = head, piece, end
        self.count = (size - len(head) - len(end)) // len(piece)
        self.middle = self.count * len(piece)
        self.size = len(head) + self.middle + len(end)
        self.at = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def read(self, size: int = -1, /) -> bytes:
        assert 0 <= size <= MIB, "asked for more than a piece"
        out = b""
        while len(out) < size and self.at < self.size:
            got = self._some(size - len(out))
            out += got
            self.at += len(got)
        return out

    def _some(self, size: int) -> bytes:
        if self.at < len(self.head):
            return self.head[self.at : self.at + size]
        inner = self.at - len(self.head)
        if inner < self.middle:
            start = inner % len(self.piece)
            return self.piece[start : start + size]
        return self.end[inner - self.middle :][:size]


def split(content: bytes, mark: bytes, after: int = 0) -> tuple[bytes, bytes]:
    at = content.index(mark) + after
    return content[:at], content[at:]


def photograph() -> Generated:
    head, end = split(jpeg(exif(GPS)), b"\xff\xd9")
    return Generated(head, b"\x12\x34\xff\x00" * 4096, end)


def drawing() -> Generated:
    body = bytes(8192)
    part = struct.pack(">I", 8192) + b"IDAT" + body
    head, end = split(png(), b"IDAT", -4)
    return Generated(head, part + struct.pack(">I", zlib.crc32(b"IDAT" + body)), end)


def wave() -> Generated:
    head, end = split(gif(b"\x21\xfe\x05hello\0"), b"\x02\x4c\x01\0")
    return Generated(head, (b"\xff" + bytes(255)) * 200, end)


def sticker() -> Generated:
    small = webp()
    middle = SIZE - SIZE % 8192
    head = small[:4] + struct.pack("<I", len(small) + 8 + middle - 8) + small[8:]
    return Generated(
        head + b"junk" + struct.pack("<I", middle), bytes(8192), b"", middle + len(head) + 8
    )


def telephone() -> Generated:
    content = heic(tiff(GPS))
    rest = SIZE - SIZE % 4096
    tail = struct.pack(">I4s", rest + 8, b"free")
    return Generated(content + tail, bytes(4096), b"", len(content) + 8 + rest)


def film() -> Generated:
    rest = SIZE - SIZE % 4096
    content = mp4() + struct.pack(">I4s", rest + 8, b"mdat")
    return Generated(content, bytes(4096), b"", len(content) + rest)


def report() -> Generated:
    whole = pdf(b"<< >>\nstream\nHERE\nendstream", b"<< /Author (Mele) >>")
    head, end = split(whole, b"HERE")
    return Generated(head, bytes(range(32, 127)) * 50, end)


def letters() -> Generated:
    return Generated(b"", b"vessel,length,seen at\n" * 3000, b"")


def bundle() -> Generated:
    """One stored text of fifty megabytes in a ZIP file."""
    piece, size = b"seen at the wharf, again and again\n" * 2000, 0
    total, count = 0, (SIZE - 4096) // len(piece)
    size = count * len(piece)
    for _number in range(count):
        total = zlib.crc32(piece, total)
    content = raw_zip(Member(b"notes.txt", b"", deflate=False))
    at = content.index(b"PK\x01\x02")
    facts = struct.pack("<III", total, size, size)
    head = content[:14] + facts + content[26:at]
    directory = content[at : at + 16] + facts + content[at + 28 : -22]
    end = directory + struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(head) + size, 0
    )
    return Generated(head, piece, end, len(head) + size + len(end))


FILES = {
    "reef.jpg": photograph,
    "reef.png": drawing,
    "wave.gif": wave,
    "reef.webp": sticker,
    "reef.heic": telephone,
    "wharf.mp4": film,
    "report.pdf": report,
    "list.csv": letters,
    "papers.zip": bundle,
}


def peak_of(pieces: Iterator[bytes]) -> int:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    for _piece in pieces:
        pass
    return tracemalloc.get_traced_memory()[1] - before


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("name", FILES)
def test_fifty_megabytes_need_less_than_four(name, traced):
    reader = FILES[name]()
    assert reader.size > 45 * MIB
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    verdict = inspect(reader, name)
    assert verdict.refused is None, verdict.refused
    assert tracemalloc.get_traced_memory()[1] - before < 4 * MIB
    assert peak_of(clean(reader, verdict)) < 4 * MIB


def test_a_document_that_unpacks_to_much_needs_little(traced):
    """A report with megabytes of text, tracked changes in it, and a large photograph."""
    changes = b'<w:ins w:author="Mele" w:id="1">text text text</w:ins>' * 1000
    body = "".join(f"<w:p>{n}</w:p>" for n in range(60_000)) * 4
    noise = b"".join(struct.pack(">I", (n * 2654435761) & 0x7F7F7F7F) for n in range(2**20))
    content = office(
        body=body,
        extra={
            "word/comments.xml": b"<x>" + changes + b"</x>",
            "word/media/a.jpg": jpeg(exif(GPS), scan=noise),
        },
    )
    reader = io.BytesIO(content)
    del changes, body, noise
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    verdict = inspect(reader, "report.docx")
    assert verdict.refused is None
    assert {note.code.value for note in verdict.notes} == {"author-removed", "position-removed"}
    assert tracemalloc.get_traced_memory()[1] - before < 6 * MIB
    assert peak_of(clean(reader, verdict)) < 6 * MIB


def test_the_work_is_bounded_for_a_file_built_of_tiny_parts():
    rest = 8 * 1_000_000
    assert inspect(
        Generated(mp4(), struct.pack(">I4s", 8, b"free") * 1000, b"", rest), "a.mp4"
    ).refused == ("too-much-work")
    assert (
        inspect(Generated(mp4(), struct.pack(">I4s", 8, b"free"), b"", 8_000), "a.mp4").refused
        is None
    )


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    class Huge(Generated):
        def read(self, size: int = -1, /) -> bytes:
            raise AssertionError("it was read")

    assert inspect(Huge(b"", b"x", b"", 51 * MIB), "a.txt").refused == "too-large"
