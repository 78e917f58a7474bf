"""A poll as its page shows it: each time for everybody, who said what, and how it looks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Administration
from meetings.elsewhere import OtherDate, other_dates
from meetings.finder import Member, Why, start_at
from meetings.models import Answer, Candidate, Meeting, Poll, PollAnswer
from meetings.models import Role as Part
from meetings.outlook import STATES, Outlook, counted
from meetings.public_holidays import holidays_of
from meetings.queries import counting_codes, quorum_of


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a time is outside office hours for somebody, in words."""

    member: Member
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One candidate, for a reader."""

    candidate: Candidate
    outside: tuple[Reason, ...]
    own_words: str  # why it is outside the reader's own office hours
    elsewhere: tuple[OtherDate, ...]
    outlook: Outlook
    own: str
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one administration said, candidate by candidate."""

    administration: Administration
    counts: bool
    me: bool
    cells: tuple[Cell, ...]
    said_by: str


def members_of(administrations: Iterable[Administration], years: Iterable[int]) -> list[Member]:
    spans = sorted(set(years))
    return [
        Member(one.code, one.label, one.zone, holidays_of(one.code, spans))
        for one in administrations
    ]


def reason_words(why: Why, holiday: str) -> str:
    """In words, for after the name of an administration."""
    if why == Why.HOLIDAY and holiday:
        return _("public holiday (%(name)s)") % {"name": holiday}
    return {
        Why.HOLIDAY: _("public holiday"),
        Why.WEEKEND: _("weekend"),
        Why.EARLY: _("before eight in the morning"),
        Why.LATE: _("after five in the afternoon"),
    }[why]


def poll_of(meeting: Meeting) -> Poll | None:
    return Poll.objects.filter(meeting=meeting).select_related("chosen").first()


def asked(meeting: Meeting) -> list[Administration]:
    """Whose answer is wanted: who takes part, but for who prepares and who only listens."""
    return [
        row.administration
        for row in meeting.participants.all()
        if row.administration_id != meeting.origin_id and row.role == Part.MEMBER
    ]


def answers_to(poll: Poll) -> list[PollAnswer]:
    return list(PollAnswer.objects.filter(candidate__poll=poll).select_related("user"))


def choices_of(
    meeting: Meeting,
    candidates: Sequence[Candidate],
    given: Sequence[PollAnswer],
    own: str,
    zone: datetime.tzinfo,
) -> list[Choice]:
    """The times, each with whom it is bad for and how the quorum would stand."""
    taking_part = asked(meeting)
    years = {one.starts_at.year + more for one in candidates for more in (-1, 0, 1)}
    members = members_of(taking_part, years)
    counting, needed = counting_codes(meeting), quorum_of(meeting)
    found = []
    for one in candidates:
        said = {row.administration_id: row.answer for row in given if row.candidate_id == one.pk}
        start = start_at(members, one.starts_at, meeting.minutes)
        reasons = tuple(Reason(who, reason_words(why, name)) for who, why, name in start.outside)
        found.append(
            Choice(
                candidate=one,
                outside=reasons,
                own_words=next((r.words for r in reasons if r.member.code == own), ""),
                elsewhere=tuple(other_dates(one.starts_at, zone, taking_part)),
                outlook=counted(counting, needed, said),
                own=said.get(own, ""),
                answers=said,
            )
        )
    return found


def matrix_of(
    meeting: Meeting, choices: Sequence[Choice], given: Sequence[PollAnswer], own: str
) -> list[Row]:
    """Who said what, those who count first."""
    counting = set(counting_codes(meeting))
    by = {row.administration_id: row.user.name for row in given}
    rows = [
        Row(
            administration=one,
            counts=one.code in counting,
            me=one.code == own,
            cells=tuple(_cell(choice.answers.get(one.code, "")) for choice in choices),
            said_by=by.get(one.code, ""),
        )
        for one in asked(meeting)
    ]
    return sorted(rows, key=lambda row: not row.counts)


def _cell(answer: str) -> Cell:
    if not answer:
        return Cell("none", _("Not answered"))
    return Cell(STATES[Answer(answer)], str(Answer(answer).label))
