"""Reads the directory of a ZIP file, strictly.

Python's own module is generous: it finds an archive behind other data, accepts files that
overlap, and believes the directory where the file says otherwise. Each of these is an attack
somewhere, so here the directory, the headers and the bytes between must all tell the same story.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vault.inspection.limits import (
    MAX_ENTRIES,
    MAX_ENTRY_NAME,
    MAX_RATIO,
    MAX_UNPACKED,
    RATIO_FROM,
)
from vault.inspection.names import is_hidden
from vault.inspection.source import Source
from vault.inspection.verdict import Reason, Refused

_END: Final = b"PK\x05\x06"
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_STREAMED: Final = 0x0008  # sizes stand behind the data
_UTF8: Final = 0x0800
_PLAIN_FLAGS: Final = _STREAMED | _UTF8 | 0x0006  # the last two only tell how hard it was packed
STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """One packed file."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    data: int = 0

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")

    @property
    def base(self) -> str:
        return self.name.rsplit("/", 1)[-1]


def read_entries(source: Source) -> list[Entry]:
    """The packed files in the order of their bytes; refuses whatever does not add up."""
    start, end, count = _end_record(source)
    if count > MAX_ENTRIES:
        raise Refused(Reason.ZIP_TOO_MANY)
    entries = sorted(_central(source, start, end, count), key=lambda entry: entry.header)
    _check_totals(entries)
    _check_names(entries)
    return list(_with_data(source, entries, start))


def has_end_record(source: Source) -> bool:
    """Whether a file of another type would also open as a ZIP file."""
    at, tail = _tail(source)
    place = tail.rfind(_END)
    while place >= 0:
        if len(tail) - place >= 22:
            size, offset = struct.unpack_from("<II", tail, place + 12)
            head = at + place - size
            if size and head >= 0 and source.read(head, 4) == b"PK\x01\x02":
                return True
            if size and offset + size <= source.size and source.read(offset, 2) == b"PK":
                return True
        place = tail.rfind(_END, 0, place)
    return False


def _tail(source: Source) -> tuple[int, bytes]:
    """The end record may be followed by a comment of up to 64 KiB."""
    at = max(0, source.size - 65_557)
    return at, source.read(at, source.size - at)


def _end_record(source: Source) -> tuple[int, int, int]:
    at, tail = _tail(source)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:
        raise Refused(Reason.TRUNCATED)
    disk, first, here, count, size, offset, comment = struct.unpack_from("<4H2IH", tail, place + 4)
    if place + 22 + comment != len(tail):
        raise Refused(Reason.EXTRA_DATA)
    if disk or first or here != count or count == 0xFFFF or 0xFFFFFFFF in (size, offset):
        raise Refused(Reason.ZIP_ODD)
    if offset + size != at + place:
        raise Refused(Reason.EXTRA_DATA)
    return offset, offset + size, count


def _central(source: Source, at: int, end: int, count: int) -> Iterator[Entry]:
    for _number in range(count):
        if at + _CENTRAL.size > end:
            raise Refused(Reason.ZIP_ODD)
        fields = _CENTRAL.unpack(source.exact(at, _CENTRAL.size))
        magic, _made, _need, flags, method, _time, _date, crc, packed, size = fields[:10]
        name_size, extra, comment, disk, _inner, outer, header = fields[10:]
        if magic != b"PK\x01\x02" or disk:
            raise Refused(Reason.ZIP_ODD)
        if flags & _ENCRYPTED or method == 99:
            raise Refused(Reason.LOCKED)
        if flags & ~_PLAIN_FLAGS or 0xFFFFFFFF in (packed, size, header):
            raise Refused(Reason.ZIP_ODD)
        if method not in (STORED, DEFLATED) or (method == STORED and packed != size):
            raise Refused(Reason.ZIP_ODD)
        raw = source.exact(at + _CENTRAL.size, name_size)
        _check_mode(outer)
        yield Entry(_decode(raw, flags), raw, flags, method, crc, packed, size, header)
        at += _CENTRAL.size + name_size + extra + comment
    if at != end:
        raise Refused(Reason.ZIP_ODD)


def _check_mode(outer: int) -> None:
    """A link would be written through to wherever it points."""
    if (outer >> 16) & 0xF000 not in (0, 0x8000, 0x4000):
        raise Refused(Reason.ZIP_NAME)


def _decode(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise Refused(Reason.ZIP_NAME) from None


def _check_totals(entries: list[Entry]) -> None:
    if sum(entry.size for entry in entries) > MAX_UNPACKED:
        raise Refused(Reason.ZIP_BOMB)
    for entry in entries:
        if entry.size > RATIO_FROM and entry.size > MAX_RATIO * max(1, entry.packed):
            raise Refused(Reason.ZIP_BOMB)


def _check_names(entries: list[Entry]) -> None:
    seen = set()
    for entry in entries:
        _check_name(entry.name)
        folded = entry.name.casefold()
        # Two files of one name: one program would check the first, another open the second.
        if folded in seen or (entry.is_folder and entry.size):
            raise Refused(Reason.ZIP_ODD)
        seen.add(folded)


def _check_name(name: str) -> None:
    parts = name.removesuffix("/").split("/")
    unsafe = (
        not name
        or len(name) > MAX_ENTRY_NAME
        or "\\" in name
        or ":" in name
        or any(part in ("", ".", "..") for part in parts)
        or any(is_hidden(character) for character in name)
    )
    if unsafe:
        raise Refused(Reason.ZIP_NAME)


def _with_data(source: Source, entries: list[Entry], directory: int) -> Iterator[Entry]:
    """Each header beside its directory entry; no gap and no overlap up to the directory."""
    at = 0
    for entry in entries:
        if entry.header < at:
            raise Refused(Reason.ZIP_OVERLAP)
        if entry.header > at:
            raise Refused(Reason.EXTRA_DATA)
        data = _check_header(source, entry)
        at = data + entry.packed
        if entry.flags & _STREAMED:
            at += _descriptor(source, entry, at)
        if at > directory:
            raise Refused(Reason.ZIP_OVERLAP)
        yield Entry(**{**entry.__dict__, "data": data})
    if at != directory:
        raise Refused(Reason.EXTRA_DATA)


def _check_header(source: Source, entry: Entry) -> int:
    fields = _LOCAL.unpack(source.exact(entry.header, _LOCAL.size))
    magic, _need, flags, method, _time, _date, crc, packed, size, name_size, extra = fields
    name = source.exact(entry.header + _LOCAL.size, name_size)
    if magic != b"PK\x03\x04":
        raise Refused(Reason.ZIP_ODD)
    same = (flags ^ entry.flags) & ~0x0006 == 0 and method == entry.method
    told = (crc, packed, size) == (entry.crc, entry.packed, entry.size)
    unknown = ((0, 0, 0), (0, 0xFFFFFFFF, 0xFFFFFFFF))  # the second when it could become huge
    streamed = bool(flags & _STREAMED) and (crc, packed, size) in unknown
    if not same or name != entry.raw_name or not (told or streamed):
        raise Refused(Reason.ZIP_ODD)
    return int(entry.header + _LOCAL.size + name_size + extra)


def _descriptor(source: Source, entry: Entry, at: int) -> int:
    """The length of the record behind streamed data, with or without its optional mark."""
    want = struct.pack("<3I", entry.crc, entry.packed, entry.size)
    long = struct.pack("<IQQ", entry.crc, entry.packed, entry.size)
    block = source.read(at, 24)
    for record in (b"PK\x07\x08" + long, long, b"PK\x07\x08" + want, want):
        if block.startswith(record):
            return len(record)
    # Some programs write none although they announced one.
    return 0
