"""File names as data: what a hostile one hides, and what a harmless one is made into."""

import re
import unicodedata
from typing import Final

from vault.inspection.kinds import KINDS, PROGRAM_EXTENSIONS
from vault.inspection.verdict import Reason, Refused

MAX_NAME: Final = 120  # characters
MAX_NAME_BYTES: Final = 240  # file systems count bytes, and stop at 255

# Controls, formatting (all bidi controls, zero widths), private use, surrogates, line ends.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Joiners that some scripts and emoji need; they cannot reorder a name.
_JOINERS: Final = "\u200c\u200d"
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])", re.I)
# `.com` is also how many web sites end, and people name scans after them.
_INNER_PROGRAMS: Final = PROGRAM_EXTENSIONS - {"com", "app", "one", "img", "lib", "ins", "tmp"}


def is_hidden(character: str) -> bool:
    """Whether the character changes how a name reads without being seen."""
    return character not in _JOINERS and unicodedata.category(character) in _HIDDEN


def extension(name: str) -> str:
    """What follows the last dot, in lower case; empty if there is none."""
    base, dot, last = name.rpartition(".")
    return last.strip().casefold() if dot and base.strip() else ""


def check_name(name: str) -> None:
    """Refuse a name that hides characters or the ending of a program."""
    if any(is_hidden(character) for character in name):
        raise Refused(Reason.NAME_HIDDEN_CHARACTERS)
    endings = [part.strip().casefold() for part in name.rstrip(". ").split(".")[1:]]
    if endings and endings[-1] in PROGRAM_EXTENSIONS:
        raise Refused(Reason.NAME_OF_PROGRAM)
    if any(part in _INNER_PROGRAMS for part in endings[:-1]):
        raise Refused(Reason.NAME_HIDES_PROGRAM)


def safe_name(name: str, kind: str = "") -> str:
    """A name that every system can store and that reads as it is.

    With `kind`, a name without an ending gets the usual one of that kind.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if c in "\t\r\n" else c for c in last if c in "\t\r\n" or not is_hidden(c))
    plain = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", seen)).strip(". ")
    stem, ending = _split(plain)
    if not ending and kind in KINDS:
        ending = KINDS[kind].extensions[0]
    if not stem or _RESERVED.fullmatch(stem.split(".")[0].strip()):
        stem = f"file_{stem}" if stem else "file"
    return _shorten(stem, f".{ending}" if ending else "")


def _split(plain: str) -> tuple[str, str]:
    stem, dot, ending = plain.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"\w{1,12}", ending):
        return plain, ""
    return stem.rstrip(". "), ending


def _shorten(stem: str, ending: str) -> str:
    stem = stem[: MAX_NAME - len(ending)]
    while len((stem + ending).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + ending
