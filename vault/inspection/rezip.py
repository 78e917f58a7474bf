"""Writes a ZIP file again, front to back, without going back to fill in sizes.

Unchanged files are copied as they are packed. Times, owners, comments and extra fields of the
old archive are not taken over.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vault.inspection.source import Source
from vault.inspection.zips import DEFLATED, STORED, Entry

_DATE = 0x21  # 1 January 1980, the earliest a ZIP file knows
_STREAMED, _UTF8 = 0x0008, 0x0800


@dataclass(frozen=True)
class Keep:
    """As it is."""


@dataclass(frozen=True)
class Drop:
    """Left out."""


# What becomes of a file: kept as packed, left out, or these bytes instead.
Fate = Callable[[Entry], Keep | Drop | bytes | Iterable[bytes]]


def rewrite(source: Source, entries: list[Entry], fate: Fate) -> Iterator[bytes]:
    """The archive with each file's fate carried out."""
    at, directory = 0, []
    for entry in entries:
        becomes = fate(entry)
        if isinstance(becomes, Drop):
            continue
        writer = _Writer(entry, at)
        body = writer.keep(source) if isinstance(becomes, Keep) else writer.replace(becomes)
        for piece in body:
            at += len(piece)
            yield piece
        directory.append(writer.directory_entry())
    yield from directory
    size = sum(map(len, directory))
    yield struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(directory), len(directory), size, at, 0)


class _Writer:
    """One file of the new archive."""

    def __init__(self, entry: Entry, at: int) -> None:
        self.entry, self.at = entry, at
        self.flags = entry.flags & _UTF8
        self.method, self.crc, self.packed, self.size = entry.method, 0, 0, 0

    def keep(self, source: Source) -> Iterator[bytes]:
        entry = self.entry
        self.crc, self.packed, self.size = entry.crc, entry.packed, entry.size
        yield self._header()
        yield from source.pieces(entry.data, entry.data + entry.packed)

    def replace(self, body: bytes | Iterable[bytes]) -> Iterator[bytes]:
        """Packed as it comes; the sizes follow behind."""
        if isinstance(body, bytes):
            yield from self._short(body)
            return
        self.method, self.flags = DEFLATED, self.flags | _STREAMED
        yield self._header()
        machine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        for piece in body:
            self.crc = zlib.crc32(piece, self.crc)
            self.size += len(piece)
            yield from self._packed(machine.compress(piece))
        yield from self._packed(machine.flush())
        yield struct.pack("<4s3I", b"PK\x07\x08", self.crc, self.packed, self.size)

    def _short(self, body: bytes) -> Iterator[bytes]:
        self.method, self.crc = STORED, zlib.crc32(body)
        self.packed = self.size = len(body)
        yield self._header() + body

    def _packed(self, piece: bytes) -> Iterator[bytes]:
        self.packed += len(piece)
        if piece:
            yield piece

    def _header(self) -> bytes:
        fields = (20, self.flags, self.method, 0, _DATE, self.crc, self.packed, self.size)
        name = self.entry.raw_name
        return struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields, len(name), 0) + name

    def directory_entry(self) -> bytes:
        fields = (20, 20, self.flags, self.method, 0, _DATE, self.crc, self.packed, self.size)
        name = self.entry.raw_name
        mode = 0x10 if self.entry.is_folder else 0
        tail = (len(name), 0, 0, 0, 0, mode, self.at)
        return struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *fields, *tail) + name
