"""What one meeting hands to the next, and texts of minutes, as the pages of a meeting show them.

{% minutes_to_adopt meeting %}   in the item "minutes of the last meeting"; `back="live"` brings
                                 whoever adopts back to the live room
{% carried_over meeting %}       in the item "open actions"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Administration
from meetings.carried import actions_before, minutes_before
from meetings.elsewhere import other_dates
from meetings.models import Meeting
from wording.markup import render

register = template.Library()


@register.filter
def as_prose(words: str) -> SafeString:
    return render(words)


@register.inclusion_tag("meetings/_to_adopt.html", takes_context=True)
def minutes_to_adopt(context: template.Context, meeting: Meeting) -> dict[str, Any]:
    """Minutes of earlier meetings that this one adopts: each with its state and the button. In
    the live room, which is drawn anew by the socket, a link to the page that has the button."""
    reader = _reader(context)
    return {
        "csrf_token": context.get("csrf_token"),
        "meeting": meeting,
        "formers": minutes_before(reader.actor, meeting),
        "in_room": "room" in context,
    }


@register.inclusion_tag("meetings/_carried.html", takes_context=True)
def carried_over(context: template.Context, meeting: Meeting) -> dict[str, Any]:
    """Actions of earlier meetings that were not done when this one began."""
    reader = _reader(context)
    return {"rows": actions_before(reader.actor, reader.vault, meeting), "meeting": meeting}


def _reader(context: template.Context) -> Any:
    """Who looks, and what opens: a request, or the live room."""
    return context.get("room") or context["request"]


@register.inclusion_tag("meetings/_clocks_of.html")
def clocks_of(
    moment: dt.datetime, host_zone: str, members: Iterable[Administration] = ()
) -> dict[str, Any]:
    """Weekday always; below it, who has another date than the reader at that moment."""
    here = timezone.get_current_timezone()
    return {
        "moment": moment,
        "host_zone": host_zone,
        "shows_host": str(here) != host_zone,
        "elsewhere": other_dates(moment, here, members),
    }
