"""GIF: walks the blocks; drops comments and application data other than the loop count."""

from typing import Final

from vault.inspection.limits import PIECE
from vault.inspection.pictures import Picture, check_frames, check_size, refuse_foreign_tail
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def examine_gif(source: Source) -> Finding:
    """Walk the blocks up to the trailer, which must be the last byte."""
    picture = Picture(source, Finding("gif"))
    width, height, flags = source.unpack("<HHB", 6)
    _refuse_script(source.exact(6, 2))
    check_size(width, height)
    at = 13 + _table(flags)
    picture.parts.keep(0, at)
    frames = 0
    while (mark := source.exact(at, 1)[0]) != _TRAILER:
        if mark == _IMAGE:
            end = _image(source, at)
            picture.parts.keep(at, end)
            frames += 1
        elif mark == _EXTENSION:
            end = _extension(picture, at)
        else:
            raise Refused(Reason.DAMAGED)
        at = end
    check_frames(frames, frames * width * height)
    if not frames:
        raise Refused(Reason.DAMAGED)
    _check_tail(source, at + 1)
    picture.parts.keep(at, at + 1)
    picture.end_at(at + 1)
    return picture.finish()


def _check_tail(source: Source, start: int) -> None:
    """No camera or telephone appends to a GIF; a script that wants to be both does."""
    tail = source.read(start, PIECE)
    if b"*/" in tail:
        raise Refused(Reason.TWO_IN_ONE, found="gif")
    refuse_foreign_tail(source, start, "gif")
    if source.size - start > PIECE or tail.strip(b"\0\r\n "):
        raise Refused(Reason.EXTRA_DATA)


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _refuse_script(width: bytes) -> None:
    """`GIF89a/*` or `GIF89a=1` begins a script; as a width it would be beyond 8,000 pixels."""
    if width[:1] in b"/=" and width[1:].isascii() and chr(width[1]).isprintable():
        raise Refused(Reason.TWO_IN_ONE, found="gif")


def _image(source: Source, at: int) -> int:
    width, height, flags = source.unpack("<HHB", at + 5)
    check_size(width, height)
    return _sub_blocks(source, at + 10 + _table(flags) + 1)


def _extension(picture: Picture, at: int) -> int:
    label, length = picture.source.exact(at + 1, 2)
    end = _sub_blocks(picture.source, at + 2)
    if label == _COMMENT:
        picture.drop(NoteCode.COMMENT_REMOVED)
    elif label == _APPLICATION and picture.source.exact(at + 3, length) not in _LOOPS:
        picture.drop(NoteCode.PROPERTIES_REMOVED)
    else:
        picture.parts.keep(at, end)
    return end


def _sub_blocks(source: Source, at: int) -> int:
    """Past a row of blocks of up to 255 bytes, read from larger pieces to spare calls."""
    base, window = at, source.read(at, 65536)
    while True:
        if at - base >= len(window):
            base, window = at, source.exact(at, min(65536, max(1, source.size - at)))
        length = window[at - base]
        at += 1 + length
        if at > source.size:
            raise Refused(Reason.TRUNCATED)
        if not length:
            return at
