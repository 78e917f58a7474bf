"""Which answers are still owed, to invitations and to polls, for the reminders of `activity`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import F, Q

from access.policy import Action, people_who_can
from access.roles import PUBLISHES, Role
from activity import reminders
from activity.events import Event
from meetings.facts import invitation_target, notice_facts, poll_target
from meetings.models import Meeting, Participant, PollAnswer, Reply, State
from meetings.models import Role as Part
from meetings.queries import with_people

LOOK_AHEAD = datetime.timedelta(days=4)
ANSWERS = PUBLISHES | {Role.HEAD}  # as access/policy.py says


def register_reminders() -> None:
    reminders.register(unanswered_invitations)
    reminders.register(unanswered_polls)


def unanswered_invitations(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Every answer to an invitation that is due within a few days or overdue."""
    due = with_people().filter(
        state=State.INVITED,
        starts_at__gt=now,
        replies_due_on__lte=(now + LOOK_AHEAD).date(),
    )
    for meeting in due:
        answered = set(
            Reply.objects.filter(
                meeting=meeting, sequence__gte=F("meeting__time_sequence")
            ).values_list("administration_id", flat=True)
        )
        target = invitation_target(meeting)
        for row in _asked(meeting):
            if row.administration_id in answered or row.invited_at is None:
                continue
            yield reminders.Reminder(
                target=target,
                administration=row.administration_id,
                audience=_who_answers(meeting, row.administration_id),
                facts=notice_facts(meeting, due_on=meeting.replies_due_on, about=target),
                since=row.invited_at,
                zone=row.administration.zone,
                due_event=Event.MEETING_REPLY_DUE,
                late_event=Event.MEETING_REPLY_LATE,
            )


def unanswered_polls(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Every poll that closes within a few days, where an administration said nothing at all. After
    its last day nobody is reminded: the Secretariat chooses."""
    today = now.date()
    open_ones = with_people().filter(
        poll__closed_at=None,
        poll__closes_on__lte=(now + LOOK_AHEAD).date(),
        poll__closes_on__gte=today - datetime.timedelta(days=1),
        state__in=[State.PLANNED, State.INVITED],
    )
    for meeting in open_ones.select_related("poll"):
        poll = meeting.poll
        answered = set(
            PollAnswer.objects.filter(candidate__poll=poll).values_list(
                "administration_id", flat=True
            )
        )
        target = poll_target(poll)
        for row in _asked(meeting):
            if row.administration_id in answered:
                continue
            yield reminders.Reminder(
                target=target,
                administration=row.administration_id,
                audience=_who_answers(meeting, row.administration_id),
                facts=notice_facts(meeting, due_on=poll.closes_on, about=target),
                since=poll.made_at,
                zone=row.administration.zone,
                due_event=Event.MEETING_REPLY_DUE,
                late_event=Event.MEETING_REPLY_LATE,
            )


def _asked(meeting: Meeting) -> list[Participant]:
    """Those whose answer is waited for: not the one that prepares, not administrations that only
    listen."""
    return [
        row
        for row in meeting.participants.all()
        if row.administration_id != meeting.origin_id and row.role == Part.MEMBER
    ]


def _who_answers(meeting: Meeting, code: str) -> Q:
    here = Q(appointments__role__in=ANSWERS, appointments__administration=code)
    return people_who_can(Action.READ_MEETING, meeting) & here
