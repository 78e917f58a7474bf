"""JPEG: walks the segments; keeps what is needed to draw the picture, and nothing else.

The compressed picture is copied byte for byte, so nothing is lost but what was said about it.
"""

import re
import struct
from typing import Final

from vault.inspection.exif import is_upright_only, notes_of_packet, read_exif, upright_only
from vault.inspection.limits import MAX_SCANS
from vault.inspection.pictures import Picture, check_size
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_SOI, _EOI, _SOS, _COM, _APP0, _APP1, _APP2, _APP13, _APP14 = (
    0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE1, 0xE2, 0xED, 0xEE,
)  # fmt: skip
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Tables and frame headers; 0xDC would set the height later, and is how a size could be hidden.
_DRAWING: Final = _SIZES | {0xC4, 0xCC, 0xDB, 0xDD}
# In compressed data FF is followed by 00, by a restart mark, or by another FF.
_MARK: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ICC: Final = b"ICC_PROFILE\0"


def examine_jpeg(source: Source) -> Finding:
    """Walk the segments from the first to the last."""
    picture = Picture(source, Finding("jpeg"))
    picture.parts.keep(0, 2)
    at, scans, sized = 2, 0, False
    while True:
        at, mark = _next_mark(source, at)
        if mark == _EOI:
            break
        length = source.unpack(">H", at + 2)[0]
        end = at + 2 + length
        if length < 2 or end > source.size:
            raise Refused(Reason.TRUNCATED)
        sized = _segment(picture, mark, at, end) or sized
        at = end
        if mark == _SOS:
            scans += 1
            at = _end_of_scan(source, end)
            picture.parts.keep(end, at)
            if scans > MAX_SCANS:
                raise Refused(Reason.TOO_MUCH_WORK)
    return _end(picture, at, drawn=sized and scans > 0)


def _end(picture: Picture, at: int, *, drawn: bool) -> Finding:
    if not drawn:
        raise Refused(Reason.DAMAGED)
    picture.parts.keep(at, at + 2)
    picture.end_at(at + 2)
    if picture.orientation != 1:
        block = b"Exif\0\0" + upright_only(picture.orientation)
        head = struct.pack(">BBH", 0xFF, _APP1, len(block) + 2)
        _put_after_start(picture, head + block)
    return picture.finish()


def _put_after_start(picture: Picture, segment: bytes) -> None:
    """Right behind the first two bytes, which may have been joined with what follows them."""
    old, picture.parts.parts = picture.parts.parts, []
    picture.parts.put(b"\xff\xd8" + segment)
    first = old[0]
    if not isinstance(first, bytes) and first.end > 2:
        picture.parts.keep(2, first.end)
    picture.parts.parts.extend(old[1:])


def _next_mark(source: Source, at: int) -> tuple[int, int]:
    head = source.exact(at, 2)
    if head[0] != 0xFF:
        raise Refused(Reason.DAMAGED)
    while head[1] == 0xFF:  # any number of fill bytes may stand before a mark
        at += 1
        head = source.exact(at, 2)
    if head[1] in (0x00, 0x01, _SOI, 0xDC) or 0xD0 <= head[1] <= 0xD7:
        raise Refused(Reason.DAMAGED)
    return at, head[1]


def _segment(picture: Picture, mark: int, start: int, end: int) -> bool:
    """Keep or drop one segment; true if it gave the size of the picture."""
    if mark in _SIZES:
        height, width = picture.source.unpack(">HH", start + 5)
        check_size(width, height)
    if mark in _DRAWING or mark == _SOS:
        picture.parts.keep(start, end)
    elif mark == _COM:
        picture.drop(NoteCode.COMMENT_REMOVED)
    elif 0xE0 <= mark <= 0xEF:
        _application(picture, mark, start, end)
    else:
        raise Refused(Reason.DAMAGED)
    return mark in _SIZES


def _application(picture: Picture, mark: int, start: int, end: int) -> None:
    block = picture.source.exact(start + 4, end - start - 4)
    if mark == _APP0 and block.startswith(b"JFIF\0") and len(block) >= 14:
        _jfif(picture, block, start, end)
    elif (mark == _APP14 and block.startswith(b"Adobe") and len(block) == 12) or (
        mark == _APP2 and block.startswith(_ICC)
    ):
        picture.parts.keep(start, end)  # without these the colours would change
    elif mark == _APP1 and block.startswith(b"Exif\0"):
        _exif(picture, block[6:])
    elif mark == _APP1:
        picture.drop(*notes_of_packet(block))
    elif mark == _APP13:
        picture.drop(*_notes_of_iptc(block))
    else:
        picture.drop(NoteCode.PROPERTIES_REMOVED)


def _jfif(picture: Picture, block: bytes, start: int, end: int) -> None:
    """The fixed fields stay; a thumbnail, or whatever fills its place, goes."""
    if len(block) == 14:
        picture.parts.keep(start, end)
        return
    fixed = block[:12] + b"\0\0"
    picture.parts.put(struct.pack(">BBH", 0xFF, _APP0, 16) + fixed)
    picture.drop(NoteCode.THUMBNAIL_REMOVED)


def _exif(picture: Picture, block: bytes) -> None:
    exif = read_exif(block)
    if exif.orientation != 1:
        picture.orientation = exif.orientation
    if not is_upright_only(block):
        picture.drop(*exif.notes)


def _notes_of_iptc(block: bytes) -> list[NoteCode]:
    byline = b"\x1c\x02\x50" in block or b"\x1c\x02\x74" in block
    return [NoteCode.AUTHOR_REMOVED if byline else NoteCode.PROPERTIES_REMOVED]


def _end_of_scan(source: Source, at: int) -> int:
    """Where the next real mark stands. Runs at the speed of the regular expression."""
    last = b""
    for piece in source.pieces(at):
        window = last + piece
        met = _MARK.search(window)
        if met:
            return at - len(last) + met.start()
        at += len(piece)
        last = window[-1:]
    raise Refused(Reason.TRUNCATED)
