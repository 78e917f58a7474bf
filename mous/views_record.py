"""What lies behind a status: the acts by date, who with whom, what changed, one participant."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.policy import Action, can
from mous.asked import asked_of, day_of
from mous.found import found, found_party
from mous.frame import address, framed
from mous.history import Line, by_year, lines_of
from mous.lifecycle import State
from mous.models import ActState, Instrument, Party
from mous.pairing import Side, pairs_of, sides_of
from mous.progress import progress_of
from mous.queries import Picture, acts_of
from mous.reading import open_acts
from mous.standing import standing_of, was_known
from mous.views import kept_nowhere
from mous.vocabulary import LOOKS, group_label, state_label
from mous.waiting import next_step_words

ONE_YEAR = datetime.timedelta(days=365)


@require_GET
def timeline(request: HttpRequest, slug: str) -> HttpResponse:
    """Every act that counts, year by year, and how participation grew."""
    instrument = found(request, slug)
    context = framed(request, instrument, "timeline")
    picture = Picture(instrument)
    acts = open_acts(request.vault, acts_of(instrument).filter(state=ActState.CONFIRMED))
    context |= {
        "years": by_year(lines_of(picture, acts)),
        "progress": progress_of(picture, timezone.localdate()),
        "legend": [(look, group_label(instrument, look)) for look in ("done", "half", "part")],
    }
    return kept_nowhere(render(request, "mous/timeline.html", context))


@require_GET
def pairs(request: HttpRequest, slug: str) -> HttpResponse:
    """With whom one of them may exchange under this instrument on a day, and why not."""
    instrument, asked = found(request, slug), asked_of(request.GET)
    context = framed(request, instrument, "pairs")
    sides = sides_of(Picture(instrument, known=asked.known), asked.on)
    own = _chosen(sides, request.GET.get("of", "") or request.actor.administration)
    rows = pairs_of(sides, own) if own else []
    context |= {
        "asked": asked,
        "sides": sides,
        "chosen": own,
        "pairs": rows,
        "count": sum(pair.may for pair in rows),
        "authorities_url": address("mous:authorities"),
    }
    return render(request, "mous/pairs.html", context)


def _chosen(sides: list[Side], code: str) -> Side | None:
    wanted = next((side for side in sides if side.party.code == code), None)
    return wanted or (sides[0] if sides else None)


@require_GET
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose state differs between two days, and the acts that took effect between them."""
    instrument = found(request, slug)
    until = day_of(request.GET.get("until", "")) or timezone.localdate()
    since = day_of(request.GET.get("since", "")) or until - ONE_YEAR
    since, until = min(since, until), max(since, until)
    context = framed(request, instrument, "")
    picture = Picture(instrument)
    acts = open_acts(request.vault, acts_of(instrument).filter(state=ActState.CONFIRMED))
    lines = [one for one in lines_of(picture, acts) if since < one.act.effective_on <= until]
    context |= {
        "since": since,
        "until": until,
        "rows": _changed(picture, since, until),
        "lines": lines,
    }
    return kept_nowhere(render(request, "mous/changes.html", context))


def _changed(picture: Picture, since: datetime.date, until: datetime.date) -> list[dict[str, Any]]:
    found = picture.changes(since, until)
    return [
        {
            "party": party,
            "before": _shown(picture.instrument, found[party.code][0]),
            "after": _shown(picture.instrument, found[party.code][1]),
        }
        for party in picture.parties
        if party.code in found
    ]


def _shown(instrument: Instrument, state: State) -> dict[str, str]:
    return {"look": LOOKS[state], "words": state_label(instrument, state)}


@require_GET
def party(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One participant: where it stands, everything that was done, and who does what next."""
    instrument, asked = found(request, slug), asked_of(request.GET)
    row_of = found_party(instrument, code)
    context = framed(request, instrument, "")
    standing = standing_of(request.actor, request.vault, instrument, asked)
    acts = open_acts(request.vault, acts_of(instrument).filter(party=row_of))
    picture = Picture(instrument, known=asked.known)
    lines = lines_of(picture, [one for one in acts if was_known(one.act, asked)])
    row = next(one for one in standing.rows if one.party.pk == row_of.pk)
    context |= {
        "asked": asked,
        "party": row_of,
        "row": row,
        "years": by_year([one for one in lines if one.act.is_confirmed]),
        "waiting": [_waiting(request, one) for one in lines if one.act.is_waiting],
        "declined": [one for one in lines if one.act.state == ActState.DECLINED],
        "next": next_step_words(instrument, row.state, picture.acts(row_of.code)),
        "links": _links(request, instrument, row_of, row.state),
    }
    return kept_nowhere(render(request, "mous/party.html", context))


def _waiting(request: HttpRequest, line: Line) -> dict[str, Any]:
    """An act that nobody has answered yet, and why this reader may or may not."""
    decision = can(request.actor, Action.CONFIRM_ACT, line.act)
    act_url = address("mous:act", line.act.instrument.slug, line.act.number)
    return {"line": line, "may": bool(decision), "why": decision.reason, "url": act_url}


SIGNABLE = frozenset(
    {State.NOT_STARTED, State.TEXT_RECEIVED, State.UNDER_REVIEW, State.APPROVED_TO_SIGN}
)


def _links(
    request: HttpRequest, instrument: Instrument, party: Party, state: State
) -> dict[str, str]:
    """What this reader may do here; an empty address is no link."""
    actor, slug, code = request.actor, instrument.slug, party.code.lower()
    found = {"basis": address("mous:basis", code) if party.administration_id else ""}
    if can(actor, Action.ENTER_ACT, party) and (enter := address("mous:enter", slug)):
        found["enter"] = f"{enter}?party={party.code}"
    if state in SIGNABLE and can(actor, Action.SIGN_INSTRUMENT, party):
        found["sign"] = address("mous:sign", slug)
    if can(actor, Action.READ_STEPS, party):
        found["steps"] = address("mous:steps", slug, code)
    return found
