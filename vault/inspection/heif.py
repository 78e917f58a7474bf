"""HEIC: checks the sizes of all pictures in it and overwrites the EXIF and XMP items.

Which way up a HEIC picture is shown stands in its own property, so EXIF is not needed at all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vault.inspection.boxes import Box, Patch, Patches, blank_box, boxes, find
from vault.inspection.exif import notes_of_packet, read_exif
from vault.inspection.limits import KIB
from vault.inspection.pictures import check_size
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_TOP: Final = frozenset(b"ftyp meta mdat free skip uuid moov styp mini".split())
_MAX_ITEMS: Final = 4096
_MAX_METADATA: Final = 512 * KIB
# Four bytes "the block begins here", then an empty list of properties.
_EMPTY_EXIF: Final = struct.pack(">I2sHIHI", 0, b"MM", 42, 8, 0, 0)


@dataclass(frozen=True)
class Place:
    start: int
    end: int


def examine_heif(source: Source) -> Finding:
    finding, patches = Finding("heic"), Patches(source)
    meta = None
    for box in boxes(source, 0, source.size):
        if box.name not in _TOP:
            raise Refused(Reason.EXTRA_DATA)
        if box.name == b"meta":
            meta = meta or box
        if box.name == b"uuid":
            finding.note(NoteCode.PROPERTIES_REMOVED)
            patches.add(*blank_box(box))
    if meta is None:
        raise Refused(Reason.DAMAGED)
    _check_sizes(source, meta)
    _blank_items(source, meta, finding, patches)
    if patches.patches:
        patches.check()
        finding.cleaner = patches.stream
    return finding


def _check_sizes(source: Source, meta: Box) -> None:
    properties = find(source, meta, b"iprp", skip=4)
    container = find(source, properties, b"ipco") if properties else None
    sizes = 0
    for box in boxes(source, container.body, container.end) if container else ():
        if box.name == b"ispe":
            check_size(*source.unpack(">II", box.body + 4))
            sizes += 1
    if not sizes:
        raise Refused(Reason.DAMAGED)


def _blank_items(source: Source, meta: Box, finding: Finding, patches: Patches) -> None:
    wanted = dict(_metadata_items(source, meta))
    if not wanted:
        return
    done = set()
    for item, places in _locations(source, meta):
        if item not in wanted:
            continue
        done.add(item)
        _blank(source, wanted[item], places, finding, patches)
    if done != set(wanted):
        raise Refused(Reason.DAMAGED)  # a promise to remove it could not be kept


def _blank(
    source: Source, form: bytes, places: list[Place], finding: Finding, patches: Patches
) -> None:
    if not places or any(place.end <= place.start for place in places):
        raise Refused(Reason.DAMAGED)
    if any(place.end > source.size for place in places):
        raise Refused(Reason.TRUNCATED)
    if sum(place.end - place.start for place in places) > _MAX_METADATA:
        raise Refused(Reason.TOO_MUCH_WORK)
    block = b"".join(source.exact(place.start, place.end - place.start) for place in places)
    if not block.removeprefix(_EMPTY_EXIF).strip(b"\0"):
        return  # cleaned before
    if form == b"Exif":
        skip = 4 + int.from_bytes(block[:4], "big")
        finding.note(*read_exif(block[skip:]).notes)
    else:
        finding.note(*notes_of_packet(block))
    for index, place in enumerate(places):
        fits = form == b"Exif" and not index and place.end - place.start >= len(_EMPTY_EXIF)
        patches.add(Patch(place.start, place.end, _EMPTY_EXIF if fits else b""))


def _metadata_items(source: Source, meta: Box) -> Iterator[tuple[int, bytes]]:
    """Numbers of the items that are EXIF, XMP or other text, not pictures."""
    info = find(source, meta, b"iinf", skip=4)
    if info is None:
        return
    version = source.exact(info.body, 1)[0]
    first = info.body + (6 if version == 0 else 8)
    for count, box in enumerate(boxes(source, first, info.end)):
        if count > _MAX_ITEMS or box.end - box.body < 12:
            raise Refused(Reason.DAMAGED)
        form = source.exact(box.body, 1)[0]
        if form == 2:
            item, kind = source.unpack(">H2x4s", box.body + 4)
        elif form == 3:
            item, kind = source.unpack(">I2x4s", box.body + 4)
        else:
            continue  # versions without a kind cannot name EXIF
        if kind in (b"Exif", b"mime"):
            yield item, kind


def _locations(source: Source, meta: Box) -> Iterator[tuple[int, list[Place]]]:
    """Where each item lies in the file, by the `iloc` table."""
    table = find(source, meta, b"iloc", skip=4)
    if table is None or table.end - table.body > _MAX_METADATA:
        raise Refused(Reason.DAMAGED)
    data = find(source, meta, b"idat", skip=4)
    fields = _Fields(source.exact(table.body, table.end - table.body))
    version = fields.take(1)
    fields.take(3)
    sizes, more = fields.take(1), fields.take(1)
    wide = version == 2
    for _item in range(min(fields.take(4 if wide else 2), _MAX_ITEMS)):
        item = fields.take(4 if wide else 2)
        method = fields.take(2) & 15 if version else 0
        fields.take(2)
        base = fields.take(more >> 4)
        origin = base + (data.body if method == 1 and data else 0)
        places = []
        for _extent in range(min(fields.take(2), _MAX_ITEMS)):
            fields.take(more & 15 if version else 0)
            start = origin + fields.take(sizes >> 4)
            length = fields.take(sizes & 15)
            places.append(Place(start, start + length))
        # Method 2 builds an item from other items; nobody stores properties like that.
        yield item, places if method < 2 else []


class _Fields:
    """Numbers of varying width, one after another."""

    def __init__(self, block: bytes) -> None:
        self.block, self.at = block, 0

    def take(self, width: int) -> int:
        if self.at + width > len(self.block):
            raise Refused(Reason.TRUNCATED)
        value = int.from_bytes(self.block[self.at : self.at + width], "big")
        self.at += width
        return value
