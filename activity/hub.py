"""The hub: one per process, it tells open pages what happened.

A nudge, or its own look once a second, makes it read the new rows of `LiveEvent`. For each it
asks once who of all local members may see it (activity/topics.py) and writes the same frame to
each of those. Loss of a nudge, of the layer or of a socket loses nothing: rows have numbers, and
a page that comes back says which one it saw last.

Everything here runs on the event loop; the database is asked at the desk (access/desk.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from weakref import WeakKeyDictionary

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max, Min
from django.utils import timezone

from access.desk import Desk, desk
from access.sockets import Member, doorkeeper, encode
from activity import gauges
from activity.models import LiveEvent
from activity.nudge import GROUP, Trouble, wakers
from activity.topics import RELOAD, decide, sort_topics

logger = logging.getLogger("iswg.live")

POLL = 1.0
BEAT = 20.0
BATCH = 100
REPLAY = 200
AT_ONCE = 64
DATABASE_TRIES = 30
PING = encode({"t": "ping"})


class Hub:
    """Runs while it has members."""

    def __init__(self, with_desk: Desk) -> None:
        self.desk = with_desk
        self.members: set[Member] = set()
        self.listeners: dict[str, set[Member]] = defaultdict(set)
        self.last = 0
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._awake = asyncio.Event()
        self._version: tuple[int, int] | None = None
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
            self.listeners[topic].discard(member)
            if not self.listeners[topic]:
                del self.listeners[topic]
        if not self.members and self._task is not None:
            self._task.cancel()
            self._task = None

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
            position = await self._replay(member, allowed, position, self.last)
        member.topics.update(allowed)
        for topic in allowed:
            self.listeners[topic].add(member)
        await member.say({"t": "ready", "id": self.last})

    async def _replay(self, member: Member, topics: Sequence[str], after: int, until: int) -> int:
        missed = await self.desk.ask(missed_events, topics, after, until)
        if missed is None:
            await member.write(RELOAD)
        for event in missed or ():
            await self._deliver(event, [member])
        return until

    # What happens all the time

    def wake(self) -> None:
        self._awake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        wake = _from_any_thread(loop, self._awake)
        wakers.add(wake)
        hearing = asyncio.create_task(self._hear())
        beat = loop.time() + BEAT
        try:
            while True:
                woken = await self._rest()
                try:
                    await self._catch_up(certain=woken)
                    if loop.time() >= beat:
                        beat = loop.time() + BEAT
                        await self._beat()
                    self._trouble.over()
                except (OperationalError, InterfaceError) as failure:
                    self._trouble.met(failure)
                    await asyncio.sleep(POLL)
                except Exception:
                    logger.exception("The hub met something unexpected and goes on")
                    await asyncio.sleep(POLL)
        finally:
            wakers.discard(wake)
            hearing.cancel()

    async def _rest(self) -> bool:
        """Until woken (True), or for a second: then it looks for itself."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL)
        woken = self._awake.is_set()
        self._awake.clear()
        return woken

    async def _catch_up(self, *, certain: bool) -> None:
        """Deliver what is new. Unless `certain`, a glance at the database may say: nothing."""
        async with self._reading:
            while events := await self.desk.ask(self._look, certain):
                certain = True
                for event in events:
                    # Whoever subscribes from here on has this event from the replay.
                    self.last = event.pk
                    await self._deliver(event, list(self.listeners.get(event.topic, ())))
                    late = (timezone.now() - event.at).total_seconds()
                    gauges.show("hub_delay_seconds", round(max(late, 0.0), 3))

    def _look(self, certain: bool) -> list[LiveEvent]:
        """New events, in the database thread."""
        version = self._version_of_file()
        if version is not None and version == self._version and not certain:
            return []
        self._version = version
        return list(LiveEvent.objects.filter(pk__gt=self.last).order_by("pk")[:BATCH])

    @staticmethod
    def _version_of_file() -> tuple[int, int] | None:
        """A number that changes with every commit of another connection: SQLite's data_version."""
        if connection.vendor != "sqlite":
            return None
        with connection.cursor() as cursor:
            number = cursor.execute("PRAGMA data_version").fetchone()[0]
        return id(connection.connection), number

    async def _beat(self) -> None:
        """Every 20 seconds: end what has ended, and let the others know that we are here."""
        members = list(self.members)
        changes = await self.desk.ask(doorkeeper().changes, members)
        for count, member in enumerate(members, 1):
            if await member.meet(changes.get(member)):
                await self._write(member, PING)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)

    # Delivery

    async def _deliver(self, event: LiveEvent, members: list[Member]) -> None:
        if not members:
            return
        decision = await self._decide(event, members)
        for member, change in decision.changes.items():
            await member.meet(change)
        count = 0
        for text, crowd in decision.frames:
            for member in crowd:
                await self._write(member, text)
                count += 1
                if count % AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def _decide(self, event: LiveEvent, members: list[Member]):
        """Ask until the database answers: an event must not be lost because it came badly."""
        for _ in range(DATABASE_TRIES):
            try:
                return await self.desk.ask(decide, event, members)
            except (OperationalError, InterfaceError) as failure:
                self._trouble.met(failure)
                await asyncio.sleep(POLL)
        return await self.desk.ask(decide, event, members)

    async def _write(self, member: Member, text: str) -> None:
        """The one place that puts a frame on a socket, over the public interface of ASGI.

        A writer that builds the frame once and writes to the transport belongs here.
        """
        try:
            await member.write(text)
        except Exception as failure:
            logger.info("a socket could not be written to (%s)", type(failure).__name__)
            member.closing = True

    # Other processes

    async def _hear(self) -> None:
        """Be woken by the nudges of other processes; without a layer, the look has to do."""
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return
        trouble, pause = Trouble("Nudges of other processes are not heard; pages poll"), POLL
        while True:
            try:
                channel = await layer.new_channel("hub.")
                await layer.group_add(GROUP, channel)
                trouble.over()
                pause = POLL
                while True:
                    await layer.receive(channel)
                    self._awake.set()
            except Exception as failure:
                trouble.met(failure)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60)


def _from_any_thread(loop: asyncio.AbstractEventLoop, awake: asyncio.Event):
    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(awake.set)

    return wake


def newest_number() -> int:
    return LiveEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0


def missed_events(topics: Iterable[str], after: int, until: int) -> list[LiveEvent] | None:
    """The events of these topics in between; None when they are too many or partly forgotten."""
    oldest = LiveEvent.objects.aggregate(oldest=Min("pk"))["oldest"]
    if oldest is None or after + 1 < oldest:
        return None
    rows = LiveEvent.objects.filter(topic__in=topics, pk__gt=after, pk__lte=until)
    events = list(rows.order_by("pk")[: REPLAY + 1])
    return events if len(events) <= REPLAY else None


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(desk())
    return _hubs[loop]
