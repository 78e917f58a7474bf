"""What day and time it is across the Date Line, for the reader first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import Administration
from accounts.spoken import fold_name
from iswg import moments


@dataclass(frozen=True, slots=True)
class Clock:
    label: str
    words: str
    me: bool = False


def clocks(now: datetime.datetime, own: Administration, zone: str) -> list[Clock]:
    """The reader's time, the Secretariat's in Suva, and UTC."""
    places = [(_("%(city)s (you)") % {"city": own.city_label or own.label}, zone, True)]
    if zone != "Pacific/Fiji":
        places.append((_("Suva (Secretariat)"), "Pacific/Fiji", False))
    places.append(("UTC", "UTC", False))
    return [Clock(label, _spelled(now, name), me) for label, name, me in places]


def _spelled(now: datetime.datetime, zone: str) -> str:
    there = now.astimezone(ZoneInfo(zone))
    return f"{moments.spell(there.date(), 'day')}, {moments.spell(there, 'time')}"


def date_line(now: datetime.datetime, zone: str, members: list[Administration]) -> str:
    """Who is on another date than the reader at this moment; there is always somebody."""
    today = now.astimezone(ZoneInfo(zone)).date()
    others: dict[datetime.date, list[str]] = {}
    for one in members:
        day = now.astimezone(ZoneInfo(one.zone)).date()
        if day != today:
            others.setdefault(day, []).append(one.city_label or one.label)
    sentences = [
        _("In %(places)s it is %(day)s.")
        % {"places": _few(places), "day": moments.spell(day, "full")}
        for day, places in sorted(others.items())
    ]
    return " ".join(sentences)


def _few(places: list[str]) -> str:
    names = sorted(places, key=fold_name)
    if len(names) > 5:
        rest = len(names) - 4
        names = [*names[:4], _("%(n)d other places") % {"n": rest}]
    return get_text_list(names, _("and"))
