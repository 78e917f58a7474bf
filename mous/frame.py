"""What stands around every page of an instrument: its title, its tabs, and what it listens to.

`{% extends "mous/_frame.html" %}` with the context of `framed(...)`; the page fills block `part`.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from access.policy import Action, can
from activity.queries import latest_live_id
from mous.facts import topics_of
from mous.models import Instrument
from mous.queries import parties_of
from mous.vocabulary import sentence_of

NAV = "mous"


def framed(request: HttpRequest, instrument: Instrument, tab: str) -> dict[str, Any]:
    """The context of `mous/_frame.html`. `tab` is a key of `tabs`, or "" for a page below one.

    Ask for it before anything is read, so that nothing is missed that happens meanwhile.
    """
    return {
        "nav_key": NAV,
        "live_since": latest_live_id(),
        "live_topics": topics(request, *topics_of(instrument)),
        "instrument": instrument,
        "instrument_kind": sentence_of(instrument),
        "tabs": tabs(request, instrument, tab),
        "locked": request.vault is None,
    }


def topics(request: HttpRequest, *more: str) -> list[str]:
    actor = request.actor
    return [
        f"administration:{actor.administration}",
        f"person:{actor.user_id}",
        "threads:all",
        "meetings:all",
        *more,
    ]


def tabs(request: HttpRequest, instrument: Instrument, current: str) -> list[dict[str, Any]]:
    """The pages of one instrument that there are for this reader."""
    slug, own = instrument.slug, request.actor.administration
    rows: list[tuple[str, str, str, tuple[str, ...]]] = [
        ("status", _("Status"), "mous:instrument", (slug,)),
        ("timeline", _("Timeline"), "mous:timeline", (slug,)),
        ("pairs", _("Pairs"), "mous:pairs", (slug,)),
        ("acts", _("Acts"), "mous:acts", (slug,)),
        ("notifications", _("Notifications"), "mous:notifications", (slug,)),
        ("texts", _("Texts"), "mous:texts", (slug,)),
    ]
    if own == instrument.depositary_id:
        rows.append(("chase", _("Chase list"), "mous:chase", (slug,)))
    elif parties_of(instrument).filter(code=own).exists():
        rows.append(("steps", _("Our steps"), "mous:steps", (slug, own.lower())))
    if can(request.actor, Action.KEEP_REGISTER, instrument):
        rows.append(("gate", _("Gate"), "mous:gate", (slug,)))
    return [
        {"label": label, "url": url, "current": key == current}
        for key, label, name, facts in rows
        if (url := address(name, *facts))
    ]


def address(name: str, *facts: object) -> str:
    """The page of that name; nothing as long as there is none."""
    try:
        return reverse(name, args=facts)
    except NoReverseMatch:
        return ""
