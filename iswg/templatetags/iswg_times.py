"""One time, for everybody: the reader's clock, the host's, UTC, and who has another date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.language import city_of
from accounts.models import Administration
from iswg import moments
from iswg.clocks import Clock, date_line

register = template.Library()


@register.inclusion_tag("meetings/_times.html", takes_context=True)
def three_clocks(
    context: template.Context,
    moment: dt.datetime,
    host_zone: str,
    members: Iterable[Administration] = (),
) -> dict[str, Any]:
    """`{% three_clocks meeting.starts_at meeting.zone members %}`: weekday always, the reader
    first; below it, who has another date than the reader at that moment."""
    own = timezone.get_current_timezone_name()
    me = context.get("me")
    city = me.administration.city_label if me and me.zone == me.administration.zone else ""
    places = [(_("%(city)s (you)") % {"city": city or _city(own)}, own, True)]
    if host_zone != own:
        places.append((_("%(city)s (host)") % {"city": _city(host_zone)}, host_zone, False))
    if own != "UTC":
        places.append(("UTC", "UTC", False))
    rows = [Clock(label, spelled(moment, zone), mine) for label, zone, mine in places]
    return {"clocks": rows, "date_line": date_line(moment, own, list(members))}


@register.filter
def at_place(moment: dt.datetime, zone: str) -> str:
    """`Thu 19 Nov, 15:40` on the clocks of that zone."""
    return spelled(moment, zone)


def spelled(moment: dt.datetime, zone: str) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return f"{moments.spell(there.date(), 'day')}, {moments.spell(there, 'time')}"


def _city(zone: str) -> str:
    return city_of(zone, moments.language())
