"""The minutes as their reader sees them: what the system knows, worked out whenever they are
shown, beside what people wrote, item by item.

An item that is closed to the reader is not here, nor its decision, its action or a comment on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can
from accounts.models import Administration
from meetings import queries, writings
from meetings.models import (
    ActionPoint,
    AgendaItem,
    Attendance,
    Choice,
    Decision,
    Field,
    ItemKind,
    Meeting,
    Method,
    MinutesComment,
    Part,
    Proposal,
    Result,
)
from meetings.quorum import Span
from meetings.registers import decisions_of
from meetings.roll import LATE_BY, Quorum, attendance_of, quorum_now, was_late
from meetings.writings import Text
from vault.sessions import Vault

LINE = 600
FIELDS = (
    Field.TITLE, Field.NOTES, Field.MINUTES_EN, Field.MINUTES_FR, Field.PROPOSAL, Field.ACTION,
    Field.COMMENT,
)  # fmt: skip


# Who was there --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stay:
    arrived: datetime.datetime
    left: datetime.datetime | None


@dataclass(slots=True)
class Came:
    """A person who was there, in what part, and each stretch of time."""

    administration: Administration
    name: str
    part: str
    for_seat: str
    stays: list[Stay] = field(default_factory=list)
    late: bool = False
    left_early: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the quorum's line."""

    span: Span
    names: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Roll:
    came: tuple[Came, ...]
    apologies: tuple[Administration, ...]
    absent: tuple[Administration, ...]
    quorum: Quorum
    names: dict[str, str]

    @property
    def counted(self) -> int:
        return len(self.quorum.counting)

    @property
    def stretches(self) -> list[Stretch]:
        """The line of the quorum: each stretch with the names of who was there, and where it lies
        on a drawing of LINE units."""
        spans = self.quorum.spans
        if not spans:
            return []
        begins, ends = spans[0].begins, spans[-1].ends or timezone.now()
        whole = max((ends - begins).total_seconds(), 1)

        def place(moment: datetime.datetime) -> int:
            return round(LINE * (moment - begins).total_seconds() / whole)

        return [
            Stretch(
                span=span,
                names=", ".join(self.names.get(code, code) for code in span.seats),
                x=place(span.begins),
                width=max(place(span.ends or ends) - place(span.begins), 1),
            )
            for span in spans
        ]


def roll_of(meeting: Meeting) -> Roll:
    """Attendance with its times, apologies, who neither came nor said so, and the quorum."""
    rows = attendance_of(meeting)
    members = {row.administration_id: row for row in meeting.participants.all()}
    there = {row.administration_id for row in rows if row.arrived_at}
    sorry = {row.administration_id for row in rows if row.apology} - there
    seats = Administration.objects.in_bulk({row.for_seat_id for row in rows if row.for_seat_id})
    excused = {row.administration_id: row.administration for row in rows}
    missing = [
        row.administration
        for code, row in members.items()
        if code not in there | sorry and row.role == "member" and code != meeting.origin_id
    ]
    if meeting.closed_at is None:
        missing = []  # whoever is not there yet may still come
    quorum = quorum_now(meeting)
    named = Administration.objects.filter(pk__in=quorum.counting)
    return Roll(
        came=tuple(_came(rows, meeting, {pk: one.label for pk, one in seats.items()})),
        apologies=tuple(one for code, one in excused.items() if code in sorry),
        absent=tuple(missing),
        quorum=quorum,
        names={one.pk: one.label for one in named},
    )


def _came(rows: Iterable[Attendance], meeting: Meeting, seats: dict[str, str]) -> list[Came]:
    found: dict[tuple[int | None, str], Came] = {}
    for row in rows:
        if row.arrived_at is None or row.user is None:
            continue
        person = found.get((row.user_id, row.administration_id))
        if person is None:
            person = found[row.user_id, row.administration_id] = Came(
                administration=row.administration,
                name=row.user.name,
                part=str(Part(row.part).label),
                for_seat=seats.get(row.for_seat_id or "", "") if row.part == Part.ALTERNATE else "",
                late=was_late(row, meeting),
            )
        person.stays.append(Stay(row.arrived_at, row.left_at))
        person.left_early = _left_early(row, meeting)
    return list(found.values())


def _left_early(row: Attendance, meeting: Meeting) -> bool:
    """Whether this stretch ended well before the meeting did; the last one tells."""
    if row.left_at is None:
        return False
    return meeting.closed_at is None or row.left_at < meeting.closed_at - LATE_BY


# What was decided and what is to be done --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ruling:
    """A text that was put to the meeting, and what became of it."""

    proposal: Proposal
    words: Text
    decision: Decision | None
    replaced_by: str  # the number of a later decision, if the reader may read that one
    tally: tuple[int, int, int]  # yes, no, abstain
    roll: tuple[tuple[str, str], ...]  # seat, and how it voted

    @property
    def by_vote(self) -> bool:
        return self.proposal.method == Method.VOTE

    @property
    def agreed(self) -> bool:
        return self.proposal.result == Result.AGREED


@dataclass(frozen=True, slots=True)
class Task:
    action: ActionPoint
    words: Text


@dataclass(frozen=True, slots=True)
class Remark:
    comment: MinutesComment
    words: Text


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item of the agenda as the minutes show it."""

    item: AgendaItem
    number: str
    title: Text
    notes: Text
    english: Text
    french: Text
    rulings: tuple[Ruling, ...]
    tasks: tuple[Task, ...]
    remarks: tuple[Remark, ...]
    may_comment: bool

    @property
    def open_remarks(self) -> int:
        return sum(one.comment.settled_at is None for one in self.remarks)

    @property
    def is_break(self) -> bool:
        return self.item.kind == ItemKind.BREAK

    @property
    def texts(self) -> tuple[tuple[str, Text], ...]:
        return ("en", self.english), ("fr", self.french)


Texts = dict[tuple[UUID, str], Text]


def items_of(actor: Actor, vault: Vault | None, meeting: Meeting) -> list[ItemRecord]:
    """Every item that this actor may read, in a constant number of queries."""
    items = queries.items_for(actor, meeting)
    proposals = _by_item(_proposals(items))
    actions = _by_item(ActionPoint.objects.filter(item__in=items).select_related("owner"))
    comments = _by_item(
        MinutesComment.objects.filter(item__in=items)
        .select_related("administration", "user")
        .order_by("at", "pk")
    )
    subjects = [one.uuid for one in items]
    for rows in (proposals, actions, comments):
        subjects += [one.uuid for group in rows.values() for one in group]
    texts: Texts = writings.read(vault, meeting, fields=FIELDS, subjects=subjects)
    names = _seat_names(proposals.values())
    later = _later_numbers(actor, proposals.values())
    return [
        ItemRecord(
            item=item,
            number=item.number,  # type: ignore[attr-defined]  # items_for puts it there
            title=_text(texts, item.uuid, Field.TITLE),
            notes=_text(texts, item.uuid, Field.NOTES),
            english=_text(texts, item.uuid, Field.MINUTES_EN),
            french=_text(texts, item.uuid, Field.MINUTES_FR),
            rulings=tuple(_ruling(one, texts, names, later) for one in proposals.get(item.pk, [])),
            tasks=tuple(
                Task(one, _text(texts, one.uuid, Field.ACTION)) for one in actions.get(item.pk, [])
            ),
            remarks=tuple(
                Remark(one, _text(texts, one.uuid, Field.COMMENT))
                for one in comments.get(item.pk, [])
            ),
            may_comment=bool(can(actor, Action.COMMENT_MINUTES, item)),
        )
        for item in items
    ]


def _text(texts: Texts, subject: UUID, name: str) -> Text:
    return texts.get((subject, name)) or Text(subject, name)


def _by_item(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _proposals(items: Sequence[AgendaItem]) -> Iterable[Proposal]:
    rows = Proposal.objects.filter(item__in=items).exclude(closed_at=None)
    return (
        rows.exclude(result=Result.WITHDRAWN)
        .select_related("decision")
        .prefetch_related("ballots__seat")
        .order_by("closed_at", "pk")
    )


def _seat_names(groups: Iterable[Sequence[Proposal]]) -> dict[str, str]:
    codes = {code for group in groups for one in group for code in one.seats}
    rows = Administration.objects.filter(pk__in=codes) if codes else ()
    return {one.pk: one.label for one in rows}


def _later_numbers(actor: Actor, groups: Iterable[Sequence[Proposal]]) -> dict[int, str]:
    """The decisions that replaced these, as far as the actor may read them, by row."""
    decisions = [getattr(one, "decision", None) for group in groups for one in group]
    wanted = {one.superseded_by_id for one in decisions if one is not None} - {None}
    return {one.pk: one.number for one in decisions_of(actor, pk__in=wanted)} if wanted else {}


def _ruling(
    proposal: Proposal, texts: Texts, names: dict[str, str], later: dict[int, str]
) -> Ruling:
    decision = getattr(proposal, "decision", None)
    cast = {row.seat_id: row.choice for row in proposal.ballots.all()}
    counted = [cast[code] for code in proposal.seats if code in cast]
    return Ruling(
        proposal=proposal,
        words=_text(texts, proposal.uuid, Field.PROPOSAL),
        decision=decision,
        replaced_by=later.get(decision.superseded_by_id, "") if decision else "",
        tally=(
            counted.count(Choice.YES),
            counted.count(Choice.NO),
            counted.count(Choice.ABSTAIN),
        ),
        roll=tuple(
            (names.get(code, code), str(Choice(cast[code]).label) if code in cast else "")
            for code in proposal.seats
        ),
    )
