"""Who is here, who is writing, who has read: said to the pages of one topic, kept nowhere.

A room is a topic whose pages see each other. This process knows its own sockets, and hears from
other processes which codes are there with them. Nothing of it is stored, and nothing is believed
for long: what another process said runs out, and every delivery is judged as of now. Only those
are shown who asked to be; what is said is a code, never a name.

Everything here runs on the event loop, except `words_for`, which asks the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from access.sockets import Frame, Member, doorkeeper, encode
from activity.nudge import THIS_PROCESS, Word
from activity.topics import Decision, in_order, room_kind

ROUND = 0.5
LIST_EVERY = 2.0
TYPING_EVERY = 3.0
FORGET = 50.0
MOST_ROOMS = 2_000
MOST_CODES = 64
CODE = re.compile(r"[A-Z]{2,8}")


@dataclass(slots=True)
class Room:
    here: set[Member] = field(default_factory=set)
    others: dict[str, tuple[frozenset[str], float]] = field(default_factory=dict)
    typed: dict[str, tuple[int, float]] = field(default_factory=dict)  # code → person, when
    typing: dict[str, int] = field(default_factory=dict)  # not told yet: code → person
    seen: set[str] = field(default_factory=set)  # not told yet
    listed: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    told: set[Member] = field(default_factory=set)
    list_due: bool = False
    list_after: float = 0.0
    after: float = 0.0

    def forget(self, member: Member) -> None:
        self.told.discard(member)
        if member in self.here:
            self.here.discard(member)
            self.list_due = True

    def is_empty(self) -> bool:
        return not (self.here or self.others or self.typing or self.seen or self.list_due)

    def due_at(self) -> float | None:
        """When its next round is, if there is anything to say."""
        if self.typing or self.seen:
            return self.after
        return max(self.after, self.list_after) if self.list_due else None


class Rooms:
    """The rooms of one hub."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}

    def _room(self, topic: str) -> Room | None:
        """The room of this topic, made when first needed; None if it is no such topic."""
        room = self.rooms.get(topic)
        if room is None and len(self.rooms) < MOST_ROOMS and room_kind(topic) is not None:
            room = self.rooms[topic] = Room()
        return room

    # What pages of this process say

    def here(self, member: Member, topic: str, on: bool) -> None:
        room = self._room(topic) if on else self.rooms.get(topic)
        if room is None or (member in room.here) is on:
            return
        if on:
            room.here.add(member)
            room.list_due = True
        else:
            room.forget(member)
            room.told.add(member)

    def typing(self, member: Member, topic: str) -> Word | None:
        """The word for other processes, unless it is too soon, or this page is not here."""
        room = self.rooms.get(topic)
        if room is None or member not in room.here:
            return None
        if not self._types(room, member.administration, member.user_id):
            return None
        return {"topic": topic, "typing": member.administration, "who": member.user_id}

    @staticmethod
    def _types(room: Room, code: str, person: int) -> bool:
        now = monotonic()
        if code in room.typed and now - room.typed[code][1] < TYPING_EVERY:
            return False
        room.typed[code] = (person, now)
        room.typing[code] = person
        return True

    def arrived(self, member: Member, topics: Iterable[str]) -> None:
        """A page that begins to listen is told who is here."""
        for topic in topics:
            room = self.rooms.get(topic)
            if room is not None and room.listed:
                room.list_due = True

    def left(self, member: Member, topics: Iterable[str]) -> None:
        for topic in topics:
            if room := self.rooms.get(topic):
                room.forget(member)

    # What other processes say

    def heard(self, process: str, word: Mapping[str, Any]) -> None:
        """Believed as far as its form goes: it comes from where anybody in Redis could write."""
        topic = word.get("topic")
        room = self._room(topic) if isinstance(topic, str) and len(topic) <= 60 else None
        if room is None:
            return
        match word:
            case {"here": list(codes)} if len(codes) <= MOST_CODES and all(map(_is_code, codes)):
                if process != THIS_PROCESS and len(room.others) < MOST_CODES:
                    self._others(room, process, frozenset(codes))
            case {"typing": code, "who": int(person)} if _is_code(code):
                self._types(room, code, person)
            case {"seen": code} if _is_code(code) and len(room.seen) < MOST_CODES:
                room.seen.add(code)
            case _:
                pass

    @staticmethod
    def _others(room: Room, process: str, codes: frozenset[str]) -> None:
        before = room.others.pop(process, (frozenset[str](), 0.0))[0]
        if codes:
            room.others[process] = (codes, monotonic() + FORGET)
        room.list_due = room.list_due or before != codes

    # Rounds

    def beat(self) -> list[Word]:
        """What others said long ago runs out; ours is looked at and said again."""
        now, words = monotonic(), []
        for topic, room in list(self.rooms.items()):
            for process, (_, until) in list(room.others.items()):
                if until < now:
                    del room.others[process]
                    room.list_due = True
            room.list_due = room.list_due or bool(room.here)
            if room.ours:
                words.append({"topic": topic, "here": list(room.ours)})
            if room.is_empty():
                del self.rooms[topic]
        return words

    def due(self) -> list[str]:
        now = monotonic()
        return [
            topic
            for topic, room in self.rooms.items()
            if (at := room.due_at()) is not None and at <= now
        ]

    def next_round(self) -> float | None:
        """How many seconds until something is due."""
        times = [at for room in self.rooms.values() if (at := room.due_at()) is not None]
        return max(0.0, min(times) - monotonic()) if times else None


@dataclass(slots=True)
class Round:
    """What one room has to say now, taken out of it before anybody is asked."""

    topic: str
    here: frozenset[Member]
    others: frozenset[str]
    told: frozenset[Member]
    listed: tuple[str, ...]
    typing: Mapping[str, int]
    seen: frozenset[str]
    codes: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    heard: set[Member] = field(default_factory=set)


def begin_round(rooms: Rooms, topic: str) -> Round:
    room, now = rooms.rooms[topic], monotonic()
    others = frozenset(code for codes, _ in room.others.values() for code in codes)
    one = Round(
        topic, frozenset(room.here), others, frozenset(room.told), room.listed,
        room.typing, frozenset(room.seen),
    )  # fmt: skip
    room.typing, room.seen = {}, set()
    room.after = now + ROUND
    if room.list_due:
        room.list_due, room.list_after = False, now + LIST_EVERY
    return one


def end_round(rooms: Rooms, one: Round) -> list[Word]:
    """Keep what was said; the word for other processes if our part of the list is another."""
    room = rooms.rooms.get(one.topic)
    if room is None:
        return []
    room.told = {member for member in one.heard if not member.closing}
    changed, room.listed, room.ours = one.ours != room.ours, one.codes, one.ours
    return [{"topic": one.topic, "here": list(one.ours)}] if changed else []


def words_for(one: Round, members: list[Member]) -> Decision:
    """Who of these hears what, as of now: in the database thread."""
    changes = doorkeeper().changes(members)
    living = in_order(members, changes)
    kind = room_kind(one.topic)
    assert kind is not None, "a room is made for no other kind"
    may = set(kind.may_hear(one.topic, living))
    one.heard |= may
    one.ours = tuple(sorted({member.administration for member in one.here & may}))
    one.codes = tuple(sorted({*one.ours, *one.others}))
    decision = Decision(changes=changes)
    decision.gone = [(member, one.topic) for member in living if member not in may]
    fresh = may if one.codes != one.listed else may - one.told
    if fresh and (one.codes or one.listed):
        decision.frames.append((_said(one, "here", codes=one.codes), list(fresh)))
    for code, person in one.typing.items():
        crowd = [member for member in may if member.user_id != person]
        decision.frames.append((_said(one, "typing", code=code), crowd))
    numbers = kind.furthest(one.topic) if one.seen else {}
    everybody = list(may)
    for code in sorted(one.seen & numbers.keys()):
        decision.frames.append((_said(one, "seen", code=code, number=numbers[code]), everybody))
    return decision


def _said(one: Round, what: str, **facts: Any) -> str:
    frame: Frame = {"t": what, "topic": one.topic, **facts}
    return encode(frame)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and CODE.fullmatch(value) is not None
