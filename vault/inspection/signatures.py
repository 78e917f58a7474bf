"""Tells what a file is from its first bytes, and stops at what can run.

Only the content counts here; the name is compared with the answer later.
"""

import re
import struct
from typing import Final

import filetype

from vault.inspection.source import Source
from vault.inspection.verdict import Reason, Refused

HEAD: Final = 8192  # as much as `filetype` looks at

# Beginnings of programs, with the word for the sentence.
_PROGRAMS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x7fELF", "linux-program"),
    (b"\xfe\xed\xfa\xce", "mac-program"),
    (b"\xfe\xed\xfa\xcf", "mac-program"),
    (b"\xce\xfa\xed\xfe", "mac-program"),
    (b"\xcf\xfa\xed\xfe", "mac-program"),
    (b"\xbe\xba\xfe\xca", "mac-program"),
    (b"\x00asm", "web-program"),
    (b"dex\n", "android-program"),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", "windows-shortcut"),
    (b"[InternetShortcut]", "windows-shortcut"),
    (b"[Desktop Entry]", "script"),
    (b"Windows Registry Editor", "script"),
    (b"REGEDIT4", "script"),
    (b"<?php", "script"),
    (b"#!", "script"),
)

# Beginnings of what is accepted, except for containers and texts.
_KINDS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"age-encryption.org/v1\n", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)

_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"{\\rtf", "rtf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"MSCF", "archive"),
    (b"PK00PK\x03\x04", "archive"),
    (b"PK\x07\x08", "archive"),
)

_FILMS: Final = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VP"}
    | {b"MSNV", b"dash", b"mp4v"}
)
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"})

_MARKUP: Final = re.compile(
    r"<\s*(?:\w{1,10}:)?(script|html|head|body|iframe|object|embed|meta|form|a|img|div|svg|"
    r"kml|gpx)\b|<!doctype\s+(html|svg)",
    re.I,
)


def recognise(source: Source) -> str:
    """The kind by content: a kind of the allow-list, or `ole`, `xml` or `text`.

    Programs, web pages and everything outside the allow-list are refused here.
    """
    head = source.read(0, HEAD)
    _refuse_programs(head)
    for table in (_KINDS, _OTHERS):
        for magic, kind in table:
            if head.startswith(magic):
                return _accepted(kind, table is _KINDS)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _boxed(head)
    return _text_or_nothing(head)


def _accepted(kind: str, listed: bool) -> str:
    if not listed:
        raise Refused(Reason.UNSUPPORTED, found=kind)
    return kind


def _refuse_programs(head: bytes) -> None:
    for magic, found in _PROGRAMS:
        if _without_mark(head).startswith(magic):
            raise Refused(Reason.PROGRAM, found=found)
    # A table may begin with the letters MZ; a program has zero bytes soon after.
    if head[:2] in (b"MZ", b"ZM") and b"\0" in head[:512]:
        raise Refused(Reason.PROGRAM, found="windows-program")
    if head[:4] == b"\xca\xfe\xba\xbe":
        # The same four bytes begin a Java class and a Mac program for several processors.
        count = struct.unpack(">I", head[4:8].ljust(4, b"\0"))[0]
        raise Refused(Reason.PROGRAM, found="mac-program" if count < 40 else "java-program")


def _without_mark(head: bytes) -> bytes:
    """The head without byte order mark and leading space, as a careless interpreter reads it."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _boxed(head: bytes) -> str:
    size = min(struct.unpack(">I", head[:4])[0], 256)
    brands = [head[8:12]] + [head[i : i + 4] for i in range(16, size - 3, 4)]
    if brands[0] == b"qt  ":
        return "mov"
    if brands[0] in _HEIC:
        return "heic"
    if brands[0] in _FILMS:
        return "mp4"
    raise Refused(Reason.UNSUPPORTED, found="unknown")


def _text_or_nothing(head: bytes) -> str:
    text = head_text(head)
    if text is None:
        return _name_by_library(head)
    begin = text.lstrip("\ufeff \t\r\n\f")
    if not begin.startswith("<"):
        return "text"
    return _markup(begin)


def head_text(head: bytes) -> str | None:
    """The first bytes as text, or None if they are not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    if b"\0" in head:
        return None
    return head.decode("utf-8-sig", errors="replace")


def _markup(begin: str) -> str:
    if re.search(r"<\s*hta:application", begin, re.I):
        raise Refused(Reason.PROGRAM, found="html-application")
    met = _MARKUP.search(begin)
    tag = (met.group(1) or met.group(2)).casefold() if met else ""
    if tag == "svg":
        raise Refused(Reason.SVG)
    if tag in ("kml", "gpx"):
        return tag
    if tag:
        raise Refused(Reason.WEB_PAGE)
    if begin.startswith("<?xml"):
        raise Refused(Reason.UNSUPPORTED, found="xml")
    if begin.startswith(("<!", "<%")):
        raise Refused(Reason.WEB_PAGE)
    return "text"  # somebody wrote a word in angle brackets


def _name_by_library(head: bytes) -> str:
    """For the sentence only: what the well-known library calls a file we do not accept."""
    guess = filetype.guess(head)
    mime = guess.mime if guess else ""
    if not mime:
        raise Refused(Reason.UNKNOWN)
    archives = ("application/x-", "application/gzip", "application/zip")
    raise Refused(Reason.UNSUPPORTED, found="archive" if mime.startswith(archives) else "unknown")
