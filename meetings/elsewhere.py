"""Who is on another date when a meeting begins: members live on both sides of the Date Line."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import Administration
from accounts.spoken import fold_name
from meetings.models import Meeting

NAMED = 5


@dataclass(frozen=True, slots=True)
class OtherDate:
    """A date, and the places that are on it when it is another one for the reader."""

    day: datetime.date
    places: str


def other_dates(
    moment: datetime.datetime, zone: datetime.tzinfo, administrations: Iterable[Administration]
) -> list[OtherDate]:
    """The dates, other than the reader's, on which these administrations are at that moment."""
    here = moment.astimezone(zone).date()
    found: dict[datetime.date, set[str]] = {}
    for one in administrations:
        day = moment.astimezone(ZoneInfo(one.zone)).date()
        if day != here:
            found.setdefault(day, set()).add(one.city_label or one.label)
    return [OtherDate(day, _few(places)) for day, places in sorted(found.items())]


def other_dates_of(meeting: Meeting, zone: datetime.tzinfo) -> list[OtherDate]:
    if meeting.starts_at is None:
        return []
    taking_part = [row.administration for row in meeting.participants.all()]
    return other_dates(meeting.starts_at, zone, taking_part)


def _few(places: Iterable[str]) -> str:
    names = sorted(places, key=fold_name)
    if len(names) > NAMED:
        rest = len(names) - NAMED + 1
        names = [*names[: NAMED - 1], _("%(n)d other places") % {"n": rest}]
    return str(get_text_list(names, _("and")))


def host_place(meeting: Meeting) -> str:
    """What the host's clock is called; nothing where its zone is another than the host's own."""
    return meeting.host.city_label if meeting.zone == meeting.host.zone else ""
