"""Reads a file in small pieces and counts the work.

Every reader of a format goes through a `Source`, so that none of them can hold a file in memory,
run past its end unnoticed, or go on for ever.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from vault.inspection.limits import MAX_READ, MAX_STEPS, PIECE
from vault.inspection.verdict import Reason, Refused


class BinaryReader(Protocol):
    """What a seekable file object offers; `read` may return less than was asked."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes | None: ...


@dataclass
class Budget:
    """What is left of the work allowed for one inspection, shared with all packed files."""

    read: int = MAX_READ
    steps: int = MAX_STEPS

    def spend(self, size: int) -> None:
        self.read -= size
        self.step()

    def step(self) -> None:
        self.steps -= 1
        if self.read < 0 or self.steps < 0:
            raise Refused(Reason.TOO_MUCH_WORK)


@dataclass
class Source:
    """A file of known size, read by position."""

    reader: BinaryReader
    budget: Budget = field(default_factory=Budget)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.reader.seek(0, 2)

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer only at the end of the file."""
        wanted = max(0, min(size, self.size - offset))
        self.budget.spend(wanted)
        self.reader.seek(offset)
        got = self.reader.read(wanted) or b""
        if len(got) == wanted:
            return got
        return self._read_on(got, wanted)

    def _read_on(self, got: bytes, wanted: int) -> bytes:
        """A raw reader may give less at a time than was asked."""
        pieces, have = [got], len(got)
        while have < wanted:
            piece = self.reader.read(wanted - have)
            if not piece:
                raise Refused(Reason.TRUNCATED)
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def exact(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes, or the file is refused as cut off."""
        if offset < 0 or offset + size > self.size:
            raise Refused(Reason.TRUNCATED)
        return self.read(offset, size)

    def unpack(self, form: str, offset: int) -> tuple[Any, ...]:
        return struct.unpack(form, self.exact(offset, struct.calcsize(form)))

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from start to end, a piece at a time."""
        end = self.size if end is None else end
        if end > self.size:
            raise Refused(Reason.TRUNCATED)
        while start < end:
            piece = self.read(start, min(PIECE, end - start))
            start += len(piece)
            yield piece

    def windows(self, overlap: int) -> Iterator[tuple[int, bytes]]:
        """The whole file in pieces that repeat the last bytes of the one before, for searching."""
        tail, at = b"", 0
        for piece in self.pieces():
            yield at - len(tail), tail + piece
            at += len(piece)
            tail = (tail + piece)[-overlap:]


@dataclass(frozen=True)
class Stretch:
    """Bytes of the source that stay as they are."""

    start: int
    end: int


Part = Stretch | bytes


class Parts:
    """The cleaned file as stretches of the old one and new bytes between; joins neighbours."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def keep(self, start: int, end: int) -> None:
        last = self.parts[-1] if self.parts else None
        if isinstance(last, Stretch) and last.end == start:
            self.parts[-1] = Stretch(last.start, end)
        else:
            self.parts.append(Stretch(start, end))

    def put(self, new: bytes) -> None:
        self.parts.append(new)

    def size(self) -> int:
        return sum(
            len(part) if isinstance(part, bytes) else part.end - part.start for part in self.parts
        )

    def stream(self, source: Source) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from source.pieces(part.start, part.end)
