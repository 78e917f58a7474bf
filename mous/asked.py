"""The two clocks of a page: the day that it is about, and from when one looks back.

Both are days in the address (`?on=2024-12-31&known=2025-03-01`), by the reader's calendar.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils import timezone

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """`known_on` None: as it is known now. `wrong`: what was typed is no day, so today stands."""

    on: datetime.date
    known_on: datetime.date | None = None
    wrong: bool = False

    @property
    def known(self) -> datetime.datetime | None:
        """The last moment of that day, where the reader is."""
        if self.known_on is None:
            return None
        midnight = datetime.datetime.combine(self.known_on + ONE_DAY, datetime.time())
        return timezone.make_aware(midnight) - datetime.timedelta(microseconds=1)

    @property
    def is_today(self) -> bool:
        return self.on == timezone.localdate() and self.known_on is None

    @property
    def query(self) -> str:
        """For links that stay with the question: empty for today."""
        said = {} if self.on == timezone.localdate() else {"on": self.on.isoformat()}
        if self.known_on:
            said["known"] = self.known_on.isoformat()
        return f"?{urlencode(said)}" if said else ""


def asked_of(typed: Mapping[str, str]) -> Asked:
    """What the address asks for; today where it says nothing."""
    on, known_on = day_of(typed.get("on", "")), day_of(typed.get("known", ""))
    wrong = any(typed.get(name) and not day_of(typed[name]) for name in ("on", "known"))
    return Asked(on or timezone.localdate(), known_on, wrong)


def day_of(text: str) -> datetime.date | None:
    """A day as it is written in addresses; None for anything else, and beyond what clocks know."""
    try:
        day = datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
