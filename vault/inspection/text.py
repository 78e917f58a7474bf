"""Plain texts and tables: every character is looked at; nothing that steers a screen passes."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

# Everything below the space but tab, line ends and the page break of old reports; DEL; C1.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_OVERLAP: Final = 512
# A cell that begins like a formula and is not simply a number, a telephone number or a date.
_FORMULA: Final = re.compile(
    r'(?:^|[,;\t\n\r])[ "]{0,3}(?:=|@\w|[+\-](?![\s\d.,()/\-]{0,40}%?"?(?:[,;\t\n\r]|$)))(?=\S)'
)
_COMMAND: Final = re.compile(r"[=+\-@][^,;\t\n\r|]{0,100}\|[^,;\t\n\r!]{0,200}!")


def examine_text(source: Source, kind: str) -> Finding:
    """Decode all of it, as UTF-8 or UTF-16 or else as what Windows writes in the West."""
    finding = Finding(kind)
    for window in _checked(source, _encoding(source)):
        if kind == "csv":
            if _COMMAND.search(window):
                raise Refused(Reason.DDE)
            if _FORMULA.search(window):
                finding.note(NoteCode.FORMULA_CELLS)
    return finding


def _encoding(source: Source) -> str:
    head = source.read(0, 4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in source.pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def decoded(source: Source, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in source.pieces():
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused(Reason.TEXT_CONTROLS) from None


def _checked(source: Source, encoding: str) -> Iterator[str]:
    """Windows of text, none with a control character."""
    tail = "\n"
    for piece in decoded(source, encoding):
        if _CONTROLS.search(piece):
            raise Refused(Reason.TEXT_CONTROLS)
        yield tail + piece
        tail = (tail + piece)[-_OVERLAP:]
