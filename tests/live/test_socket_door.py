"""Who may hold a socket, what it may say, how much, and what it may do."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from access import sockets
from access.desk import desk
from access.sockets import ACTS_A_MINUTE, FRAMES_A_MINUTE, MAX_FRAME
from accounts.models import User
from activity import consumers
from activity.consumers import LiveConsumer, register_act
from activity.hub import hub
from tests.live.lagoon import Page, appoint, handshake, page, sign_in, sign_out

pytestmark = pytest.mark.usefixtures("lagoon")

people = sync_to_async(sign_in)


async def knock(**details) -> int | bool:
    """True when the socket stays open, False when the handshake is refused, else the code."""
    visitor = Page(LiveConsumer.as_asgi(), "/ws/", headers=handshake(**details))
    accepted, _ = await visitor.connect(timeout=10)
    if not accepted:
        return False
    try:
        if not await visitor.receive_nothing(timeout=0.1):
            return (await visitor.receive_output())["code"]
        return True
    finally:
        await visitor.disconnect()


class TestWhoMayComeIn:
    async def test_a_signed_in_person_on_our_own_page(self):
        await people("mere")
        assert await knock(session="mere") is True

    async def test_nobody_without_a_session(self):
        assert await knock(session="") == 4401

    async def test_nobody_whose_session_ended_before(self):
        await people("mere")
        await sync_to_async(sign_out)("mere")
        assert await knock(session="mere") == 4401

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "null",
            "https://evil.example",
            "http://localhost:8000.evil.example",
            "http://localhost:8001",
            "https://localhost:8000/",
            "file://",
        ],
    )
    async def test_no_page_of_somebody_else(self, origin, settings):
        settings.PRODUCTION = True
        settings.ORIGIN = "http://localhost:8000"
        await people("mere")
        assert await knock(session="mere", origin=origin) is False

    async def test_in_production_one_name_and_no_other(self, settings):
        settings.PRODUCTION = True
        settings.ORIGIN = "https://iswg.example"
        await people("mere")
        assert await knock(session="mere", origin="https://iswg.example", host="iswg.example")
        assert not await knock(session="mere", origin="http://iswg.example", host="iswg.example")
        assert not await knock(session="mere", origin="http://localhost", host="localhost")

    async def test_in_development_each_name_of_this_machine(self, settings):
        await people("mere")
        here = {"origin": "http://127.0.0.1:8123", "host": "127.0.0.1:8123"}
        assert await knock(session="mere", **here)
        assert not await knock(session="mere", **here | {"host": "127.0.0.1:8124"})

    async def test_a_name_that_is_not_ours_is_not_believed(self, settings):
        """A page on a name that somebody else lets point at this machine."""
        await people("mere")
        rebound = {"origin": "http://evil.example:8000", "host": "evil.example:8000"}
        assert not await knock(session="mere", **rebound)

    async def test_a_database_that_is_away_asks_to_come_later(self, monkeypatch, doorkeeper):
        def away(scope):
            raise OperationalError

        monkeypatch.setattr(doorkeeper, "open_socket_vault", away)
        assert await knock(session="mere") == 4503


class TestWhatMayBeSaid:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "hello",
            "{",
            '["subscribe"]',
            "17",
            "null",
            "[" * 5000,
            '{"t":"subscribe"}',
            '{"t":"subscribe","topics":"lagoon:FJ"}',
            '{"t":"subscribe","topics":[1]}',
            '{"t":"subscribe","topics":["' + "x" * 61 + '"]}',
            '{"t":"subscribe","topics":[],"since":"7"}',
            '{"t":"subscribe","topics":[],"since":-1}',
            '{"t":"subscribe","topics":[],"since":true}',
            '{"t":"subscribe","topics":[' + ",".join(f'"a:{n}"' for n in range(17)) + "]}",
            '{"t":"act","act":"x"}',
            '{"t":"act","c":"' + "x" * 65 + '"}',
            '{"t":"act","c":"1","data":[]}',
        ],
    )
    async def test_nonsense_closes_the_socket(self, text):
        await people("mere")
        async with page("mere", topics=()) as mere:
            await mere.send_input({"type": "websocket.receive", "text": text})
            assert await mere.closed_with() == 4400

    async def test_so_does_a_binary_frame(self):
        await people("mere")
        async with page("mere", topics=()) as mere:
            await mere.send_to(bytes_data=b'{"t":"pong"}')
            assert await mere.closed_with() == 4400

    async def test_a_frame_at_the_limit_is_read_and_a_byte_more_is_not(self):
        await people("mere")
        async with page("mere", topics=()) as mere:
            frame = '{"t":"pong","x":"é'
            await mere.send_to(text_data=frame + "x" * (MAX_FRAME - len(frame.encode()) - 2) + '"}')
            assert (await mere.subscribe())[-1]["t"] == "ready"
            await mere.send_to(text_data=frame + "x" * (MAX_FRAME - len(frame.encode()) - 1) + '"}')
            assert await mere.closed_with() == 4413

    async def test_a_kind_of_frame_that_we_do_not_know_is_passed_over(self):
        await people("mere")
        async with page("mere") as mere:
            await mere.send_json_to({"t": "from a newer page"})
            await mere.send_json_to({})
            assert (await mere.subscribe())[-1]["t"] == "ready"

    async def test_too_many_frames_in_a_minute_close_the_socket(self, monkeypatch):
        monkeypatch.setattr(sockets, "monotonic", lambda: 60_000.0)
        await people("mere")
        async with page("mere", topics=()) as mere:
            for _ in range(FRAMES_A_MINUTE - 1):
                await mere.send_json_to({"t": "pong"})
            assert (await mere.subscribe())[-1]["t"] == "ready"
            await mere.send_json_to({"t": "pong"})
            assert await mere.closed_with() == 4429

    async def test_the_next_minute_is_another_one(self, monkeypatch):
        clock = [60_000.0]
        monkeypatch.setattr(sockets, "monotonic", lambda: clock[0])
        await people("mere")
        async with page("mere", topics=()) as mere:
            for _ in range(3):
                for _ in range(FRAMES_A_MINUTE - 1):
                    await mere.send_json_to({"t": "pong"})
                assert (await mere.subscribe())[-1]["t"] == "ready"
                clock[0] += 60

    async def test_more_topics_than_a_page_can_show_are_too_many(self):
        person = await people("mere")
        codes = [f"X{n}" for n in range(17)]
        for code in codes:
            await sync_to_async(appoint)(person, code)
        async with page("mere", topics=()) as mere:
            await mere.subscribe("reef:FJ", "reef:TO")  # refused, so they take no place
            await mere.subscribe(*[f"lagoon:{code}" for code in codes[:16]])
            await mere.send_json_to({"t": "subscribe", "topics": ["lagoon:X16"]})
            assert await mere.closed_with() == 4400


class TestEveryFrameIsJudged:
    async def test_a_frame_after_sign_out_closes_the_socket(self):
        await people("mere")
        async with page("mere") as mere:
            await mere.send_json_to({"t": "pong"})
            assert await mere.receive_nothing()
            await sync_to_async(sign_out)("mere")
            await mere.send_json_to({"t": "pong"})
            assert await mere.closed_with() == 4401

    async def test_a_suspended_person_can_subscribe_to_nothing(self, lagoon):
        await people("mere")
        async with page("mere", topics=()) as mere:
            await User.objects.aupdate(is_active=False)
            await mere.send_json_to({"t": "subscribe", "topics": ["lagoon:FJ"]})
            assert await mere.closed_with() == 4403

    async def test_pages_that_answer_at_once_are_judged_together(self, doorkeeper):
        await people("mere")
        async with page("mere"):
            (member,) = hub().members
            doorkeeper.asked.clear()
            answers = await asyncio.gather(*[desk().change_of(member) for _ in range(300)])
        assert answers == [None] * 300
        assert len(doorkeeper.asked) <= 3


@pytest.fixture
def acts(monkeypatch):
    monkeypatch.setattr(consumers, "_acts", {})
    done = []

    def acknowledge(member, data):
        if data.get("bulletin") == "B-OTHER":
            raise PermissionDenied("Only a contact of Fiji can acknowledge this.")
        if data.get("bulletin") == "B-BROKEN":
            raise ValueError("words of a member")
        done.append((member.user_id, data["bulletin"]))
        return f"<p>{data['bulletin']}</p>" if data.get("show") else None

    register_act("lagoon.acknowledge", acknowledge)
    return done


async def act(mere, name="lagoon.acknowledge", c="c1", **data):
    await mere.send_json_to({"t": "act", "c": c, "act": name, "data": data})
    return await mere.heard()


class TestActs:
    async def test_an_act_is_done_and_acknowledged_by_its_client_id(self, acts, doorkeeper):
        person = await people("mere")
        async with page("mere") as mere:
            assert await act(mere, bulletin="B-7KQF2") == {"t": "ack", "c": "c1"}
            shown = await act(mere, c="c2", bulletin="B-7KQF2", show=True)
        assert shown == {"t": "ack", "c": "c2", "html": "<p>B-7KQF2</p>"}
        assert acts == [(person.pk, "B-7KQF2")] * 2
        assert doorkeeper.acted == [person.pk] * 2

    async def test_a_refusal_says_why(self, acts, doorkeeper):
        await people("mere")
        async with page("mere") as mere:
            answer = await act(mere, bulletin="B-OTHER")
        reason = "Only a contact of Fiji can acknowledge this."
        assert answer == {"t": "refused", "c": "c1", "reason": reason}
        assert (acts, doorkeeper.acted) == ([], [])

    async def test_an_act_that_fails_says_so_without_its_words(self, acts):
        await people("mere")
        async with page("mere") as mere:
            answer = await act(mere, bulletin="B-BROKEN")
            assert answer["t"] == "refused"
            assert "words of a member" not in answer["reason"]
            assert (await act(mere, bulletin="B-7KQF2"))["t"] == "ack"

    async def test_an_act_that_does_not_exist_is_refused(self, acts):
        await people("mere")
        async with page("mere") as mere:
            assert (await act(mere, "lagoon.drain"))["t"] == "refused"

    async def test_nothing_is_done_for_whoever_signed_out(self, acts):
        await people("mere")
        async with page("mere") as mere:
            await sync_to_async(sign_out)("mere")
            frame = {"t": "act", "c": "1", "act": "lagoon.acknowledge", "data": {"bulletin": "B"}}
            await mere.send_json_to(frame)
            assert await mere.closed_with() == 4401
        assert acts == []

    async def test_too_many_acts_in_a_minute_are_asked_to_wait(self, acts, monkeypatch):
        monkeypatch.setattr(sockets, "monotonic", lambda: 60_000.0)
        await people("mere")
        async with page("mere") as mere:
            answers = [await act(mere, bulletin="B") for _ in range(ACTS_A_MINUTE + 1)]
        assert [answer["t"] for answer in answers] == ["ack"] * ACTS_A_MINUTE + ["refused"]
        assert len(acts) == ACTS_A_MINUTE
