"""The nested boxes of HEIC pictures and MP4 videos, and cleaning them without moving a byte.

Other boxes point at places in the file, so nothing may be cut out. What must go is overwritten
with a box of the same length that every program skips.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from vault.inspection.limits import PIECE
from vault.inspection.source import Source
from vault.inspection.verdict import Reason, Refused


@dataclass(frozen=True)
class Box:
    name: bytes
    start: int
    body: int
    end: int


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """The boxes that fill the stretch, which they must do exactly."""
    at = start
    while at < end:
        if end - at < 8:
            raise Refused(Reason.TRUNCATED)
        size, name = source.unpack(">I4s", at)
        body = at + 8
        if size == 1:
            size = source.unpack(">Q", at + 8)[0]
            body = at + 16
        elif size == 0:
            size = end - at  # "to the end of the file"
        if size < body - at or at + size > end:
            raise Refused(Reason.TRUNCATED)
        yield Box(name, at, body, at + size)
        at += size


def find(source: Source, within: Box, name: bytes, skip: int = 0) -> Box | None:
    """The first box of that name; `skip` passes over the fields before the inner boxes."""
    inner = boxes(source, within.body + skip, within.end)
    return next((box for box in inner if box.name == name), None)


def blank_box(box: Box) -> tuple["Patch", ...]:
    """Turn the box into free space of the same length."""
    return (Patch(box.start + 4, box.start + 8, b"free"), Patch(box.body, box.end))


@dataclass(frozen=True, order=True)
class Patch:
    """New bytes at a place; zeros where none are given."""

    start: int
    end: int
    new: bytes = b""

    def stream(self) -> Iterator[bytes]:
        yield self.new
        left = self.end - self.start - len(self.new)
        while left > 0:
            yield bytes(min(left, PIECE))
            left -= PIECE


@dataclass
class Patches:
    source: Source
    patches: list[Patch] = field(default_factory=list)

    def stream(self) -> Iterator[bytes]:
        """The file with the patches laid over it, of the same length."""
        at = 0
        for patch in sorted(self.patches):
            yield from self.source.pieces(at, patch.start)
            yield from patch.stream()
            at = patch.end
        yield from self.source.pieces(at)

    def add(self, *patches: Patch) -> None:
        self.patches.extend(patches)

    def check(self) -> None:
        """Two patches over the same bytes come only from a file built to confuse."""
        at = 0
        for patch in sorted(self.patches):
            if patch.start < at:
                raise Refused(Reason.DAMAGED)
            at = patch.end
