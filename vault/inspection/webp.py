"""WebP: walks the RIFF chunks; drops EXIF, XMP and what the format does not know."""

import struct
from typing import Final

from vault.inspection.exif import (
    MAX_BLOCK,
    is_upright_only,
    notes_of_packet,
    read_exif,
    upright_only,
)
from vault.inspection.pictures import Picture, check_frames, check_size
from vault.inspection.source import Parts, Source, Stretch
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_DRAWING: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_HAS_XMP, _HAS_EXIF = 0x04, 0x08


def examine_webp(source: Source) -> Finding:
    """Walk the chunks, then write the header anew if any was dropped."""
    picture = Picture(source, Finding("webp"))
    declared = source.unpack("<I", 4)[0] + 8
    if declared > source.size or declared < 20:
        raise Refused(Reason.TRUNCATED)
    at, frames, area, extended, drawn = 12, 0, 0, None, False
    while at < declared:
        name, length = source.unpack("<4sI", at)
        end = at + 8 + length + (length & 1)  # chunks begin at even places
        if end > declared:
            raise Refused(Reason.TRUNCATED)
        area = max(area, _size(source, name, at + 8))
        frames += name == b"ANMF"
        drawn = drawn or name in (b"VP8 ", b"VP8L", b"ANMF")
        extended = at if name == b"VP8X" else extended
        _chunk(picture, name, at, end)
        at = end
    check_frames(frames, frames * area)
    if not drawn:
        raise Refused(Reason.DAMAGED)
    picture.end_at(declared)
    _write_header(picture, extended)
    return picture.finish()


def _size(source: Source, name: bytes, at: int) -> int:
    """The area a chunk declares; zero for one that declares none."""
    if name in (b"VP8X", b"ANMF"):
        raw = source.exact(at + (4 if name == b"VP8X" else 6), 6)
        width = int.from_bytes(raw[:3], "little") + 1
        height = int.from_bytes(raw[3:], "little") + 1
    elif name == b"VP8L":
        bits = source.unpack("<I", at + 1)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8 ":
        if source.exact(at + 3, 3) != b"\x9d\x01\x2a":
            raise Refused(Reason.DAMAGED)
        width, height = (side & 0x3FFF for side in source.unpack("<HH", at + 6))
    else:
        return 0
    check_size(width, height)
    return width * height


def _chunk(picture: Picture, name: bytes, start: int, end: int) -> None:
    if name in _DRAWING:
        picture.parts.keep(start, end)
        return
    block = picture.source.read(start + 8, min(end - start - 8, MAX_BLOCK))
    if name == b"EXIF":
        _exif(picture, block, start, end)
    elif name == b"XMP ":
        picture.drop(*notes_of_packet(block))
    else:
        picture.drop(NoteCode.PROPERTIES_REMOVED)


def _exif(picture: Picture, block: bytes, start: int, end: int) -> None:
    block = block.removeprefix(b"Exif\0\0")
    exif = read_exif(block)
    picture.orientation = exif.orientation
    if is_upright_only(block):
        picture.parts.keep(start, end)
        return
    if exif.orientation != 1:
        small = upright_only(exif.orientation)
        picture.parts.put(struct.pack("<4sI", b"EXIF", len(small)) + small)
    picture.drop(*exif.notes)


def _write_header(picture: Picture, extended: int | None) -> None:
    """Put the new length in front and take the flags back of what is no longer there."""
    old = picture.parts
    size = old.size()
    picture.parts = Parts()
    picture.parts.put(struct.pack("<4sI4s", b"RIFF", size + 4, b"WEBP"))
    for part in old.parts:
        if extended is not None and isinstance(part, Stretch) and part.start <= extended < part.end:
            _with_new_flags(picture, part, extended)
        else:
            picture.parts.parts.append(part)


def _with_new_flags(picture: Picture, part: Stretch, extended: int) -> None:
    flags = picture.source.exact(extended + 8, 1)[0] & ~(_HAS_XMP | _HAS_EXIF)
    if picture.orientation != 1:
        flags |= _HAS_EXIF
    picture.parts.parts.append(Stretch(part.start, extended + 8))
    picture.parts.put(bytes([flags]))
    picture.parts.parts.append(Stretch(extended + 9, part.end))
