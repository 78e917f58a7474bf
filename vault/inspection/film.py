"""MP4 and MOV: the film is not touched; the boxes that tell about place and camera are blanked."""

from collections.abc import Iterator
from typing import Final

from vault.inspection.boxes import Box, Patches, blank_box, boxes, find
from vault.inspection.limits import KIB
from vault.inspection.pictures import check_size
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_TOP: Final = frozenset(
    b"ftyp moov mdat free skip wide uuid udta meta moof mfra sidx styp pdin prft emsg pnot".split()
)
_TELLING: Final = frozenset({b"udta", b"meta", b"uuid"})
_POSITION_TRACKS: Final = (b"gpmd", b"camm", b"rtmd", b"location")
_PLACE: Final = (b"\xa9xyz", b"loci", b"location.ISO6709", b"GPS")
_CAMERA: Final = (b"\xa9mak", b"\xa9mod", b"quicktime.make", b"quicktime.model", b"manu", b"modl")
_AUTHOR: Final = (b"\xa9aut", b"\xa9ART", b"auth", b"quicktime.author", b"cprt", b"\xa9nam")


def examine_film(source: Source, kind: str) -> Finding:
    finding, patches = Finding(kind), Patches(source)
    names = set()
    for box in boxes(source, 0, source.size):
        names.add(box.name)
        if box.name not in _TOP:
            raise Refused(Reason.EXTRA_DATA)
        for telling in _telling(source, box):
            _blank(source, telling, finding, patches)
        if box.name == b"moov":
            _tracks(source, box, finding)
    if b"moov" not in names or not names & {b"mdat", b"moof"}:
        raise Refused(Reason.TRUNCATED)
    if patches.patches:
        finding.cleaner = patches.stream
    return finding


def _telling(source: Source, top: Box) -> Iterator[Box]:
    """Boxes with properties: at the top, in the film, and in each of its tracks."""
    if top.name in _TELLING:
        yield top
    elif top.name == b"moov":
        for box in boxes(source, top.body, top.end):
            if box.name in _TELLING:
                yield box
            elif box.name == b"trak":
                inner = boxes(source, box.body, box.end)
                yield from (part for part in inner if part.name in _TELLING)


def _blank(source: Source, box: Box, finding: Finding, patches: Patches) -> None:
    block = source.read(box.body, min(box.end - box.body, 256 * KIB))
    notes = {
        NoteCode.POSITION_REMOVED: _PLACE,
        NoteCode.CAMERA_REMOVED: _CAMERA,
        NoteCode.AUTHOR_REMOVED: _AUTHOR,
    }
    met = [code for code, marks in notes.items() if any(mark in block for mark in marks)]
    finding.note(*(met or [NoteCode.PROPERTIES_REMOVED]))
    patches.add(*blank_box(box))


def _tracks(source: Source, film: Box, finding: Finding) -> None:
    for track in boxes(source, film.body, film.end):
        if track.name != b"trak":
            continue
        header = find(source, track, b"tkhd")
        if header is not None and header.end - header.body >= 84:
            width, height = source.unpack(">II", header.end - 8)
            if width or height:  # sound has neither
                check_size(max(1, width >> 16), max(1, height >> 16))
        if _tells_position(source, track):
            finding.note(NoteCode.POSITION_MAY_REMAIN)
            finding.keeps_metadata = True


def _tells_position(source: Source, track: Box) -> bool:
    """Action cameras and some telephones keep a track of positions beside the picture."""
    found: Box | None = track
    for name in (b"mdia", b"minf", b"stbl", b"stsd"):
        found = find(source, found, name) if found else None
    if found is None:
        return False
    block = source.read(found.body, min(found.end - found.body, 64 * KIB))
    return any(mark in block for mark in _POSITION_TRACKS)
