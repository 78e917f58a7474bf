"""Other processes, by way of Redis: heard when it is there, not needed when it is not."""

import asyncio
import logging
import subprocess
import time

import msgpack
import pytest
import redis
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer

from activity.nudge import Messenger
from tests import services
from tests.live.lagoon import happen, page, sign_in

pytestmark = pytest.mark.usefixtures("lagoon")

people = sync_to_async(sign_in)
happens = sync_to_async(happen)


@pytest.fixture
def server():
    """A Redis of this test's own, which it may stop."""
    own = services.start_redis()
    yield own
    own.stop()


@pytest.fixture
def layer(server):
    host = {"address": server.url, "socket_timeout": None}
    before = channel_layers.set("default", RedisPubSubChannelLayer(hosts=[host]))
    yield
    channel_layers.set("default", before)


@pytest.fixture
def other_process(layer, monkeypatch) -> Messenger:
    """The messenger of a process that has no pages of its own, the worker for one."""
    messenger = Messenger()
    monkeypatch.setattr("activity.nudge._messenger", messenger)
    return messenger


def start_again(server) -> subprocess.Popen:
    again = subprocess.Popen(
        server.process.args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    client = redis.Redis.from_url(server.url)
    for _ in range(200):
        try:
            client.ping()
            return again
        except redis.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("Redis did not start again")


async def listening(server):
    """Until the hub has subscribed: before, nobody hears a nudge, and the look has to do."""
    client = redis.Redis.from_url(server.url)
    for _ in range(200):
        if client.pubsub_channels("*hub*"):
            return
        await sync_to_async(time.sleep)(0.05)
    raise AssertionError("the hub does not listen")


async def test_a_nudge_of_another_process_wakes_our_pages(other_process, server, nudges_only):
    await people("mere")
    async with page("mere") as mere:
        await listening(server)
        number = await happens(quietly=True)
        other_process.carry(number)
        assert (await mere.heard())["id"] == number


async def test_redis_carries_a_number_and_nothing_else(other_process, server):
    tap = redis.Redis.from_url(server.url).pubsub()
    tap.psubscribe("*")
    await people("mere")
    async with page("mere") as mere:
        await listening(server)
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


async def test_when_redis_stops_pages_and_saves_go_on(other_process, server, caplog):
    await people("mere")
    async with page("mere") as mere:
        await listening(server)
        server.stop()
        numbers = [await happens() for _ in range(3)] + [await happens(quietly=True)]
        assert [(await mere.heard())["id"] for _ in numbers] == numbers
        async with page("mere") as late:
            number = await happens()
            assert (await late.heard())["id"] == number
    complaints = [r for r in caplog.records if r.name == "iswg.live"]
    assert len(complaints) <= 2  # one of who speaks, one of who listens


async def test_a_long_absence_does_not_fill_the_log(other_process, server, caplog, monkeypatch):
    await people("mere")
    async with page("mere"):
        await listening(server)
        for seldom in logging.getLogger("channels_redis.pubsub").filters:
            monkeypatch.setattr(seldom, "next", 0)
        server.stop()
        await asyncio.sleep(3.5)
    complaints = [r for r in caplog.records if r.name.startswith("channels_redis")]
    assert len(complaints) == 1


async def test_when_redis_comes_back_nudges_are_heard_again(other_process, server, nudges_only):
    await people("mere")
    async with page("mere") as mere:
        await listening(server)
        server.stop()
        other_process.carry(1)
        again = start_again(server)
        try:
            await listening(server)
            number = await happens(quietly=True)
            other_process.carry(number)
            assert (await mere.heard())["id"] == number
        finally:
            again.terminate()
            again.wait(10)


async def test_a_redis_that_hangs_keeps_nobody_waiting(other_process, server):
    await people("mere")
    async with page("mere") as mere:
        await listening(server)
        server.process.send_signal(19)  # SIGSTOP: connections stay open, nothing answers
        try:
            numbers = [await happens() for _ in range(5)]
            assert [(await mere.heard())["id"] for _ in numbers] == numbers
        finally:
            server.process.send_signal(18)
