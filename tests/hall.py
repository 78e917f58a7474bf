"""Meetings of the cast: the Secretariat prepares, the others take part, all by the services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.utils import timezone

from meetings import writings
from meetings.facts import PAPER_DRAFT
from meetings.groups import group
from meetings.models import AgendaItem, Meeting, Paper, PaperDraft
from meetings.queries import meetings_for, with_people
from meetings.services import deciding, room
from meetings.services.agenda import add_item
from meetings.services.papers import begin_paper, submit_paper
from meetings.services.series import plan_meeting
from vault.uploads import receive_whole

ITEM = "Ziphrannet: who follows it up"
LEAD = "The quombat hull was seen **twice** off Neiafu."


@dataclass
class Hall:
    """`hall.plan("FJ", "VU")`, `hall.item(meeting)`, `hall.reads(world.vu, meeting)`."""

    world: Any

    def both(self, user: Any) -> dict[str, Any]:
        return {"actor": self.world.actor(user), "vault": self.world.vault(user)}

    def plan(self, *codes: str, **more: Any) -> Meeting:
        facts = {
            "meeting_id": uuid4(),
            "group": group("ISWG"),
            "kind": "extraordinary",
            "fiscal_year": "2026-27",
            "zone": "Pacific/Fiji",
            "day": timezone.localdate() + datetime.timedelta(days=14),
            "clock": datetime.time(11, 0),
            "participants": codes,
            **more,
        }
        return plan_meeting(**self.both(self.world.oco), **facts)

    def item(self, meeting: Meeting, title: str = ITEM, **more: Any) -> AgendaItem:
        facts = {"lead": LEAD, **more}
        return add_item(**self.both(self.world.oco), meeting=meeting, title=title, **facts)

    def paper(self, user: Any, item: AgendaItem, body: bytes, **more: Any) -> Paper:
        """A paper with one file, as its page submits it."""
        name = more.pop("name", "report.txt")
        draft = self.draft_paper(user, item, body, name=name)
        return submit_paper(**self.both(user), item=item, paper_id=draft.pk, **more)

    def draft_paper(self, user: Any, item: AgendaItem, body: bytes, *, name: str) -> PaperDraft:
        both = self.both(user)
        draft = begin_paper(actor=both["actor"], item=item, draft_id=uuid4())
        receive_whole(**both, kind=PAPER_DRAFT, object_id=draft.pk, name=name, body=body)
        return draft

    def reads(self, user: Any, meeting: Meeting) -> dict[Any, writings.Text]:
        meeting = meetings_for(self.world.actor(user)).get(pk=meeting.pk)
        return writings.read(self.world.vault(user), meeting)

    def words(self, user: Any, meeting: Meeting) -> set[str]:
        return {text.words for text in self.reads(user, meeting).values() if text.words}

    def now(self, meeting: Meeting) -> Meeting:
        return with_people().get(pk=meeting.pk)

    def sitting(self, *codes: str) -> SimpleNamespace:
        """A meeting under way with Fiji in the chair: an item with notes, a closed one, somebody
        there with a hand up, a decision on the screen, an action."""
        world = self.world
        chair, officer = self.both(world.fj), {"actor": world.actor(world.oco)}
        meeting = self.plan("FJ", *codes, chair="FJ")
        item, closed = self.item(meeting), self.item(meeting, f"{ITEM}, too", closed_to=["FJ"])
        room.open_meeting(**officer, meeting=meeting)
        room.call_item(**officer, item=item)
        stay = room.check_in(actor=world.actor(world.fj), meeting=meeting)
        hand = room.raise_hand(actor=world.actor(world.fj), meeting=meeting)
        room.write_notes(**chair, item=item, words=LEAD, base=0)
        proposal = deciding.propose(**chair, item=item, words=LEAD, method="vote")
        action = deciding.take_action(**chair, item=item, words=LEAD, owner="FJ", due_on=None)
        return SimpleNamespace(
            meeting=meeting, item=item, closed=closed, stay=stay, hand=hand, proposal=proposal,
            action=action,
        )  # fmt: skip
