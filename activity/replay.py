"""What a page missed while its line was down: a few events at a time, no faster than it reads.

When a line falls, many come back at once and have missed the same. So whoever comes while others
are told waits for the next telling, and each telling judges, draws and writes once for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from time import monotonic

from django.db.models import Min

from access.desk import Desk
from access.sockets import Member
from activity.fanout import hand_out
from activity.models import LiveEvent
from activity.topics import RELOAD, Crowds

MOST = 200
AT_ONCE = 20
PATIENT_UNTIL = 128 * 1024
Deliver = Callable[[Sequence[LiveEvent], Crowds], Awaitable[None]]
Span = tuple[Set[str], int, int]  # topics, after which event, until which


@dataclass
class Missed:
    """Who missed the same, what it is, and how far those are who read slowly."""

    members: list[Member] = field(default_factory=list)
    events: Sequence[LiveEvent] = ()
    reached: dict[Member, int] = field(default_factory=dict)
    told: asyncio.Task[None] | None = None


class Replays:
    """For the pages of one hub."""

    def __init__(self, with_desk: Desk, deliver: Deliver) -> None:
        self._desk, self._deliver = with_desk, deliver
        self._telling = asyncio.Lock()
        self._missed: dict[Span, Missed] = {}

    async def tell(self, member: Member, topics: Sequence[str], after: int, until: int) -> int:
        """Send this page what it missed; where it stands then."""
        key = frozenset(topics), after, until
        if (missed := self._missed.get(key)) is None:
            missed = self._missed[key] = Missed()
            missed.told = asyncio.create_task(self._tell_missed(key, missed))
            missed.told.add_done_callback(_known)
        missed.members.append(member)
        assert missed.told is not None
        await asyncio.shield(missed.told)
        start = missed.reached.get(member, len(missed.events))
        for some in _portions(missed.events[start:]):  # a slow reader goes on alone
            while member.wire is not None and member.wire.waiting() > PATIENT_UNTIL:
                if member.closing:
                    break
                await asyncio.sleep(0.05)
            await self._deliver(some, {topic: [member] for topic in topics})
        return until

    async def _tell_missed(self, key: Span, missed: Missed) -> None:
        """Tell all who came while others were told; who falls behind is left where it is."""
        topics, after, until = key
        async with self._telling:
            del self._missed[key]
            events = await self._desk.ask(missed_events, topics, after, until)
            if events is None:
                rest = set(missed.members)
                while rest := await hand_out([(RELOAD, list(rest))], monotonic()):
                    pass
                return
            missed.events, prompt = events, missed.members
            for number, some in enumerate(_portions(events), 1):
                await self._deliver(some, dict.fromkeys(topics, prompt))
                slow = {m for m in prompt if m.wire and m.wire.waiting() > PATIENT_UNTIL}
                missed.reached |= dict.fromkeys(slow, number * AT_ONCE)
                prompt = [member for member in prompt if member not in slow]


def _known(told: asyncio.Task[None]) -> None:
    """A failure is each page's own, and nobody's if all of them have gone."""
    if not told.cancelled():
        told.exception()


def _portions(events: Sequence[LiveEvent]) -> Iterator[Sequence[LiveEvent]]:
    for start in range(0, len(events), AT_ONCE):
        yield events[start : start + AT_ONCE]


def missed_events(topics: Iterable[str], after: int, until: int) -> list[LiveEvent] | None:
    """The events of these topics in between; None when they are too many or partly forgotten."""
    oldest = LiveEvent.objects.aggregate(oldest=Min("pk"))["oldest"]
    if oldest is None or after + 1 < oldest:
        return None
    rows = LiveEvent.objects.filter(topic__in=topics, pk__gt=after, pk__lte=until)
    events = list(rows.order_by("pk")[: MOST + 1])
    return events if len(events) <= MOST else None
