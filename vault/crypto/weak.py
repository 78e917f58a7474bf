"""Phrases that would be guessed first.

Only for phrases people make up; a generated one never comes here and would pass (a test walks the
whole word list). The rule is length, because length is what helps: at least 15 characters. Lists
and patterns then catch what is long and cheap all the same: "password12345678",
"qwertyuiopasdfgh", the same word four times.

The estimate follows the idea of zxcvbn (Wheeler, USENIX Security 2016), reduced to a page: the
phrase is cut into the pieces an attacker would try, each with a price in bits, and the cheapest way
to cut it counts. It is meant to be too low rather than too high for patterns, and knows nothing
of grammar or quotations, apart from the few everybody knows.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

SHORTEST = 15
ENOUGH_BITS = 44
_LOOKED_AT = 100  # what follows cannot make the beginning any weaker

# Prices in bits. A word: one of the 10,000 commonest passwords (common.txt), or one that everybody
# in this group thinks of first (ours.txt). A row: four or more neighbours on a keyboard or in the
# alphabet. An echo: what was just there, again. A single letter is dearer than a digit, and a space
# costs next to nothing.
WORD, ROW, ECHO, LETTER, DIGIT, MARK, SPACE = 9, 6, 2, 5, 3, 4, 1

ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
_LEET = str.maketrans("013457@$!|", "oieastasil")


def weak_reason(phrase: str) -> str | None:
    """'short', 'common', or nothing against it."""
    text = unicodedata.normalize("NFKC", phrase)
    if len(text) < SHORTEST:
        return "short"
    text = text.casefold()[:_LOOKED_AT]
    if min(estimated_bits(text), estimated_bits(text.translate(_LEET))) < ENOUGH_BITS:
        return "common"
    return None


def estimated_bits(text: str) -> int:
    """The price of the cheapest way to cut this text into pieces."""
    cheapest = [0]  # cheapest[n]: the price of the first n characters
    open_ends: list[list[tuple[int, int]]] = [[] for _ in range(len(text) + 1)]
    for start in range(len(text)):
        for length, price in _pieces_at(text, start):
            open_ends[start + length].append((start, price))
        cheapest.append(min(cheapest[before] + price for before, price in open_ends[start + 1]))
    return cheapest[-1]


def _pieces_at(text: str, start: int) -> list[tuple[int, int]]:
    """Length and price of every piece that an attacker might try here."""
    pieces = [(1, _single(text[start]))]
    for length in range(4, min(16, len(text) - start) + 1):
        piece = text[start : start + length]
        if piece in _common():
            pieces.append((length, WORD))
        if any(piece in row or piece[::-1] in row for row in ROWS):
            pieces.append((length, ROW))
    for period in range(1, start + 1):
        length = _echo(text, start, period)
        if length >= max(3, period):
            pieces.append((length, ECHO))
    return pieces


def _single(letter: str) -> int:
    if letter.isspace() or letter in "-_.,":
        return SPACE
    if letter.isdigit():
        return DIGIT
    return LETTER if letter.isalpha() else MARK


def _echo(text: str, start: int, period: int) -> int:
    """For how long the text from here repeats what stands `period` characters before."""
    end = start
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    return end - start


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    files = (Path(__file__).with_name(name) for name in ("common.txt", "ours.txt"))
    return frozenset(word for file in files for word in file.read_text("ascii").split())
