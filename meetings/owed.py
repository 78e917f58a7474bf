"""What an administration owes after a meeting, for the home page: actions, a look at minutes, and
texts that stand if it says nothing."""

from __future__ import annotations

import datetime

from django.db.models import F
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can
from meetings import queries, registers
from meetings.models import (
    ActionPoint,
    ActionState,
    Kind,
    Meeting,
    Method,
    MinutesComment,
    MinutesState,
    Proposal,
)

AHEAD = datetime.timedelta(days=21)


def owed_actions(actor: Actor) -> list[ActionPoint]:
    """Open actions of the own administration that are late or due within three weeks."""
    until = timezone.localdate() + AHEAD
    return registers.actions_of(
        actor, owner=actor.administration, state=ActionState.OPEN, due_on__lte=until
    )


def minutes_to_read(actor: Actor) -> list[Meeting]:
    """Minutes that take comments until a day to come, on which this administration has not
    commented; not those that it drew up itself."""
    commented = MinutesComment.objects.filter(administration=actor.administration)
    rows = (
        queries.meetings_for(actor)
        .filter(minutes_state=MinutesState.CIRCULATED, comments_until__gte=timezone.localdate())
        .exclude(pk__in=commented.values("item__meeting"))
        .exclude(origin=actor.administration)
        .order_by(F("comments_until").asc(nulls_last=True))
    )
    return list(rows)


def open_silences(actor: Actor) -> list[Proposal]:
    """Texts to which this actor may object for the own seat, until their deadline."""
    meetings = {one.pk: one for one in queries.meetings_for(actor).filter(kind=Kind.CIRCULATION)}
    rows = Proposal.objects.filter(
        meeting__in=list(meetings), method=Method.SILENCE, closed_at=None,
        deadline__gt=timezone.now(),
    ).order_by("deadline")  # fmt: skip
    found = []
    for row in rows:
        row.meeting = meetings[row.meeting_id]
        if can(actor, Action.VOTE, row):
            found.append(row)
    return found
