"""What the portal is told about meetings of before it was there: the clear times of the record.

Signed texts and the journal keep the moment at which they were written, as they should.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import F

from iswg.demo.clock import Moment
from meetings.models import ActionPoint, AgendaItem, Attendance, Decision, Meeting, Proposal


def backdate(meeting: Meeting, begins: Moment, due: Sequence[datetime.date]) -> None:
    """As the minutes on paper had it."""
    ends = begins + datetime.timedelta(minutes=meeting.minutes)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=begins, closed_at=ends)
    Attendance.objects.filter(meeting=meeting, apology=False).update(
        arrived_at=begins, left_at=ends
    )
    middle = begins + datetime.timedelta(minutes=70)
    Proposal.objects.filter(meeting=meeting).update(opened_at=middle, closed_at=middle)
    Decision.objects.filter(meeting=meeting).update(taken_at=middle)
    ActionPoint.objects.filter(meeting=meeting).update(made_at=middle)
    for row, day in zip(
        ActionPoint.objects.filter(meeting=meeting).order_by("pk"), due, strict=True
    ):
        done = datetime.datetime.combine(day, datetime.time(1), datetime.UTC)
        ActionPoint.objects.filter(pk=row.pk, settled_at__isnull=False).update(settled_at=done)
    _items(meeting, begins)


def _items(meeting: Meeting, begins: Moment) -> None:
    for item in AgendaItem.objects.filter(meeting=meeting).order_by("position"):
        ends = begins + datetime.timedelta(minutes=item.minutes)
        AgendaItem.objects.filter(pk=item.pk).update(
            state="done", started_at=begins, ended_at=F("started_at")
        )
        AgendaItem.objects.filter(pk=item.pk).update(ended_at=ends)
        begins = ends
