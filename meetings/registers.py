"""The registers of decisions and of actions, as far as one reader may read and open them.

What belongs to an item that is closed to the reader is in no list, no figure and no search. The
words are opened for the rows that are shown, or, to search, for all of them while one waits.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can
from meetings import queries, writings
from meetings.models import ActionPoint, ActionState, Decision, Field, Meeting, Writing
from meetings.writings import Text
from vault.searching import one_at_a_time
from vault.sessions import Vault
from wording.folding import fold

Row = TypeVar("Row", Decision, ActionPoint)


def decisions_of(actor: Actor, *asked: Q, **filters: Any) -> list[Decision]:
    """Newest first."""
    return readable(actor, queries.decisions_for(actor).filter(*asked, **filters))


def actions_of(actor: Actor, *asked: Q, **filters: Any) -> list[ActionPoint]:
    """By the day on which they are due."""
    return readable(actor, queries.actions_for(actor).filter(*asked, **filters))


def readable(actor: Actor, rows: Iterable[Row]) -> list[Row]:
    """Without what belongs to items that are closed to the actor; with the meetings that the
    rules look at, in a constant number of queries."""
    found = list(rows)
    known = {one.pk: one for one in _meetings(actor, found)}
    shown = []
    for row in found:
        meeting = known.get(row.meeting_id)
        if meeting is None:
            continue
        row.meeting = meeting
        if row.item is not None:
            row.item.meeting = meeting
            if not can(actor, Action.READ_ITEM, row.item):
                continue
        shown.append(row)
    return shown


def _meetings(actor: Actor, rows: Sequence[Row]) -> Iterable[Meeting]:
    wanted = {row.meeting_id for row in rows}
    return queries.meetings_for(actor).filter(pk__in=wanted) if wanted else ()


# Words ----------------------------------------------------------------------------------------


def words_of(vault: Vault | None, rows: Sequence[Row]) -> dict[int, Text]:
    """What was decided, or is to be done, by row; in two queries for any number of meetings."""
    if not rows:
        return {}
    field = Field.PROPOSAL if isinstance(rows[0], Decision) else Field.ACTION
    return _texts(vault, rows, field)


def progress_of(vault: Vault | None, rows: Sequence[ActionPoint]) -> dict[int, Text]:
    """The newest note of progress, by row."""
    return _texts(vault, rows, Field.PROGRESS) if rows else {}


def _texts(vault: Vault | None, rows: Sequence[Row], field: Field) -> dict[int, Text]:
    meetings = {row.meeting_id: row.meeting for row in rows}
    subjects = {row.pk: _subject(row) for row in rows}
    texts = writings.read_across(vault, meetings.values(), subjects.values(), [field])
    return {
        pk: texts.get((subject, field)) or Text(subject, field) for pk, subject in subjects.items()
    }


def _subject(row: Decision | ActionPoint) -> Any:
    return row.proposal.uuid if isinstance(row, Decision) else row.uuid


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register, with its words."""

    row: Any
    words: Text


def with_words(vault: Vault | None, rows: Sequence[Row]) -> list[Entry]:
    texts = words_of(vault, rows)
    return [Entry(row, texts[row.pk]) for row in rows]


def search(actor: Actor, vault: Vault | None, rows: Sequence[Row], typed: str) -> list[Entry]:
    """Those in whose words or number every word typed occurs; StillSearching if one is under
    way."""
    wanted = fold(typed).split()
    with one_at_a_time("registers", actor.user_id):
        return [
            entry
            for entry in with_words(vault, rows)
            if all(one in fold(f"{entry.words.words} {entry.row.number}") for one in wanted)
        ]


# Which actions --------------------------------------------------------------------------------

Chosen = Callable[[Actor, datetime.date], Q]


def _ours(actor: Actor, _today: datetime.date) -> Q:
    return Q(owner=actor.administration, state=ActionState.OPEN)


def _mine(actor: Actor, _today: datetime.date) -> Q:
    """Those on whose progress this person reported for the own administration."""
    told = Writing.objects.filter(author=actor.user_id, field=Field.PROGRESS)
    return Q(owner=actor.administration, uuid__in=told.values("subject"))


def _late(_actor: Actor, today: datetime.date) -> Q:
    return Q(state=ActionState.OPEN, due_on__lt=today)


def _open(_actor: Actor, _today: datetime.date) -> Q:
    return Q(state=ActionState.OPEN)


def _all(_actor: Actor, _today: datetime.date) -> Q:
    return Q()


BOXES: dict[str, Chosen] = {
    "ours": _ours, "mine": _mine, "late": _late, "open": _open, "all": _all,
}  # fmt: skip


def actions_in(actor: Actor, box: str, **filters: Any) -> list[ActionPoint]:
    """The actions of one box; `late` in the reader's own days."""
    chosen = BOXES.get(box, _open)
    return actions_of(actor, chosen(actor, timezone.localdate()), **filters)


def is_late(action: ActionPoint) -> bool:
    return (
        action.state == ActionState.OPEN
        and action.due_on is not None
        and action.due_on < timezone.localdate()
    )
