"""Builds files for the tests, byte by byte, so that each hostile one differs from its harmless
twin in exactly one thing, and so that no binary blob needs to be trusted."""

import io
import struct
import zlib

from vault.inspection import Verdict, clean, inspect


def look(content: bytes, name: str) -> Verdict:
    return inspect(io.BytesIO(content), name)


def cleaned(content: bytes, name: str) -> bytes:
    verdict = look(content, name)
    assert verdict.refused is None, verdict.refused
    return b"".join(clean(io.BytesIO(content), verdict))


def refused(content: bytes, name: str) -> str:
    """The code of the refusal; every one must come with a sentence without open places."""
    verdict = look(content, name)
    if verdict.refused is None:
        return ""
    sentence = str(verdict.sentence)
    assert sentence.endswith(".")
    assert "{" not in sentence
    return verdict.refused


def notes(content: bytes, name: str) -> set[str]:
    verdict = look(content, name)
    assert verdict.refused is None, verdict.refused
    assert all(str(note.sentence) for note in verdict.notes)
    return {note.code.value for note in verdict.notes}


# --- JPEG -------------------------------------------------------------------------------------


def segment(mark: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body


def tiff(*entries: tuple[int, int, int, bytes], order: str = ">") -> bytes:
    """A block of EXIF: (tag, form, count, four bytes)."""
    start = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 8)
    rows = b"".join(struct.pack(f"{order}HHI", t, f, n) + value for t, f, n, value in entries)
    return start + struct.pack(f"{order}H", len(entries)) + rows + bytes(4) + bytes(64)


ORIENTATION = (0x0112, 3, 1, b"\0\x06\0\0")
GPS = (0x8825, 4, 1, b"\0\0\0\x30")
CAMERA = (0x010F, 2, 4, b"Reef")
ARTIST = (0x013B, 2, 4, b"Mele")


def exif(*entries: tuple[int, int, int, bytes]) -> bytes:
    return segment(0xE1, b"Exif\0\0" + tiff(*entries))


JFIF = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
SCAN_DATA = b"\x12\x34\xff\x00\x56\xff\xd0\x78\x9a" * 20


def jpeg(
    *segments: bytes, width: int = 640, height: int = 480, scan: bytes = SCAN_DATA, end: bytes = b""
) -> bytes:
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    start = segment(0xDA, b"\x01\x01\0\0\x3f\0")
    tables = segment(0xDB, bytes(65)) + segment(0xC4, bytes(17))
    return b"".join([b"\xff\xd8", JFIF, *segments, tables, frame, start, scan, b"\xff\xd9", end])


# --- PNG, WebP, GIF ---------------------------------------------------------------------------


def chunk(name: bytes, body: bytes = b"") -> bytes:
    total = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", total)


def png(*chunks: bytes, width: int = 64, height: int = 64, end: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(64 * 193)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + data + chunk(b"IEND") + end


def riff(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def webp(*chunks: bytes, width: int = 64, height: int = 64, flags: int = 0x0C) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    head = riff(b"VP8X", bytes([flags, 0, 0, 0]) + size)
    frame = struct.pack("<HH", min(width, 0x3FFF), min(height, 0x3FFF))
    data = riff(b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + frame + bytes(21))
    body = b"WEBP" + head + data + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def gif(*blocks: bytes, width: int = 64, height: int = 64, end: bytes = b"") -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 8, 8, 0) + b"\x02\x02\x4c\x01\0"
    return head + b"".join(blocks) + image + b"\x3b" + end


# --- boxes: HEIC and MP4 ----------------------------------------------------------------------


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def full(name: bytes, body: bytes = b"", version: int = 0) -> bytes:
    return box(name, bytes([version, 0, 0, 0]) + body)


def heic(exif_block: bytes = b"", *, width: int = 4032, height: int = 3024) -> bytes:
    """A picture item 1 and, with a block, an EXIF item 2, both in the `mdat` behind."""
    picture = b"picture-data" * 10
    exif_item = struct.pack(">I", 0) + exif_block if exif_block else b""
    head = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    items = full(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", 2)
    if exif_item:
        items += full(b"infe", struct.pack(">HH4s", 2, 0, b"Exif") + b"\0", 2)
    info = full(b"iinf", struct.pack(">H", 2 if exif_item else 1) + items)
    sizes = full(b"ispe", struct.pack(">II", width, height))
    properties = box(b"iprp", box(b"ipco", sizes))

    def meta(at: int) -> bytes:
        rows = struct.pack(">HHHII", 1, 0, 1, at, len(picture))
        if exif_item:
            rows += struct.pack(">HHHII", 2, 0, 1, at + len(picture), len(exif_item))
        table = struct.pack(">BBH", 0x44, 0, 2 if exif_item else 1) + rows
        return full(b"meta", info + full(b"iloc", table) + properties)

    at = len(head) + len(meta(0)) + 8
    return head + meta(at) + box(b"mdat", picture + exif_item)


def mp4(*in_film: bytes, brand: bytes = b"isom", in_track: bytes = b"", end: bytes = b"") -> bytes:
    header = full(b"tkhd", bytes(72) + struct.pack(">II", 1920 << 16, 1080 << 16))
    track = box(b"trak", header + in_track)
    film = box(b"moov", full(b"mvhd", bytes(96)) + track + b"".join(in_film))
    head = box(b"ftyp", brand + bytes(4) + brand)
    return head + film + box(b"mdat", b"film" * 100) + end


# --- PDF --------------------------------------------------------------------------------------


def pdf(*objects: bytes, trailer: bytes = b"", end: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    for number, content in enumerate(objects, start=3):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R " + trailer
    return body + b" >>\nstartxref\n%d\n%%%%EOF\n" % table + end


def packed_objects(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    packed = zlib.compress(content)
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter %s /Length %d >>" % (filters, len(packed))
    return head + b"\nstream\r\n" + packed + b"\r\nendstream"


# --- programs ---------------------------------------------------------------------------------


def windows_program() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(400)


def ole(*names: str) -> bytes:
    """A container of Office before 2007 with these names in its directory."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HH", head, 28, 0xFFFE, 9)
    struct.pack_into("<I", head, 48, 1)  # the directory is in sector 1
    struct.pack_into("<109I", head, 76, 0, *([0xFFFFFFFF] * 108))
    table = struct.pack("<128I", 0xFFFFFFFD, *range(2, 64), 0xFFFFFFFE, *([0xFFFFFFFF] * 64))
    directory = b""
    for name in ("Root Entry", *names):
        raw = name.encode("utf-16-le") + b"\0\0"
        directory += (raw.ljust(64, b"\0") + struct.pack("<H", len(raw))).ljust(128, b"\0")
    padded = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    return bytes(head) + table + padded + bytes(512 * 64)
