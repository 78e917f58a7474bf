"""Which papers are still owed, for the reminders of `activity`: of those who present an item."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Q

from access.faces import appointed
from access.policy import Action, people_who_can
from access.roles import WRITES
from activity import reminders
from activity.events import Event
from meetings.facts import notice_facts, papers_target
from meetings.models import AgendaItem, ItemKind, Meeting, Paper, State
from meetings.queries import with_people

LOOK_AHEAD = datetime.timedelta(days=4)
WITH_PAPERS = (ItemKind.INFORMATION, ItemKind.DISCUSSION, ItemKind.DECISION)


def register_paper_reminders() -> None:
    reminders.register(owed_papers)


def owed_papers(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Of meetings to come whose papers are wanted within a few days, or were."""
    due = with_people().filter(
        state__in=[State.PLANNED, State.INVITED],
        starts_at__gt=now,
        papers_due_on__lte=(now + LOOK_AHEAD).date(),
    )
    for meeting in due:
        for code in owing(meeting):
            yield _reminder(meeting, code)


def owing(meeting: Meeting) -> list[str]:
    """The administrations that present something and have submitted no paper for it."""
    rows = AgendaItem.objects.filter(
        meeting=meeting, dropped_at=None, kind__in=WITH_PAPERS, presenter__isnull=False
    ).exclude(pk__in=Paper.objects.filter(withdrawn_at=None).values("item"))
    found = set()
    for item in rows:
        item.meeting = meeting
        if item.presenter_id in item.holder_codes:
            found.add(str(item.presenter_id))
    return sorted(found)


def _reminder(meeting: Meeting, code: str) -> reminders.Reminder:
    target = papers_target(meeting)
    there = next(row for row in meeting.participants.all() if row.administration_id == code)
    audience: Q = people_who_can(Action.READ_MEETING, meeting) & appointed(WRITES, [code])
    return reminders.Reminder(
        target=target,
        administration=code,
        audience=audience,
        facts=notice_facts(meeting, due_on=meeting.papers_due_on, about=target),
        since=there.invited_at or meeting.made_at,
        zone=there.administration.zone,
        due_event=Event.PAPER_DUE,
        late_event=Event.PAPER_LATE,
    )
