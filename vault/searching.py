"""Search where nothing readable is left on the server: everything is opened while one waits.

The newest first, for one search per person at a time, because each takes a processor for as long
as it lasts. Nouns say what there is to open; the pages say how much was looked through.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from wording.folding import fold

BATCH = 500
LIMIT = 10_000
SHOWN = 50


class StillSearching(Exception):
    """This person's former search is still running: one at a time, or pages wait for it."""


_searching: set[tuple[str, int | None]] = set()
_lock = threading.Lock()


@contextmanager
def one_at_a_time(what: str, user_id: int | None) -> Iterator[None]:
    """The turn of this person's search; StillSearching if a former one has not come back."""
    with _lock:
        if (what, user_id) in _searching:
            raise StillSearching
        _searching.add((what, user_id))
    try:
        yield
    finally:
        with _lock:
            _searching.discard((what, user_id))


Field = tuple[str, str]  # where, and the text that stands there


def first_field(
    fields: Iterable[Field], words: list[str], beside: str = ""
) -> tuple[str, str, str] | None:
    """Where a thing answers to the words: the field, its text, and the word in it; None if one
    is missing. `beside` is folded text that may hold some of the words, but never all."""
    folded = [(where, text, fold(text)) for where, text in fields]
    everything = " ".join([*(plain for _, _, plain in folded), beside])
    if not all(word in everything for word in words):
        return None
    return next(
        ((where, text, word) for word in words for where, text, plain in folded if word in plain),
        None,
    )
