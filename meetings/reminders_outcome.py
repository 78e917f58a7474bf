"""What is due after a meeting, for the reminders of `activity`: actions, and the time to object."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q

from access.faces import appointed
from access.policy import Action, people_who_can
from access.roles import PUBLISHES, WRITES, Role
from accounts.models import Administration
from activity import reminders
from activity.events import Event
from meetings.facts import action_target, notice_facts, silence_target
from meetings.models import ActionPoint, ActionState, Look, Meeting, Method, Proposal
from meetings.queries import with_people

LOOK_AHEAD = datetime.timedelta(days=4)
VOTES = PUBLISHES | {Role.HEAD}  # as access/policy.py says


def register_outcome_reminders() -> None:
    reminders.register(open_actions)
    reminders.register(open_silences)


def open_actions(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Every action that is due within a few days or overdue, to those who write for its owner."""
    rows = list(
        ActionPoint.objects.filter(
            state=ActionState.OPEN, due_on__lte=(now + LOOK_AHEAD).date()
        ).select_related("owner")
    )
    meetings = with_people().in_bulk({row.meeting_id for row in rows})
    for row in rows:
        meeting = meetings[row.meeting_id]
        target = action_target(row)
        yield reminders.Reminder(
            target=target,
            administration=row.owner_id,
            audience=people_who_can(Action.READ_MEETING, meeting)
            & appointed(WRITES, [row.owner_id]),
            facts=notice_facts(meeting, due_on=row.due_on, about=target),
            since=row.made_at,
            zone=row.owner.zone,
            due_event=Event.ACTION_DUE,
            late_event=Event.ACTION_LATE,
        )


def open_silences(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Texts whose time ends within a few days, to those seats where nobody has looked yet: whoever
    read it and says nothing agrees, and is left in peace."""
    rows = Proposal.objects.filter(
        method=Method.SILENCE, closed_at=None, deadline__gt=now, deadline__lte=now + LOOK_AHEAD
    )
    for row in rows:
        meeting = with_people().get(pk=row.meeting_id)
        target = silence_target(meeting)
        for seat in Administration.objects.filter(pk__in=row.seats):
            voters = appointed(VOTES, [seat.pk])
            if row.deadline is None or _has_looked(meeting, voters):
                continue
            there = row.deadline.astimezone(ZoneInfo(seat.zone)).date()
            yield reminders.Reminder(
                target=target,
                administration=seat.pk,
                audience=people_who_can(Action.READ_MEETING, meeting) & voters,
                facts=notice_facts(meeting, due_on=there, about=target),
                since=row.opened_at,
                zone=seat.zone,
                due_event=Event.SILENCE_DUE,
                late_event=Event.SILENCE_DUE,
            )


def _has_looked(meeting: Meeting, voters: Q) -> bool:
    people = get_user_model()._default_manager.filter(voters)
    return Look.objects.filter(meeting=meeting, user__in=people.values("pk")).exists()
