"""PNG: walks the chunks, checks each sum, keeps those that draw the picture."""

import struct
import zlib
from typing import Final

from vault.inspection.exif import (
    MAX_BLOCK,
    is_upright_only,
    notes_of_packet,
    read_exif,
    upright_only,
)
from vault.inspection.limits import MIB
from vault.inspection.pictures import Picture, check_frames, check_size
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_DRAWING: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs hIST cICP mDCV cLLI acTL fcTL "
    b"fdAT".split()
)
_MAX_PROFILE: Final = MIB


def examine_png(source: Source) -> Finding:
    """Walk the chunks from the first to the last."""
    picture = Picture(source, Finding("png"))
    picture.parts.keep(0, 8)
    at, name, frames, area, drawn = 8, b"", 0, 0, False
    while name != b"IEND":
        length, name = source.unpack(">I4s", at)
        end = at + 12 + length
        if length > 0x7FFFFFFF or end > source.size:
            raise Refused(Reason.TRUNCATED)
        if (at == 8) != (name == b"IHDR"):
            raise Refused(Reason.DAMAGED)
        _check_sum(source, at, end)
        if name in (b"IHDR", b"fcTL"):
            area = max(area, _sized(source, at, name))
            frames += name == b"fcTL"
        drawn = drawn or name == b"IDAT"
        _chunk(picture, name, at, end)
        at = end
    check_frames(frames, frames * area)
    if not drawn:
        raise Refused(Reason.DAMAGED)
    picture.end_at(at)
    return picture.finish()


def _sized(source: Source, at: int, name: bytes) -> int:
    width, height = source.unpack(">II", at + (8 if name == b"IHDR" else 12))
    check_size(width, height)
    return int(width * height)


def _check_sum(source: Source, start: int, end: int) -> None:
    total = 0
    for piece in source.pieces(start + 4, end - 4):
        total = zlib.crc32(piece, total)
    if total != source.unpack(">I", end - 4)[0]:
        raise Refused(Reason.DAMAGED)


def _chunk(picture: Picture, name: bytes, start: int, end: int) -> None:
    if name in _DRAWING or (name == b"iCCP" and end - start < _MAX_PROFILE):
        picture.parts.keep(start, end)
    elif name == b"eXIf":
        _exif(picture, start, end)
    elif name in (b"tEXt", b"zTXt", b"iTXt"):
        block = picture.source.read(start + 8, min(end - start - 12, MAX_BLOCK))
        picture.drop(*notes_of_packet(block))
    elif name[:1].islower():  # the format itself says that such a chunk can be left out
        picture.drop(NoteCode.PROPERTIES_REMOVED)
    else:
        raise Refused(Reason.DAMAGED)


def _exif(picture: Picture, start: int, end: int) -> None:
    block = picture.source.read(start + 8, min(end - start - 12, MAX_BLOCK))
    if is_upright_only(block):
        picture.parts.keep(start, end)
        return
    exif = read_exif(block)
    if exif.orientation != 1:
        body = b"eXIf" + upright_only(exif.orientation)
        picture.parts.put(
            struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        )
    picture.drop(*exif.notes)
