"""A meeting that is over, with everything that minutes can show, and browsers of its cast."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Seat
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting
from meetings.services.deciding import cast_ballot, close_proposal, propose, take_action
from meetings.services.minutes import begin_minutes, circulate_minutes, write_minutes
from meetings.services.room import (
    call_item,
    check_in,
    check_out,
    close_meeting,
    note_apology,
    open_meeting,
    write_notes,
)
from tests.factories import signed_in

SEATS = ("FJ", "VU", "PW")
OPEN = "Quarter of small craft"
CLOSED = "Xylquat matter"
DECIDED = "Tokelau is invited to sit in."
SECRET_DECISION = "Vrombel is set aside."
ACTION = "Send the list of seals"
SECRET_ACTION = "Telephone about gnarlhop"
NOTES = "Fiji **follows** it up."
SECRET_NOTES = "Only we know of the drizzlewick."
SECRETS = [
    CLOSED,
    SECRET_DECISION,
    SECRET_ACTION,
    SECRET_NOTES,
    "drizzlewick",
    "gnarlhop",
    "Vrombel",
]


@dataclass
class Outcome:
    """The meeting, its two items, and what its cast does next; pages as somebody reads them."""

    world: Any
    hall: Any
    meeting: Meeting
    item: AgendaItem
    closed: AgendaItem

    @property
    def address(self) -> str:
        return f"/meetings/{self.meeting.ref}/minutes/"

    @property
    def decision(self) -> Decision:
        return Decision.objects.get(item=self.item)

    @property
    def action(self) -> ActionPoint:
        return ActionPoint.objects.get(item=self.item)

    def reads(self, user: Any, address: str = "") -> str:
        answer = signed_in(user).get(address or self.address)
        assert answer.status_code == 200, (answer.status_code, answer.headers)
        return answer.content.decode()

    def begin(self) -> None:
        begin_minutes(**self.hall.both(self.world.oco), meeting=self.meeting)

    def write(self, language: str, words: str, base: int, user: Any = None) -> None:
        both = self.hall.both(user or self.world.oco)
        write_minutes(**both, item=self.item, language=language, words=words, base=base)

    def circulate(self) -> None:
        self.begin()
        until = timezone.localdate() + datetime.timedelta(days=14)
        circulate_minutes(actor=self.world.actor(self.world.oco), meeting=self.meeting, until=until)

    def later(self) -> Meeting:
        """The next meeting of the group, under way."""
        day = timezone.localdate() + datetime.timedelta(days=100)
        meeting = self.hall.plan(*SEATS, chair="FJ", day=day)
        self.hall.item(meeting, title="Minutes of the last meeting", kind="minutes")
        self.hall.item(meeting, title="Open actions", kind="actions")
        open_meeting(actor=self.world.actor(self.world.oco), meeting=meeting)
        return self.hall.now(meeting)

    def decided_later(self, words: str = "Other words.") -> Decision:
        """What the next meeting agreed on, in an item that is open to all."""
        oco, meeting = self.world.actor(self.world.oco), self.later()
        item = self.hall.item(meeting)
        for user in (self.world.fj, self.world.vu):
            check_in(actor=self.world.actor(user), meeting=meeting)
        call_item(actor=oco, item=item)
        proposal = propose(**self.hall.both(self.world.oco), item=item, words=words)
        close_proposal(actor=oco, proposal=proposal, result="agreed")
        return Decision.objects.get(proposal=proposal)


def take_seats() -> None:
    since = timezone.localdate() - datetime.timedelta(days=365)
    for code in SEATS:
        Seat.objects.create(administration_id=code, since=since, elected="by acclamation")


def hold(world: Any, hall: Any) -> Outcome:
    """An open item with a vote and an action; an item closed to Palau with the same; Palau sent
    its apologies, Vanuatu left before the end."""
    take_seats()
    meeting = hall.plan(*SEATS, chair="FJ")
    item = hall.item(meeting, title=OPEN)
    closed = hall.item(meeting, title=CLOSED, closed_to=["FJ", "VU", "OCO"])
    oco, both = world.actor(world.oco), hall.both(world.oco)
    open_meeting(actor=oco, meeting=meeting)
    note_apology(actor=oco, meeting=meeting, code="PW", on=True)
    check_in(actor=world.actor(world.fj), meeting=meeting)
    vanuatu = check_in(actor=world.actor(world.vu), meeting=meeting)
    due = timezone.localdate() + datetime.timedelta(days=10)
    for one, words, notes, todo in (
        (item, DECIDED, NOTES, ACTION),
        (closed, SECRET_DECISION, SECRET_NOTES, SECRET_ACTION),
    ):
        call_item(actor=oco, item=one)
        write_notes(**hall.both(world.fj), item=one, words=notes, base=0)
        proposal = propose(**both, item=one, words=words, method="vote")
        for user in (world.fj, world.vu):
            cast_ballot(actor=world.actor(user), proposal=proposal, choice="yes", revision=1)
        close_proposal(actor=oco, proposal=proposal)
        take_action(**both, item=one, words=todo, owner="VU", due_on=due)
    check_out(actor=world.actor(world.vu), attendance=vanuatu)
    close_meeting(actor=oco, meeting=meeting)
    return Outcome(world, hall, hall.now(meeting), item, closed)
