"""The threads that ask the database for all the sockets of an event loop.

The loop itself may never wait for a database. Every question of every socket goes through one
thread and its one connection, so ten thousand sockets need no more of either than one. What
people do goes through a few others, with a connection each that is kept: an act may wait for
another's lock, and no delivery may wait for an act.

Both may be asked twice: when the connection turns out to be broken, it is replaced and the
question is put again, once. So an act must be one that can be repeated without harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connections

if TYPE_CHECKING:
    from access.sockets import Change, Member

P = ParamSpec("P")
T = TypeVar("T")
HANDS = 4
LAST_ACTS = 20.0
Waiting = list[tuple["Member", "asyncio.Future[Change | None]"]]


class Desk:
    """Open as long as somebody uses it: `async with desk() as mine`."""

    def __init__(self) -> None:
        self.users = 0
        self._pool: ThreadPoolExecutor | None = None
        self._hands: ThreadPoolExecutor | None = None
        self._waiting: Waiting = []
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Desk:
        self.users += 1
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "live")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.users -= 1
        if self.users == 0 and self._pool is not None:
            pool, self._pool = self._pool, None
            pool.submit(connections.close_all)
            pool.shutdown(wait=False)
        if self.users == 0 and self._hands is not None:
            hands, self._hands = self._hands, None
            _let_go(hands)

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of `question`, which runs in the database thread."""
        assert self._pool is not None, "the desk is closed"
        return await _asked(self._pool, lambda: question(*args, **kwargs))

    async def do(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `act` answers, done in one of the threads for acts."""
        if self._hands is None:
            self._hands = ThreadPoolExecutor(HANDS, "act")
        return await _asked(self._hands, lambda: act(*args, **kwargs))

    async def change_of(self, member: Member) -> Change | None:
        """What is different about this member as of now.

        Members who ask while a question is under way are asked about together in the next one,
        so a thousand sockets that answer a ping at once cost a few queries.
        """
        answer: asyncio.Future[Change | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((member, answer))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await answer

    async def _ask_for_all(self) -> None:
        from access.sockets import doorkeeper

        while self._waiting:
            group, self._waiting = self._waiting[:500], self._waiting[500:]
            try:
                changes = await self.ask(doorkeeper().changes, [member for member, _ in group])
            except Exception as failure:
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(failure)
                continue
            for member, answer in group:
                if not answer.done():
                    answer.set_result(changes.get(member))


async def _asked(pool: ThreadPoolExecutor, question: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, lambda: _ask_twice(question))


def _let_go(hands: ThreadPoolExecutor) -> None:
    """Close the connection of each of these threads, when it has done what it is doing.

    Each waits for the others, so that none of them takes two of these errands.
    """
    together = Barrier(HANDS)

    def close() -> None:
        with suppress(BrokenBarrierError):
            together.wait(LAST_ACTS)
        connections.close_all()

    for _ in range(HANDS):
        hands.submit(close)
    hands.shutdown(wait=False)


def _ask_twice(question: Callable[[], T]) -> T:
    try:
        return question()
    except (OperationalError, InterfaceError):
        connections.close_all()
        return question()


_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, Desk] = WeakKeyDictionary()


def desk() -> Desk:
    """The desk of the running loop."""
    return _desks.setdefault(asyncio.get_running_loop(), Desk())
