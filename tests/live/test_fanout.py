"""Many frames to many sockets: judged while it lasts, joined, in order, to nobody else."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from access.wire import SLOW_SOCKET, Wire, frame_of, frames_of
from accounts.models import Appointment
from activity.fanout import hand_out
from activity.hub import hub
from activity.models import LiveEvent
from activity.nudge import nudge
from tests.live.lagoon import happen, lock, page, sign_in, sign_out

people = sync_to_async(sign_in)
happens = sync_to_async(happen)


@sync_to_async
def a_few_at_once(*targets, topics=("lagoon:FJ",)):
    with transaction.atomic():
        for target in targets:
            for topic in topics:
                row = LiveEvent.objects.create(topic=topic, event="lagoon.changed", target=target)
    nudge(row.pk)
    return row.pk


@pytest.mark.usefixtures("lagoon")
class TestJudgement:
    async def test_what_one_look_finds_costs_one_question_about_sessions(self, doorkeeper):
        await people("mere")
        async with page("mere") as mere:
            doorkeeper.asked.clear()
            await a_few_at_once("first", "second", "third")
            heard = [(await mere.heard())["html"].split()[0] for _ in range(3)]
            assert heard == ["<p>first", "<p>second", "<p>third"]
            assert doorkeeper.asked == [1]

    async def test_numbers_rise_over_several_topics(self):
        await people("mere")
        await sync_to_async(Appointment.objects.create)(
            user_id=(await Appointment.objects.afirst()).user_id,
            administration=await sync_to_async(lambda: _administration("TO"))(),
            role="contact", since="2026-01-01",
        )  # fmt: skip
        topics = ("lagoon:FJ", "lagoon:TO")
        async with page("mere", topics=topics, keys="FJ-TO") as mere:
            await a_few_at_once("a", "b", "c", topics=topics)
            frames = [await mere.heard() for _ in range(6)]
            numbers = [frame["id"] for frame in frames]
            assert numbers == sorted(numbers)
            assert [frame["topic"] for frame in frames] == list(topics) * 3

    @pytest.mark.parametrize(
        ("end", "said"),
        [
            (lambda: sign_out("tevita"), 4401),
            (lambda: lock("tevita"), "locked"),
            (
                lambda: Appointment.objects.filter(user__name="tevita").update(until="2026-11-20"),
                None,
            ),
        ],
    )
    async def test_who_is_reached_late_is_judged_anew(self, lagoon, monkeypatch, end, said):
        """While the first is written to, something ends for the second."""
        monkeypatch.setattr("activity.fanout.AT_ONCE", 1)
        monkeypatch.setattr("activity.fanout.FRESH", -1.0)
        await people("mere")
        await people("tevita")
        async with page("mere") as mere, page("tevita") as tevita:
            crowd = hub().listeners["lagoon:FJ"]
            first = next(one for one in crowd if one.session == b"mere")
            hub().listeners["lagoon:FJ"] = _InOrder(
                [first, *(one for one in crowd if one is not first)]
            )
            send = first._send

            async def meanwhile(message):
                await sync_to_async(end)()
                await send(message)

            first._send = meanwhile
            number = await happens()
            assert (await mere.heard())["id"] == number
            if said == "locked":
                assert (await tevita.heard())["t"] == "locked"
            elif said:
                assert await tevita.closed_with() == said
            else:
                assert await tevita.receive_nothing(0.5)
            assert len(lagoon.drawn) == 1

    async def test_nobody_is_told_twice_when_judged_twice(self, lagoon, monkeypatch):
        monkeypatch.setattr("activity.fanout.AT_ONCE", 1)
        monkeypatch.setattr("activity.fanout.FRESH", -1.0)
        for name in ("mere", "tevita", "manu"):
            await people(name)
        async with page("mere") as a, page("tevita") as b, page("manu") as c:
            number = await happens()
            for one in (a, b, c):
                assert (await one.heard())["id"] == number
            for one in (a, b, c):
                assert await one.receive_nothing(0.2)
        assert lagoon.judged == [number] * 3
        assert len(lagoon.drawn) == 1


class _InOrder(list):
    """Listeners whose order a test chooses."""

    def add(self, member):
        self.append(member)

    def discard(self, member):
        self.remove(member)


def _administration(code):
    from tests.live.lagoon import administration

    return administration(code)


async def test_a_socket_in_several_crowds_gets_each_frame_once_in_order():
    said = {name: [] for name in "abc"}

    class One:
        def __init__(self, name):
            self.said = said[name]

        def put(self, frames):
            self.said.append(frames)
            return True

    a, b, c = map(One, "abc")
    frames = [("1", [a, b]), ("2", [b, c]), ("3", [a, b])]
    assert await hand_out(frames, asyncio.get_running_loop().time() + 60) == set()
    assert said == {
        "a": [frames_of("13")], "b": [frames_of("123")], "c": [frames_of("2")],
    }  # fmt: skip


class TestWire:
    """The bytes, beside what the connection of Daphne looks like from outside."""

    @pytest.fixture
    def ends(self):
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.settimeout(5)
        yield ours, theirs
        ours.close()
        theirs.close()

    @pytest.fixture
    def protocol(self, ends):
        transport = SimpleNamespace(
            dataBuffer=b"", offset=0, _tempDataLen=0, disconnecting=False, connected=1,
            socket=ends[0], written=[], aborted=False,
        )  # fmt: skip
        transport.write = transport.written.append
        transport.abortConnection = lambda: setattr(transport, "aborted", True)
        return SimpleNamespace(
            transport=transport, state=3, STATE_OPEN=3, send_queue=(), _perMessageCompress=None
        )

    @pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
    def test_a_frame_is_what_a_client_reads(self, size):
        from websockets.frames import Frame
        from websockets.streams import StreamReader

        reader, text = StreamReader(), "é" * (size // 2) + "x" * (size % 2)
        reader.feed_data(frame_of(text))
        parsing = Frame.parse(reader.read_exact, mask=False)
        with pytest.raises(StopIteration) as done:
            next(parsing)
        assert done.value.value.data == text.encode()

    def test_it_goes_straight_to_an_idle_socket(self, protocol, ends):
        assert Wire(protocol).put(frame_of("hello"))
        assert ends[1].recv(100) == frame_of("hello")
        assert protocol.transport.written == []

    def test_what_the_system_does_not_take_is_left_to_the_transport(self, protocol, ends):
        much = frame_of("x" * 4_000_000)
        assert Wire(protocol).put(much)
        (rest,) = protocol.transport.written
        assert 0 < len(rest) < len(much)
        assert much.endswith(rest)

    def test_it_waits_behind_what_is_waiting(self, protocol, ends):
        protocol.transport.dataBuffer = b"earlier"
        assert Wire(protocol).put(b"later")
        assert protocol.transport.written == [b"later"]

    def test_a_reader_who_falls_too_far_behind_is_cut(self, protocol):
        protocol.transport._tempDataLen = SLOW_SOCKET + 1
        assert Wire(protocol).put(b"more")
        assert protocol.transport.aborted
        assert protocol.transport.written == []

    def test_a_peer_who_is_gone_is_the_transports_to_find(self, protocol, ends):
        ends[1].close()
        assert Wire(protocol).put(b"hello")
        assert protocol.transport.written == [b"hello"]

    @pytest.mark.parametrize(
        "change",
        [
            {"state": 2}, {"send_queue": (1,)}, {"_perMessageCompress": object()},
            {"transport": SimpleNamespace()}, {"transport": None},
        ],
    )  # fmt: skip
    def test_anything_unexpected_goes_the_public_way(self, protocol, ends, change):
        for name, value in change.items():
            setattr(protocol, name, value)
        assert not Wire(protocol).put(b"hello")

    @pytest.mark.parametrize("change", [{"disconnecting": True}, {"connected": 0}])
    def test_so_does_what_is_for_a_connection_that_ends(self, protocol, change):
        for name, value in change.items():
            setattr(protocol.transport, name, value)
        assert not Wire(protocol).put(b"hello")
