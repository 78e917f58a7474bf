"""The hub: one per process, it tells open pages what happened.

A nudge, or its own look once a second, makes it read the new rows of `LiveEvent`. What one look
finds it has judged together, for all local members (activity/topics.py), and hands to each what
is theirs (activity/fanout.py). Loss of a nudge, of the layer or of a socket loses nothing: rows
have numbers, and a page that comes back says which one it saw last.

Everything here runs on the event loop; the database is asked at the desk (access/desk.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence, Set
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max
from django.utils import timezone

from access.desk import Desk, desk
from access.sockets import Member, doorkeeper, encode
from activity import gauges
from activity.fanout import hand_out
from activity.models import LiveEvent
from activity.nudge import (
    GROUP,
    MOST_WORDS,
    THIS_PROCESS,
    Trouble,
    Word,
    hearers,
    others_may_hear,
    wakers,
    whisper,
)
from activity.replay import Replays
from activity.rooms import Rooms, begin_round, end_round, words_for
from activity.topics import RELOAD, Crowds, Decision, Drawn, decide, in_order, sort_topics

logger = logging.getLogger("iswg.live")

POLL = 1.0
GATHER = 0.03
BEAT = 1.0
TURNS = 20
BATCH = 100
DATABASE_TRIES = 30
PING = encode({"t": "ping"})


class Hub:
    """Runs while it has members."""

    def __init__(self, with_desk: Desk) -> None:
        self.desk = with_desk
        self.members: set[Member] = set()
        self.listeners: dict[str, set[Member]] = defaultdict(set)
        self.rooms = Rooms()
        self.last = 0
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._replays = Replays(with_desk, self._deliver)
        self._awake = asyncio.Event()
        self._nudged = False
        self._delivered = 0.0
        self._version: tuple[Any, int] | None = None
        self._trouble = Trouble("Open pages get no news, because the database does not answer")

    # Coming and going

    async def join(self, member: Member) -> None:
        self.members.add(member)
        gauges.show("sockets", len(self.members))
        async with self._starting:
            if self._task is None:
                self.last = await self.desk.ask(newest_number)
                self._task = asyncio.create_task(self._run())

    def leave(self, member: Member) -> None:
        self.members.discard(member)
        gauges.show("sockets", len(self.members))
        for topic in member.topics:
            self._unlisten(member, topic)
        self.wake(nudged=False)
        if not self.members and self._task is not None:
            self._task.cancel()
            self._task = None
            self.rooms = Rooms()

    def _unlisten(self, member: Member, topic: str) -> None:
        crowd = self.listeners.get(topic)
        if crowd is not None:
            crowd.discard(member)
            if not crowd:
                del self.listeners[topic]
        self.rooms.left(member, [topic])

    async def subscribe(self, member: Member, topics: Sequence[str], since: int | None) -> None:
        """Let a member listen, and send first what was missed after `since`.

        What is missed is read up to where the hub stands. The hub may go on meanwhile, so this
        is repeated until there is nothing in between; then the member is added, in the same step.
        """
        allowed, refused = await self.desk.ask(sort_topics, member, topics)
        for topic in refused:
            await member.say({"t": "refused", "topic": topic})
        if since is not None and since > self.last:
            await self._catch_up(certain=True)
        position = self.last if since is None else since
        if position > self.last:
            await member.write(RELOAD)  # a number from before a restore
        while allowed and position < self.last:
            position = await self._replays.tell(member, allowed, position, self.last)
        member.topics |= frozenset(allowed)
        for topic in allowed:
            self.listeners[topic].add(member)
        self.rooms.arrived(member, allowed)
        await member.say({"t": "ready", "id": self.last})

    # Here, typing, seen

    def here(self, member: Member, topic: str, on: bool) -> None:
        """A page lets others see that its administration is here, or takes it back."""
        if topic in member.topics:
            self.rooms.here(member, topic, on)
            self.wake(nudged=False)

    def typing(self, member: Member, topic: str) -> None:
        word = self.rooms.typing(member, topic) if topic in member.topics else None
        if word is not None:
            whisper([word])
            self.wake(nudged=False)

    def hear(self, process: str, word: Word) -> None:
        self.rooms.heard(process, word)
        self.wake(nudged=False)

    async def _rounds(self) -> None:
        """Say in each room what is due there."""
        for topic in self.rooms.due():
            async with self._reading:
                await self._round(topic)

    async def _round(self, topic: str) -> None:
        if topic not in self.rooms.rooms:
            return
        one = begin_round(self.rooms, topic)
        try:
            crowd = self.listeners.get(topic, ())
            await self._distribute(lambda rest: words_for(one, list(rest)), crowd)
        except BaseException:
            self.rooms.rooms[topic].list_due = True
            raise
        whisper(end_round(self.rooms, one))

    # What happens all the time

    def wake(self, *, nudged: bool = True) -> None:
        self._nudged = self._nudged or nudged
        self._awake.set()

    async def _run(self) -> None:
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        wake, hear = _from_any_thread(loop, self.wake), _from_any_thread(loop, self._hear_ourselves)
        wakers.add(wake)
        hearers.add(hear)
        hearing = asyncio.create_task(self._hear())
        beat = int(loop.time() / BEAT)
        try:
            while True:
                woken = await self._rest()
                if self._task is not me:  # a wait that just ended swallows a cancellation
                    return
                try:
                    await self._catch_up(certain=woken)
                    if (now := int(loop.time() / BEAT)) > beat:
                        missed = range(max(beat, now - TURNS) + 1, now + 1)
                        beat = now
                        await self._beat({one % TURNS for one in missed})
                    await self._rounds()
                    self._trouble.over()
                except (OperationalError, InterfaceError) as failure:
                    self._trouble.met(failure)
                    await asyncio.sleep(POLL)
                except Exception:
                    logger.exception("The hub met something unexpected and goes on")
                    await asyncio.sleep(POLL)
        finally:
            wakers.discard(wake)
            hearers.discard(hear)
            hearing.cancel()

    async def _rest(self) -> bool:
        """Until nudged (True), or for a second: then it looks for itself. Rooms may wake it too."""
        soon = self.rooms.next_round()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL if soon is None else min(soon, POLL))
        # In a stream, what comes within a moment is judged, drawn and written together.
        await asyncio.sleep(self._delivered + GATHER - monotonic())
        self._awake.clear()
        nudged, self._nudged = self._nudged, False
        return nudged

    async def _catch_up(self, *, certain: bool) -> None:
        """Deliver what is new. Unless `certain`, a glance at the database may say: nothing."""
        async with self._reading:
            while events := await self.desk.ask(self._look, certain):
                certain = True
                crowds = {event.topic: self.listeners.get(event.topic, ()) for event in events}
                crowds = {topic: list(crowd) for topic, crowd in crowds.items()}
                # Whoever subscribes from here on has these events from the replay.
                self.last = events[-1].pk
                await self._deliver(events, crowds)
                self._delivered = monotonic()
                late = (timezone.now() - events[0].at).total_seconds()
                gauges.show("hub_delay_seconds", round(max(late, 0.0), 3))

    def _look(self, certain: bool) -> list[LiveEvent]:
        """New events, in the database thread."""
        version = self._version_of_file()
        if version is not None and version == self._version and not certain:
            return []
        self._version = version
        return list(LiveEvent.objects.filter(pk__gt=self.last).order_by("pk")[:BATCH])

    @staticmethod
    def _version_of_file() -> tuple[Any, int] | None:
        """A number that changes with every commit of another connection: SQLite's data_version.

        It means something beside the connection that told it only. That one is kept, not its
        address, which the next connection may have.
        """
        if connection.vendor != "sqlite":
            return None
        with connection.cursor() as cursor:
            number = cursor.execute("PRAGMA data_version").fetchone()[0]
        return connection.connection, number

    async def _beat(self, turns: Set[int]) -> None:
        """Each has a turn every 20 seconds: what has ended is ended, and the others know that we
        are here. Not all in the same second: thousands answer, and a message would wait."""
        its = [member for member in self.members if id(member) // 64 % TURNS in turns]
        await self._distribute(_ping, its)
        if 0 in turns:
            whisper(self.rooms.beat())

    # Delivery

    async def _deliver(self, events: Sequence[LiveEvent], crowds: Crowds) -> None:
        """Each event to those of its crowd who may see it as of now."""
        drawn = Drawn()

        def judge(rest: Collection[Member]) -> Decision:
            some = set(rest)
            of_these = {topic: [m for m in crowd if m in some] for topic, crowd in crowds.items()}
            return decide(events, of_these, drawn)

        await self._distribute(judge, set[Member]().union(*crowds.values()))

    async def _distribute(
        self, judge: Callable[[Collection[Member]], Decision], members: Collection[Member]
    ) -> None:
        """Judge and write, and again for those who were not reached while that was fresh."""
        rest = [member for member in members if not member.closing]
        while rest:
            decision = await self._decide(partial(judge, rest))
            for member, change in decision.changes.items():
                await member.meet(change)
            for member, topic in decision.gone:
                await self._show_out(member, topic)
            rest = list(await hand_out(decision.frames, decision.at))

    async def _show_out(self, member: Member, topic: str) -> None:
        """This page may listen to this no longer: it is told so, once."""
        if topic in member.topics:
            member.topics -= {topic}
            self._unlisten(member, topic)
            with suppress(Exception):
                await member.say({"t": "refused", "topic": topic})

    async def _decide(self, judge: Callable[[], Decision]) -> Decision:
        """Ask until the database answers: an event must not be lost because it came badly."""
        for _ in range(DATABASE_TRIES):
            try:
                return await self.desk.ask(judge)
            except (OperationalError, InterfaceError) as failure:
                self._trouble.met(failure)
                await asyncio.sleep(POLL)
        return await self.desk.ask(judge)

    # Other processes

    async def _hear(self) -> None:
        """Be woken by the nudges of other processes; without a layer, the look has to do."""
        layer = get_channel_layer()
        if layer is None or not others_may_hear():
            return
        trouble, pause = Trouble("Nudges of other processes are not heard; pages poll"), POLL
        while True:
            try:
                channel = await layer.new_channel("hub.")
                await layer.group_add(GROUP, channel)
                trouble.over()
                pause = POLL
                while True:
                    self._told(await layer.receive(channel))
            except Exception as failure:
                trouble.met(failure)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60)

    def _told(self, message: Any) -> None:
        """What came from the layer, where anybody in Redis could write."""
        match message:
            case {"type": "hub.words", "from": str(process), "words": list(words)}:
                if process != THIS_PROCESS and len(process) <= 40:
                    for word in words[:MOST_WORDS]:
                        if isinstance(word, dict):
                            self.hear(process, word)
            case _:
                self.wake()

    def _hear_ourselves(self, word: Word) -> None:
        self.hear(THIS_PROCESS, word)


def _from_any_thread(
    loop: asyncio.AbstractEventLoop, act: Callable[..., None]
) -> Callable[..., None]:
    def later(*told: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(act, *told)

    return later


def _ping(members: Collection[Member]) -> Decision:
    """Who is still in order is pinged; in the database thread."""
    changes = doorkeeper().changes(list(members))
    return Decision([(PING, in_order(list(members), changes))], changes)


def newest_number() -> int:
    return LiveEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(desk())
    return _hubs[loop]
