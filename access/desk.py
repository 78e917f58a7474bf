"""One thread that asks the database for all the sockets of an event loop.

The loop itself may never wait for a database. Every question of every socket goes through this
one thread and its one connection, so ten thousand sockets need no more of either than one.
Questions may be asked twice: when the connection turns out to be broken, it is replaced and the
question is put again, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connections

if TYPE_CHECKING:
    from access.sockets import Change, Member

P = ParamSpec("P")
T = TypeVar("T")
Waiting = list[tuple["Member", "asyncio.Future[Change | None]"]]


class Desk:
    """Open as long as somebody uses it: `async with desk() as mine`."""

    def __init__(self) -> None:
        self.users = 0
        self._pool: ThreadPoolExecutor | None = None
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

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of `question`, which runs in the database thread."""
        assert self._pool is not None, "the desk is closed"
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: _ask_twice(lambda: question(*args, **kwargs))
        )

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
