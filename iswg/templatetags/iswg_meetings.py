"""Times of meetings, as clocks elsewhere show them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from iswg import moments
from wording.spans import long_span

register = template.Library()


@register.simple_tag
def when_in(moment: dt.datetime | None, zone: str, how: str = "both") -> SafeString | str:
    """An instant as the clock of that zone shows it: `Wed 9 Dec, 11:00`; `"time"` without day."""
    if moment is None:
        return ""
    there = moment.astimezone(ZoneInfo(zone))
    time = moments.spell(there, "time")
    words = time if how == "time" else f"{moments.spell(there.date(), 'day')}, {time}"
    return format_html('<time datetime="{}">{}</time>', moments.machine(moment), words)


register.filter("long_span", long_span)
