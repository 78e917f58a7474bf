"""The roll of a meeting: who was there, in what part, and how the quorum stood."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from meetings.models import Attendance, Meeting
from meetings.queries import counting_codes, quorum_of
from meetings.quorum import Span, Stay, filled, spans

LATE_BY = datetime.timedelta(minutes=5)


def attendance_of(meeting: Meeting) -> list[Attendance]:
    rows = Attendance.objects.filter(meeting=meeting).select_related("administration", "user")
    return list(rows.order_by("arrived_at", "pk"))


def stays_of(meeting: Meeting) -> list[Stay]:
    """For which seats somebody was there, and when."""
    return [
        Stay(row.for_seat_id, row.arrived_at, row.left_at)
        for row in attendance_of(meeting)
        if row.for_seat_id and row.arrived_at
    ]


@dataclass(frozen=True, slots=True)
class Quorum:
    """How the quorum stands now, and how it stood all along."""

    needed: int
    counting: tuple[str, ...]
    present: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def reached(self) -> bool:
        return len(self.present) >= self.needed


def quorum_now(meeting: Meeting, now: datetime.datetime | None = None) -> Quorum:
    moment, counting = now or timezone.now(), counting_codes(meeting)
    stays, needed = stays_of(meeting), quorum_of(meeting)
    at = (
        min(moment, meeting.closed_at - datetime.timedelta(microseconds=1))
        if (meeting.closed_at)
        else moment
    )
    line: Sequence[Span] = ()
    if meeting.opened_at is not None:
        line = spans(stays, counting, needed, meeting.opened_at, meeting.closed_at)
    return Quorum(needed, tuple(counting), tuple(filled(stays, at, counting)), tuple(line))


def was_late(row: Attendance, meeting: Meeting) -> bool:
    """More than five minutes after the meeting was opened."""
    if row.arrived_at is None or meeting.opened_at is None:
        return False
    return row.arrived_at > meeting.opened_at + LATE_BY
