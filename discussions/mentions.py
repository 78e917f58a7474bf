"""Whom a text names: `@Fiji`, `@FJ`, `@Mere Vakalala`.

Only who takes part can be named, so a mention tells nobody of a thread that is not theirs.
Names are compared without accents and case, the longest first; what names nobody is left as
it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wording.folding import fold

CALL = re.compile(r"(?<![\w@/.])@(?=\w)")
SPARE = 4  # letters that folding may take away from a name


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody who can be named: a code, or `user:<id>`, and the words for it, folded."""

    key: str
    label: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One mention in a text: from `start` (the @) to `end`."""

    start: int
    end: int
    name: Name


def name(key: str, label: str, *others: str) -> Name:
    return Name(key, label, frozenset(fold(word) for word in (label, *others) if word))


def mentions_in(text: str, names: Iterable[Name]) -> list[Mentioned]:
    """Every mention, in the order of the text."""
    words = sorted(
        ((word, one) for one in names for word in one.words), key=lambda pair: -len(pair[0])
    )
    found = []
    for call in CALL.finditer(text):
        after = fold(text[call.end() : call.end() + 80])
        for word, one in words:
            if after.startswith(word) and not after[len(word) : len(word) + 1].isalnum():
                end = call.end() + _length(text[call.end() :], word)
                found.append(Mentioned(call.start(), end, one))
                break
    return found


def _length(text: str, word: str) -> int:
    """How many letters of the text as typed make the folded word."""
    for length in range(len(word), len(word) + SPARE + 1):
        if fold(text[:length]) == word:
            return length
    return len(word)
