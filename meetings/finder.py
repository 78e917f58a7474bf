"""When everybody could meet: plain functions over zones and public holidays, nothing is looked up.

A quarter of an hour is good for a member if it lies between eight and five on a working day there.
What is painted are windows: stretches of quarters in which the same members are at work.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from meetings.when import CLOSES, OPENS, in_office

QUARTER, HALF = datetime.timedelta(minutes=15), datetime.timedelta(minutes=30)
DAY = datetime.timedelta(days=1)
FORTNIGHT = 14
WEEKEND = 5  # Saturday, as date.weekday() counts


Hours = tuple[datetime.datetime, datetime.datetime]


class Why(StrEnum):
    """Why a time is bad for somebody."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is to take part: where, and when they do not work. Unknown holidays: None."""

    code: str
    label: str
    zone: str
    holidays: Mapping[datetime.date, str] | None = field(default=None, hash=False)

    def local(self, moment: datetime.datetime) -> datetime.datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def hours(self, begins: datetime.datetime, ends: datetime.datetime) -> list[Hours]:
        """The office hours there that fall into this stretch, as instants."""
        zone, found = ZoneInfo(self.zone), []
        day = self.local(begins).date()
        while day <= self.local(ends).date():
            if day.weekday() < WEEKEND and day not in (self.holidays or {}):
                opens = datetime.datetime.combine(day, OPENS, zone).astimezone(datetime.UTC)
                closes = datetime.datetime.combine(day, CLOSES, zone).astimezone(datetime.UTC)
                if opens < ends and closes > begins:
                    found.append((opens, closes))
            day += DAY
        return found

    def why_not(self, starts: datetime.datetime, minutes: int) -> tuple[Why, str] | None:
        """Why this stretch is outside office hours there, with the name of the holiday."""
        here = self.local(starts)
        ends = self.local(starts + datetime.timedelta(minutes=minutes))
        if here.weekday() >= WEEKEND:
            return Why.WEEKEND, ""
        if self.holidays is not None and here.date() in self.holidays:
            return Why.HOLIDAY, self.holidays[here.date()]
        if in_office(here, ends):
            return None
        return (Why.EARLY if here.time() < OPENS else Why.LATE), ""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of quarters in which the same members are at work."""

    starts: datetime.datetime
    ends: datetime.datetime
    inside: frozenset[str]

    @property
    def minutes(self) -> int:
        return int((self.ends - self.starts).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Start:
    """A time at which a meeting of the wanted length could begin, and for whom it is bad."""

    at: datetime.datetime
    inside: frozenset[str]
    outside: tuple[tuple[Member, Why, str], ...]


@dataclass(frozen=True, slots=True)
class Painted:
    """One day of the fortnight by the host's calendar."""

    day: datetime.date
    begins: datetime.datetime
    windows: tuple[Window, ...]
    starts: tuple[Start, ...]
    holidays: tuple[tuple[Member, str], ...]
    other_days: tuple[datetime.date, ...]


def fortnight(
    members: Sequence[Member],
    first: datetime.date,
    host_zone: str,
    minutes: int,
    *,
    burden: Mapping[str, int] | None = None,
    days: int = FORTNIGHT,
) -> list[Painted]:
    """Each day from `first` on by the host's calendar, with its windows and its best starts."""
    return [_day(members, first + n * DAY, host_zone, minutes, burden or {}) for n in range(days)]


def _day(
    members: Sequence[Member],
    day: datetime.date,
    host_zone: str,
    minutes: int,
    burden: Mapping[str, int],
) -> Painted:
    begins, ends = _midnight(day, host_zone), _midnight(day + DAY, host_zone)
    # A meeting that begins before midnight goes on after it.
    hours = {one.code: one.hours(begins, ends + DAY) for one in members}
    return Painted(
        day=day,
        begins=begins,
        windows=tuple(windows(hours, begins, ends)),
        starts=tuple(
            start_at(members, one, minutes)
            for one in best_starts(hours, begins, ends, minutes, burden)
        ),
        holidays=tuple(_holidays(members, begins, ends)),
        other_days=tuple(_other_days(members, day, begins, ends)),
    )


def _midnight(day: datetime.date, zone: str) -> datetime.datetime:
    here = datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone))
    return here.astimezone(datetime.UTC)


def _at_work(
    hours: Mapping[str, Sequence[Hours]], starts: datetime.datetime, ends: datetime.datetime
) -> frozenset[str]:
    """Those in whose office hours all of this stretch lies."""
    return frozenset(
        code
        for code, spans in hours.items()
        if any(opens <= starts and ends <= closes for opens, closes in spans)
    )


def windows(
    hours: Mapping[str, Sequence[Hours]], begins: datetime.datetime, ends: datetime.datetime
) -> list[Window]:
    """The whole stretch, cut where somebody begins or ends work. All zones here keep quarters of
    an hour, so these are whole quarters."""
    edges = {edge for spans in hours.values() for span in spans for edge in span}
    cuts = sorted({begins, ends} | {edge for edge in edges if begins < edge < ends})
    found: list[Window] = []
    for starts, stops in pairwise(cuts):
        inside = _at_work(hours, starts, stops)
        if found and found[-1].inside == inside:
            found[-1] = Window(found[-1].starts, stops, inside)
        else:
            found.append(Window(starts, stops, inside))
    return found


def best_starts(
    hours: Mapping[str, Sequence[Hours]],
    begins: datetime.datetime,
    ends: datetime.datetime,
    minutes: int,
    burden: Mapping[str, int],
    *,
    most: int = 4,
) -> list[datetime.datetime]:
    """Up to `most` half hours at which most are at work all through; of those that are alike, the
    ones that spare who was outside office hours oftener before. In their order of time."""
    length, halves = datetime.timedelta(minutes=minutes), int((ends - begins) / HALF)
    rated = []
    for moment in (begins + n * HALF for n in range(halves)):
        inside = _at_work(hours, moment, moment + length)
        carried = sum(burden.get(code, 0) for code in hours if code not in inside)
        rated.append(((len(inside), -carried), moment))
    best = max((rating for rating, _moment in rated), default=(0, 0))
    if best[0] == 0:
        return []
    return _spread([moment for rating, moment in rated if rating == best], most)


def _spread(moments: Sequence[datetime.datetime], most: int) -> list[datetime.datetime]:
    """The first, the last and what lies evenly between."""
    if len(moments) <= most:
        return list(moments)
    return [moments[round(n * (len(moments) - 1) / (most - 1))] for n in range(most)]


def start_at(members: Sequence[Member], at: datetime.datetime, minutes: int) -> Start:
    """That time, for each member."""
    outside = []
    for one in members:
        if reason := one.why_not(at, minutes):
            outside.append((one, *reason))
    gone = {one.code for one, *_reason in outside}
    return Start(at, frozenset(one.code for one in members if one.code not in gone), tuple(outside))


def _holidays(
    members: Iterable[Member], begins: datetime.datetime, ends: datetime.datetime
) -> list[tuple[Member, str]]:
    """Who has a public holiday on a date that falls into this day's office hours at the host."""
    found = []
    for one in members:
        if one.holidays is None:
            continue
        for day in sorted({one.local(begins).date(), one.local(ends - QUARTER).date()}):
            if day in one.holidays and day.weekday() < WEEKEND and _works(one, day, begins, ends):
                found.append((one, one.holidays[day]))
    return found


def _works(
    member: Member, day: datetime.date, begins: datetime.datetime, ends: datetime.datetime
) -> bool:
    """Whether office hours of that date there fall into this stretch."""
    zone = ZoneInfo(member.zone)
    opens = datetime.datetime.combine(day, OPENS, zone)
    closes = datetime.datetime.combine(day, CLOSES, zone)
    return opens < ends and closes > begins


def _other_days(
    members: Iterable[Member],
    day: datetime.date,
    begins: datetime.datetime,
    ends: datetime.datetime,
) -> list[datetime.date]:
    """The dates on which members work while it is this day at the host's."""
    found = set()
    for one in members:
        for there in {one.local(begins).date(), one.local(ends - QUARTER).date()}:
            if there != day and _works(one, there, begins, ends):
                found.add(there)
    return sorted(found)


def unknown(members: Iterable[Member]) -> list[Member]:
    """For whom no public holidays are known."""
    return [one for one in members if one.holidays is None]


# Fairness -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Burden:
    """How often a member sat outside office hours before."""

    member: Member
    outside: int
    meetings: int


def burdens(
    members: Iterable[Member], earlier: Collection[tuple[datetime.datetime, int]]
) -> list[Burden]:
    """By member: of these earlier meetings (start, minutes), how many were outside office hours
    there. Who carried most stands first."""
    found = [
        Burden(
            one,
            sum(one.why_not(starts, minutes) is not None for starts, minutes in earlier),
            len(earlier),
        )
        for one in members
    ]
    return sorted(found, key=lambda row: (-row.outside, row.member.label))
