"""Puts the readers together: recognise, compare with the name, look inside, give the verdict."""

import struct
from collections.abc import Callable, Iterator
from typing import Final

from vault.inspection.bundle import examine_zip
from vault.inspection.film import examine_film
from vault.inspection.geo import examine_map, structured_kind
from vault.inspection.gif import examine_gif
from vault.inspection.heif import examine_heif
from vault.inspection.jpeg import examine_jpeg
from vault.inspection.kinds import KINDS, PROGRAM_EXTENSIONS, kinds_of
from vault.inspection.limits import MAX_FILE
from vault.inspection.names import check_name, extension, is_hidden
from vault.inspection.oldoffice import refuse_old_office
from vault.inspection.pdf import examine_pdf
from vault.inspection.png import examine_png
from vault.inspection.sealed import examine_age
from vault.inspection.signatures import recognise
from vault.inspection.source import BinaryReader, Budget, Source
from vault.inspection.text import examine_text
from vault.inspection.verdict import Finding, Note, Reason, Refused, Verdict
from vault.inspection.webp import examine_webp
from vault.inspection.zips import has_end_record

_READERS: Final[dict[str, Callable[[Source], Finding]]] = {
    "jpeg": examine_jpeg,
    "png": examine_png,
    "webp": examine_webp,
    "gif": examine_gif,
    "heic": examine_heif,
    "pdf": examine_pdf,
    "age": examine_age,
    "mp4": lambda source: examine_film(source, "mp4"),
    "mov": lambda source: examine_film(source, "mov"),
    "kml": lambda source: examine_map(source, "kml"),
    "gpx": lambda source: examine_map(source, "gpx"),
}
_NEVER_ZIP: Final = frozenset(_READERS) - {"age"} | {"text"}


def inspect(reader: BinaryReader, name: str) -> Verdict:
    """What the file is, and whether it may be attached. The name is only compared.

    Faults of the reader itself, such as a damaged seal, are not judged here; they pass through.
    """
    seen: list[str] = []
    try:
        found = _examine(Source(reader), name, 0, seen)
    except Refused as refused:
        return _refusal(refused, seen[0] if seen else "")
    return Verdict(
        kind=found.kind,
        media_type=KINDS[found.kind].media_type,
        notes=tuple(Note(code) for code in found.notes),
        has_metadata=found.cleaner is not None or found.keeps_metadata,
        needs_cleaning=found.cleaner is not None,
    )


def clean(reader: BinaryReader, verdict: Verdict) -> Iterator[bytes]:
    """The same file without what tells about its author, camera and place.

    Everything is examined again before the first byte is given, so that the bytes cannot belong
    to another file than the verdict. Raises ValueError for a file that was or would be refused.
    """
    if verdict.refused is not None:
        raise ValueError("a refused file is not cleaned")
    source = Source(reader)
    if not verdict.needs_cleaning:
        return source.pieces()
    try:
        found = _by_content(source, 0, [verdict.kind])
    except Refused as refused:
        raise ValueError(refused.reason.value) from None
    if found.kind != verdict.kind or found.cleaner is None:
        raise ValueError("the verdict belongs to another file")
    # The second pass may cost as much as the first.
    fresh = Budget()
    source.budget.read, source.budget.steps = fresh.read, fresh.steps
    return found.cleaner()


def _refusal(refused: Refused, kind: str) -> Verdict:
    return Verdict(
        kind=kind,
        media_type=KINDS[kind].media_type if kind in KINDS else "application/octet-stream",
        refused=refused.reason.value,
        inside=refused.inside,
        words=tuple(sorted(refused.words.items())),
    )


def _examine(source: Source, name: str, depth: int, seen: list[str] | None = None) -> Finding:
    """One file with its name; `seen` learns the kind even if the file is refused later."""
    if not source.size:
        raise Refused(Reason.EMPTY)
    if source.size > MAX_FILE and not depth:
        raise Refused(Reason.TOO_LARGE)
    if any(is_hidden(character) for character in name):
        raise Refused(Reason.NAME_HIDDEN_CHARACTERS)
    declared = extension(name)
    try:
        found = _by_content(source, depth, seen if seen is not None else [], declared)
    except Refused as refused:
        raise _with_name(refused, declared) from None
    check_name(name)
    _compare(found.kind, declared)
    return found


def _with_name(refused: Refused, declared: str) -> Refused:
    """A program that is named like something harmless is told so."""
    kinds = kinds_of(declared)
    if refused.reason is Reason.PROGRAM and kinds and not refused.inside:
        return Refused(Reason.PROGRAM_DISGUISED, declared=kinds[0], **refused.words)
    if refused.reason is Reason.UNSUPPORTED and kinds and not refused.inside:
        return Refused(Reason.WRONG_NAME, declared=kinds[0], **refused.words)
    return refused


def _compare(kind: str, declared: str) -> None:
    """The name must say what the content is; a name without an ending says nothing wrong."""
    if not declared or declared in KINDS[kind].extensions:
        return
    if declared in PROGRAM_EXTENSIONS:
        raise Refused(Reason.NAME_OF_PROGRAM)
    kinds = kinds_of(declared)
    raise Refused(Reason.WRONG_NAME, declared=kinds[0] if kinds else "unknown", found=kind)


def _by_content(source: Source, depth: int, seen: list[str], declared: str = "") -> Finding:
    """What the bytes say, whatever the name."""
    kind = recognise(source)
    if kind in KINDS:
        seen.append(kind)
    if kind in _NEVER_ZIP and has_end_record(source):
        raise Refused(Reason.TWO_IN_ONE, found=kind if kind in KINDS else "txt")
    try:
        return _read(source, kind, depth, declared)
    except (struct.error, IndexError):
        # A reader ran out of bytes where it did not expect to.
        raise Refused(Reason.DAMAGED) from None


def _read(source: Source, kind: str, depth: int, declared: str) -> Finding:
    if kind in _READERS:
        return _READERS[kind](source)
    if kind == "zip":
        return examine_zip(source, _examine, _packed, depth)
    if kind == "ole":
        refuse_old_office(source)
    return _text(source, declared)


def _packed(source: Source, depth: int) -> Finding:
    """A part of a document, whose name says nothing."""
    return _by_content(source, depth, [])


def _text(source: Source, declared: str) -> Finding:
    """Texts look alike; within them the name decides, if the content allows it."""
    kind = structured_kind(source, declared)
    if not kind:
        kind = "csv" if declared in KINDS["csv"].extensions else "txt"
    return examine_text(source, kind)
