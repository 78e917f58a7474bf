"""The live room as one reader sees it: what its page, its fragments and its screen are drawn of.

Everything is read when it is first asked for, so that a fragment reads only what it shows. A
closed item is not there for those whom it is not for, nor is anything that hangs on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from meetings import writings
from meetings.models import (
    ActionPoint,
    AgendaItem,
    Ballot,
    Choice,
    Field,
    Hand,
    ItemState,
    Meeting,
    Method,
    Paper,
    Proposal,
)
from meetings.papers import OpenPaper, open_papers, submitted
from meetings.queries import items_for
from meetings.quorum import Span
from meetings.roll import Quorum, quorum_now
from meetings.sitting import Line, lines_of
from vault.sessions import Vault
from wording.markup import render as markdown

WIDTH = 1000.0  # of the drawn line of the quorum
MINUTE = datetime.timedelta(minutes=1)
EMPTY = writings.Text(UUID(int=0), Field.TITLE)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the current item has been going on, against the minutes it was given.

    In whole minutes, by the server's clock; the page goes on counting from `now`.
    """

    started: int
    now: int
    planned: int

    @classmethod
    def of(cls, item: AgendaItem) -> Clock | None:
        if item.started_at is None:
            return None
        return cls(int(item.started_at.timestamp()), int(timezone.now().timestamp()), item.minutes)

    @property
    def minutes(self) -> int:
        return max(0, self.now - self.started) // 60

    @property
    def is_over(self) -> bool:
        return self.minutes >= self.planned

    @property
    def shown(self) -> int:
        return min(self.minutes, self.planned)

    @property
    def words(self) -> str:
        """In the words that the page's script fills in, too."""
        over = self.minutes - self.planned
        words = self.over_words if over > 0 else self.within_words
        facts = {"{n}": self.minutes, "{m}": self.planned, "{over}": over}
        for place, number in facts.items():
            words = words.replace(place, str(number))
        return words

    @property
    def within_words(self) -> str:
        return _("{n} min of {m} min")

    @property
    def over_words(self) -> str:
        return _("{over} min over: {n} min of {m} min")


@dataclass(frozen=True, slots=True)
class Vote:
    """A seat in a vote, and what it said so far."""

    code: str
    name: str
    choice: str
    words: str
    present: bool

    @property
    def state(self) -> str:
        """As the look draws it."""
        return {"yes": "done", "no": "late", "abstain": "part"}.get(self.choice, "none")


@dataclass
class Motion:
    """A proposal with its words, as far as this reader opens them; and how it stands."""

    proposal: Proposal
    text: writings.Text
    votes: list[Vote]
    number: str = ""  # of the decision, if it became one
    item_number: str = ""

    @property
    def is_vote(self) -> bool:
        return bool(self.proposal.method == Method.VOTE)

    @property
    def present(self) -> list[Vote]:
        return [vote for vote in self.votes if vote.present]

    @property
    def by_choice(self) -> list[tuple[str, list[Vote]]]:
        """The roll of a vote: who said what, and who said nothing."""
        rows = [(c, [v for v in self.votes if v.choice == c]) for c in ("yes", "no", "abstain")]
        silent = [vote for vote in self.votes if not vote.choice]
        found = [(str(Choice(choice).label), votes) for choice, votes in rows]
        return [*found, (_("Has not voted"), silent)] if silent else found


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the quorum's line, and where it is drawn."""

    span: Span
    x: float
    width: float


@dataclass
class Room:
    """A meeting under way. `whole`: drawn for everybody of an administration alike, so that what
    only some of them may do is there, and the page of who may not leaves it hidden."""

    meeting: Meeting
    actor: Actor
    vault: Vault | None
    whole: bool = False
    now: datetime.datetime = field(default_factory=timezone.now)

    # The agenda

    @cached_property
    def items(self) -> list[AgendaItem]:
        """With the title that opens for this reader."""
        rows = items_for(self.actor, self.meeting)
        texts = self._texts(Field.TITLE, [row.uuid for row in rows])
        for row in rows:
            row.text = texts.get(row.uuid, EMPTY)  # type: ignore[attr-defined]  # for the page
        return rows

    @cached_property
    def current(self) -> AgendaItem | None:
        return next((row for row in self.items if row.state == ItemState.CURRENT), None)

    @cached_property
    def coming(self) -> AgendaItem | None:
        """What comes after the current item, or after the last one dealt with."""
        begun = [i for i, row in enumerate(self.items) if row.state != ItemState.WAITING]
        rest = self.items[begun[-1] + 1 :] if begun else self.items
        waiting = [row for row in self.items if row.state == ItemState.WAITING]
        return next(iter(rest or waiting), None)

    @cached_property
    def lead(self) -> writings.Text:
        if self.current is None:
            return EMPTY
        return self._texts(Field.LEAD, [self.current.uuid]).get(self.current.uuid, EMPTY)

    @cached_property
    def papers(self) -> list[OpenPaper]:
        """The newest version of each paper of the current item, with its title and files."""
        if self.current is None:
            return []
        newest: dict[int, Paper] = {}
        for row in submitted([self.current]).filter(withdrawn_at=None):
            newest.setdefault(row.number, row)
        return open_papers(self.vault, [self.current], newest.values())

    @property
    def lead_html(self) -> SafeString | str:
        return markdown(self.lead.words) if self.lead.words else ""

    @property
    def clock(self) -> Clock | None:
        return Clock.of(self.current) if self.current else None

    # Who is there

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self.meeting, self.quorum.counting)

    @cached_property
    def quorum(self) -> Quorum:
        return quorum_now(self.meeting, self.now)

    @cached_property
    def hands(self) -> list[Hand]:
        """Who has the floor, then points of order, then in the order in which they went up."""
        rows = Hand.objects.filter(meeting=self.meeting, lowered_at=None)
        found = list(rows.select_related("user", "administration").order_by("raised_at", "pk"))
        return sorted(found, key=lambda h: (h.called_at is None, not h.point_of_order))

    @cached_property
    def cells(self) -> list[Vote]:
        """The seats that count, and which of them are filled now."""
        there = set(self.quorum.present)
        words = {True: _("Here"), False: _("Not here")}
        return [
            Vote(code, self._names.get(code, code), "yes" if here else "", words[here], here)
            for code in self.quorum.counting
            for here in [code in there]
        ]

    @cached_property
    def people_here(self) -> int:
        return sum(one.is_here for line in self.lines for one in line.sittings)

    @cached_property
    def line(self) -> list[Bar]:
        """How the quorum stood, drawn to scale from the opening until now."""
        opened = self.meeting.opened_at
        if opened is None:
            return []
        until = self.meeting.closed_at or max(self.now, opened + MINUTE)
        whole = (until - opened) / WIDTH
        return [
            Bar(span, (span.begins - opened) / whole, ((span.ends or until) - span.begins) / whole)
            for span in self.quorum.spans
        ]

    # Decisions and actions

    @cached_property
    def motion(self) -> Motion | None:
        """The decision that is on the screen: that of the current item, if there are two."""
        current = self.current.pk if self.current else None
        found = self._motions(closed_at=None)
        return next(iter(sorted(found, key=lambda one: one.proposal.item_id != current)), None)

    @cached_property
    def decided(self) -> list[Motion]:
        return self._motions(closed_at__isnull=False)

    def decided_one(self, uuid: str) -> Motion | None:
        return next(iter(self._motions(closed_at__isnull=False, uuid=uuid)), None)

    @cached_property
    def actions(self) -> list[ActionPoint]:
        return self._actions()

    def action(self, number: str) -> ActionPoint | None:
        return next(iter(self._actions(number=number)), None)

    def _motions(self, **filters: Any) -> list[Motion]:
        rows = Proposal.objects.filter(meeting=self.meeting, **filters).exclude(
            method=Method.SILENCE
        )
        rows = rows.select_related("item", "decision").prefetch_related("ballots")
        found = [one for one in rows.order_by("opened_at", "pk") if self._may_read(one.item)]
        texts = self._texts(Field.PROPOSAL, [one.uuid for one in found])
        return [self._motion(one, texts.get(one.uuid, EMPTY)) for one in found]

    def _motion(self, row: Proposal, text: writings.Text) -> Motion:
        row.meeting = self.meeting
        there = set(self.quorum.present if row.is_open else row.present)
        ballots = {one.seat_id: one for one in row.ballots.all()}
        votes = [_vote(code, ballots.get(code), code in there, self._names) for code in row.seats]
        decision = getattr(row, "decision", None)
        numbers = {item.pk: item.number for item in self.items}  # type: ignore[attr-defined]  # items_for
        return Motion(
            row, text, votes, decision.number if decision else "", numbers.get(row.item_id or 0, "")
        )

    def _actions(self, **filters: Any) -> list[ActionPoint]:
        rows = ActionPoint.objects.filter(meeting=self.meeting, **filters)
        rows = rows.select_related("item", "owner").order_by("made_at", "pk")
        found = [one for one in rows if self._may_read(one.item)]
        texts = self._texts(Field.ACTION, [one.uuid for one in found])
        for one in found:
            one.text = texts.get(one.uuid, EMPTY)  # type: ignore[attr-defined]  # for the page
        return found

    def _may_read(self, item: AgendaItem | None) -> bool:
        if item is None:
            return True
        item.meeting = self.meeting
        return bool(can(self.actor, Action.READ_ITEM, item))

    # Words

    def _texts(self, name: str, subjects: Iterable[UUID]) -> dict[UUID, writings.Text]:
        wanted = list(subjects)
        if not wanted:
            return {}
        texts = writings.read(self.vault, self.meeting, fields=[name], subjects=wanted)
        return {uuid: text for (uuid, _field), text in texts.items()}

    @cached_property
    def join(self) -> writings.Text:
        found = self._texts(Field.JOIN, [self.meeting.uuid])
        return found.get(self.meeting.uuid, writings.Text(self.meeting.uuid, Field.JOIN))

    def notes_of(self, item: AgendaItem) -> writings.Text:
        found = self._texts(Field.NOTES, [item.uuid])
        return found.get(item.uuid, writings.Text(item.uuid, Field.NOTES))

    @cached_property
    def _names(self) -> dict[str, str]:
        return {line.code: line.name for line in self.lines}

    # What this reader may do

    @cached_property
    def may_run(self) -> bool:
        if self.whole:
            return self.actor.administration in {self.meeting.origin_id, self.meeting.chair_id}
        return bool(can(self.actor, Action.RUN_MEETING, self.meeting))

    @cached_property
    def may_prepare(self) -> bool:
        if self.whole:
            return self.actor.administration == self.meeting.origin_id
        return bool(can(self.actor, Action.PREPARE_MEETING, self.meeting))

    @cached_property
    def may_vote(self) -> bool:
        if self.motion is None or not self.motion.is_vote:
            return False
        if self.whole:
            return self.actor.administration in self.motion.proposal.seat_codes
        return bool(can(self.actor, Action.VOTE, self.motion.proposal))

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in (Choice.YES, Choice.NO, Choice.ABSTAIN)]


def _vote(code: str, ballot: Ballot | None, present: bool, names: dict[str, str]) -> Vote:
    choice = ballot.choice if ballot else ""
    words = Choice(choice).label if choice else _("Has not voted")
    return Vote(code, names.get(code, code), choice, str(words), present)
