"""Search over everything the reader may open: title, text, what is named, and file names.

Nothing readable is left on the server for it: the newest are opened first, folded, and looked
through while one waits, for one search per person at a time. Up to 10,000 bulletins that is a
matter of a second; the page says how long it took and how many were looked through.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from access.actors import Actor
from bulletins.content import Content
from bulletins.entities import words_of
from bulletins.models import Bulletin
from bulletins.opening import open_rows
from bulletins.queries import rows_in_box
from vault.searching import LIMIT, SHOWN, first_field, one_at_a_time
from vault.sessions import Vault
from wording.folding import excerpt, fold


@dataclass(frozen=True, slots=True)
class Hit:
    """A bulletin found, and where: a stretch of text around the first word, or a file name."""

    bulletin: Bulletin
    title: str
    before: str
    matched: str
    after: str
    where: str  # title | key_line | body | entity | file | reference


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    looked_through: int
    seconds: float
    complete: bool


def search(actor: Actor, vault: Vault | None, typed: str) -> Found:
    """Bulletins in which every word occurs, newest first; StillSearching if one is under way."""
    with one_at_a_time("bulletins", actor.user_id):
        return _search(actor, vault, typed)


def _search(actor: Actor, vault: Vault | None, typed: str) -> Found:
    started = time.perf_counter()
    words = fold(typed).split()
    looked, hits = 0, []
    if words:
        for bulletin, content in open_rows(vault, rows_in_box(actor, "all")):
            looked += 1
            hit = match(bulletin, content, words)
            if hit:
                hits.append(hit)
            if len(hits) == SHOWN or looked == LIMIT:
                break
    complete = len(hits) < SHOWN and looked < LIMIT
    return Found(tuple(hits), looked, time.perf_counter() - started, complete)


def match(bulletin: Bulletin, content: Content, words: Iterable[str]) -> Hit | None:
    """Where this bulletin answers to the words, or None if one of them is missing."""
    fields = [
        ("title", content.title),
        ("key_line", content.key_line),
        ("body", content.body),
        *(("entity", words_of(one)) for one in content.entities),
        *(("file", one.name) for one in content.files),
        ("reference", bulletin.ref),
    ]
    found = first_field(fields, list(words))
    if found is None:
        return None
    where, text, word = found
    return Hit(bulletin, content.title, *excerpt(text, word), where)
