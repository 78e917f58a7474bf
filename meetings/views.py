"""The series, and the pages of one meeting. Views arrange; they do not decide."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.policy import Action, can
from activity.queries import latest_live_id
from meetings import queries
from meetings.cards import OWN_KINDS, card_of
from meetings.carried import actions_before, minutes_before
from meetings.found import found
from meetings.frame import framed
from meetings.looks import look
from meetings.models import ActionState, Meeting, MinutesState
from meetings.paper_rows import papers_of
from meetings.presentation import agenda_of, counted, readable_actions
from meetings.titles import titles_of
from vault.http import unlocked

PER_PAGE = 25


@require_GET
@unlocked
def meeting_list(request: HttpRequest) -> HttpResponse:
    """What comes next, what else is planned, and what was held."""
    since, actor = latest_live_id(), request.actor
    coming = list(queries.coming(actor))
    working = [one for one in coming if one.kind in OWN_KINDS]
    page = Paginator(queries.past(actor), PER_PAGE).get_page(request.GET.get("page"))
    past = list(page.object_list)
    titles = titles_of(request.vault, [*coming, *past])
    open_ones = counted(readable_actions(actor, past, state=ActionState.OPEN))
    context = {
        "nav_key": "meetings",
        "next": card_of(request, working[0], titles[working[0].pk]) if working else None,
        "coming": _rows(working[1:], titles),
        "events": _rows([one for one in coming if one.kind not in OWN_KINDS], titles),
        "past": _past_rows(past, titles, open_ones),
        "page_obj": page,
        "may_prepare": can(actor, Action.PREPARE_MEETING, None),
        "live_since": since,
        "live_topics": topics(request),
    }
    return render(request, "meetings/list.html", context)


def topics(request: HttpRequest, *more: str) -> list[str]:
    actor = request.actor
    return [
        f"administration:{actor.administration}",
        f"person:{actor.user_id}",
        "threads:all",
        "meetings:all",
        *more,
    ]


def _rows(meetings: list[Meeting], titles: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "meeting": one,
            "title": titles[one.pk],
            "day": timezone.localtime(one.starts_at).date() if one.starts_at else None,
        }
        for one in meetings
    ]


def _past_rows(
    meetings: list[Meeting], titles: dict[int, str], open_ones: dict[int, int]
) -> list[dict[str, Any]]:
    return [
        {
            "meeting": one,
            "title": titles[one.pk],
            "minutes": MinutesState(one.minutes_state).label,
            "minutes_look": MINUTES_LOOKS[MinutesState(one.minutes_state)],
            "open": open_ones.get(one.pk, 0),
        }
        for one in meetings
    ]


MINUTES_LOOKS = {
    MinutesState.NONE: "off",
    MinutesState.DRAFT: "none",
    MinutesState.CIRCULATED: "part",
    MinutesState.REVISED: "part",
    MinutesState.ADOPTED: "done",
}


@require_GET
@unlocked
def meeting(request: HttpRequest, ref: str) -> HttpResponse:
    """The agenda, with what is new since this person looked."""
    since = latest_live_id()
    meeting = found(request, ref)
    marked = look(request, meeting)
    items = queries.items_for(request.actor, meeting)
    papers = papers_of(request.actor, request.vault, meeting, items, since=marked)
    context = {
        **framed(request, meeting, "agenda"),
        "lines": agenda_of(request.actor, request.vault, meeting, since=marked, papers=papers),
        "item_ids": [one.uuid for one in items],
        "may_discuss": can(request.actor, Action.OPEN_THREAD),
        "order": _order(request, meeting),
        **_carried(request, meeting),
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    return _kept_nowhere(render(request, "meetings/meeting.html", context))


def _order(request: HttpRequest, meeting: Meeting) -> bool:
    """Whether the page offers to move items."""
    return bool(can(request.actor, Action.PREPARE_MEETING, meeting)) and not meeting.is_over


def _carried(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """What earlier meetings hand to one that is still to come."""
    if meeting.is_over or meeting.kind not in OWN_KINDS:
        return {}
    return {
        "carried": actions_before(request.actor, request.vault, meeting),
        "formers": minutes_before(request.actor, meeting),
    }


@require_GET
@unlocked
def participants(request: HttpRequest, ref: str) -> HttpResponse:
    """Who takes part, and what each answered."""
    since = latest_live_id()
    meeting = found(request, ref)
    context = {
        **framed(request, meeting, "participants"),
        "rows": _participant_rows(request, meeting),
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    return _kept_nowhere(render(request, "meetings/participants.html", context))


def _participant_rows(request: HttpRequest, meeting: Meeting) -> list[dict[str, Any]]:
    replies = queries.replies_of(meeting)
    counting = set(queries.counting_codes(meeting))
    rows = []
    for row in meeting.participants.all():
        reply = replies.get(row.administration_id)
        lapsed = reply is not None and reply.sequence < meeting.time_sequence
        rows.append(
            {
                "administration": row.administration,
                "is_observer": row.role == "observer",
                "prepares": row.administration_id == meeting.origin_id,
                "chairs": row.administration_id == meeting.chair_id,
                "counts": row.administration_id in counting,
                "reply": reply,
                "lapsed": lapsed,
                "delegates": list(reply.delegates.all()) if reply else [],
                "me": row.administration_id == request.actor.administration,
            }
        )
    return rows


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
