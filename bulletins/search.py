"""Search over everything the reader may open: title, text and file names.

Nothing readable is left on the server for it: the newest are opened first, folded, and looked
through while one waits, for one search per person at a time. Up to 10,000 bulletins that is a
matter of a second; the page says how long it took and how many were looked through.
"""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from access.actors import Actor
from bulletins.content import Content
from bulletins.models import Bulletin
from bulletins.opening import open_contents
from bulletins.queries import rows_in_box
from vault.sessions import Vault

BATCH = 500
LIMIT = 10_000
SHOWN = 50

# Okina and its stand-ins are one letter to whoever searches: ʻ ʼ ' ’ ‘ `
OKINA = dict.fromkeys(map(ord, "\u02bb\u02bc'\u2019\u2018`"), None)


COMBINING = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Case, macrons, accents and ʻokina variants taken away, for comparison only.

    Everything a person may read passes through here while that person waits, so plain text
    takes the short way.
    """
    plain = text.translate(OKINA) if not text.isascii() else text.replace("'", "").replace("`", "")
    if not plain.isascii():
        plain = COMBINING.sub("", unicodedata.normalize("NFKD", plain))
    return plain.casefold()


@dataclass(frozen=True, slots=True)
class Hit:
    """A bulletin found, and where: a stretch of text around the first word, or a file name."""

    bulletin: Bulletin
    title: str
    before: str
    matched: str
    after: str
    where: str  # title | key_line | body | file | reference


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    looked_through: int
    seconds: float
    complete: bool


class StillSearching(Exception):
    """This person's former search is still running: one at a time, or pages wait for it."""


_searching: set[int | None] = set()
_turn = threading.Lock()


def search(actor: Actor, vault: Vault | None, typed: str) -> Found:
    """Bulletins in which every word occurs, newest first; StillSearching if one is under way."""
    with _turn:
        if actor.user_id in _searching:
            raise StillSearching
        _searching.add(actor.user_id)
    try:
        return _search(actor, vault, typed)
    finally:
        with _turn:
            _searching.discard(actor.user_id)


def _search(actor: Actor, vault: Vault | None, typed: str) -> Found:
    started = time.perf_counter()
    words = fold(typed).split()
    looked, hits = 0, []
    if words:
        for bulletin, content in _contents(actor, vault):
            looked += 1
            hit = match(bulletin, content, words)
            if hit:
                hits.append(hit)
            if len(hits) == SHOWN or looked == LIMIT:
                break
    complete = len(hits) < SHOWN and looked < LIMIT
    return Found(tuple(hits), looked, time.perf_counter() - started, complete)


def _contents(actor: Actor, vault: Vault | None) -> Iterator[tuple[Bulletin, Content]]:
    rows = rows_in_box(actor, "all").iterator(chunk_size=BATCH)
    while batch := [row.bulletin for row in islice(rows, BATCH)]:
        yield from open_contents(vault, batch)


def match(bulletin: Bulletin, content: Content, words: Iterable[str]) -> Hit | None:
    """Where this bulletin answers to the words, or None if one of them is missing."""
    fields = [
        ("title", content.title),
        ("key_line", content.key_line),
        ("body", content.body),
        *(("file", one.name) for one in content.files),
        ("reference", bulletin.ref),
    ]
    folded = [(where, text, fold(text)) for where, text in fields]
    everything = " ".join(plain for _, _, plain in folded)
    words = list(words)
    if not all(word in everything for word in words):
        return None
    where, text, word = next(
        (where, text, word) for word in words for where, text, plain in folded if word in plain
    )
    return Hit(bulletin, content.title, *_excerpt(text, word), where)


def _excerpt(text: str, word: str) -> tuple[str, str, str]:
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
