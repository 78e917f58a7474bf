"""Many write and many read while the server is killed, Redis is emptied and clocks are wrong.

Each reader ends with each message once, in the same order; what was acknowledged is there. The
long run has the numbers of the promise, the short one a tenth of them. Each runs on one database.
"""

import asyncio
import json
import os
import random
import re
import signal
import uuid
from contextlib import suppress

import pytest
import redis
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from activity.models import LiveEvent
from discussions.models import Message
from tests.live.servers import running
from tests.live.test_portal import environment
from tests.live.threads import cast, cookies_of, thread_of
from tests.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)

TROUBLE = (OSError, WebSocketException, TimeoutError, EOFError)
POSTED = re.compile(r'data-number="(\d+)".*?(word-[0-9a-f-]{36})', re.S)


class Story:
    def __init__(self, port, thread, start, expected):
        self.url, self.origin = f"ws://127.0.0.1:{port}/ws/", f"http://127.0.0.1:{port}"
        self.thread, self.topic = thread, f"thread:{thread.uuid}"
        self.start, self.expected = start, expected
        self.acknowledged, self.half = set(), asyncio.Event()

    def open(self, cookies):
        return connect(
            self.url, origin=self.origin, additional_headers={"Cookie": cookies},
            open_timeout=10, max_size=2**22,
        )  # fmt: skip

    async def sends(self, cookies, count):
        """So many messages, each repeated under its own id until it is acknowledged."""
        waiting = [str(uuid.uuid4()) for _ in range(count)]
        while waiting:
            with suppress(*TROUBLE):
                async with self.open(cookies) as wire:
                    while waiting:
                        await self.post(wire, waiting[0])
                        self.acknowledged.add(waiting.pop(0))
                        if len(self.acknowledged) * 2 >= self.expected:
                            self.half.set()
            await asyncio.sleep(random.random() / 2)

    async def post(self, wire, message):
        data = {"thread": self.thread.ref, "message": message, "text": f"word-{message}"}
        act = {"t": "act", "c": message, "act": "discussions.post", "data": data}
        await wire.send(json.dumps(act))
        async with asyncio.timeout(30):
            while True:
                answer = json.loads(await wire.recv())
                if answer.get("c") == message:
                    assert answer["t"] == "ack", answer
                    return

    async def reads(self, cookies):
        """What this page is shown, over as many sockets as it takes."""
        shown, last = [], self.start
        while len(shown) < self.expected:
            with suppress(*TROUBLE):
                async with self.open(cookies) as wire:
                    asked = {"t": "subscribe", "topics": [self.topic], "since": last}
                    await wire.send(json.dumps(asked))
                    while len(shown) < self.expected:
                        async with asyncio.timeout(45):
                            frame = json.loads(await wire.recv())
                        assert frame["t"] in ("event", "ready", "ping"), frame
                        if frame["t"] == "event":
                            assert frame["id"] > last
                            last = frame["id"]
                            found = POSTED.search(frame["html"])
                            shown.append((int(found[1]), found[2]))
            await asyncio.sleep(random.random() / 2)
        return shown


def told(thread, world, tmp_path, *, senders, messages, readers, people):
    officers = cast(world, people)
    cookies = [cookies_of(officer) for officer in officers]
    port, start = free_port(), LiveEvent.objects.order_by("-pk").first().pk
    env = {**environment(tmp_path), "ISWG_DIRECTORY_PIN": world.pin}

    def server(skew):
        return running(
            tmp_path, "iswg.serve", "-p", str(port), "--access-log", "-",
            **env, PORTAL_SKEW=str(skew),
        )  # fmt: skip

    async def happen():
        story = Story(port, thread, start, senders * messages)
        send = [story.sends(cookies[n % people], messages) for n in range(senders)]
        read = [story.reads(cookies[n % people]) for n in range(readers)]
        with server(1200) as first:
            everybody = asyncio.gather(*send, *read)
            await asyncio.wait_for(story.half.wait(), 120)
            os.kill(first.pid, signal.SIGKILL)
            await asyncio.to_thread(first.process.wait)
        if url := os.environ.get("REDIS_URL"):
            redis.Redis.from_url(url).flushall()
        # The clock of the next one is ten minutes behind the one that was killed.
        starting = server(600)
        await asyncio.to_thread(starting.__enter__)
        try:
            ended = await asyncio.wait_for(everybody, 240)
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)
        return story.acknowledged, ended[senders:]

    return asyncio.run(happen())


def check(thread, acknowledged, shown, expected):
    rows = Message.objects.filter(thread=thread, kind="message").order_by("number")
    kept = [(row.number, f"word-{row.uuid}") for row in rows]
    assert len(kept) == expected
    assert {f"word-{message}" for message in acknowledged} == {word for _, word in kept}
    assert [number for number, _ in kept] == list(range(kept[0][0], kept[0][0] + expected))
    assert all(one == kept for one in shown)


@pytest.mark.only_on("sqlite")
def test_each_reader_ends_with_each_message_once(world, tmp_path):
    thread = thread_of(world)
    acknowledged, shown = told(thread, world, tmp_path, senders=8, messages=4, readers=24, people=8)
    check(thread, acknowledged, shown, 32)


@pytest.mark.slow
@pytest.mark.only_on("postgres")  # where a group with so many officers keeps its rows
def test_twenty_write_and_two_hundred_read(world, tmp_path):
    thread = thread_of(world)
    acknowledged, shown = told(
        thread, world, tmp_path, senders=20, messages=3, readers=200, people=20
    )
    check(thread, acknowledged, shown, 60)
