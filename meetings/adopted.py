"""Adopted minutes: what is signed about them, and whether they are still, word for word, that."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from meetings import writings
from meetings.models import (
    ActionPoint,
    Adoption,
    Attendance,
    Decision,
    Field,
    Meeting,
    Proposal,
    Writing,
)
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.statements import check_statement

MINUTES = {"en": Field.MINUTES_EN, "fr": Field.MINUTES_FR}
ADOPTION = "iswg/v1/adopted minutes"


def record_of(meeting: Meeting) -> list[list[str]]:
    """The record as it stands, in lines: each text by the hash of its newest revision; who was
    there and when; each ballot, result and number. What may still change afterwards (whether an
    action is done, whether a decision was replaced) is not part of it."""
    return sorted([*_texts(meeting), *_attendance(meeting), *_outcome(meeting)])


def _texts(meeting: Meeting) -> Iterator[list[str]]:
    fields = [*MINUTES.values(), Field.PROPOSAL, Field.ACTION, Field.TITLE]
    rows = Writing.objects.filter(meeting=meeting, field__in=fields)
    for row in writings.newest(rows.order_by("revision")).values():
        yield [row.subject.hex, row.field, bytes(row.hash).hex()]


def _attendance(meeting: Meeting) -> Iterator[list[str]]:
    for row in Attendance.objects.filter(meeting=meeting):
        who = [row.administration_id, str(row.user_id or ""), row.part, row.for_seat_id or ""]
        times = [_moment(row.arrived_at), _moment(row.left_at)]
        yield ["attendance", *who, *times, "apology" if row.apology else ""]


def _outcome(meeting: Meeting) -> Iterator[list[str]]:
    for row in Proposal.objects.filter(meeting=meeting).prefetch_related("ballots"):
        yield ["proposal", row.uuid.hex, row.method, row.result, *sorted(row.present)]
        for ballot in row.ballots.all():
            yield ["ballot", row.uuid.hex, ballot.seat_id, ballot.choice]
    for decision in Decision.objects.filter(meeting=meeting).select_related("proposal"):
        yield ["decision", decision.number, decision.proposal.uuid.hex]
    for action in ActionPoint.objects.filter(meeting=meeting):
        yield ["action", action.number, action.uuid.hex, action.owner_id, str(action.due_on or "")]


def _moment(at: datetime.datetime | None) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds") if at else ""


def adoption_facts(adoption: Adoption) -> dict[str, Any]:
    """What the one who records the adoption signs."""
    return {
        "v": 1,
        "meeting": adoption.meeting.uuid.hex,
        "adopted_in": adoption.adopted_in.uuid.hex if adoption.adopted_in else "",
        "at": adoption.at.isoformat(timespec="microseconds"),
        "texts": adoption.texts,
    }


def is_as_adopted(meeting: Meeting) -> bool:
    """Whether the signature over the adoption holds, and the record is still the one it names."""
    adoption = Adoption.objects.filter(meeting=meeting).select_related("adopted_in").first()
    if adoption is None:
        return False
    adoption.meeting = meeting
    try:
        check_statement(
            directory(), ADOPTION, adoption_facts(adoption), adoption.signature,
            author=adoption.author_id, administration=adoption.administration_id,
        )  # fmt: skip
    except CannotOpen:
        return False
    return [list(one) for one in adoption.texts] == record_of(meeting)
