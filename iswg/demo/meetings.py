"""The meetings of the demonstration: held, minuted, adopted in the next; the next one prepared.

The facts stand in `data/demo_meetings.json`, dated by the day of the story; they move by whole
weeks, so that a Wednesday stays one. Everything goes through the services, at its own moment of
the story: called, opened, item by item, closed, minuted, reported on.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import dateformat, timezone

from accounts.models import SECRETARIAT
from accounts.queries import members_on
from iswg.demo import after_meeting as after
from iswg.demo.cast import Cast, Person
from iswg.demo.clock import Clock, Moment
from iswg.demo.next_meeting import prepare, prepare_events
from iswg.demo.pieces import STORY_DAY
from iswg.demo.timeline import Timeline
from meetings.groups import group
from meetings.models import (
    ActionState,
    AgendaItem,
    Choice,
    ItemKind,
    Kind,
    Meeting,
    Method,
    Result,
)
from meetings.queries import meetings_for
from meetings.services import deciding, minutes, room
from meetings.services.agenda import add_item
from meetings.services.invitations import invite
from meetings.services.series import change_participants, plan_meeting

HERE = Path(__file__).parent
DAY_NAMED = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
WITH_OUTCOME = (ItemKind.DECISION, ItemKind.DISCUSSION)
YEAR = datetime.timedelta(days=365)
SEATS = ("AU", "FJ", "NZ", "PW", "SB", "VU")
LATE = "SB"  # at the last meeting
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
MINUTES_OF_LAST, PICTURE, OTHERS = 1, 3, 4  # places on the agenda

# How long each of the first five takes, and of what kind it is; the others share what is left.
USUAL = (
    (10, ItemKind.OPENING), (10, ItemKind.MINUTES), (15, ItemKind.INFORMATION),
    (25, ItemKind.DISCUSSION), (15, ItemKind.DISCUSSION),
)  # fmt: skip


@cache
def stories() -> list[dict[str, Any]]:
    return json.loads((HERE / "data" / "demo_meetings.json").read_text(encoding="utf-8"))


def plan(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    """Put what happens in and around the meetings among the other acts of the story."""
    told = [Story(facts, cast, clock) for facts in stories()]
    *past, coming = told
    before: Story | None = None
    for number, story in enumerate(past):
        story.plan(timeline, before, last=number == len(past) - 1)
        before = story
    prepare_events(timeline, cast, clock)
    prepare(timeline, coming, before)


class Story:
    """One meeting of the series, as it goes."""

    def __init__(self, facts: dict[str, Any], cast: Cast, clock: Clock) -> None:
        self.facts, self.cast, self.clock = facts, cast, clock
        self.id = uuid4()
        self.officer = cast["secretariat"]
        year, quarter = facts["label"].split()[0:2]
        first = int(year.removeprefix("FY")[:4]) + (clock.today - STORY_DAY) // YEAR
        self.fiscal_year, self.quarter = f"{first}-{(first + 1) % 100:02d}", int(quarter[1])
        self.day = self.moved(facts["date"])
        self.late = ""
        self.actions: dict[Any, Any] = {}

    def moved(self, day: str) -> datetime.date:
        """A day of the file, as many whole weeks later as today is after the story's day."""
        weeks = (self.clock.today - STORY_DAY).days // 7
        return datetime.date.fromisoformat(day) + datetime.timedelta(weeks=weeks)

    def dated(self, title: str) -> str:
        """A title that names the day of the next meeting names that day as it is now."""
        named = DAY_NAMED.search(title)
        if named is None:
            return title
        day = datetime.datetime.strptime(named[0], "%d %B %Y").date()  # noqa: DTZ007 (a day)
        return title.replace(named[0], dateformat.format(self.moved(day.isoformat()), "j F Y"))

    @property
    def begins(self) -> Moment:
        """Eleven in Suva is 23:00 UTC of the day before."""
        midnight = datetime.datetime.combine(self.day, datetime.time(), datetime.UTC)
        return midnight - datetime.timedelta(hours=1)

    @property
    def meeting(self) -> Meeting:
        return meetings_for(self.officer.actor).get(uuid=self.id)

    @property
    def items(self) -> list[AgendaItem]:
        meeting = self.meeting
        rows = list(meeting.items.filter(dropped_at=None).order_by("position"))
        for row in rows:
            row.meeting = meeting
        return rows

    def both(self, person: Person | None = None) -> dict[str, Any]:
        who = person or self.officer
        return {"actor": who.actor, "vault": who.vault}

    # What happens

    def plan(self, timeline: Timeline, before: Story | None, *, last: bool) -> None:
        self.late = LATE if last else ""
        soonest = self.clock.moment + datetime.timedelta(hours=2)  # everybody has joined by then
        timeline.add(max(self.begins - 28 * DAY, soonest), self.is_called)
        timeline.add(self.begins, self.opens)
        if last:
            timeline.add(self.begins + 20 * MINUTE, self.late_one_comes)
        begins = self.begins
        for place, length in enumerate(self.lengths):
            timeline.add(begins + MINUTE, lambda place=place: self.deals_with(place, before))
            begins += length * MINUTE
        timeline.add(self.begins + self.facts["duration_min"] * MINUTE, self.closes)
        timeline.add(self.begins + 6 * DAY, self.is_minuted)
        self._reports(timeline)
        if last:
            after.plan(timeline, self)

    def is_called(self) -> None:
        """Planned, with its agenda, and, if it is still to come, invited to."""
        attending = self.facts["attendance"]
        members = [*attending.get("members", SEATS), *attending.get("apologies", ())]
        meeting = plan_meeting(
            **self.both(),
            meeting_id=self.id,
            group=group("ISWG"),
            kind=Kind.QUARTERLY,
            fiscal_year=self.fiscal_year,
            quarter=self.quarter,
            host=self._host(),
            chair="FJ",
            zone="Pacific/Fiji",
            day=self.day,
            clock=datetime.time(11),
            minutes=self.facts["duration_min"],
            format=self.facts["format"].replace(" ", "_"),
            participants=members,
        )
        observers = {*attending.get("observers", attending.get("observers_invited", ()))}
        # Whoever is given something to do takes part, were it only to listen.
        observers |= {owner_of(row[2]) for row in self.facts["actions"]} - {*members, SECRETARIAT}
        change_participants(**self.both(), meeting=meeting, codes=members, observers=observers)
        self._agenda(meeting)
        if self.begins > timezone.now():
            invite(actor=self.officer.actor, meeting=meeting)

    def _host(self) -> str:
        named = self.facts["host"]
        codes = {"Fiji": "FJ", "Australia": "AU", "New Zealand": "NZ"}
        return next((code for name, code in codes.items() if named.startswith(name)), SECRETARIAT)

    def _agenda(self, meeting: Meeting) -> None:
        for number, title in enumerate(self.dated(one) for one in self.facts["agenda"]):
            kind = USUAL[number][1] if number < len(USUAL) else kind_of(title)
            add_item(
                **self.both(), meeting=meeting, title=title, kind=kind,
                minutes=self.lengths[number], presenter=presenter_of(title, number),
            )  # fmt: skip

    @cached_property
    def lengths(self) -> list[int]:
        """Of each item, in minutes."""
        usual, titles = [length for length, _kind in USUAL], self.facts["agenda"]
        rest = (self.facts["duration_min"] - sum(usual)) // (len(titles) - len(usual))
        return [*usual, *[rest] * (len(titles) - len(usual))]

    def opens(self) -> None:
        """Everybody comes but who is late."""
        meeting = self.meeting
        room.open_meeting(actor=self.officer.actor, meeting=meeting)
        attending = self.facts["attendance"]
        for code in (SECRETARIAT, *attending["members"], *attending.get("observers", ())):
            if code != self.late:
                room.check_in(actor=self.cast.of(code).actor, meeting=self.meeting)
        for code in attending.get("apologies", ()):
            room.note_apology(actor=self.officer.actor, meeting=meeting, code=code, on=True)

    def late_one_comes(self) -> None:
        room.check_in(actor=self.cast.of(LATE).actor, meeting=self.meeting)

    def deals_with(self, place: int, before: Story | None) -> None:
        """One item is called: the last minutes are adopted in it, notes are taken, decisions are
        agreed on and actions given out."""
        items = self.items
        room.call_item(actor=self.officer.actor, item=items[place])
        if place == MINUTES_OF_LAST and before is not None:
            minutes.adopt_minutes(**self.both(), meeting=before.meeting, adopted_in=self.meeting)
        if place == PICTURE:
            words = self.facts["minutes"]
            room.write_notes(**self.both(), item=items[place], words=words, base=0)
        on = [one for one in items[OTHERS:] if one.kind in WITH_OUTCOME]
        if items[place] not in on:
            return
        turn = on.index(items[place])
        for _ref, words in self.facts["decisions"][turn :: len(on)]:
            self._decide(items[place], words)
        for number, row in list(enumerate(self.facts["actions"]))[turn :: len(on)]:
            self._give_out(items[place], number, row)

    def _decide(self, item: AgendaItem, words: str) -> None:
        """By consensus; at the last meeting by vote."""
        method = Method.VOTE if self.late else Method.CONSENSUS
        proposal = deciding.propose(**self.both(), item=item, words=words, method=method)
        for code in SEATS if self.late else ():
            said = Choice.ABSTAIN if code == LATE else Choice.YES
            actor = self.cast.of(code).actor
            deciding.cast_ballot(actor=actor, proposal=proposal, choice=said, revision=1)
        result = "" if self.late else Result.AGREED
        deciding.close_proposal(actor=self.officer.actor, proposal=proposal, result=result)

    def _give_out(self, item: AgendaItem, number: int, row: Sequence[str]) -> None:
        _ref, words, owner, due, _state = row
        action = deciding.take_action(
            **self.both(), item=item, words=words, owner=owner_of(owner), due_on=self.moved(due)
        )
        self.actions[number] = action.uuid

    def closes(self) -> None:
        room.close_meeting(actor=self.officer.actor, meeting=self.meeting)

    def is_minuted(self) -> None:
        """Drawn up from the notes, and sent round."""
        minutes.begin_minutes(**self.both(), meeting=self.meeting)
        until = timezone.localdate() + datetime.timedelta(days=30)
        minutes.circulate_minutes(actor=self.officer.actor, meeting=self.meeting, until=until)

    def _reports(self, timeline: Timeline) -> None:
        """Those that are done, on their day."""
        for number, row in enumerate(self.facts["actions"]):
            due = datetime.datetime.combine(self.moved(row[3]), datetime.time(1), datetime.UTC)
            if row[4] != "open":
                act: Callable[[], None] = lambda n=number, row=row: self.is_reported(n, row)  # noqa: E731
                timeline.add(due, act)

    def is_reported(self, number: int, row: Sequence[str]) -> None:
        if row[4] == "open":
            return
        action = self.meeting.actions.get(uuid=self.actions[number])
        words = "" if row[4] == "done" else row[4].capitalize() + "."
        deciding.report_on_action(
            **self.both(self.cast.of(owner_of(row[2]))), action=action, words=words,
            state=ActionState.DONE, base=0,
        )  # fmt: skip


def kind_of(title: str) -> str:
    if title.startswith("Any other"):
        return ItemKind.ANY_OTHER
    if title.startswith(("Next meeting", "Report", "Result", "Lessons", "Duplicate")):
        return ItemKind.INFORMATION
    return ItemKind.DECISION


def presenter_of(title: str, number: int) -> str:
    if "Solomon Islands" in title:
        return "SB"
    return {0: "FJ", 2: SECRETARIAT, 3: SECRETARIAT, 4: "NZ", 5: "FJ"}.get(number, "")


def owner_of(words: str) -> str:
    return SECRETARIAT if words in ("all", "OCO Secretariat") else words


def everybody(day: datetime.date) -> list[str]:
    return sorted(row.code for row in members_on(day))
