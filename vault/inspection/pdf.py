"""PDF: searched for scripts, commands and embedded files, also inside packed objects.

A PDF is not cleaned: its properties are tied into the file by position, signature and packing,
and a half-removed author is worse than one that is named. The author is told what stays.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from vault.inspection.limits import KIB, MAX_PDF_UNPACKED, PIECE
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_OVERLAP: Final = 2 * KIB
_END: Final = rb"(?![A-Za-z0-9_.-])"
# Only long names are searched, because pictures are searched along with everything else: a file
# that hides a command where a lazy search skips must not win. In 50 MB of random bytes the
# shortest of these turns up once in a hundred million files.
_ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|Launch|RichMedia|ImportData|SubmitForm|GoToE|Rendition)" + _END
    + rb"|/XFA\s{0,9}(?:\[|\d{1,9}\s{1,9}\d{1,5}\s{1,9}R)"
)  # fmt: skip
_EMBEDDED: Final = re.compile(rb"/EmbeddedFiles?" + _END)
_LOCKED: Final = re.compile(rb"/Encrypt\s{0,9}(?:\d{1,9}\s{1,9}\d{1,5}\s{1,9}R|<<)")
_AUTHOR: Final = re.compile(
    rb"/Author\s{0,9}(?:\((?!\s{0,9}\))|<(?!\s{0,9}>)|\d{1,9}\s{1,9}\d{1,5}\s{1,9}R)"
    rb"|<dc:creator>"
)
_PROPERTIES: Final = re.compile(
    rb"/(?:Info|Metadata)\s{0,9}\d{1,9}\s|/(?:Producer|Creator)\s{0,9}[(<]"
)
_PICTURE_DATA: Final = re.compile(rb"Exif\0\0(?:II\*\0|MM\0\*)|exif:GPS")
_ESCAPED_NAME: Final = re.compile(rb"/[A-Za-z0-9]{0,20}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,60}")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STEPS: Final = re.compile(
    rb"(?P<packed>/ObjStm)" + _END
    + rb"|(?P<odd>/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|AHx|A85|Crypt)"
    + _END + rb")|(?P<body>stream(?:\r\n|\n|\r))"
)  # fmt: skip


def examine_pdf(source: Source) -> Finding:
    """Search the file as it stands, then what its object streams unpack to."""
    _check_frame(source)
    search = _Search()
    for _at, window in source.windows(_OVERLAP):
        search.look(window)
    for start in _packed_objects(source):
        for window in _unpacked(source, start, search):
            search.look(window)
    return search.finding()


def _check_frame(source: Source) -> None:
    head = source.read(0, KIB)
    if not re.match(rb"%PDF-[12]\.\d", head):
        raise Refused(Reason.DAMAGED)
    if re.search(rb"<(?:html|script|\?php|!doctype)", head, re.I):
        raise Refused(Reason.TWO_IN_ONE, found="pdf")
    tail = source.read(max(0, source.size - 2 * KIB), 2 * KIB)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise Refused(Reason.TRUNCATED)
    if len(tail[end + 5 :].strip(b"\0\r\n\t ")) > 0:
        raise Refused(Reason.EXTRA_DATA)


class _Search:
    """Looks through windows of the file and remembers what the author should be told."""

    def __init__(self) -> None:
        self.author = self.properties = self.picture_data = False
        self.unpacked = 0

    def look(self, window: bytes) -> None:
        # Names may be written with their letters in hexadecimal: /J#61vaScript.
        forms = [window]
        if b"#" in window:
            forms.append(_plain(window))
        for form in forms:
            if _ACTIVE.search(form):
                raise Refused(Reason.PDF_ACTIVE)
            if _EMBEDDED.search(form):
                raise Refused(Reason.PDF_EMBEDDED)
            if _LOCKED.search(form):
                raise Refused(Reason.LOCKED)
            self.author = self.author or bool(_AUTHOR.search(form))
            self.properties = self.properties or bool(_PROPERTIES.search(form))
        self.picture_data = self.picture_data or bool(_PICTURE_DATA.search(window))

    def finding(self) -> Finding:
        found = Finding("pdf")
        if self.author:
            found.note(NoteCode.PDF_KEEPS_AUTHOR)
        elif self.properties:
            found.note(NoteCode.PDF_KEEPS_PROPERTIES)
        if self.picture_data:
            found.note(NoteCode.PDF_KEEPS_PICTURE_DATA)
        found.keeps_metadata = bool(found.notes)
        return found


def _packed_objects(source: Source) -> Iterator[int]:
    """Where the bodies of object streams begin: the first `stream` after each `/ObjStm`."""
    packed = odd = False
    done = 0
    for at, window in source.windows(_OVERLAP):
        _refuse_disguised(window)
        for met in _STEPS.finditer(window):
            if at + met.end() <= done or (
                met.end() == len(window) and at + met.end() < source.size
            ):
                continue  # seen in the window before, or seen better in the next
            done = at + met.end()
            if met.lastgroup == "packed":
                packed = True
            elif met.lastgroup == "odd":
                odd = True
            elif met.lastgroup == "body":
                if packed and odd:
                    raise Refused(Reason.PDF_UNREADABLE)
                if packed:
                    yield at + met.end()
                packed = odd = False


def _plain(escaped: bytes) -> bytes:
    return _ESCAPE.sub(lambda met: bytes([int(met.group(1), 16)]), escaped)


def _refuse_disguised(window: bytes) -> None:
    """Nobody needs to write these names in hexadecimal but to get past a search."""
    if b"#" not in window:
        return
    for met in _ESCAPED_NAME.finditer(window):
        if _STEPS.match(_plain(met.group())):
            raise Refused(Reason.PDF_UNREADABLE)


def _unpacked(source: Source, start: int, search: _Search) -> Iterator[bytes]:
    """The body of an object stream; one that cannot be unpacked must be plain already."""
    machine, tail, given = zlib.decompressobj(), b"", 0
    for packed in source.pieces(start):
        while packed and not machine.eof:
            try:
                piece = machine.decompress(packed, PIECE)
            except zlib.error:
                if given or not re.match(rb"\s{0,99}\d", packed):
                    raise Refused(Reason.PDF_UNREADABLE) from None
                return  # not packed at all: it was searched with the file
            packed = machine.unconsumed_tail
            given += len(piece)
            search.unpacked += len(piece)
            source.budget.spend(len(piece))
            if search.unpacked > MAX_PDF_UNPACKED:
                raise Refused(Reason.ZIP_BOMB)
            yield tail + piece
            tail = (tail + piece)[-_OVERLAP:]
        if machine.eof:
            return
