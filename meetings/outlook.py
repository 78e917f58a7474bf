"""How many of those who count have said that they will come: the quorum before the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Answer, Counting, Meeting, Reply
from meetings.queries import counting_codes, quorum_of, replies_of

STATES = {Answer.YES: "done", Answer.MAYBE: "part", Answer.NO: "none"}


@dataclass(frozen=True, slots=True)
class Outlook:
    """`coming`, `perhaps` and `missing` count those who count; cells show all who take part."""

    counting: int
    needed: int
    coming: int
    perhaps: int
    by_seats: bool
    cells: tuple[dict[str, Any], ...]

    @property
    def reached(self) -> bool:
        return self.coming >= self.needed

    @property
    def missing(self) -> int:
        return max(self.needed - self.coming, 0)


def outlook_of(meeting: Meeting, own: str = "") -> Outlook:
    """From the answers to the invitation as it stands; older ones count no more."""
    replies = {
        code: reply
        for code, reply in replies_of(meeting).items()
        if reply.sequence >= meeting.time_sequence
    }
    counting = counting_codes(meeting)
    said = [replies[code].answer for code in counting if code in replies]
    return Outlook(
        counting=len(counting),
        needed=quorum_of(meeting),
        coming=said.count(Answer.YES),
        perhaps=said.count(Answer.MAYBE),
        by_seats=meeting.group.counting == Counting.SEATS,
        cells=_cells(meeting, replies, own),
    )


def _cells(meeting: Meeting, replies: Mapping[str, Reply], own: str) -> tuple[dict[str, Any], ...]:
    words = {Answer.YES: _("comes"), Answer.MAYBE: _("if need be"), Answer.NO: _("does not come")}
    cells = []
    for row in sorted(meeting.participants.all(), key=lambda one: one.administration_id):
        if row.administration_id == meeting.origin_id:
            continue
        reply = replies.get(row.administration_id)
        cells.append(
            {
                "code": row.administration_id,
                "name": row.administration.label,
                "state": STATES[Answer(reply.answer)] if reply else "none",
                "words": words[Answer(reply.answer)] if reply else _("no answer yet"),
                "me": row.administration_id == own,
            }
        )
    return tuple(cells)
