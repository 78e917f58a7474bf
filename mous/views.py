"""The register as it is read: the instruments, and the status of one on a day.

Nothing here needs a key: states and dates are clear to every member, words show where they open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.policy import Action, can, require
from activity.queries import latest_live_id
from mous.asked import Asked, asked_of
from mous.facts import topics_of
from mous.found import found
from mous.frame import NAV, address, framed, topics
from mous.models import Instrument
from mous.queries import instruments_for
from mous.standing import Glance, Row, Standing, glances, standing_of
from mous.vocabulary import column_label
from mous.waiting import acts_to_confirm, next_step_words


@require_GET
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Every instrument with its answer, where the own administration stands, and what waits."""
    require(request.actor, Action.READ_REGISTER, None)
    since = latest_live_id()
    rows = list(instruments_for(request.actor))
    listen = [topic for one in rows for topic in topics_of(one)]
    waiting = acts_to_confirm(request.actor)
    context = {
        "nav_key": NAV,
        "live_since": since,
        "live_topics": topics(request, *listen),
        "rows": [_list_row(request, one, waiting) for one in glances(rows, timezone.localdate())],
        "new_url": _new_url(request),
        "bases_url": address("mous:bases"),
        "authorities_url": address("mous:authorities"),
    }
    return render(request, "mous/list.html", context)


def _new_url(request: HttpRequest) -> str:
    return address("mous:new") if can(request.actor, Action.KEEP_REGISTER, None) else ""


def _list_row(request: HttpRequest, glance: Glance, waiting: Sequence[Any]) -> dict[str, Any]:
    own = request.actor.administration
    state = glance.states.get(own)
    return {
        "instrument": glance.instrument,
        "answer": glance.short_answer,
        "own": glance.state_of(own),
        "next": next_step_words(glance.instrument, state, glance.picture.acts(own))
        if state
        else "",
        "waiting": sum(act.instrument_id == glance.instrument.pk for act in waiting),
    }


@require_GET
def instrument(request: HttpRequest, slug: str) -> HttpResponse:
    """The status table with its map: on which day, and as it was known when."""
    instrument, asked = found(request, slug), asked_of(request.GET)
    context = framed(request, instrument, "status")
    standing = standing_of(request.actor, request.vault, instrument, asked)
    sort = request.GET.get("sort", "")
    context |= {
        "asked": asked,
        "standing": standing,
        "rows": _sorted(standing.rows, sort),
        "columns": _columns(instrument, asked, sort),
        "points": points_of(standing, asked),
        "map_words": _map_words(standing),
        "waiting": [
            act for act in acts_to_confirm(request.actor) if act.instrument_id == instrument.pk
        ],
        "enter_url": _enter_url(request, instrument),
        "own": next((row for row in standing.rows if row.me), None),
    }
    return kept_nowhere(render(request, "mous/instrument.html", context))


def _enter_url(request: HttpRequest, instrument: Instrument) -> str:
    """For the depositary, who enters acts of everybody."""
    may = can(request.actor, Action.KEEP_REGISTER, instrument)
    return address("mous:enter", instrument.slug) if may else ""


RANK = {look: n for n, look in enumerate(("done", "held", "half", "part", "none", "left", "off"))}
SORTS: dict[str, Callable[[Row], Any]] = {
    "state": lambda row: RANK[row.look],
    "signed": lambda row: row.signed or date.max,
    "effect": lambda row: row.effect or date.max,
}


def _sorted(rows: Sequence[Row], sort: str) -> list[Row]:
    """By name, unless another column was asked for."""
    return sorted(rows, key=SORTS[sort]) if sort in SORTS else list(rows)


def _columns(instrument: Instrument, asked: Asked, sort: str) -> list[dict[str, Any]]:
    """The heads of the status table; those that can be sorted by are links."""
    chosen = sort if sort in SORTS else "party"
    heads = [
        ("party", column_label(instrument, "party"), True),
        ("state", _("State"), True),
        ("received", _("Text received"), False),
        ("approved", _("Approved"), False),
        ("signed", _("Signature"), True),
        ("consent", column_label(instrument, "consent"), False),
        ("effect", column_label(instrument, "effect"), True),
        ("notes", _("Notes"), False),
    ]
    return [
        {
            "key": key,
            "label": label,
            "url": _sort_query(asked, key) if sortable else "",
            "current": key == chosen,
        }
        for key, label, sortable in heads
    ]


def _sort_query(asked: Asked, key: str) -> str:
    joined = "&" if asked.query else "?"
    return f"{asked.query or '?'}" if key == "party" else f"{asked.query}{joined}sort={key}"


def points_of(standing: Standing, asked: Asked) -> list[dict[str, Any]]:
    """The marks of the map: one for each participant that has a place on it."""
    slug = standing.instrument.slug
    return [
        {
            "code": row.party.code,
            "name": row.party.label,
            "state": row.look,
            "words": row.words,
            "url": reverse("mous:party", args=[slug, row.party.code.lower()]) + asked.query,
            "me": row.me,
        }
        for row in standing.rows
    ]


def _map_words(standing: Standing) -> str:
    counted = ", ".join(f"{one['count']} {one['words']}" for one in standing.groups)
    return _("Map: %(counted)s. The same data are in the table.") % {"counted": counted}


def kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
