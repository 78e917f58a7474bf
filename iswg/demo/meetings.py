"""The meetings of the demonstration: held, minuted, adopted in the next; the next one prepared.

The facts stand in `data/demo_meetings.json`, dated by the day of the story; they move by whole
weeks, so that a Wednesday stays one. The portal is younger than the first four meetings: their
papers were entered by the Secretariat when everybody had joined, so what is signed and what the
journal says is of that day, while the record's clear times are those of the meetings.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import dateformat, timezone

from accounts.models import SECRETARIAT
from accounts.queries import members_on
from iswg.demo.cast import Cast, Person
from iswg.demo.clock import Clock, Moment
from iswg.demo.hindsight import backdate
from iswg.demo.next_meeting import prepare, prepare_events
from iswg.demo.pieces import STORY_DAY
from iswg.demo.timeline import Timeline
from meetings.groups import group
from meetings.models import ActionState, AgendaItem, ItemKind, Kind, Meeting, Result
from meetings.queries import meetings_for
from meetings.services import deciding, minutes, room
from meetings.services.agenda import add_item
from meetings.services.invitations import invite
from meetings.services.series import change_participants, plan_meeting

HERE = Path(__file__).parent
ENTERED = (-243, 2)  # when the meetings of before were entered
DAY_NAMED = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
YEAR = datetime.timedelta(days=365)
SEATS = ("AU", "FJ", "NZ", "PW", "SB", "VU")
LATE, LEFT_EARLY = "SB", "PW"  # at the last meeting

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
        story.plan(timeline, before, entered_later=number < 4)
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

    def plan(self, timeline: Timeline, before: Story | None, *, entered_later: bool) -> None:
        if entered_later:
            timeline.add(self.clock.at(*ENTERED), lambda: self._told_later(before))
            return
        hour = datetime.timedelta(hours=1)
        timeline.add(self.begins - 28 * 24 * hour, self.is_called)
        timeline.add(self.begins, self.opens)
        timeline.add(self.begins + 20 * hour / 60, self.late_one_comes)
        timeline.add(self.begins + hour / 2, lambda: self.is_held(before))
        timeline.add(self.begins + 2 * hour, self.closes)
        timeline.add(self.begins + 6 * 24 * hour, self.is_minuted)
        self._reports(timeline)

    def _told_later(self, before: Story | None) -> None:
        for act in (self.is_called, self.opens, lambda: self.is_held(before), self.closes):
            act()
        self.is_minuted()
        for number, row in enumerate(self.facts["actions"]):
            self.is_reported(number, row)
        backdate(self.meeting, self.begins, [self.moved(row[3]) for row in self.facts["actions"]])

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
        titles = self.facts["agenda"]
        rest = (self.facts["duration_min"] - sum(n for n, _kind in USUAL)) // (len(titles) - 5)
        for number, title in enumerate(self.dated(one) for one in titles):
            length, kind = USUAL[number] if number < 5 else (rest, kind_of(title))
            presenter = presenter_of(title, number)
            add_item(
                **self.both(), meeting=meeting, title=title, kind=kind, minutes=length,
                presenter=presenter,
            )  # fmt: skip

    def opens(self) -> None:
        """Everybody comes but who is late."""
        meeting = self.meeting
        room.open_meeting(actor=self.officer.actor, meeting=meeting)
        attending = self.facts["attendance"]
        for code in (SECRETARIAT, *attending["members"], *attending.get("observers", ())):
            if code != LATE or self.begins < self.clock.at(*ENTERED):
                room.check_in(actor=self.cast.of(code).actor, meeting=self.meeting)
        for code in attending.get("apologies", ()):
            room.note_apology(actor=self.officer.actor, meeting=meeting, code=code, on=True)

    def late_one_comes(self) -> None:
        room.check_in(actor=self.cast.of(LATE).actor, meeting=self.meeting)

    def is_held(self, before: Story | None) -> None:
        """The minutes of the last one are adopted, decisions taken, actions given out."""
        run, items = self.officer, self.items
        room.call_item(actor=run.actor, item=items[1])
        if before is not None:
            minutes.adopt_minutes(**self.both(), meeting=before.meeting, adopted_in=self.meeting)
        room.call_item(actor=run.actor, item=items[3])
        room.write_notes(**self.both(), item=items[3], words=self.facts["minutes"], base=0)
        on = [one for one in items[4:] if one.kind in (ItemKind.DECISION, ItemKind.DISCUSSION)]
        for number, (_ref, words) in enumerate(self.facts["decisions"]):
            item = on[number % len(on)]
            room.call_item(actor=run.actor, item=item)
            proposal = deciding.propose(**self.both(), item=item, words=words)
            deciding.close_proposal(actor=run.actor, proposal=proposal, result=Result.AGREED)
        for number, (_ref, words, owner, due, _state) in enumerate(self.facts["actions"]):
            deciding.take_action(
                **self.both(), item=on[number % len(on)], words=words, owner=owner_of(owner),
                due_on=self.moved(due),
            )  # fmt: skip

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
        action = list(self.meeting.actions.order_by("pk"))[number]
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
