"""How participation grew: how many stood where, from the first full year of the instrument on.

A state changes only on the days on which an act takes effect or a membership begins or ends, so
only those are asked about.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mous.lifecycle import Kind
from mous.queries import Picture
from mous.vocabulary import LOOKS

ONE_DAY = datetime.timedelta(days=1)
# Of the drawing: where it begins, how wide and high it is, and what is stacked from below.
LEFT, TOP, WIDTH, HEIGHT = 34, 10, 676, 190
STACKED = ("done", "half", "part")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis with its word."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The areas as paths, by look, the uppermost first; the marks of both axes."""

    areas: Sequence[tuple[str, str]]
    years: Sequence[Mark]
    heights: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class YearEnd:
    """One line of the table beside the drawing."""

    day: datetime.date
    counts: Counter[str]
    is_today: bool = False

    @property
    def done(self) -> int:
        return self.counts["done"]

    @property
    def half(self) -> int:
        return self.counts["half"]

    @property
    def part(self) -> int:
        return self.counts["part"]

    @property
    def others(self) -> int:
        return sum(self.counts[look] for look in ("none", "held", "left"))


@dataclass(frozen=True, slots=True)
class Progress:
    chart: Chart
    years: Sequence[YearEnd]


def progress_of(picture: Picture, today: datetime.date) -> Progress:
    """From the year in which the instrument was opened until today."""
    begins = datetime.date(min(picture.instrument.opened_on, today).year, 1, 1)
    steps = _steps(picture, begins, today)
    ends = [datetime.date(year, 12, 31) for year in range(begins.year, today.year)]
    years = [YearEnd(day, _on(steps, day)) for day in ends]
    return Progress(_chart(steps, begins, today), [*years, YearEnd(today, _on(steps, today), True)])


Step = tuple[datetime.date, Counter[str]]


def _steps(picture: Picture, begins: datetime.date, today: datetime.date) -> list[Step]:
    """The counts on each day on which they change, the first day among them."""
    moves: list[tuple[datetime.date, str, str]] = []
    counts: Counter[str] = Counter()
    for party in picture.parties:
        before = LOOKS[picture.state(party.code, begins)]
        counts[before] += 1
        for day in sorted(_days(picture, party.code)):
            if begins < day <= today:
                after = LOOKS[picture.state(party.code, day)]
                if after != before:
                    moves.append((day, before, after))
                    before = after
    steps = [(begins, counts)]
    for day, before, after in sorted(moves):
        counts = counts.copy()
        counts[before] -= 1
        counts[after] += 1
        steps.append((day, counts))
    return steps


def _days(picture: Picture, code: str) -> set[datetime.date]:
    days = set()
    for fact in picture.acts(code):
        days.add(fact.effective_on)
        if fact.kind == Kind.WITHDRAWAL_NOTIFIED:
            days.add(fact.done_on)
    for span in picture.spans.get(code, ()):
        days.add(span.since)
        if span.until is not None and span.until < datetime.date.max:
            days.add(span.until + ONE_DAY)
    return days


def _on(steps: Sequence[Step], day: datetime.date) -> Counter[str]:
    return next(counts for since, counts in reversed(steps) if since <= day)


# The drawing ----------------------------------------------------------------------------------


def _chart(steps: Sequence[Step], begins: datetime.date, today: datetime.date) -> Chart:
    most = max(sum(c[look] for look in ("done", "half", "part", "none", "held", "left"))
               for _day, c in steps) or 1  # fmt: skip
    days = max((today - begins).days, 1)

    def x(day: datetime.date) -> float:
        return round(LEFT + WIDTH * (day - begins).days / days, 1)

    def y(count: int) -> float:
        return round(TOP + HEIGHT * (1 - count / most), 1)

    areas = []
    for upto in range(len(STACKED), 0, -1):
        path = f"M{x(begins)} {y(0)}"
        for day, counts in steps:
            path += f"H{x(day)}V{y(sum(counts[look] for look in STACKED[:upto]))}"
        areas.append((STACKED[upto - 1], f"{path}H{x(today)}V{y(0)}Z"))
    years = [
        Mark(x(datetime.date(year, 1, 1)), str(year)) for year in range(begins.year, today.year + 1)
    ]
    step = 6 if most > 12 else max(1, most // 4)
    heights = [Mark(y(count), str(count)) for count in range(0, most + 1, step)]
    return Chart(areas, years, heights)
