"""Who is here, who writes, who has read: shown to those who may know, while they may."""

import asyncio
import re

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from activity.hub import TURNS, hub
from activity.nudge import THIS_PROCESS
from discussions.models import Participant
from discussions.services.participants import remove_participant
from tests.live.threads import cookies_of, open_page, say, thread_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    """Rounds follow each other without the pauses of a working day."""
    monkeypatch.setattr("activity.rooms.ROUND", 0.0)
    monkeypatch.setattr("activity.rooms.LIST_EVERY", 0.0)


@pytest.fixture
def thread(world):
    return thread_of(world, "VU", "PW")


@pytest.fixture
def topic(thread):
    return f"thread:{thread.uuid}"


@pytest.fixture
def fiji(world):
    return cookies_of(world.fj)


@pytest.fixture
def vanuatu(world):
    return cookies_of(world.vu)


async def here(page: WebsocketCommunicator, topic: str, on: bool = True) -> None:
    await page.send_json_to({"t": "here", "topic": topic, "on": on})


async def settled() -> None:
    """Until the hub has nothing left to say."""
    await asyncio.sleep(0.1)
    while hub().rooms.next_round() is not None:
        await asyncio.sleep(0.05)


@sync_to_async
def let_go(world, thread, code):
    both = {"actor": world.actor(world.fj), "vault": world.vault(world.fj)}
    remove_participant(**both, thread=thread, name=code)


class TestHere:
    async def test_who_switches_it_on_is_seen_and_who_does_not_is_not(self, fiji, vanuatu, topic):
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            await here(one, topic)
            expected = {"t": "here", "topic": topic, "codes": ["FJ"]}
            assert [await one.heard(), await other.heard()] == [expected] * 2

    async def test_who_goes_is_gone(self, fiji, vanuatu, topic):
        async with open_page(fiji, topic) as one:
            await here(one, topic)
            await one.heard()
            async with open_page(vanuatu, topic) as other:
                assert (await other.heard())["codes"] == ["FJ"]
                await here(other, topic)
                assert (await one.heard())["codes"] == ["FJ", "VU"]
            assert (await one.heard())["codes"] == ["FJ"]
            await here(one, topic, on=False)
            assert (await one.heard())["codes"] == []

    async def test_a_page_that_does_not_listen_is_neither_seen_nor_told(self, fiji, vanuatu, topic):
        async with open_page(fiji) as one, open_page(vanuatu, topic) as other:
            await here(one, topic)
            await here(other, topic)
            assert (await other.heard())["codes"] == ["VU"]
            assert await one.receive_nothing(0.3)

    async def test_topics_without_pages_that_see_each_other_have_no_rooms(self, fiji):
        async with open_page(fiji, "administration:FJ", "threads:all") as one:
            for topic in ("administration:FJ", "threads:all"):
                await here(one, topic)
            assert await one.receive_nothing(0.3)
            assert hub().rooms.rooms == {}

    async def test_who_is_let_go_is_told_once_and_disappears(self, world, fiji, vanuatu, thread):
        topic = f"thread:{thread.uuid}"
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            await here(one, topic)
            await here(other, topic)
            while (await one.heard())["codes"] != ["FJ", "VU"]:
                pass
            await settled()
            while not await other.receive_nothing(0.1):
                await other.heard()
            await let_go(world, thread, "VU")
            assert await other.heard() == {"t": "refused", "topic": topic}
            frames = [await one.heard(), await one.heard()]
            assert {frame["t"] for frame in frames} == {"event", "here"}
            assert next(f for f in frames if f["t"] == "here")["codes"] == ["FJ"]
            await here(other, topic)
            await one.send_json_to({"t": "typing", "topic": topic})
            await sync_to_async(say)(world, world.fj, thread, "after")
            assert (await one.heard())["t"] == "event"
            assert await other.receive_nothing(0.5)

    async def test_the_list_itself_is_judged_as_of_now(self, fiji, vanuatu, thread, topic):
        """Somebody's part ends without an event that would tell the pages of it."""
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            await here(other, topic)
            assert [(await page.heard())["codes"] for page in (one, other)] == [["VU"]] * 2
            await settled()
            await Participant.objects.filter(thread=thread, administration="VU").adelete()
            await here(one, topic)
            assert (await one.heard())["codes"] == ["FJ"]
            assert await other.heard() == {"t": "refused", "topic": topic}
            assert await other.receive_nothing(0.3)


class TestTyping:
    async def test_the_others_are_told_and_the_own_pages_are_not(self, fiji, vanuatu, topic):
        pages = open_page(fiji, topic), open_page(fiji, topic), open_page(vanuatu, topic)
        async with pages[0] as one, pages[1] as own, pages[2] as other:
            await here(one, topic)
            for page in (one, own, other):
                assert (await page.heard())["t"] == "here"
            await one.send_json_to({"t": "typing", "topic": topic})
            assert await other.heard() == {"t": "typing", "topic": topic, "code": "FJ"}
            assert await own.receive_nothing(0.3)

    async def test_not_more_than_once_in_three_seconds(self, fiji, vanuatu, topic):
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            await here(one, topic)
            assert (await other.heard())["t"] == "here"
            for _ in range(5):
                await one.send_json_to({"t": "typing", "topic": topic})
            assert (await other.heard())["t"] == "typing"
            assert await other.receive_nothing(0.3)

    async def test_who_is_not_here_does_not_type(self, fiji, vanuatu, topic):
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            await here(other, topic)
            assert (await other.heard())["codes"] == ["VU"]
            await one.send_json_to({"t": "typing", "topic": topic})
            assert await other.receive_nothing(0.3)


class TestSeen:
    async def test_what_an_administration_has_read_moves_on_the_pages(
        self, world, fiji, vanuatu, thread, topic
    ):
        await sync_to_async(say)(world, world.fj, thread, "read this")
        async with open_page(fiji, topic) as one, open_page(vanuatu, topic) as other:
            act = {"t": "act", "c": "1", "act": "discussions.read"}
            data = {"thread": thread.ref, "number": 99}
            await other.send_json_to({**act, "data": data})
            number = thread.last_number + 1
            expected = {"t": "seen", "topic": topic, "code": "VU", "number": number}
            assert await one.heard() == expected
            frames = [await other.heard(), await other.heard()]
            assert {frame["t"] for frame in frames} == {"ack", "seen"}
            await other.send_json_to({**act, "data": data})
            assert (await other.heard())["t"] == "ack"
            assert await one.receive_nothing(0.3)

    async def test_reading_is_no_act_of_the_twenty(self, vanuatu, thread, topic):
        async with open_page(vanuatu, topic) as page:
            for number in range(30):
                data = {"thread": thread.ref, "number": 0}
                frame = {"t": "act", "c": str(number), "act": "discussions.read", "data": data}
                await page.send_json_to(frame)
            assert [(await page.heard())["t"] for _ in range(30)] == ["ack"] * 30


class TestOtherProcesses:
    """What comes by way of Redis may come from anybody who can write there."""

    async def test_their_codes_are_shown_until_they_run_out(self, fiji, topic, monkeypatch):
        async with open_page(fiji, topic) as one:
            hub().hear("f00d", {"topic": topic, "here": ["PW"]})
            assert (await one.heard())["codes"] == ["PW"]
            monkeypatch.setattr("activity.rooms.FORGET", -1.0)
            hub().hear("f00d", {"topic": topic, "here": ["PW"]})
            await hub()._beat(set(range(TURNS)))
            hub().wake()
            frames = [await one.heard(), await one.heard()]
            assert [f.get("codes") for f in frames if f["t"] == "here"] == [[]]

    async def test_what_has_another_form_is_dropped(self, fiji, topic):
        async with open_page(fiji, topic) as one:
            for word in (
                {"topic": topic, "here": ["<b>"]}, {"topic": topic, "here": "FJ"},
                {"topic": topic, "here": [7]}, {"topic": topic, "here": ["PW"] * 65},
                {"topic": "administration:FJ", "here": ["PW"]}, {"topic": "x" * 61, "here": ["PW"]},
                {"topic": 7}, {}, {"topic": topic, "typing": "free words", "who": 1},
                {"topic": topic, "typing": "PW", "who": "x"}, {"topic": topic, "seen": "a b"},
            ):  # fmt: skip
                hub().hear("f00d", word)
            for message in ({"type": "hub.words", "from": 7, "words": {}}, {"type": "x"}, {}, [7]):
                hub()._told(message)
            await settled()
            assert await one.receive_nothing(0.3)

    async def test_a_number_that_was_read_is_the_databases(self, fiji, topic):
        async with open_page(fiji, topic) as one:
            hub().hear("f00d", {"topic": topic, "seen": "VU", "number": 99})
            assert (await one.heard())["number"] == 0

    async def test_nothing_but_codes_and_ids_is_passed_on(self, fiji, topic, monkeypatch):
        said = []
        monkeypatch.setattr("activity.hub.whisper", said.extend)
        async with open_page(fiji, topic) as one:
            await here(one, topic)
            await one.heard()
            await one.send_json_to({"t": "typing", "topic": topic})
            await settled()
        kinds = [sorted(word) for word in said]
        assert kinds == [["here", "topic"], ["topic", "typing", "who"]]
        assert said[0]["here"] == ["FJ"]
        assert isinstance(said[1]["who"], int)
        assert re.fullmatch("[0-9a-f]{16}", THIS_PROCESS)
