"""Acts in the order of their moments; an act may bring further ones."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from iswg.demo.clock import Clock, Moment

Act = Callable[[], object]


class Timeline:
    def __init__(self) -> None:
        self._waiting: list[tuple[Moment, int, Act]] = []
        self._order = count()

    def add(self, moment: Moment, act: Act) -> None:
        heapq.heappush(self._waiting, (moment, next(self._order), act))

    def play(self, clock: Clock) -> None:
        """Everything, each with the clock at its moment."""
        while self._waiting:
            moment, _, act = heapq.heappop(self._waiting)
            clock.move_to(moment)
            act()
