"""The container of Office before 2007, also of Windows installers and locked documents.

None of it is accepted; the directory inside is read to say which of them it is.
"""

from collections.abc import Iterator
from typing import Final, NoReturn

from vault.inspection.source import Source
from vault.inspection.verdict import Reason, Refused

_MAX_SECTORS: Final = 256  # of the directory: 1,024 names and more
_MACROS: Final = frozenset({"_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"})
_OFFICE: Final = frozenset({"WordDocument", "Workbook", "Book", "PowerPoint Document"})
# An installer's streams have names from a private alphabet that begins with this character.
_INSTALLER: Final = "\u4840"


def refuse_old_office(source: Source) -> NoReturn:
    """Say what it is."""
    names = set(_names(source))
    if "EncryptedPackage" in names:
        raise Refused(Reason.LOCKED)
    if names & _MACROS:
        raise Refused(Reason.OLD_OFFICE_MACROS)
    if names & _OFFICE:
        raise Refused(Reason.OLD_OFFICE)
    if any(name.startswith(_INSTALLER) for name in names):
        raise Refused(Reason.PROGRAM, found="windows-installer")
    if any(name.startswith("__substg1.0_") for name in names):
        raise Refused(Reason.UNSUPPORTED, found="outlook")
    raise Refused(Reason.UNSUPPORTED, found="old-office")


def _names(source: Source) -> Iterator[str]:
    """The names in the directory, followed through the table of sectors for a bounded way."""
    shift = source.unpack("<H", 30)[0]
    if shift not in (9, 12):
        return
    size, sector = 1 << shift, source.unpack("<I", 48)[0]
    for _count in range(_MAX_SECTORS):
        start = (sector + 1) * size
        if sector >= 0xFFFFFFFA or start + size > source.size:
            return
        block = source.exact(start, size)
        for at in range(0, size, 128):
            length = int.from_bytes(block[at + 64 : at + 66], "little")
            if 2 <= length <= 64:
                yield block[at : at + length - 2].decode("utf-16-le", errors="replace")
        sector = _next_sector(source, sector, size)


def _next_sector(source: Source, sector: int, size: int) -> int:
    """The table of sectors; its first 109 places stand in the header, which is enough here."""
    place, index = divmod(sector, size // 4)
    if place >= 109:
        return 0xFFFFFFFE
    table = source.unpack("<I", 76 + 4 * place)[0]
    at = (table + 1) * size + 4 * index
    if at + 4 > source.size:
        return 0xFFFFFFFE
    return int(source.unpack("<I", at)[0])
