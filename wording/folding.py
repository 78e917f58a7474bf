"""Letters taken to their simplest form, for comparison only: search, names typed from memory."""

from __future__ import annotations

import re
import unicodedata

# Okina and its stand-ins are one letter to whoever searches: ʻ ʼ ' ’ ‘ `
OKINA = dict.fromkeys(map(ord, "\u02bb\u02bc'\u2019\u2018`"), None)
COMBINING = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Case, macrons, accents and ʻokina variants taken away.

    Everything a person may read passes through here while that person waits, so plain text
    takes the short way.
    """
    plain = text.translate(OKINA) if not text.isascii() else text.replace("'", "").replace("`", "")
    if not plain.isascii():
        plain = COMBINING.sub("", unicodedata.normalize("NFKD", plain))
    return plain.casefold()


def excerpt(text: str, word: str) -> tuple[str, str, str]:
    """The text around the first place where it folds to `word`: before, the word, after."""
    start = next(
        (i for i in range(len(text)) if fold(text[i : i + 3 * len(word)]).startswith(word)), 0
    )
    end = start + 1
    while end < len(text) and len(fold(text[start:end])) < len(word):
        end += 1
    left, right = max(0, start - 60), min(len(text), end + 90)
    before = ("… " if left else "") + text[left:start]
    return before, text[start:end], text[end:right] + (" …" if right < len(text) else "")
