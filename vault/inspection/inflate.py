"""Unpacks one file of a ZIP a piece at a time, and lets it be read like a file of its own.

A picture or a document inside an archive is checked by the same readers as one outside; they jump
about, and deflate only runs forward. A few copies of the unpacking state along the way make
jumping back cheap without keeping the unpacked bytes.
"""

import zlib
from collections.abc import Iterator
from typing import Any, Final

from vault.inspection.limits import MIB, PIECE
from vault.inspection.source import Source
from vault.inspection.verdict import Reason, Refused
from vault.inspection.zips import STORED, Entry

_MAX_MARKS: Final = 12  # each copy of the state is about 45 KB


def unpacked(source: Source, entry: Entry) -> Iterator[bytes]:
    """The bytes of a packed file, checked against the promised size and sum as they come."""
    size, total = 0, 0
    for piece in _raw(source, entry):
        size += len(piece)
        total = zlib.crc32(piece, total)
        source.budget.spend(len(piece))
        if size > entry.size:
            raise Refused(Reason.ZIP_BOMB)  # more than it promised
        yield piece
    if size != entry.size or total != entry.crc:
        raise Refused(Reason.DAMAGED)


def unpack_small(source: Source, entry: Entry, limit: int) -> bytes:
    """A short part as a whole."""
    if entry.size > limit:
        raise Refused(Reason.TOO_MUCH_WORK)
    return b"".join(unpacked(source, entry))


def _raw(source: Source, entry: Entry) -> Iterator[bytes]:
    stretch = source.pieces(entry.data, entry.data + entry.packed)
    if entry.method == STORED:
        yield from stretch
        return
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in stretch:
            while packed:
                yield machine.decompress(packed, PIECE)
                packed = machine.unconsumed_tail
            if machine.unused_data:
                raise Refused(Reason.DAMAGED)  # bytes behind the packed data would pile up
        yield from _rest(machine)
    except zlib.error:
        raise Refused(Reason.DAMAGED) from None
    if not machine.eof:
        raise Refused(Reason.DAMAGED)


def _rest(machine: Any) -> Iterator[bytes]:
    while not machine.eof:
        piece = machine.decompress(b"", PIECE)
        if not piece:
            return
        yield piece


class MemberReader:
    """A packed file as a seekable reader.

    Sizes and sums were checked by `unpacked` before anybody uses this.
    """

    def __init__(self, source: Source, entry: Entry) -> None:
        self.source, self.entry = source, entry
        self.at = 0
        self.step = max(MIB, entry.size // _MAX_MARKS)
        # Position unpacked, position packed, state.
        self.marks: list[tuple[int, int, Any]] = [(0, 0, zlib.decompressobj(-zlib.MAX_WBITS))]
        self.window, self.window_at = b"", 0
        self.machine: Any = self.marks[0][2].copy()
        self.eaten = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset + (0, self.at, self.entry.size)[whence]
        return self.at

    def read(self, size: int = -1, /) -> bytes:
        """Up to one window of bytes; the caller asks again for more."""
        left = max(0, self.entry.size - self.at)
        size = left if size < 0 else min(size, left)
        if not size:
            return b""
        if self.entry.method == STORED:
            got = self.source.read(self.entry.data + self.at, min(size, PIECE))
        else:
            self._reach(self.at)
            got = self.window[self.at - self.window_at :][:size]
        self.at += len(got)
        return got

    def _reach(self, at: int) -> None:
        """Move the window so that it holds the position."""
        if at < self.window_at:
            place, eaten, state = max(m for m in self.marks if m[0] <= at)
            self.window, self.window_at = b"", place
            self.eaten, self.machine = eaten, state.copy()
        while at >= self.window_at + len(self.window):
            self._advance()

    def _advance(self) -> None:
        self.window_at += len(self.window)
        if self.window_at >= self.marks[-1][0] + self.step and len(self.marks) < _MAX_MARKS:
            self.marks.append((self.window_at, self.eaten, self.machine.copy()))
        left = self.entry.packed - self.eaten
        packed = self.source.read(self.entry.data + self.eaten, min(left, PIECE // 4))
        try:
            self.window = self.machine.decompress(packed, PIECE)
        except zlib.error:
            raise Refused(Reason.DAMAGED) from None
        self.eaten += len(packed) - len(self.machine.unconsumed_tail)
        self.source.budget.spend(len(self.window))
        if not self.window and not packed:
            raise Refused(Reason.DAMAGED)


def open_member(source: Source, entry: Entry) -> Source:
    """The packed file as a source of its own, which spends from the same budget."""
    return Source(MemberReader(source, entry), source.budget)
