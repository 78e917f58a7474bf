"""Sixty runs of Argon2id on every core, ahead of the people who need them.

A run is slow on purpose, and one after the other they would be half of the loading. Because the
passphrase is known beforehand, they can be under way while the story is told. The slots that come
out are like any other: each has a salt of its own and costs as much to guess.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from vault import slots
from vault.argon import cores
from vault.models import SlotKind
from vault.slots import Lock, make_lock


@contextmanager
def locks_made_ahead(passphrase: str, people: int) -> Iterator[None]:
    """Whoever chooses this passphrase inside finds the lock of the slot made, or nearly."""
    with ThreadPoolExecutor(cores(), "locks") as pool:
        ahead: deque[Future[Lock]] = deque(
            pool.submit(make_lock, SlotKind.PASSPHRASE, passphrase) for _ in range(people)
        )

        def next_lock(kind: SlotKind, secret: str) -> Lock:
            if ahead and (kind, secret) == (SlotKind.PASSPHRASE, passphrase):
                return ahead.popleft().result()
            return make_lock(kind, secret)

        slots.make_lock = next_lock
        try:
            yield
        finally:
            slots.make_lock = make_lock
            pool.shutdown(wait=False, cancel_futures=True)
