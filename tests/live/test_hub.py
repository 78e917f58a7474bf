"""Who is shown what, as of now: deliveries, refusals, revocations, and what was missed."""

import asyncio
import gc
import weakref
from itertools import pairwise

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, connections

from accounts.models import Appointment, User
from activity.hub import TURNS, Hub, hub
from activity.models import LiveEvent
from activity.nudge import wakers
from activity.replay import MOST
from activity.topics import Decision
from tests.live.lagoon import happen, lock, page, sign_in, sign_out

pytestmark = pytest.mark.usefixtures("lagoon")

people = sync_to_async(sign_in)
happens = sync_to_async(happen)


@sync_to_async
def end_appointment(name):
    Appointment.objects.filter(user__name=name).update(until="2026-11-20")


@sync_to_async
def suspend(name):
    User.objects.filter(name=name).update(is_active=False)


class TestDelivery:
    async def test_an_event_appears_on_every_page_that_listens(self):
        await people("mere")
        await people("tevita")
        async with page("mere") as one, page("tevita") as other:
            number = await happens(target="yacht")
            expected = {
                "t": "event", "id": number, "topic": "lagoon:FJ",
                "event": "lagoon.changed", "html": "<p>yacht en</p>",
            }  # fmt: skip
            assert await one.heard() == expected
            assert await other.heard() == expected

    async def test_a_page_that_does_not_listen_hears_nothing(self):
        await people("mere")
        async with page("mere", topics=()) as silent, page("mere") as listening:
            await happens()
            assert (await listening.heard())["t"] == "event"
            assert await silent.receive_nothing()

    async def test_it_is_opened_and_drawn_once_per_language_and_zone(self, lagoon):
        for name, language in (("mere", "en"), ("tevita", "en"), ("manu", "en"), ("elise", "fr")):
            await people(name, language=language)
        async with page("mere") as a, page("tevita") as b, page("manu") as c, page("elise") as d:
            number = await happens()
            texts = [(await one.heard())["html"] for one in (a, b, c, d)]
        assert texts == ["<p>yacht en</p>"] * 3 + ["<p>yacht fr</p>"]
        assert lagoon.judged == [number]
        assert sorted(lagoon.drawn) == [
            (number, b"FJ", "en", "Pacific/Fiji"),
            (number, b"FJ", "fr", "Pacific/Fiji"),
        ]

    async def test_the_nudge_of_a_commit_wakes_it(self, nudges_only):
        await people("mere")
        async with page("mere") as mere:
            number = await happens()
            assert (await mere.heard())["id"] == number

    async def test_without_a_nudge_it_finds_out_by_itself(self):
        """So arrive the events of the worker, and those whose nudge was lost."""
        await people("mere")
        async with page("mere") as mere:
            for _ in range(2):
                numbers = [await happens(quietly=True) for _ in range(3)]
                assert [(await mere.heard())["id"] for _ in numbers] == numbers
                await asyncio.sleep(0.3)  # it has seen all there is, and rests

    async def test_also_when_its_connection_was_replaced_meanwhile(self, nudges_only):
        """A connection counts the commits of others from its own beginning: the next one's figure
        may be the same, and says nothing of what was written in between."""
        await people("mere")
        async with page("mere") as one:
            await happens(target="launch")
            assert "launch" in (await one.heard())["html"]
            async with hub()._reading:  # it has looked once more, and found nothing
                await happens(target="yacht", quietly=True)
                await hub().desk.ask(connections.close_all)
            hub().wake(nudged=False)
            assert "yacht" in (await one.heard())["html"]

    def test_for_what_one_connection_counted_says_nothing_of_the_next(self):
        versions = []
        for _ in range(5):
            versions.append(Hub._version_of_file())
            connection.close()
        if connection.vendor == "sqlite":  # PostgreSQL is asked for the newest number instead
            assert all(one != other for one, other in pairwise(versions))

    async def test_what_is_rolled_back_did_not_happen(self):
        await people("mere")

        @sync_to_async
        def change_of_mind():
            from django.db import transaction

            with transaction.atomic():
                happen(target="withdrawn")
                transaction.set_rollback(True)

        async with page("mere") as mere:
            await change_of_mind()
            await happens(target="kept")
            assert "kept" in (await mere.heard())["html"]


class TestRefusal:
    async def test_another_administrations_topic_is_refused_and_stays_silent(self):
        await people("mere")
        await people("sione", "TO")
        async with page("mere", topics=()) as mere, page("sione", topics=["lagoon:TO"]) as sione:
            frames = await mere.subscribe("lagoon:TO", "lagoon:FJ")
            assert frames[0] == {"t": "refused", "topic": "lagoon:TO"}
            await happens("lagoon:TO")
            assert (await sione.heard())["topic"] == "lagoon:TO"
            await happens("lagoon:FJ")
            assert (await mere.heard())["topic"] == "lagoon:FJ"

    async def test_a_topic_that_does_not_exist_is_refused_alike(self):
        await people("mere")
        async with page("mere", topics=()) as mere:
            frames = await mere.subscribe("reef:FJ", "lagoon:XX", "lagoon")
            assert [frame["t"] for frame in frames] == ["refused"] * 3 + ["ready"]

    async def test_who_holds_no_key_learns_that_and_not_what(self):
        await people("mere")
        await people("tevita")
        async with page("mere") as mere, page("tevita", keys="TO") as tevita:
            number = await happens()
            assert "yacht" in (await mere.heard())["html"]
            assert await tevita.heard() == {"t": "locked", "id": number, "topic": "lagoon:FJ"}

    async def test_a_closed_vault_opens_nothing_but_sees_what_is_not_sealed(self):
        await people("mere")
        async with page("mere", keys="") as mere:
            await happens()
            assert (await mere.heard())["t"] == "locked"
            await happens(event="lagoon.counted.plain")
            assert (await mere.heard())["t"] == "event"

    async def test_a_judgement_that_fails_shows_nobody_and_stops_nothing(self, lagoon, monkeypatch):
        await people("mere")
        async with page("mere") as mere:
            with monkeypatch.context() as broken:
                broken.setattr(type(lagoon), "judge", lambda *_: {}["no such"])
                await happens(target="unjudged")
                assert await mere.receive_nothing(timeout=0.5)
            await happens(target="judged")
            assert "judged" in (await mere.heard())["html"]

    async def test_a_fragment_that_cannot_be_drawn_asks_for_the_page_again(
        self, lagoon, monkeypatch
    ):
        await people("mere")
        async with page("mere") as mere:
            with monkeypatch.context() as broken:
                broken.setattr(type(lagoon), "draw", lambda *_: {}["no such"])
                await happens()
                assert await mere.heard() == {"t": "reload"}
            await happens()
            assert (await mere.heard())["t"] == "event"


class TestRevocation:
    """Between two events something ends; the second is not shown any more."""

    async def test_who_left_the_administration_hears_nothing_more(self):
        await people("mere")
        await people("tevita")
        async with page("mere") as mere, page("tevita") as tevita:
            await happens(target="first")
            assert "first" in (await mere.heard())["html"]
            assert "first" in (await tevita.heard())["html"]
            await end_appointment("mere")
            await happens(target="second")
            assert "second" in (await tevita.heard())["html"]
            assert await mere.receive_nothing()

    async def test_a_session_that_ended_closes_its_page(self):
        await people("mere")
        async with page("mere") as mere:
            await happens()
            assert (await mere.heard())["t"] == "event"
            await sync_to_async(sign_out)("mere")
            await happens()
            assert (await mere.receive_output(timeout=10))["code"] == 4401

    async def test_a_suspended_person_is_shown_out(self):
        await people("mere")
        async with page("mere") as mere:
            await suspend("mere")
            await happens()
            assert (await mere.receive_output(timeout=10))["code"] == 4403

    async def test_so_it_is_without_any_nudge(self, lagoon):
        await people("mere")
        async with page("mere") as mere:
            await suspend("mere")
            await happens(quietly=True)
            assert (await mere.receive_output(timeout=10))["code"] == 4403
        assert lagoon.drawn == []

    async def test_a_vault_that_was_locked_opens_nothing_more(self):
        await people("mere")
        async with page("mere") as mere:
            await happens()
            assert (await mere.heard())["t"] == "event"
            await sync_to_async(lock)("mere")
            await happens()
            assert (await mere.heard())["t"] == "locked"

    async def test_a_page_on_which_nothing_happens_is_looked_at_too(self, monkeypatch):
        monkeypatch.setattr("activity.hub.BEAT", 0.001)
        await people("mere")
        await people("tevita")
        async with page("mere") as mere, page("tevita") as tevita:
            assert await tevita.heard() == {"t": "ping"}
            await sync_to_async(sign_out)("mere")
            assert await mere.closed_with() == 4401
            assert await tevita.heard() == {"t": "ping"}

    async def test_each_page_has_its_turn_once_in_twenty_beats(self, monkeypatch):
        monkeypatch.setattr("activity.hub.BEAT", 1e9)
        asked = []

        def ping(members):
            asked.extend(member.session for member in members)
            return Decision()

        monkeypatch.setattr("activity.hub._ping", ping)
        for name in ("mere", "tevita", "manu"):
            await people(name)
        async with page("mere"), page("tevita"), page("manu"):
            for turn in range(TURNS):
                await hub()._beat({turn})
        assert sorted(asked) == [b"manu", b"mere", b"tevita"]

    async def test_the_keys_are_gone_with_the_socket(self):
        await people("mere")
        async with page("mere"):
            (member,) = hub().members
            vault = weakref.ref(member.vault)
            assert vault() is not None
        del member
        gc.collect()
        assert vault() is None

    async def test_they_are_gone_at_once_when_we_end_it(self):
        await people("mere")
        async with page("mere") as mere:
            (member,) = hub().members
            await suspend("mere")
            await happens()
            assert await mere.closed_with() == 4403
            assert member.vault is None


class TestWhatWasMissed:
    async def test_it_is_sent_in_order_before_what_is_new(self):
        await people("mere")
        seen = await happens(target="seen")
        missed = [await happens(target=f"missed {n}") for n in range(3)]
        async with page("mere", topics=()) as mere:
            frames = await mere.subscribe(since=seen)
            assert [frame["id"] for frame in frames] == [*missed, missed[-1]]
            assert [frame["t"] for frame in frames] == ["event"] * 3 + ["ready"]
            new = await happens(target="new")
            assert (await mere.heard())["id"] == new

    async def test_it_is_judged_as_of_now(self):
        await people("mere")
        await people("tevita")
        seen = await happens()
        await happens(target="missed")
        async with page("mere", topics=(), keys="TO") as mere:
            frames = await mere.subscribe(since=seen)
            assert [frame["t"] for frame in frames] == ["locked", "ready"]

    async def test_a_number_that_the_hub_has_not_reached_yet_repeats_nothing(self, nudges_only):
        await people("mere")
        async with page("mere") as first, page("mere", topics=()) as second:
            number = await happens(quietly=True)
            assert await second.subscribe(since=number) == [{"t": "ready", "id": number}]
            assert (await first.heard())["id"] == number
            assert await second.receive_nothing()

    async def test_too_much_is_told_as_reload(self):
        await people("mere")
        seen = await happens()

        @sync_to_async
        def a_busy_night():
            LiveEvent.objects.bulk_create(
                LiveEvent(topic="lagoon:FJ", event="lagoon.changed", target="x")
                for _ in range(MOST + 1)
            )

        await a_busy_night()
        async with page("mere", topics=()) as mere:
            frames = await mere.subscribe(since=seen)
            assert [frame["t"] for frame in frames] == ["reload", "ready"]
        async with page("mere", topics=()) as mere:
            assert len(await mere.subscribe(since=seen + 1)) == MOST + 1

    async def test_what_is_forgotten_is_told_as_reload(self):
        await people("mere")
        seen = await happens()
        await happens()
        newest = await happens()
        await LiveEvent.objects.filter(pk__lt=newest).adelete()
        async with page("mere", topics=()) as mere:
            frames = await mere.subscribe(since=seen)
            assert [frame["t"] for frame in frames] == ["reload", "ready"]

    async def test_a_number_from_before_a_restore_is_told_as_reload(self):
        await people("mere")
        newest = await happens()
        async with page("mere", topics=()) as mere:
            frames = await mere.subscribe(since=newest + 1000)
            assert [frame["t"] for frame in frames] == ["reload", "ready"]

    async def test_an_event_that_is_just_being_sent_is_not_missed(self):
        await people("mere")
        seen = await happens()
        async with page("mere"), page("mere", topics=()) as late:
            (slow,) = hub().listeners["lagoon:FJ"]
            reached, released, send = asyncio.Event(), asyncio.Event(), slow._send

            async def hold(message):
                reached.set()
                await released.wait()
                await send(message)

            slow._send = hold
            number = await happens()
            await asyncio.wait_for(reached.wait(), 10)
            frames = await late.subscribe(since=seen)
            released.set()
            assert [frame["id"] for frame in frames] == [number, number]

    async def test_nothing_is_lost_or_doubled_while_pages_come_and_go(self):
        await people("mere")
        start = await happens()
        numbers = []

        async def a_busy_hour():
            for _ in range(60):
                numbers.append(await happens())

        async def visit(delay):
            await asyncio.sleep(delay)
            async with page("mere", topics=()) as mere:
                frames = [f for f in await mere.subscribe(since=start) if f["t"] == "event"]
                while frames[-1:] == [] or frames[-1]["id"] < start + 60:
                    frames.append(await mere.heard())
                return [frame["id"] for frame in frames]

        visits = [visit(n / 50) for n in range(12)]
        _, *seen = await asyncio.gather(a_busy_hour(), *visits)
        assert all(page_saw == numbers for page_saw in seen)


class TestTrouble:
    async def test_an_event_waits_for_a_database_that_is_away(self, lagoon, monkeypatch):
        monkeypatch.setattr("activity.hub.POLL", 0.05)
        await people("mere")
        judge, failures = type(lagoon).judge, [1, 2, 3, 4]

        def away(self, event, members):
            if failures:
                failures.pop()
                raise OperationalError
            return judge(self, event, members)

        async with page("mere") as mere:
            monkeypatch.setattr(type(lagoon), "judge", away)
            number = await happens()
            assert (await mere.heard())["id"] == number

    async def test_a_socket_that_cannot_be_written_to_does_not_stop_the_others(self):
        await people("mere")
        await people("tevita")
        async with page("mere") as mere, page("tevita") as tevita:
            pages = {b"mere": mere, b"tevita": tevita}
            first, second = list(hub().listeners["lagoon:FJ"])
            first._send = None
            await happens()
            assert (await pages[second.session].heard())["t"] == "event"
            assert await pages[first.session].receive_nothing()

    async def test_the_hub_rests_when_nobody_is_there(self):
        await people("mere")
        async with page("mere"):
            assert len(wakers) == 1
            assert hub()._task is not None
        await asyncio.sleep(0.05)
        assert (hub()._task, hub().desk.users, dict(hub().listeners)) == (None, 0, {})
        assert wakers == set()
