"""One phrase at a time per core, and a short queue; beyond that, "come back in a moment".

A run of Argon2id takes 64 MiB on purpose. Thirty-two log-ins at once took 2.1 GiB, so the
number of runs is bounded here, and whoever would wait for the twenty-first place is told so
at once (503) instead of holding a connection.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from vault.crypto.phrase import ArgonCost, Stretched, stretch

QUEUE = 20


class Busy(Exception):
    """More people are signing in at this moment than the server can take. Nothing was tried."""


class Gate:
    """Lets `at_once` callers work, keeps up to `queue` waiting, and turns the rest away."""

    def __init__(self, at_once: int, queue: int = QUEUE) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._count = threading.Lock()
        self._places = queue
        self.waiting = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            self._wait()
        try:
            yield
        finally:
            self._free.release()

    def _wait(self) -> None:
        with self._count:
            if self.waiting >= self._places:
                raise Busy
            self.waiting += 1
        try:
            self._free.acquire()
        finally:
            with self._count:
                self.waiting -= 1


def cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


gate = Gate(cores())


def stretch_in_turn(phrase: str, salt: bytes, cost: ArgonCost) -> Stretched:
    """As `stretch`, when it is this caller's turn; else Busy."""
    with gate.turn():
        return stretch(phrase, salt, cost)
