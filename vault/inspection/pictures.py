"""What holds for every picture: how large it may be, and what may follow its end."""

from dataclasses import dataclass, field

from vault.inspection.limits import (
    MAX_FRAME_PIXELS,
    MAX_FRAMES,
    MAX_PIXELS,
    MAX_SIDE,
    PIECE,
)
from vault.inspection.source import Parts, Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused


def check_size(width: int, height: int) -> None:
    """Refuse what would fill the memory of whoever opens it, before anybody decodes it."""
    if width <= 0 or height <= 0:
        raise Refused(Reason.DAMAGED)
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(Reason.PICTURE_TOO_LARGE)


def check_frames(frames: int, pixels: int) -> None:
    if frames > MAX_FRAMES or pixels > MAX_FRAME_PIXELS:
        raise Refused(Reason.TOO_MANY_FRAMES)


@dataclass
class Picture:
    """A picture being read: what was found, and the parts that will stay."""

    source: Source
    finding: Finding
    parts: Parts = field(default_factory=Parts)
    orientation: int = 1
    changed: bool = False

    def drop(self, *codes: NoteCode) -> None:
        """A block is left out; say what it told."""
        self.finding.note(*codes)
        self.changed = True

    def end_at(self, end: int) -> None:
        """The picture ends here. Telephones append films and previews; those are left out."""
        if end < self.source.size:
            refuse_foreign_tail(self.source, end, self.finding.kind)
            self.drop(NoteCode.EXTRA_DATA_REMOVED)

    def finish(self) -> Finding:
        if self.changed:
            self.finding.cleaner = lambda: self.parts.stream(self.source)
        return self.finding


_FOREIGN = (b"PK\x03\x04", b"MZ", b"\x7fELF", b"#!", b"%PDF-", b"Rar!", b"7z\xbc\xaf", b"<?php")
_FOREIGN_ANYWHERE = (b"PK\x03\x04", b"%PDF-", b"<script", b"<SCRIPT", b"<?php")


def refuse_foreign_tail(source: Source, start: int, kind: str) -> None:
    """An archive, a program, a document or a script behind a picture is no accident."""
    tail = source.read(start, PIECE)
    if tail.lstrip(b"\0\r\n\t ").startswith(_FOREIGN):
        raise Refused(Reason.TWO_IN_ONE, found=kind)
    if any(mark in tail for mark in _FOREIGN_ANYWHERE):
        raise Refused(Reason.TWO_IN_ONE, found=kind)
