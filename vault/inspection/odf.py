"""OpenDocument files: macros, outside content, locks, and the names of people in them."""

import re
from functools import partial
from typing import Final

from vault.inspection.package import Examine, Package, Searches
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused
from vault.inspection.xmlparts import Attributes, Rewriter, local
from vault.inspection.zips import Entry

MIMETYPE: Final = "mimetype"
_MANIFEST: Final = "META-INF/manifest.xml"
_PREFIX: Final = b"application/vnd.oasis.opendocument."
_KINDS: Final = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_MACRO_FOLDERS: Final = ("basic/", "scripts/", "dialogs/")

_FETCHING: Final = (
    rb"<(?:[\w-]{1,20}:)?(?:image|object|object-ole|plugin|applet|floating-frame|section-source|"
    rb"table-source|cell-range-source|fill-image|font-face-uri|sound|database-source-\w{1,9})\s"
    rb"[^<>]{0,1500}?href\s*=\s*[\"']\s*(?:[a-z][a-z0-9+.-]{1,30}:|//|\\\\)"
)
_SEARCHES: Final[Searches] = (
    (re.compile(rb"vnd\.sun\.star\.(?:script|expand|UNO)|[\"']\s*(?:macro|slot):", re.I),
     Reason.MACROS),
    (re.compile(rb"<(?:[\w-]{1,20}:)?(?:dde-source|dde-link|dde-connection)\b|=DDE\s{0,9}\("),
     Reason.DDE),
    (re.compile(rb"\bWEBSERVICE\s{0,9}\("), Reason.OUTSIDE_CONTENT),
    (re.compile(_FETCHING, re.I), Reason.OUTSIDE_CONTENT),
)  # fmt: skip
_PEOPLE: Final = partial(
    Rewriter,
    texts=frozenset({b"creator", b"creator-initials", b"initial-creator", b"printed-by"}),
)
_NO_META: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
    b"<office:meta/></office:document-meta>"
)
_TELLING: Final = re.compile(rb"<(?:\w+:)?(?:creator|initial-creator|printed-by)>\s*[^<\s]")


def kind_of(mimetype: bytes) -> str:
    """The kind for the content of the `mimetype` part; refused if it is another."""
    kind = _KINDS.get(mimetype.removeprefix(_PREFIX)) if mimetype.startswith(_PREFIX) else None
    if kind is None:
        raise Refused(Reason.UNSUPPORTED, found="unknown")
    return kind


def examine_odf(source: Source, entries: list[Entry], examine: Examine, depth: int) -> Finding:
    """Walk through all parts; the manifest first, which tells of locks."""
    package = Package(source, entries, examine, depth, Finding(""))
    package.finding.kind = kind_of(package.small(entries[0]).strip())
    if any(entry.name.casefold().startswith(_MACRO_FOLDERS) for entry in entries):
        raise Refused(Reason.MACROS)
    manifest = package.find(_MANIFEST)
    if manifest is None:
        raise Refused(Reason.DAMAGED)
    package.parse(manifest, _refuse_locked)
    for entry in entries[1:]:
        if not entry.is_folder:
            _part(package, entry)
    if any(entry.name in package.fates for entry in entries if _is_thumbnail(entry)):
        package.clean_part(manifest, partial(Rewriter, drop=_lists_thumbnail),
                           NoteCode.THUMBNAIL_REMOVED)  # fmt: skip
    return package.finish()


def _refuse_locked(name: str, attributes: Attributes) -> None:
    if local(name) == "encryption-data":
        raise Refused(Reason.LOCKED)


def _is_thumbnail(entry: Entry) -> bool:
    return entry.name.startswith("Thumbnails/") and not entry.is_folder


def _lists_thumbnail(name: bytes, tag: bytes) -> bool:
    return name == b"file-entry" and b'"Thumbnails/' in tag


def _part(package: Package, entry: Entry) -> None:
    if _is_thumbnail(entry):
        package.drop(entry, NoteCode.THUMBNAIL_REMOVED)
    elif entry.base == "meta.xml":
        telling = _TELLING.search(package.small(entry))
        note = NoteCode.AUTHOR_REMOVED if telling else NoteCode.PROPERTIES_REMOVED
        package.replace(entry, _NO_META, note)
    elif entry.base.casefold().endswith((".xml", ".rdf")):
        rewriter = _PEOPLE()
        package.search(entry, _SEARCHES, rewriter)
        if rewriter.changed:
            package.clean_part(entry, _PEOPLE, NoteCode.AUTHOR_REMOVED)
    else:
        package.other(entry)
