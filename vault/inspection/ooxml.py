"""Word, Excel and PowerPoint files: macros, outside content, and the names of people in them."""

import re
from functools import partial
from typing import Final

from vault.inspection.inflate import unpacked
from vault.inspection.package import Examine, Package, Searches
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused
from vault.inspection.xmlparts import Attributes, Rewriter, local, parse
from vault.inspection.zips import Entry

CONTENT_TYPES: Final = "[Content_Types].xml"
_KINDS: Final = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
}
_MACRO_NAMES: Final = re.compile(
    r"(?:^|/)(?:vbaproject|vbadata)|/macrosheets/|/activex/|(?:^|/)editdata\.mso", re.I
)
_XML: Final = (".xml", ".rels", ".vml")

_SEARCHES: Final[Searches] = (
    (re.compile(rb"<(?:\w{1,20}:)?ddeLink\b"), Reason.DDE),
    (re.compile(rb"<(?:\w{1,20}:)?f(?:\s[^<>]{0,200})?>[^<|]{0,300}\|[^<!]{0,300}!"), Reason.DDE),
    (re.compile(rb"ppaction://(?:program|ole)", re.I), Reason.DDE),
    (re.compile(rb"<(?:\w{1,20}:)?oleLink\b"), Reason.OUTSIDE_CONTENT),
    (re.compile(rb"\bWEBSERVICE\s{0,9}\("), Reason.OUTSIDE_CONTENT),
    (re.compile(rb"ppaction://macro|_xlnm\.Auto_|\bvbProcedure\s*=\s*[\"'][1t]"), Reason.MACROS),
)
# What in the parts of each program tells about people. By folder, not by the usual names of the
# parts: programs other than Microsoft's put the same comments elsewhere.
_PEOPLE: Final[dict[str, partial[Rewriter]]] = {
    "word/": partial(Rewriter, {"*": frozenset({b"author", b"initials", b"userId"})}),
    "xl/": partial(
        Rewriter,
        {
            "*": frozenset({b"userName"}),
            "person": frozenset({b"displayName", b"userId"}),
            "absPath": frozenset({b"url"}),
            "userInfo": frozenset({b"name"}),
        },
        texts=frozenset({b"author"}),
    ),
    "ppt/": partial(
        Rewriter,
        {
            "cmAuthor": frozenset({b"name", b"initials"}),
            "author": frozenset({b"name", b"initials", b"userId"}),
        },
    ),
}

_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = b"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_OFFICE: Final = b"http://schemas.openxmlformats.org/officeDocument/2006/"
_EMPTY_PROPERTIES: Final = {
    "core-properties": _HEAD + b'<cp:coreProperties xmlns:cp="' + _PACKAGE + b'"/>',
    "extended-properties": _HEAD + b'<Properties xmlns="' + _OFFICE + b'extended-properties"/>',
    "custom-properties": _HEAD + b'<Properties xmlns="' + _OFFICE + b'custom-properties"/>',
}
_USUAL_PLACES: Final = {
    "docProps/core.xml": "core-properties",
    "docProps/app.xml": "extended-properties",
    "docProps/custom.xml": "custom-properties",
}
_TELLING: Final = re.compile(
    rb"<(?:\w+:)?(?:creator|lastModifiedBy|Company|Manager)(?:\s[^<>]*)?>\s*[^<\s]"
)

_REFUSED_RELATIONS: Final = {
    "vbaProject": Reason.MACROS,
    "wordVbaData": Reason.MACROS,
    "xlMacrosheet": Reason.MACROS,
    "xlIntlMacrosheet": Reason.MACROS,
    "control": Reason.MACROS,
    "activeXControlBinary": Reason.MACROS,
    "oleObject": Reason.EMBEDDED_OBJECT,
    "aFChunk": Reason.EMBEDDED_OBJECT,
    "subDocument": Reason.EMBEDDED_OBJECT,
    "attachedToolbars": Reason.MACROS,
    "connections": Reason.OUTSIDE_CONTENT,
    "webextension": Reason.OUTSIDE_CONTENT,
    "webextensiontaskpanes": Reason.OUTSIDE_CONTENT,
}
_LINKED: Final = frozenset({"externalLinkPath", "xlPathMissing", "externalLinkLong"})
_WEB_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:|#)", re.I)


def examine_ooxml(source: Source, entries: list[Entry], examine: Examine, depth: int) -> Finding:
    """Walk through all parts; what steers the document first."""
    package = Package(source, entries, examine, depth, Finding(""))
    for entry in entries:
        if _MACRO_NAMES.search(entry.name):
            raise Refused(Reason.MACROS)
    package.finding.kind = _kind(package)
    _properties(package)
    for entry in entries:
        if not entry.is_folder:
            _part(package, entry)
    return package.finish()


def _kind(package: Package) -> str:
    kinds: set[str] = set()

    def on_element(name: str, attributes: Attributes) -> None:
        declared = attributes.get("ContentType", "")
        if re.search("macroEnabled|vbaProject|macrosheet|activeX", declared, re.I):
            raise Refused(Reason.MACROS)
        kinds.update(kind for end, kind in _KINDS.items() if declared.endswith(end))

    part = package.find(CONTENT_TYPES)
    assert part is not None  # it is how this was found to be an Office file
    package.parse(part, on_element)
    if len(kinds) != 1:
        raise Refused(Reason.UNSUPPORTED, found="unknown")
    return kinds.pop()


def _properties(package: Package) -> None:
    """Empty the parts that name author, company and so on; leave out the preview."""
    places = dict(_USUAL_PLACES)
    thumbnails = set()

    def on_element(name: str, attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rsplit("/", 1)[-1]
        target = attributes.get("Target", "").lstrip("/")
        if kind in _EMPTY_PROPERTIES:
            places[target] = kind
        elif kind == "thumbnail":
            thumbnails.add(target)

    root = package.find("_rels/.rels")
    if root is None:
        raise Refused(Reason.DAMAGED)
    package.parse(root, on_element)
    for entry in package.entries:
        if entry.name in places:
            _empty(package, entry, _EMPTY_PROPERTIES[places[entry.name]])
        elif entry.name in thumbnails:
            package.drop(entry, NoteCode.THUMBNAIL_REMOVED)
    if thumbnails:
        package.clean_part(root, partial(Rewriter, drop=_is_thumbnail), NoteCode.THUMBNAIL_REMOVED)


def _is_thumbnail(name: bytes, tag: bytes) -> bool:
    return name == b"Relationship" and b"metadata/thumbnail" in tag


def _empty(package: Package, entry: Entry, new: bytes) -> None:
    telling = _TELLING.search(package.small(entry))
    note = NoteCode.AUTHOR_REMOVED if telling else NoteCode.PROPERTIES_REMOVED
    package.replace(entry, new, note)


def _part(package: Package, entry: Entry) -> None:
    name = entry.name.casefold()
    if name.endswith(".rels"):
        package.parse(entry, partial(_relation, package))
    elif name.endswith(_XML):
        _xml_part(package, entry)
    elif "/embeddings/" in name and name.endswith((".xlsx", ".docx", ".pptx")):
        for _piece in unpacked(package.source, entry):
            pass  # the sum must be right before anybody jumps about in it
        package.member(entry)
    elif "/embeddings/" in name:
        raise Refused(Reason.EMBEDDED_OBJECT)
    else:
        package.other(entry)


def _relation(package: Package, name: str, attributes: Attributes) -> None:
    kind = attributes.get("Type", "").rsplit("/", 1)[-1]
    if kind in _REFUSED_RELATIONS:
        outside = attributes.get("TargetMode") == "External"
        raise Refused(Reason.OUTSIDE_CONTENT if outside else _REFUSED_RELATIONS[kind])
    if attributes.get("TargetMode") != "External":
        return
    if kind in _LINKED:
        package.finding.note(NoteCode.LINKED_WORKBOOK)
    elif kind == "hyperlink":
        _link(package, attributes.get("Target", "").strip())
    else:
        raise Refused(Reason.OUTSIDE_CONTENT)


def _link(package: Package, target: str) -> None:
    """A link waits for a click. Those to a share would send the reader's password hash there."""
    if _WEB_LINK.match(target):
        return
    path = re.sub(r"^file:", "", target, flags=re.I).replace("\\", "/")
    if re.match(r"//(?!/)|/{4,}", path) or re.match(r"(?!file:)[a-z][a-z0-9+.-]+:", target, re.I):
        raise Refused(Reason.OUTSIDE_CONTENT)
    package.finding.note(NoteCode.LINKS_TO_FILES)


def _xml_part(package: Package, entry: Entry) -> None:
    make = _PEOPLE.get(entry.name.partition("/")[0] + "/")
    rewriter = make() if make else None
    if entry.name in package.fates:
        return  # replaced as a whole
    package.search(entry, _SEARCHES, rewriter)
    if make and rewriter and rewriter.changed:
        package.clean_part(entry, make, NoteCode.AUTHOR_REMOVED)
    if entry.name.startswith("word/"):
        _fields(package, entry)


_FIELD: Final = re.compile(rb"instrText|fldSimple")
# An instruction begins with the name of the field; an address with these letters is no command.
_DDE: Final = re.compile(r"\x00\s*DDE(?:AUTO)?\b", re.I)


def _fields(package: Package, entry: Entry) -> None:
    """Word fields that start a program."""
    if _has_fields(package, entry):
        instructions = _Instructions()
        parse(unpacked(package.source, entry), instructions.on_element, instructions.on_text)


def _has_fields(package: Package, entry: Entry) -> bool:
    """Most parts have none, and then need not be parsed."""
    tail = b""
    for piece in unpacked(package.source, entry):
        if _FIELD.search(tail + piece):
            return True
        tail = piece[-16:]
    return False


class _Instructions:
    """The instruction of a field may be spread over many pieces of text; joins them."""

    def __init__(self) -> None:
        self.said = "\x00"
        self.inside = False

    def judge(self, new: str) -> None:
        self.said = (self.said + new)[-2000:]
        if _DDE.search(self.said):
            raise Refused(Reason.DDE)

    def on_element(self, name: str, attributes: Attributes) -> None:
        self.inside = local(name) == "instrText"
        if local(name) == "fldChar":
            self.said += "\x00"
        for key, value in attributes.items():
            if local(key) == "instr":
                self.judge(f"\x00{value}\x00")

    def on_text(self, text: str) -> None:
        if self.inside:
            self.judge(text)
