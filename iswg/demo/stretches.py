"""Sixty runs of Argon2id on every core, ahead of the people who need them.

A run is slow on purpose, and one after the other they would be half of the loading. Because the
passphrase is known beforehand, the runs can be under way while the story is told. The slots that
come out are like any other: a salt of their own, and the full cost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings

from vault import slots
from vault.argon import cores
from vault.crypto.phrase import ArgonCost, Stretched, make_salt, stretch


class Stretches:
    """Salts in the order in which slots are made, and the runs for every second one.

    A passphrase slot is followed by a recovery slot, which needs no slow run. Should that ever
    change, a salt without a run is stretched when it is met, and nothing but time is lost.
    """

    def __init__(self, passphrase: str, people: int, pool: ThreadPoolExecutor) -> None:
        self._passphrase, self._cost = passphrase, settings.ARGON_COST
        self._salts = deque(make_salt() for _ in range(2 * people))
        self._runs: dict[bytes, Future[Stretched]] = {
            salt: pool.submit(stretch, passphrase, salt, self._cost)
            for salt in list(self._salts)[::2]
        }

    def salt(self) -> bytes:
        return self._salts.popleft() if self._salts else make_salt()

    def stretched(self, phrase: str, salt: bytes, cost: ArgonCost) -> Stretched:
        run = self._runs.pop(salt, None)
        if run is None or (phrase, cost) != (self._passphrase, self._cost):
            return stretch(phrase, salt, cost)
        return run.result()


@contextmanager
def stretched_ahead(passphrase: str, people: int) -> Iterator[None]:
    """Slots made inside take their runs from the pool."""
    real = slots.make_salt, slots.stretch_in_turn
    with ThreadPoolExecutor(cores(), "stretch") as pool:
        ahead = Stretches(passphrase, people, pool)
        slots.make_salt, slots.stretch_in_turn = ahead.salt, ahead.stretched
        try:
            yield
        finally:
            slots.make_salt, slots.stretch_in_turn = real
            pool.shutdown(wait=False, cancel_futures=True)
