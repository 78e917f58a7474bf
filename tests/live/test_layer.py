"""Other processes, by way of Redis: heard when it is there, not needed when it is not."""

import asyncio
import logging
import subprocess
import time

import msgpack
import pytest
import redis
from asgiref.sync import sync_to_async

from tests.live.lagoon import happen, page, sign_in

pytestmark = pytest.mark.usefixtures("lagoon")

people = sync_to_async(sign_in)
happens = sync_to_async(happen)


def start_again(own_redis) -> subprocess.Popen:
    again = subprocess.Popen(
        own_redis.process.args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    client = redis.Redis.from_url(own_redis.url)
    for _ in range(200):
        try:
            client.ping()
            return again
        except redis.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("Redis did not start again")


async def listening(own_redis):
    """Until the hub has subscribed: before, nobody hears a nudge, and the look has to do."""
    client = redis.Redis.from_url(own_redis.url)
    for _ in range(200):
        if client.pubsub_channels("*hub*"):
            return
        await sync_to_async(time.sleep)(0.05)
    raise AssertionError("the hub does not listen")


async def test_a_nudge_of_another_process_wakes_our_pages(other_process, own_redis, nudges_only):
    await people("mere")
    async with page("mere") as mere:
        await listening(own_redis)
        number = await happens(quietly=True)
        other_process.carry(number)
        assert (await mere.heard())["id"] == number


async def test_redis_carries_a_number_and_nothing_else(other_process, own_redis):
    tap = redis.Redis.from_url(own_redis.url).pubsub()
    tap.psubscribe("*")
    await people("mere")
    async with page("mere") as mere:
        await listening(own_redis)
        number = await happens(target="bulletins.bulletin:7")
        assert (await mere.heard())["id"] == number
        carried = []
        for _ in range(100):
            message = tap.get_message(ignore_subscribe_messages=True, timeout=0.05)
            if message:
                carried.append(msgpack.unpackb(message["data"]))
            if carried:
                break
    assert carried == [{"type": "hub.nudge", "id": number}]


async def test_when_redis_stops_pages_and_saves_go_on(other_process, own_redis, caplog):
    await people("mere")
    async with page("mere") as mere:
        await listening(own_redis)
        own_redis.stop()
        numbers = [await happens() for _ in range(3)] + [await happens(quietly=True)]
        assert [(await mere.heard())["id"] for _ in numbers] == numbers
        async with page("mere") as late:
            number = await happens()
            assert (await late.heard())["id"] == number
    complaints = [r for r in caplog.records if r.name == "iswg.live"]
    assert len(complaints) <= 2  # one of who speaks, one of who listens


async def test_a_long_absence_does_not_fill_the_log(other_process, own_redis, caplog, monkeypatch):
    await people("mere")
    async with page("mere"):
        await listening(own_redis)
        for seldom in logging.getLogger("channels_redis.pubsub").filters:
            monkeypatch.setattr(seldom, "next", 0)
        own_redis.stop()
        await asyncio.sleep(3.5)
    complaints = [r for r in caplog.records if r.name.startswith("channels_redis")]
    assert len(complaints) == 1


async def test_when_redis_comes_back_nudges_are_heard_again(other_process, own_redis, nudges_only):
    await people("mere")
    async with page("mere") as mere:
        await listening(own_redis)
        own_redis.stop()
        other_process.carry(1)
        again = start_again(own_redis)
        try:
            await listening(own_redis)
            number = await happens(quietly=True)
            other_process.carry(number)
            assert (await mere.heard())["id"] == number
        finally:
            again.terminate()
            again.wait(10)


async def test_a_redis_that_hangs_keeps_nobody_waiting(other_process, own_redis):
    await people("mere")
    async with page("mere") as mere:
        await listening(own_redis)
        own_redis.process.send_signal(19)  # SIGSTOP: connections stay open, nothing answers
        try:
            numbers = [await happens() for _ in range(5)]
            assert [(await mere.heard())["id"] for _ in numbers] == numbers
        finally:
            own_redis.process.send_signal(18)
