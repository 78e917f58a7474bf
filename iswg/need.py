"""One row of the home page, whichever noun it comes from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the home page: the deadline in the margin, and one button with the real verb."""

    id: str
    title: str
    url: str
    verb: str
    due_on: datetime.date | None = None
    tlp: str = ""
    facts: tuple[str, ...] = ()
