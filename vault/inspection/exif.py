"""Reads what EXIF, XMP and IPTC blocks tell about a photograph; writes the little that stays.

Nothing here is trusted: a block that cannot be read counts as "properties", and goes.
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from vault.inspection.verdict import NoteCode

MAX_BLOCK: Final = 256 * 1024  # a JPEG block has at most 64 KiB; only other formats allow more
_MAX_TAGS: Final = 512

_ORIENTATION: Final = 0x0112
_EXIF_IFD: Final = 0x8769
_NOTES_BY_TAG: Final[dict[int, NoteCode]] = {
    0x8825: NoteCode.POSITION_REMOVED,
    0x010F: NoteCode.CAMERA_REMOVED,
    0x0110: NoteCode.CAMERA_REMOVED,
    _EXIF_IFD: NoteCode.CAMERA_REMOVED,
    0x013B: NoteCode.AUTHOR_REMOVED,
    0x9C9D: NoteCode.AUTHOR_REMOVED,
    0x8298: NoteCode.AUTHOR_REMOVED,
    0xA430: NoteCode.AUTHOR_REMOVED,
    0x9C9C: NoteCode.COMMENT_REMOVED,
    0x010E: NoteCode.COMMENT_REMOVED,
}


@dataclass
class Exif:
    orientation: int = 1
    notes: list[NoteCode] = field(default_factory=list)


def read_exif(block: bytes) -> Exif:
    """What a TIFF-shaped EXIF block says. A damaged block says nothing, upright."""
    found = Exif()
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is not None and len(block) >= 8:
        try:
            _read_directory(block, order, struct.unpack_from(f"{order}I", block, 4)[0], found)
        except struct.error:
            found.notes = []
    if not found.notes:
        found.notes = [NoteCode.PROPERTIES_REMOVED]
    return found


def _read_directory(block: bytes, order: str, at: int, found: Exif, nested: bool = False) -> None:
    count = struct.unpack_from(f"{order}H", block, at)[0]
    for index in range(min(count, _MAX_TAGS)):
        tag, form, _number = struct.unpack_from(f"{order}HHI", block, at + 2 + 12 * index)
        note = _NOTES_BY_TAG.get(tag)
        if note and note not in found.notes:
            found.notes.append(note)
        value_at = at + 2 + 12 * index + 8
        if tag == _ORIENTATION and form == 3 and not nested:
            value = struct.unpack_from(f"{order}H", block, value_at)[0]
            found.orientation = value if 1 <= value <= 8 else 1
        if tag == _EXIF_IFD and not nested:
            inner = struct.unpack_from(f"{order}I", block, value_at)[0]
            _read_directory(block, order, inner, found, nested=True)


def upright_only(orientation: int) -> bytes:
    """The smallest EXIF block: which way up the picture is, and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def is_upright_only(block: bytes) -> bool:
    """Whether this is a block that we wrote ourselves, so that cleaning twice changes nothing."""
    return any(block == upright_only(value) for value in range(2, 9))


def notes_of_packet(packet: bytes) -> list[NoteCode]:
    """What an XMP packet or a text block tells; at least that there were properties."""
    notes = []
    if b"GPSLatitude" in packet or b"GPSLongitude" in packet:
        notes.append(NoteCode.POSITION_REMOVED)
    if b"tiff:Make" in packet or b"tiff:Model" in packet:
        notes.append(NoteCode.CAMERA_REMOVED)
    if b"dc:creator" in packet or b"Author" in packet or b"photoshop:Credit" in packet:
        notes.append(NoteCode.AUTHOR_REMOVED)
    return notes or [NoteCode.PROPERTIES_REMOVED]
