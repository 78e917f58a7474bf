"""What meetings to come want of an administration: an answer, a word about a date, a paper."""

from __future__ import annotations

from access.actors import Actor
from access.policy import Action, can
from access.roles import WRITES
from meetings import queries
from meetings.models import AgendaItem, Meeting, Paper, Poll, PollAnswer, Role, State
from meetings.paper_reminders import WITH_PAPERS


def unanswered_by(actor: Actor) -> list[Meeting]:
    """Invitations that wait for this administration; not those that it sent itself."""
    rows = queries.unanswered(actor).exclude(origin=actor.administration)
    return [one for one in rows if _is_asked(actor, one)]


def _is_asked(actor: Actor, meeting: Meeting) -> bool:
    """Members are asked; who only listens may answer, and need not."""
    return any(
        row.administration_id == actor.administration and row.role == Role.MEMBER
        for row in meeting.participants.all()
    )


def unanswered_polls(actor: Actor) -> list[Poll]:
    answered = PollAnswer.objects.filter(administration=actor.administration)
    meetings = {
        one.pk: one
        for one in queries.meetings_for(actor)
        .filter(poll__closed_at=None, poll__isnull=False)
        .filter(state__in=[State.PLANNED, State.INVITED])
        .exclude(poll__in=answered.values("candidate__poll"))
        if _is_asked(actor, one) and one.origin_id != actor.administration
    }
    rows = list(Poll.objects.filter(meeting__in=list(meetings)).order_by("closes_on"))
    for row in rows:
        row.meeting = meetings[row.meeting_id]
    return rows


def papers_owed_by(actor: Actor) -> list[AgendaItem]:
    """Items that this administration presents, without a paper, of meetings that want papers by
    a day; for who could submit one."""
    if not actor.holds(WRITES):
        return []
    meetings = {
        one.pk: one
        for one in queries.coming(actor).filter(papers_due_on__isnull=False)
        if one.state in {State.PLANNED, State.INVITED}
    }
    rows = AgendaItem.objects.filter(
        meeting__in=list(meetings), dropped_at=None, kind__in=WITH_PAPERS,
        presenter=actor.administration,
    ).exclude(pk__in=Paper.objects.filter(withdrawn_at=None).values("item"))  # fmt: skip
    found = []
    for row in rows:
        row.meeting = meetings[row.meeting_id]
        if can(actor, Action.SUBMIT_PAPER, row):
            found.append(row)
    return found
