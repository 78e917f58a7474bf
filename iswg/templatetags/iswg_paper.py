"""Words for what leaves the portal: plain text, without any markup of a page."""

from __future__ import annotations

import datetime as dt

from django import template

from iswg import moments

register = template.Library()


@register.filter
def stamp(moment: dt.datetime) -> str:
    """`Monday 23 November 2026, 09:12 (Sun 22 Nov, 20:12 UTC)`: said so that nobody who reads it
    elsewhere, or next year, has to guess."""
    return f"{moments.full_words(moment)} ({moments.utc_words(moment)})"


@register.filter
def hour(moment: dt.datetime) -> str:
    """`09:12`, where the reader is."""
    return moments.spell(moments.local(moment), "time")
