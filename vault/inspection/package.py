"""What Word, Excel, PowerPoint and OpenDocument files have in common: parts in a ZIP file."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from vault.inspection.inflate import open_member, unpack_small, unpacked
from vault.inspection.limits import MAX_CONTROL_PART
from vault.inspection.rezip import Drop, Keep, rewrite
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused
from vault.inspection.xmlparts import OnElement, Rewriter, guarded, parse
from vault.inspection.zips import Entry

# Looks at a packed file and finds what it is: (source, depth) -> finding.
Examine = Callable[[Source, int], Finding]
Fate = Callable[[], Drop | bytes | Iterable[bytes]]
Searches = tuple[tuple[re.Pattern[bytes], Reason], ...]

_OVERLAP = 2048  # longer than anything the searches look for

_FOREIGN = (
    b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"\x7fELF", b"#!", b"%PDF-", b"Rar!", b"7z\xbc\xaf",
    b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"dex\n", b"\x4c\x00\x00\x00\x01",
    b"{\\rtf", b"<?php",
)  # fmt: skip
_WEB = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|script|hta)", re.I)
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|....ftyp(?:hei|mif1|isom|mp4|qt|M4V)",
    re.S,
)


@dataclass
class Package:
    """A document being read, and what will become of each of its parts."""

    source: Source
    entries: list[Entry]
    examine: Examine
    depth: int
    finding: Finding
    fates: dict[str, Fate] = field(default_factory=dict)

    def find(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)

    def small(self, entry: Entry) -> bytes:
        return unpack_small(self.source, entry, MAX_CONTROL_PART)

    def parse(self, entry: Entry, on_element: OnElement) -> None:
        parse([self.small(entry)], on_element)

    def search(self, entry: Entry, searches: Searches, rewriter: Rewriter | None = None) -> None:
        """Go through a part once: no entities, nothing of what is searched, and who is named."""
        pieces: Iterable[bytes] = guarded(unpacked(self.source, entry))
        if rewriter:
            # Looked at before it is rewritten, so that the search sees what the author sent.
            for _piece in rewriter.stream(_searched(pieces, searches)):
                pass
            return
        for _piece in _searched(pieces, searches):
            pass

    def clean_part(self, entry: Entry, rewriter: Callable[[], Rewriter], note: NoteCode) -> None:
        """The part is written again with names taken out."""
        self.finding.note(note)
        self.fates[entry.name] = lambda: rewriter().stream(unpacked(self.source, entry))

    def replace(self, entry: Entry, new: bytes, *notes: NoteCode) -> None:
        if self.small(entry) != new:
            self.finding.note(*notes)
            self.fates[entry.name] = lambda: new

    def drop(self, entry: Entry, note: NoteCode) -> None:
        self.finding.note(note)
        self.fates[entry.name] = Drop

    def other(self, entry: Entry) -> None:
        """A part that is not XML: a picture is looked at, anything that could be opened is not."""
        head = b""
        for piece in unpacked(self.source, entry):
            head = head or piece[:64]
        if head.startswith(_FOREIGN) or (head[:2] == b"MZ" and b"\0" in head) or _WEB.match(head):
            raise Refused(Reason.EMBEDDED_OBJECT)
        if _PICTURE.match(head):
            self.member(entry)

    def member(self, entry: Entry) -> None:
        """A picture or document inside, looked at like one that comes alone."""
        try:
            found = self.examine(open_member(self.source, entry), self.depth + 1)
        except Refused as refused:
            refused.inside = True
            raise
        self.finding.note(*found.notes)
        self.finding.keeps_metadata |= found.keeps_metadata
        if found.cleaner:
            # Made anew when it is needed: the state of many open members would fill the memory.
            self.fates[entry.name] = lambda: self._cleaned(entry)

    def _cleaned(self, entry: Entry) -> Iterator[bytes]:
        found = self.examine(open_member(self.source, entry), self.depth + 1)
        assert found.cleaner is not None  # it had one a moment ago, and nothing has changed
        return found.cleaner()

    def finish(self) -> Finding:
        if self.fates:
            self.finding.cleaner = lambda: rewrite(self.source, self.entries, self._fate)
        return self.finding

    def _fate(self, entry: Entry) -> Keep | Drop | bytes | Iterable[bytes]:
        fate = self.fates.get(entry.name)
        return fate() if fate else Keep()


def _searched(pieces: Iterable[bytes], searches: Searches) -> Iterator[bytes]:
    tail = b""
    for piece in pieces:
        window = tail + piece
        for pattern, reason in searches:
            if pattern.search(window):
                raise Refused(reason)
        tail = window[-_OVERLAP:]
        yield piece
