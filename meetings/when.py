"""A time, kept as its host's wall clock and zone; everything else follows from that.

A zone's rules change with a few weeks' notice (Samoa 2021, Fiji 2021), and a meeting that was
called for eleven in Suva stays at eleven in Suva. So the instant is worked out, noted with the
version of the rules it was worked out by, and worked out again when those change.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import tzdata

RULES = tzdata.IANA_VERSION
OPENS, CLOSES = datetime.time(8, 0), datetime.time(17, 0)


class NoSuchTime(ValueError):
    """The clock of that zone jumps over this time on that day."""


def instant(day: datetime.date, clock: datetime.time, zone: str) -> datetime.datetime:
    """The instant, in UTC, at which the clocks of that zone show this; the first of two.

    NoSuchTime in the hour that a change to summer time leaves out.
    """
    here = datetime.datetime.combine(day, clock, ZoneInfo(zone))
    moment = here.astimezone(datetime.UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != here.replace(tzinfo=None):
        raise NoSuchTime
    return moment


@dataclass(frozen=True, slots=True)
class Place:
    """What the clocks of one administration show at an instant."""

    code: str
    label: str
    local: datetime.datetime
    day_shift: int  # against the host's date
    in_office: bool


def in_office(local: datetime.datetime, until: datetime.datetime | None = None) -> bool:
    """Whether it is a weekday there, between eight and five; with `until` for all of the time."""
    end = until or local
    same_day = end.date() == local.date()
    return local.weekday() < 5 and local.time() >= OPENS and same_day and end.time() <= CLOSES


def places(
    starts_at: datetime.datetime,
    minutes: int,
    host_zone: str,
    members: Iterable[tuple[str, str, str]],
) -> list[Place]:
    """For each (code, label, zone), what day and time it is there."""
    host_day = starts_at.astimezone(ZoneInfo(host_zone)).date()
    ends_at = starts_at + datetime.timedelta(minutes=minutes)
    found = []
    for code, label, zone in members:
        there = ZoneInfo(zone)
        local = starts_at.astimezone(there)
        found.append(
            Place(
                code,
                label,
                local,
                (local.date() - host_day).days,
                in_office(local, ends_at.astimezone(there)),
            )
        )
    return found
