"""Whether the ledger's columns say what the journal says: for `verify_vault`.

Opened, acknowledged, what came of it: each is a column that a hand in the database can change,
and each was written together with a line of the journal, which is chained and signed. Delivery
has no line of its own; it can only be held between the issue and the first opening.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from activity.events import Event
from activity.models import JournalEntry
from bulletins.facts import target_of
from bulletins.models import Bulletin, Outcome, Place, Recipient

# The column and the line are written one after the other, and may wait for others in between.
TOLERANCE = datetime.timedelta(minutes=2)
TOLD_BY = (
    Event.BULLETIN_ISSUED,
    Event.BULLETIN_OPENED,
    Event.BULLETIN_ACKNOWLEDGED,
    Event.BULLETIN_OUTCOME,
)


@dataclass(slots=True)
class Told:
    """What the journal says an administration did with a bulletin."""

    opened_at: datetime.datetime | None = None
    acknowledged_at: datetime.datetime | None = None
    acknowledged_by: int | None = None
    outcome: str = ""
    outcome_at: datetime.datetime | None = None

    def read(self, line: dict[str, Any]) -> None:
        at = datetime.datetime.fromisoformat(line["at"])
        if line["event"] == Event.BULLETIN_OPENED:
            self.opened_at = self.opened_at or at
        elif line["event"] == Event.BULLETIN_ACKNOWLEDGED:
            self.acknowledged_at, self.acknowledged_by = at, line["actor"]
            self.outcome = self.outcome or Outcome.ACKNOWLEDGED
        elif line["event"] == Event.BULLETIN_OUTCOME:
            self.outcome, self.outcome_at = line["detail"].get("outcome", ""), at


Lines = dict[str, list[dict[str, Any]]]


def lines_about(bulletins: list[Bulletin]) -> Lines:
    """The journal's lines that fill the ledgers of these, by target, oldest first.

    As they are chained, not as they are filed: `verify_journal` compares the two.
    """
    targets = [target_of(one) for one in bulletins]
    rows = JournalEntry.objects.filter(target__in=targets, event__in=TOLD_BY).order_by("seq")
    lines: Lines = {}
    for body in rows.values_list("entry", flat=True):
        line = json.loads(bytes(body))
        lines.setdefault(line["target"], []).append(line)
    return lines


def ledger_differs(bulletin: Bulletin, lines: list[dict[str, Any]]) -> Iterator[str]:
    """A sentence for each administration and each thing that the two tell differently."""
    told: dict[str, Told] = {}
    for line in lines:
        told.setdefault(line["for"], Told()).read(line)
    for row in bulletin.recipients.all():
        if row.place == Place.TO:
            for what in _differences(row, told.get(row.administration_id, Told()), bulletin):
                yield (
                    f"The ledger of {bulletin.ref} says of {row.administration_id} what the "
                    f"journal does not: {what}."
                )


def _differences(row: Recipient, told: Told, bulletin: Bulletin) -> Iterator[str]:
    if not _same(row.opened_at, told.opened_at):
        yield "when it was first opened"
    if not _same(row.acknowledged_at, told.acknowledged_at):
        yield "when it was acknowledged"
    elif row.acknowledged_by_id != told.acknowledged_by:
        yield "who acknowledged it"
    if row.outcome != told.outcome or not _same(row.outcome_at, told.outcome_at):
        yield "what came of it"
    if not _may_be_delivered(row, told, bulletin):
        yield "when it was delivered"


def _same(kept: datetime.datetime | None, told: datetime.datetime | None) -> bool:
    if kept is None or told is None:
        return kept is told
    return abs(kept - told) <= TOLERANCE


def _may_be_delivered(row: Recipient, told: Told, bulletin: Bulletin) -> bool:
    if row.delivered_at is None:
        return told.opened_at is None
    too_early = row.delivered_at < bulletin.issued_at - TOLERANCE
    too_late = told.opened_at is not None and row.delivered_at > told.opened_at + TOLERANCE
    return not too_early and not too_late
