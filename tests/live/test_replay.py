"""Many who come back at once are told together what they missed; each is judged, and none waits
for another who reads slowly."""

import asyncio
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from access.sockets import Close
from activity import replay
from activity.hub import hub
from activity.models import LiveEvent
from tests.live.lagoon import happen, page, sign_in, sign_out

people = sync_to_async(sign_in)
happens = sync_to_async(happen)
pytestmark = pytest.mark.usefixtures("lagoon")


@pytest.fixture
def held(monkeypatch):
    """Whoever comes back first is being told until the test lets go."""
    first, go_on, ask = asyncio.Event(), asyncio.Event(), replay.Replays._tell_missed

    async def slowly(self, key, missed):
        async with self._telling:
            first.set()
            await go_on.wait()
        await ask(self, key, missed)

    monkeypatch.setattr(replay.Replays, "_tell_missed", slowly)
    return SimpleNamespace(first=first, go_on=go_on)


async def come_back(held, *pages, since):
    """All of them ask while none has been answered."""
    asking = [asyncio.create_task(one.subscribe(since=since)) for one in pages]
    await asyncio.wait_for(held.first.wait(), 10)
    missed = next(iter(hub()._replays._missed.values()))
    for _ in range(1000):
        if len(missed.members) == len(pages):
            break
        await asyncio.sleep(0.01)
    return asking


async def test_they_are_judged_and_drawn_together(lagoon, doorkeeper, held):
    for name in ("mere", "tevita", "manu"):
        await people(name)
    seen = await happens()
    numbers = [await happens() for _ in range(3)]
    async with (
        page("mere", topics=()) as a, page("tevita", topics=()) as b, page("manu", topics=()) as c
    ):  # fmt: skip
        asking = await come_back(held, a, b, c, since=seen)
        doorkeeper.asked.clear()
        held.go_on.set()
        for frames in await asyncio.gather(*asking):
            assert [one["id"] for one in frames] == [*numbers, numbers[-1]]
            assert [one["t"] for one in frames] == ["event"] * 3 + ["ready"]
        assert doorkeeper.asked == [3]
        assert len(lagoon.drawn) == 3


async def test_each_is_judged_as_of_the_telling(held):
    for name in ("mere", "tevita", "manu"):
        await people(name)
    seen = await happens()
    number = await happens()
    async with (
        page("mere", topics=()) as a,
        page("tevita", topics=()) as b,
        page("manu", topics=(), keys="TO") as c,
    ):
        gone, *asking = await come_back(held, b, a, c, since=seen)
        await sync_to_async(sign_out)("tevita")
        held.go_on.set()
        told, locked = await asyncio.gather(*asking)
        assert [one["t"] for one in told] == ["event", "ready"]
        assert [one["t"] for one in locked] == ["locked", "ready"]
        assert locked[0]["id"] == told[0]["id"] == number
        with pytest.raises(AssertionError, match=r"was .websocket\.close"):
            await gone  # no frame, but the close


async def test_what_is_forgotten_is_a_reload_for_all(held):
    for name in ("mere", "tevita"):
        await people(name)
    seen = await happens()
    newest = [await happens() for _ in range(2)][-1]
    await LiveEvent.objects.filter(pk__lt=newest).adelete()
    async with page("mere", topics=()) as a, page("tevita", topics=()) as b:
        asking = await come_back(held, a, b, since=seen)
        held.go_on.set()
        for frames in await asyncio.gather(*asking):
            assert [one["t"] for one in frames] == ["reload", "ready"]


async def test_a_database_in_trouble_sends_all_away_to_come_again(held, monkeypatch):
    for name in ("mere", "tevita"):
        await people(name)
    seen = await happens()
    await happens()

    def broken(*_):
        raise OperationalError

    async with page("mere", topics=()) as a, page("tevita", topics=()) as b:
        asking = await come_back(held, a, b, since=seen)
        monkeypatch.setattr(replay, "missed_events", broken)
        for one in asking:
            one.cancel()
        held.go_on.set()
        assert await a.closed_with() == await b.closed_with() == Close.TRY_LATER


async def test_who_reads_slowly_keeps_nobody(held, monkeypatch):
    """The slow one gets the same, in the same order, when it reads again."""
    monkeypatch.setattr(replay, "AT_ONCE", 2)
    for name in ("mere", "tevita"):
        await people(name)
    seen = await happens()
    numbers = [await happens() for _ in range(6)]
    async with page("mere", topics=()) as prompt, page("tevita", topics=()) as slow:
        behind = SimpleNamespace(waiting=lambda: replay.PATIENT_UNTIL + 1, put=lambda _: False)
        next(one for one in hub().members if one.session == b"tevita").wire = behind
        late, soon = await come_back(held, slow, prompt, since=seen)
        held.go_on.set()
        frames = await asyncio.wait_for(soon, 10)
        assert [one["id"] for one in frames if one["t"] == "event"] == numbers
        await asyncio.sleep(0.2)
        assert not late.done()
        behind.waiting = lambda: 0
        frames = await asyncio.wait_for(late, 10)
        assert [one["id"] for one in frames if one["t"] == "event"] == numbers
