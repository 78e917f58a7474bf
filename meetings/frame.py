"""What stands around every page of a meeting: its title, its times, its tabs, what one may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from access.policy import Action, can
from meetings.cards import card_of
from meetings.models import Answer, Meeting, MinutesState, Reply, State
from meetings.titles import title_of


def framed(request: HttpRequest, meeting: Meeting, tab: str) -> dict[str, Any]:
    """The context of `meetings/_frame.html`."""
    actor = request.actor
    title = title_of(request.vault, meeting)
    return {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title,
        "card": card_of(request, meeting, title),
        "tabs": tabs(meeting, tab),
        "own_reply": _own_reply(request, meeting),
        "answers": Answer.choices,
        "may_reply": can(actor, Action.REPLY_TO_INVITATION, meeting)
        and meeting.state in {State.INVITED, State.LIVE}
        and actor.administration != meeting.origin_id,
        "may_prepare": can(actor, Action.PREPARE_MEETING, meeting),
    }


def _own_reply(request: HttpRequest, meeting: Meeting) -> Reply | None:
    """What the reader's administration answered to the invitation as it stands."""
    rows = Reply.objects.filter(
        meeting=meeting,
        administration=request.actor.administration,
        sequence__gte=meeting.time_sequence,
    )
    return rows.prefetch_related("delegates__user").first()


def tabs(meeting: Meeting, current: str) -> list[dict[str, Any]]:
    rows = [
        ("agenda", _("Agenda"), "meetings:meeting"),
        ("papers", _("Papers"), "meetings:papers"),
        ("participants", _("Participants"), "meetings:participants"),
    ]
    if meeting.minutes_state != MinutesState.NONE or meeting.is_live or meeting.closed_at:
        rows.append(("minutes", _("Minutes"), "meetings:minutes"))
    return [
        {"label": label, "url": url, "current": key == current}
        for key, label, name in rows
        if (url := _address(name, meeting))
    ]


def _address(name: str, meeting: Meeting) -> str:
    """The page of that name; nothing as long as there is none."""
    try:
        return reverse(name, args=[meeting.ref])
    except NoReverseMatch:
        return ""
