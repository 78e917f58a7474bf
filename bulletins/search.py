"""Search over everything the reader may open: title, text and file names.

Nothing readable is left on the server for it: the newest are opened first, folded, and looked
through while one waits, for one search per person at a time. Up to 10,000 bulletins that is a
matter of a second; the page says how long it took and how many were looked through.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from access.actors import Actor
from bulletins.content import Content
from bulletins.models import Bulletin
from bulletins.opening import open_contents
from bulletins.queries import rows_in_box
from vault.sessions import Vault
from wording.folding import excerpt, fold

BATCH = 500
LIMIT = 10_000
SHOWN = 50


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
    return Hit(bulletin, content.title, *excerpt(text, word), where)
