"""The press itself: a paper as JSON in, a PDF out. Run by `printing.py` as a process of its own.

PDF/UA wants every letter to be drawn. The fonts that come with typst have the letters of all our
languages; what they lack is looked for among the machine's fonts, and what is nowhere stands as
its number ([U+1F600]), so that nobody misses a message for a picture in it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import typst

DRAWING = Path(__file__).with_name("paper.typ")
UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)", re.DOTALL)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
ROUNDS = 20


def press(paper: str) -> bytes:
    own_fonts = True
    for _round in range(ROUNDS):
        try:
            return _drawn(paper, own_fonts)
        except typst.TypstError as trouble:
            missing = set("".join(_letters(said) for said in UNDRAWN.findall(trouble.diagnostic)))
            if not missing:
                raise
            if own_fonts:
                own_fonts = False
            else:
                paper = _numbered(paper, missing)
    raise RuntimeError("letters were missing again and again")


def _drawn(paper: str, own_fonts: bool) -> bytes:
    return typst.compile(
        DRAWING,
        root=DRAWING.parent,
        ignore_system_fonts=own_fonts,
        sys_inputs={"paper": paper},
        pdf_standards=["ua-1"],
    )


def _letters(said: str) -> str:
    """What the message quotes, without the escapes of a debug string."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], said)


def _numbered(paper: str, missing: set[str]) -> str:
    table = {ord(one): f"[U+{ord(one):04X}]" for one in missing if not one.isascii()}
    return paper.translate(table)


def _clean(data: Any) -> Any:
    """The same without controls, which no font has."""
    if isinstance(data, str):
        return CONTROLS.sub("", data)
    if isinstance(data, list):
        return [_clean(one) for one in data]
    if isinstance(data, dict):
        return {name: _clean(one) for name, one in data.items()}
    return data


if __name__ == "__main__":
    try:
        paper = _clean(json.loads(sys.stdin.buffer.read()))
        pdf = press(json.dumps(paper, ensure_ascii=False))
    except Exception:  # what it would say may repeat words of the paper
        sys.exit(1)
    sys.stdout.buffer.write(pdf)
