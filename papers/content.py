"""What stands on a paper, as data: the drawing (`paper.typ`) never sees anything as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

# A piece of running text: plain words, or {"kind": "strong", "parts": [...]} and the like
# (papers/prose.py makes them from what an author typed).
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and its value, in the head of a paper."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing, numbered unless `number` is empty: a message, an item of an agenda. A quiet one is
    a line."""

    number: str
    head: str
    when: str = ""
    marks: Sequence[str] = ()
    blocks: Sequence[Block] = ()
    language: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """All of it. `marking` and `meaning` stand on every page, `taken_by` across each of them."""

    title: str
    language: str
    marking: str
    meaning: str
    reference: str
    taken_by: Sequence[str]  # the reader's administration, and when: the watermark
    of_pages: str  # "Page %(page)s of %(pages)s", in the reader's language
    facts: Sequence[Fact] = ()
    entries: Sequence[Entry] = ()
    closing: str = ""
    blocks: Sequence[Block] = field(default=())

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)
