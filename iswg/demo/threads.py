"""The discussions of the demonstration: opened, written, read, by those who would have.

`data/demo_threads.json` says who does what and when: for each thread how it opens, and then its
acts in their order. Days count from today, hours are UTC, and `{11}` in a text is a day. People
who were away (iswg/demo/aftermath.py) write nothing in those days and have something to read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.utils import translation

from accounts.queries import members_on, seats_on
from bulletins.models import Bulletin
from discussions.content import Words
from discussions.facts import DRAFT_KIND
from discussions.models import Message, Thread
from discussions.queries import messages_of, threads_for, with_audience
from discussions.services import messages as writing
from discussions.services.participants import add_participant
from discussions.services.reading import keep_draft, read_up_to
from discussions.services.threads import change_state, open_thread
from iswg.demo.aftermath import AWAY
from iswg.demo.bulletins import RefusedFile
from iswg.demo.cast import Cast, Person
from iswg.demo.clock import Clock, Moment
from iswg.demo.pieces import attached, with_days
from iswg.demo.timeline import Act, Timeline
from vault import uploads

HERE = Path(__file__).parent
READERS = ("contact", "coordinator", "liaison")
NIGHT = (-1, 22, 30)  # before this the others have read what there is


@cache
def stories() -> list[dict[str, Any]]:
    return json.loads((HERE / "data" / "demo_threads.json").read_text(encoding="utf-8"))


def plan(timeline: Timeline, cast: Cast, clock: Clock, issued: dict[str, Bulletin]) -> None:
    """Put the acts of all threads among those of the bulletins, which are there by number."""
    for facts in stories():
        story = Story(facts, cast, clock, issued)
        for moment, act in story.acts():
            timeline.add(moment, act)


class Story:
    """One thread, as it goes."""

    def __init__(
        self, facts: dict[str, Any], cast: Cast, clock: Clock, issued: dict[str, Bulletin]
    ) -> None:
        self.facts, self.cast, self.clock, self.issued = facts, cast, clock, issued
        self.language = facts.get("language", "en")
        self.id = uuid4()

    def acts(self) -> Iterator[tuple[Moment, Act]]:
        opener, *when = self.facts["opens"]
        yield self.clock.at(*when), partial(self.opens, opener)
        for name, *told in self.facts["then"]:
            act: Callable[..., tuple[tuple[int, int, int], Act]] = getattr(self, f"_{name}")
            moment, what = act(*told)
            yield self.clock.at(*moment), what
        yield self.clock.at(*NIGHT), self.is_read

    # What happens

    def opens(self, opener: str) -> None:
        person = self.cast[opener]
        ends = self.facts.get("ends")
        with translation.override(self.language):
            open_thread(
                actor=person.actor,
                vault=person.vault,
                thread_id=self.id,
                topic=self.facts["topic"],
                tlp=self.facts["tlp"],
                participants=self.codes,
                officers=[self.cast[name].user.pk for name in self.facts.get("officers", [])],
                history=self.facts.get("history", "start"),
                about=self.about,
                ends_on=self.clock.day(ends) if ends else None,
            )

    @property
    def about(self) -> tuple[str, UUID] | None:
        """`040`, a bulletin; `031/1`, the first thing that one names."""
        number, _slash, place = self.facts.get("about", "").partition("/")
        if not number:
            return None
        bulletin = self.issued[number]
        if not place:
            return "bulletin", bulletin.uuid
        named = bulletin.entities.order_by("pk")
        return "entity", named[int(place) - 1].uuid

    @cached_property
    def codes(self) -> list[str]:
        groups = {
            "seats": [seat.administration_id for seat in seats_on(self.clock.moment.date())],
            "members": [one.code for one in members_on(self.clock.moment.date())],
        }
        speakers = [act[1] for act in self.facts["then"] if act[0] == "says"]
        late = {act[1] for act in self.facts["then"] if act[0] == "adds"}
        codes = {code for word in self.facts.get("with", []) for code in groups.get(word, [word])}
        if self.facts["tlp"] != "TLP:RED":
            codes |= {self.cast[name].actor.administration for name in speakers}
        return sorted(codes - late)

    def _says(
        self,
        name: str,
        day: int,
        hour: int,
        minute: int,
        text: str,
        language: str = "",
        files: tuple[str, ...] = (),
        reply_to: int = 0,
    ) -> tuple[tuple[int, int, int], Act]:
        def says() -> None:
            person, message_id = self.cast[name], uuid4()
            spoken = language or self.language
            with translation.override(spoken):
                for file in files:
                    self._attach(person, message_id, file)
                writing.post_message(
                    **self._as(person), message_id=message_id, reply_to=reply_to,
                    text=with_days(text, self.clock.day, spoken),
                )  # fmt: skip

        return (day, hour, minute), says

    def _attach(self, person: Person, message_id: UUID, name: str) -> None:
        draft = keep_draft(
            **self._as(person), draft_id=message_id, words=Words(language="en"), version=0
        )
        file = uploads.receive_whole(
            actor=person.actor, vault=person.vault, kind=DRAFT_KIND, object_id=draft.pk,
            name=name, body=attached(name),
        )  # fmt: skip
        if file.state == "refused":
            raise RefusedFile

    def _edits(
        self, number: int, name: str, day: int, hour: int, minute: int, text: str
    ) -> tuple[tuple[int, int, int], Act]:
        def edits() -> None:
            person = self.cast[name]
            message = self._message(person, number)
            writing.edit_message(
                actor=person.actor, vault=person.vault, message=message,
                revision=message.revision, text=with_days(text, self.clock.day, self.language),
            )  # fmt: skip

        return (day, hour, minute), edits

    def _withdraws(
        self, number: int, name: str, day: int, hour: int, minute: int
    ) -> tuple[tuple[int, int, int], Act]:
        def withdraws() -> None:
            person = self.cast[name]
            message = self._message(person, number)
            writing.withdraw_message(actor=person.actor, vault=person.vault, message=message)

        return (day, hour, minute), withdraws

    def _answers(
        self, number: int, name: str, day: int, hour: int, minute: int, meaning: str
    ) -> tuple[tuple[int, int, int], Act]:
        def answers() -> None:
            person = self.cast[name]
            read_up_to(actor=person.actor, thread=self._thread(person), number=number)
            message = self._message(person, number)
            writing.answer_message(
                actor=person.actor, vault=person.vault, message=message, meaning=meaning, on=True
            )

        return (day, hour, minute), answers

    def _becomes(
        self, state: str, name: str, day: int, hour: int, minute: int
    ) -> tuple[tuple[int, int, int], Act]:
        return (day, hour, minute), lambda: change_state(**self._as(self.cast[name]), state=state)

    def _adds(
        self, code: str, name: str, day: int, hour: int, minute: int
    ) -> tuple[tuple[int, int, int], Act]:
        return (day, hour, minute), lambda: add_participant(**self._as(self.cast[name]), name=code)

    def is_read(self) -> None:
        """Whoever was not away has read it; one contact point in three has not come to it yet."""
        thread = with_audience().get(uuid=self.id)
        for name, person in sorted(self.cast.people.items()):
            post, _dot, code = name.partition(".")
            named = person.user.pk in thread.named_ids
            if name in AWAY or post not in READERS:
                continue
            if not named and code.upper() not in thread.holder_codes:
                continue
            behind = 1 if post == "contact" and person.user.pk % 3 == 0 else 0
            number = max(0, thread.last_number - behind)
            read_up_to(actor=person.actor, thread=thread, number=number)

    # Fetched as pages do: only what this person may read is found.

    def _as(self, person: Person) -> dict[str, Any]:
        return {"actor": person.actor, "vault": person.vault, "thread": self._thread(person)}

    def _thread(self, person: Person) -> Thread:
        return threads_for(person.actor).get(uuid=self.id)

    def _message(self, person: Person, number: int) -> Message:
        thread = self._thread(person)
        message = messages_of(person.actor, thread).get(number=number)
        message.thread = thread
        return message
