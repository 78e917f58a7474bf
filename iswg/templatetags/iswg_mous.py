"""Pieces of the register that other pages show, and the days of a table that spans years.

Only `iswg` knows every noun: the page of an administration shows where it stands in each
instrument, and asks for it here.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.policy import Action, can
from accounts.models import Administration
from iswg import moments
from mous.models import Act
from mous.queries import instruments_for
from mous.standing import glances
from mous.vocabulary import act_label

register = template.Library()


@register.filter
def plain_day(day: dt.date | None) -> str:
    """`11 Feb 2026`, with the year whatever year it is: a register spans many."""
    if day is None:
        return ""
    words = moments.spell(day, "short")
    return words if day.year != timezone.localdate().year else f"{words} {day.year}"


@register.simple_tag
def dated(day: dt.date | None) -> SafeString | str:
    """The same as an element."""
    if day is None:
        return ""
    title = moments.spell(day, "full")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', day.isoformat(), title, plain_day(day)
    )


@register.filter
def act_words(act: Act) -> str:
    """What was done, in the words of its instrument: "Signed definitively"."""
    return act_label(act.instrument, act.kind)


@register.filter
def corrected_words(act: Act) -> str:
    """What holds instead of the act that this one corrects; nothing if that one is annulled."""
    return act_label(act.instrument, act.corrected_kind) if act.corrected_kind else ""


@register.inclusion_tag("mous/_shape.html")
def mou_shape(look: str) -> dict[str, str]:
    """The mark that a group has on the map, beside its words."""
    return {"look": look}


@register.inclusion_tag("mous/_of_administration.html", takes_context=True)
def mous_of(context: template.Context, administration: Administration) -> dict[str, Any]:
    """Where an administration stands in each instrument in which it can take part."""
    actor = context["request"].actor
    if not can(actor, Action.READ_REGISTER, None):
        return {"rows": []}
    found = glances(instruments_for(actor), timezone.localdate())
    rows = [(one.instrument, one.state_of(administration.pk)) for one in found]
    return {
        "rows": [(instrument, state) for instrument, state in rows if state],
        "code": administration.pk.lower(),
    }
