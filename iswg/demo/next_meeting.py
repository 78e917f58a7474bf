"""The meeting to come: called, answered by most, with papers and an item that is closed; and what
other groups have planned."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from accounts.queries import members_on
from iswg.demo.bulletins import RefusedFile
from iswg.demo.cast import Cast
from iswg.demo.clock import Clock
from iswg.demo.pieces import attached
from iswg.demo.timeline import Timeline
from meetings.facts import PAPER_DRAFT
from meetings.groups import group
from meetings.models import Answer, Kind
from meetings.services.agenda import add_item, change_item, set_paper_deadline
from meetings.services.invitations import answer
from meetings.services.papers import begin_paper, submit_paper
from meetings.services.series import plan_meeting
from meetings.titles import item_titles
from vault import uploads

if TYPE_CHECKING:
    from iswg.demo.meetings import Story

CALLED, OTHERS = -16, -40
PAPERS_IN = 6  # days from today until papers are wanted
ANSWERS = (
    ("AU", Answer.YES, -12), ("NZ", Answer.YES, -11), ("FJ", Answer.YES, -11),
    ("PW", Answer.MAYBE, -9), ("TL", Answer.YES, -4),
)  # fmt: skip
LEADS = {
    "Season-end operation: proposal": (
        "Fiji proposes **ten days of joint checks** of departing yachts in the last third of "
        "January.\n\n- who takes part, with which craft\n- one list of contacts\n- what is "
        "reported, and by when"
    ),
    "Duplicate craft records: report of Solomon Islands": (
        "Some craft stand in the records twice, under spellings of one name. The report counts "
        "them and says which record is to stay."
    ),
    "Retention: what is due for destruction": "The Secretariat lists what is due this quarter.",
}
PAPERS = (
    ("Season-end operation: proposal", "FJ", "operation-proposal.pdf", -6),
    ("Retention: what is due for destruction", "OCO", "retention-list.csv", -3),
    ("Season-end operation: proposal", "FJ", "operation-proposal-2.pdf", -1),
)
CLOSED = "Access of a named officer: request of an administration"
EVENTS = (
    (Kind.COURSE, "Yacht rummage, a course of five days", "SB", 31, 5 * 24 * 60),
    (Kind.MISSION, "Legal drafting visit to Majuro", "MH", 24, 3 * 24 * 60),
    (Kind.COMMITTEE, "Operations committee, spring session", "OCO", 52, 180),
)


def prepare(timeline: Timeline, story: Story, _before: Story | None) -> None:
    """From the call to today."""
    clock = story.clock
    timeline.add(clock.at(CALLED, 2), story.is_called)
    timeline.add(clock.at(CALLED, 3), lambda: _write_agenda(story))
    for code, said, day in ANSWERS:
        timeline.add(clock.at(day, 3), lambda code=code, said=said: _answer(story, code, said))
    for number, (title, code, name, day) in enumerate(PAPERS):
        timeline.add(
            clock.at(day, 4),
            lambda title=title, code=code, name=name, again=number == 2: _submit(
                story, title, code, name, again=again
            ),
        )


def _by_title(story: Story) -> dict[str, Any]:
    rows = story.items
    titles = item_titles(story.officer.vault, rows)
    return {titles[row.pk]: row for row in rows if row.pk in titles}


def _write_agenda(story: Story) -> None:
    rows = _by_title(story)
    for title, lead in LEADS.items():
        row = rows[title]
        change_item(
            **story.both(), item=row, title=title, kind=row.kind, minutes=row.minutes,
            presenter=row.presenter_id or "", lead=lead, bases=(1, 0),
        )  # fmt: skip
    add_item(
        **story.both(), meeting=story.meeting, title=CLOSED, kind="decision", minutes=5,
        lead="Papers on paper only.", closed_to=["AU", "FJ", "NZ"],
    )  # fmt: skip
    day = story.clock.day(PAPERS_IN)
    set_paper_deadline(actor=story.officer.actor, meeting=story.meeting, day=day)


def _answer(story: Story, code: str, said: str) -> None:
    who = story.cast.of(code)
    answer(**story.both(who), meeting=story.meeting, answer=said, delegates=[who.user.pk])


def _submit(story: Story, title: str, code: str, name: str, *, again: bool) -> None:
    who, item, draft_id = story.cast.of(code), _by_title(story)[title], uuid4()
    begin_paper(actor=who.actor, item=item, draft_id=draft_id)
    file = uploads.receive_whole(
        **story.both(who), kind=PAPER_DRAFT, object_id=draft_id,
        name=name.replace("-2.", "."), body=attached(name),
    )  # fmt: skip
    if file.state == "refused":
        raise RefusedFile
    submit_paper(**story.both(who), item=item, paper_id=draft_id, number=int(again))


def prepare_events(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    """A course, a mission and a committee, which all members read of."""
    timeline.add(clock.at(OTHERS, 1), lambda: _events(cast, clock))


def _events(cast: Cast, clock: Clock) -> None:
    officer = cast["secretariat"]
    for kind, title, host, day, length in EVENTS:
        plan_meeting(
            actor=officer.actor, vault=officer.vault, meeting_id=uuid4(),
            group=group("OCO"), kind=kind, fiscal_year=_year(clock.day(day)),
            title=title, host=host, day=clock.day(day), clock=datetime.time(9), minutes=length,
            format="in_person" if kind != Kind.COMMITTEE else "virtual",
            participants=[row.code for row in members_on(clock.today)],
        )  # fmt: skip


def _year(day: datetime.date) -> str:
    first = day.year if day.month >= 7 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"
