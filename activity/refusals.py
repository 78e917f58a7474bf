"""How often somebody was refused, so that the journal is told once and not a thousand times."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime
from typing import Any

# Distinct places that are told apart within a minute, for one person and action. Whoever tries
# more is walking along the doors, and is counted as a whole from then on.
PLACES = 20


class Tally:
    """Counts of the running minute, in this process.

    Another process counts for itself: the price is a second line in the journal, not a lost one.
    """

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: Counter[tuple[Any, str]] = Counter()
        self._places: Counter[Any] = Counter()
        self._lock = threading.Lock()

    def count(self, who: Any, place: str, now: datetime) -> int:
        """How often by now, if that is worth a line; else 0. Worth one: 1, 10, 100, …"""
        with self._lock:
            minute = now.replace(second=0, microsecond=0)
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
                self._places.clear()
            key = self._key(who, place)
            self._counts[key] += 1
            return self._counts[key] if _is_power_of_ten(self._counts[key]) else 0

    def _key(self, who: Any, place: str) -> tuple[Any, str]:
        if (who, place) in self._counts:
            return who, place
        self._places[who] += 1
        return (who, place) if self._places[who] <= PLACES else (who, "")


def _is_power_of_ten(number: int) -> bool:
    return str(number).strip("0") == "1"
