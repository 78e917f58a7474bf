"""After the last meeting: its minutes in French too, a comment on them; and two decisions out of
session, one that stands and one that is still open."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from access.actors import Actor
from iswg.demo.timeline import Timeline
from meetings.groups import group
from meetings.services import minutes
from meetings.services.silence import close_silences, open_silence

if TYPE_CHECKING:
    from iswg.demo.meetings import Story

FRENCH = (
    "Les membres sont réélus pour un an. L’évaluation est adoptée avec un changement de "
    "formulation (« probable » au lieu de « très probable »)."
)
COMMENT = "Please name the port in the second sentence."
SENT, LASTS = (-60, -3), 12  # days
TEXTS = (
    (
        "Form for small craft, second edition",
        "The second edition of the small craft form is used from the first of next month.",
    ),
    (
        "Observers at the spring exercise",
        "Two observers of the partner agency are invited to the first day of the exercise.",
    ),
)


def plan(timeline: Timeline, story: Story) -> None:
    clock = story.clock
    timeline.add(story.begins + datetime.timedelta(days=7), lambda: _in_french(story))
    timeline.add(clock.at(-9, 2), lambda: _comments(story))
    for day, (title, words) in zip(SENT, TEXTS, strict=True):
        timeline.add(
            clock.at(day, 2), lambda title=title, words=words: _goes_round(story, title, words)
        )
    timeline.add(clock.at(SENT[0] + LASTS, 4), _time_is_over)


def _in_french(story: Story) -> None:
    item = story.items[3]
    minutes.write_minutes(**story.both(), item=item, language="fr", words=FRENCH, base=0)


def _comments(story: Story) -> None:
    who = story.cast.of("VU")
    minutes.comment_on_minutes(**story.both(who), item=story.items[3], words=COMMENT)


def _goes_round(story: Story, title: str, words: str) -> None:
    deadline = timezone.now() + datetime.timedelta(days=LASTS, hours=1)
    open_silence(
        **story.both(), proposal_id=uuid4(), group=group("ISWG"), title=title, words=words,
        deadline=deadline,
    )  # fmt: skip


def _time_is_over() -> None:
    close_silences(actor=Actor.command("tick"), now=timezone.now())
