"""The fortnight as the page draws it: strips, words, both dates, and the times to choose from."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from meetings.finder import Member, Painted, Start, Window
from meetings.polls import reason_words

NAMED = 6


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the strip: where it stands, in quarters from midnight, and how it looks."""

    x: int
    width: int
    look: str


@dataclass(frozen=True, slots=True)
class Option:
    """A start that can be chosen."""

    value: str  # by the host's clock, as the form sends it
    start: Start
    bad_for: str

    @property
    def suits_all(self) -> bool:
        return not self.start.outside


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day; times are offered when they suit at least half."""

    day: datetime.date
    other_days: tuple[datetime.date, ...]
    bands: tuple[Band, ...]
    quarters: int
    best: int  # how many work at the best hour of the day
    spans: tuple[tuple[datetime.datetime, datetime.datetime], ...]
    options: tuple[Option, ...]
    holidays: str

    @property
    def suits_all(self) -> bool:
        return any(one.suits_all for one in self.options)


def day_rows(painted: Sequence[Painted], members: Sequence[Member], host_zone: str) -> list[DayRow]:
    return [_row(one, members, ZoneInfo(host_zone)) for one in painted]


def _row(painted: Painted, members: Sequence[Member], zone: ZoneInfo) -> DayRow:
    best = max((len(one.inside) for one in painted.windows), default=0)
    end = painted.windows[-1].ends
    return DayRow(
        day=painted.day,
        other_days=painted.other_days,
        bands=tuple(_band(one, painted, len(members)) for one in painted.windows if one.inside),
        quarters=int((end - painted.begins).total_seconds()) // 900,
        best=best,
        spans=tuple((o.starts, o.ends) for o in _joined(painted.windows, best)) if best else (),
        options=tuple(
            _option(one, zone) for one in painted.starts if len(one.inside) * 2 >= len(members)
        ),
        holidays=_holiday_words(painted),
    )


def _joined(windows: Sequence[Window], best: int) -> list[Window]:
    """The best windows of a day; two that touch are one, though they are not the same members."""
    found: list[Window] = []
    for one in windows:
        if len(one.inside) != best:
            continue
        if found and found[-1].ends == one.starts:
            found[-1] = Window(found[-1].starts, one.ends, found[-1].inside)
        else:
            found.append(one)
    return found


def _band(window: Window, painted: Painted, everybody: int) -> Band:
    x = int((window.starts - painted.begins).total_seconds()) // 900
    return Band(x, window.minutes // 15, look_of(len(window.inside), everybody))


def look_of(inside: int, everybody: int) -> str:
    """`w-all`, `w-most` from three quarters on, `w-half` from a half on, `w-few`."""
    if inside == everybody:
        return "w-all"
    if inside * 4 >= everybody * 3:
        return "w-most"
    return "w-half" if inside * 2 >= everybody else "w-few"


def _option(start: Start, zone: ZoneInfo) -> Option:
    here = start.at.astimezone(zone)
    return Option(here.strftime("%Y-%m-%dT%H:%M"), start, bad_for(start))


def bad_for(start: Start) -> str:
    """`Palau: public holiday; Niue and Samoa: weekend`, a few names of many."""
    by_reason: dict[str, list[str]] = {}
    for member, why, name in start.outside:
        by_reason.setdefault(reason_words(why, name), []).append(member.label)
    return "; ".join(
        _("%(name)s: %(words)s") % {"name": _few(names), "words": reason}
        for reason, names in by_reason.items()
    )


def _holiday_words(painted: Painted) -> str:
    by_name: dict[str, list[str]] = {}
    for member, name in painted.holidays:
        by_name.setdefault(name, []).append(member.label)
    return "; ".join(
        _("%(name)s: %(words)s") % {"name": _few(names), "words": name or _("public holiday")}
        for name, names in by_name.items()
    )


def _few(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    if len(shown) > NAMED:
        rest = len(shown) - NAMED + 1
        shown = [*shown[: NAMED - 1], _("%(n)d others") % {"n": rest}]
    return str(get_text_list(shown, _("and")))


def read_walls(values: Sequence[str]) -> list[tuple[datetime.date, datetime.time]]:
    """The times that were ticked; what is no time is left out."""
    found = []
    for value in values[:50]:
        try:
            moment = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 (a wall clock)
        except ValueError:
            continue
        found.append((moment.date(), moment.time()))
    return found
