"""How a fiscal year went: who took part, what was done on time, which papers came on time.

From dates and states alone: no key is needed, and no word is opened. Items that are closed to
some are not counted, so that the figures are the same for everybody who reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from access.actors import Actor
from accounts.models import Administration
from accounts.spoken import fold_name
from meetings import queries
from meetings.models import ActionPoint, ActionState, Attendance, Kind, Meeting, Paper, State
from meetings.roll import was_late

COUNTED = (Kind.QUARTERLY, Kind.EXTRAORDINARY)


@dataclass(slots=True)
class Line:
    """One administration's year."""

    administration: Administration
    held: int = 0
    on_time: int = 0
    late: int = 0
    apologies: int = 0
    actions: int = 0
    actions_on_time: int = 0
    papers: int = 0
    papers_on_time: int = 0

    @property
    def present(self) -> int:
        return self.on_time + self.late

    @property
    def absent(self) -> int:
        return self.held - self.present - self.apologies


@dataclass(frozen=True, slots=True)
class Report:
    year: str
    years: tuple[str, ...]
    meetings: tuple[Meeting, ...]
    lines: tuple[Line, ...]


def report_of(actor: Actor, year: str = "") -> Report:
    """The year that was asked for, or the newest, in a constant number of queries."""
    held = list(
        queries.meetings_for(actor)
        .filter(state=State.HELD, kind__in=COUNTED)
        .order_by("-starts_at", "-pk")
    )
    years = tuple(dict.fromkeys(sorted((one.fiscal_year for one in held), reverse=True)))
    chosen = year if year in years else (years[0] if years else "")
    meetings = tuple(one for one in held if one.fiscal_year == chosen)
    return Report(chosen, years, meetings, tuple(_lines(meetings)))


def _lines(meetings: Sequence[Meeting]) -> list[Line]:
    lines: dict[str, Line] = {}
    for meeting in meetings:
        for row in meeting.participants.all():
            if row.role == "member":
                line = lines.setdefault(row.administration_id, Line(row.administration))
                # Who prepares a meeting is not asked whether it came.
                line.held += row.administration_id != meeting.origin_id
    _attendance(meetings, lines)
    _actions(meetings, lines)
    _papers(meetings, lines)
    told = [one for one in lines.values() if one.held or one.actions or one.papers]
    return sorted(told, key=lambda line: fold_name(line.administration.label))


def _attendance(meetings: Sequence[Meeting], lines: dict[str, Line]) -> None:
    known = {one.pk: one for one in meetings}
    rows = Attendance.objects.filter(meeting__in=list(known)).order_by("arrived_at", "pk")
    first: dict[tuple[int, str], Attendance] = {}
    for row in rows:
        place = (row.meeting_id, row.administration_id)
        if row.arrived_at is not None and (place not in first or first[place].apology):
            first[place] = row
        elif row.apology:
            first.setdefault(place, row)
    for (meeting_id, code), row in first.items():
        if code not in lines or code == known[meeting_id].origin_id:
            continue
        if row.arrived_at is None:
            lines[code].apologies += 1
        elif was_late(row, known[meeting_id]):
            lines[code].late += 1
        else:
            lines[code].on_time += 1


def _actions(meetings: Sequence[Meeting], lines: dict[str, Line]) -> None:
    """Those taken down in these meetings whose day has come, or that are done: done in time?"""
    today = timezone.localdate()
    rows = ActionPoint.objects.filter(meeting__in=meetings, due_on__isnull=False)
    for row in _open_to_all(rows.exclude(state=ActionState.DROPPED).select_related("item")):
        if row.owner_id not in lines or (row.settled_at is None and row.due_on >= today):
            continue
        line = lines[row.owner_id]
        line.actions += 1
        line.actions_on_time += row.settled_at is not None and row.settled_at.date() <= row.due_on


def _papers(meetings: Sequence[Meeting], lines: dict[str, Line]) -> None:
    """First versions, by the host's calendar, of meetings that had a deadline."""
    known = {one.pk: one for one in meetings if one.papers_due_on}
    rows = Paper.objects.filter(item__meeting__in=list(known), version=1, withdrawn_at=None)
    for row in _open_to_all(rows.select_related("item")):
        meeting = known[row.item.meeting_id]
        if row.administration_id not in lines:
            continue
        line = lines[row.administration_id]
        line.papers += 1
        day = row.submitted_at.astimezone(meeting.tz).date()
        line.papers_on_time += meeting.papers_due_on is not None and day <= meeting.papers_due_on


def _open_to_all(rows: Iterable) -> list:
    return [row for row in rows if row.item is None or not row.item.is_closed]
