"""How many of those who count have said that they will come: the quorum before the meeting.

The one place where answers are counted, to an invitation and to each time of a poll.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Answer, Counting, Meeting
from meetings.queries import counting_codes, quorum_of, replies_of

STATES = {Answer.YES: "done", Answer.MAYBE: "part", Answer.NO: "off"}  # as the look draws them


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many of those who count say what, against the quorum."""

    needed: int
    counting: int
    yes: int
    maybe: int
    no: int
    silent: int

    @property
    def reached(self) -> bool:
        return self.yes >= self.needed

    @property
    def missing(self) -> int:
        return max(self.needed - self.yes, 0)

    @property
    def state(self) -> str:
        """Reached by who says yes; possible with the others; or out of reach."""
        if self.reached:
            return "done"
        return "part" if self.yes + self.maybe + self.silent >= self.needed else "off"

    @property
    def words(self) -> str:
        sentences = {
            "done": _("Quorum: %(yes)d of %(counting)d say yes, %(needed)d are needed."),
            "part": _(
                "Quorum still open: %(yes)d of %(counting)d say yes, %(maybe)d if need be, "
                "%(silent)d have not answered; %(needed)d are needed."
            ),
            "off": _("No quorum: %(no)d of %(counting)d say no, %(needed)d are needed."),
        }
        facts = ("needed", "counting", "yes", "maybe", "no", "silent")
        return sentences[self.state] % {name: getattr(self, name) for name in facts}


def counted(counting: Collection[str], needed: int, answers: Mapping[str, str]) -> Outlook:
    """Of those who count: yes, if need be, no, and who has said nothing."""
    said = Counter(answers[code] for code in counting if code in answers)
    return Outlook(
        needed=needed,
        counting=len(counting),
        yes=said[Answer.YES],
        maybe=said[Answer.MAYBE],
        no=said[Answer.NO],
        silent=len(counting) - said.total(),
    )


def standing_answers(meeting: Meeting) -> dict[str, str]:
    """Those given for the present time; older ones count no more."""
    return {
        code: one.answer
        for code, one in replies_of(meeting).items()
        if one.sequence >= meeting.time_sequence
    }


def outlook_of(meeting: Meeting, answers: Mapping[str, str] | None = None) -> Outlook:
    """By these answers, or by those to the invitation as it stands."""
    said = standing_answers(meeting) if answers is None else answers
    return counted(counting_codes(meeting), quorum_of(meeting), said)


@dataclass(frozen=True, slots=True)
class Seats:
    """The outlook as the card of a meeting shows it, with a cell for each who takes part."""

    outlook: Outlook
    by_seats: bool
    cells: tuple[dict[str, Any], ...]


def seats_of(meeting: Meeting, own: str = "") -> Seats:
    answers = standing_answers(meeting)
    by_seats = meeting.group.counting == Counting.SEATS
    return Seats(outlook_of(meeting, answers), by_seats, _cells(meeting, answers, own))


def _cells(meeting: Meeting, answers: Mapping[str, str], own: str) -> tuple[dict[str, Any], ...]:
    words = {Answer.YES: _("comes"), Answer.MAYBE: _("if need be"), Answer.NO: _("does not come")}
    cells = []
    for row in sorted(meeting.participants.all(), key=lambda one: one.administration_id):
        if row.administration_id == meeting.origin_id:
            continue
        said = answers.get(row.administration_id)
        cells.append(
            {
                "code": row.administration_id,
                "name": row.administration.label,
                "state": STATES[Answer(said)] if said else "none",
                "words": words[Answer(said)] if said else _("no answer yet"),
                "me": row.administration_id == own,
            }
        )
    return tuple(cells)
