"""The pages of meetings at the front door: the series, one meeting, its agenda as it is written."""

import datetime
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.roles import Role
from activity.models import JournalEntry
from iswg.moments import spell
from meetings.models import Field, Look, Meeting, Writing
from meetings.services.agenda import change_item
from meetings.services.invitations import answer, invite
from meetings.services.series import cancel_meeting, move_meeting
from tests.factories import signed_in
from tests.hall import ITEM, LEAD

pytestmark = pytest.mark.django_db
CLOSED = "Snargle: access of an officer"
DAY = datetime.timedelta(days=1)
NINTH = datetime.date(timezone.localdate().year + 2, 12, 9)  # always to come, never this year


@pytest.fixture
def meeting(hall):
    return hall.plan("FJ", "VU", title="Ad hoc on the Ziphrannet")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def at(meeting, *rest) -> str:
    return "/".join(["/meetings", meeting.ref, *map(str, rest), ""])


def entered(**changes) -> dict:
    facts = {
        "meeting": str(uuid4()), "group": "ISWG", "kind": "quarterly", "fiscal_year": "2026-27",
        "quarter": "2", "host": "OCO", "chair": "FJ", "format": "virtual", "day": "2027-02-03",
        "time": "11:00", "zone": "UTC", "minutes": "120", "participants": ["FJ", "VU"],
        "standing": "on", "title": "",
    }  # fmt: skip
    return {**facts, **changes}


class TestTheSeries:
    def test_who_takes_part_finds_the_meeting_and_nobody_else(self, world, meeting):
        assert "Ad hoc on the Ziphrannet" in words(signed_in(world.vu).get("/meetings/"))
        seen = words(signed_in(world.pw).get("/meetings/"))
        assert "Ziphrannet" not in seen
        assert meeting.ref not in seen

    def test_an_empty_list_says_what_will_stand_there(self, world):
        seen = words(signed_in(world.pw).get("/meetings/"))
        assert "No meeting is planned." in seen
        assert "No meeting was held yet." in seen

    def test_what_was_cancelled_is_past(self, world, meeting):
        cancel_meeting(actor=world.actor(world.oco), meeting=meeting)
        seen = words(signed_in(world.fj).get("/meetings/"))
        assert "No meeting is planned." in seen
        assert "Cancelled" in seen

    def test_events_of_other_groups_stand_by_themselves(self, world, hall):
        hall.plan("FJ", kind="course", title="Quombat rummage")
        seen = words(signed_in(world.fj).get("/meetings/"))
        assert seen.index("courses, missions") < seen.index("Quombat rummage")
        assert "No meeting is planned." in seen

    def test_more_meetings_cost_no_more_questions(self, world, hall, meeting):
        client = signed_in(world.fj)
        client.get("/meetings/")
        counts = []
        for more in (0, 4):
            for number in range(more):
                hall.plan("FJ", "VU", kind="mission", title=f"Mission {number}")
            client.get("/meetings/")  # the first opening of a key costs more, once
            with CaptureQueriesContext(connection) as asked:
                assert client.get("/meetings/").status_code == 200
            counts.append(len(asked))
        assert counts[1] <= counts[0] + 3  # the first of a part asks for what the part shows

    def test_the_home_page_has_the_next_one_and_what_it_wants(self, world, meeting):
        client = signed_in(world.vu)
        assert "Next meeting" in words(client.get("/"))
        invite(actor=world.actor(world.oco), meeting=meeting)
        assert "Reply to the invitation: Ad hoc on the Ziphrannet" in words(client.get("/"))
        answer(actor=world.actor(world.vu), vault=None, meeting=meeting, answer="yes")
        assert "Reply to the invitation" not in words(client.get("/"))


class TestOneMeeting:
    def test_its_time_is_told_for_reader_host_and_the_others(self, world, hall):
        """Eleven in Suva is noon of the day before in Pago Pago."""
        from accounts.models import Administration

        Administration.objects.filter(pk="VU").update(zone="Pacific/Pago_Pago", city="Pago Pago")
        Administration.objects.exclude(pk="VU").update(zone="Pacific/Fiji", city="Suva")
        meeting = hall.plan("FJ", "VU", day=NINTH)
        ninth, eighth = spell(NINTH, "day"), spell(NINTH - DAY, "day")
        fiji = words(signed_in(world.fj).get(at(meeting)))
        assert f"{ninth}, 11:00" in fiji
        assert f"In Pago Pago this is {NINTH - DAY:%A} 8 December {NINTH.year}" in fiji
        samoa = words(signed_in(world.vu).get(at(meeting)))
        assert f"{eighth}, 12:00" in samoa
        assert f"{ninth}, 11:00" in samoa
        assert f"{eighth}, 23:00" in samoa

    def test_running_times_survive_midnight(self, world, hall):
        meeting = hall.plan("FJ", clock=datetime.time(11, 30), zone="Pacific/Fiji",
                            day=NINTH)  # fmt: skip
        for number in range(3):
            hall.item(meeting, f"Item {number}", minutes=20, lead="")
        seen = words(signed_in(world.fj).get(at(meeting)))  # reads in UTC: 23:30 of the day before
        for told in ("23:30", "23:50", "00:10"):
            assert told in seen
        assert spell(NINTH, "day") in seen[seen.index("23:50") :]

    def test_a_closed_item_leaves_no_trace_for_the_others(self, world, hall, meeting):
        hall.item(meeting, CLOSED, closed_to=["FJ"])
        hall.item(meeting)
        assert CLOSED in words(signed_in(world.fj).get(at(meeting)))
        for page in ((), ("papers",), ("participants",)):
            seen = words(signed_in(world.vu).get(at(meeting, *page)))
            assert "Snargle" not in seen
            assert "Closed" not in seen

    def test_another_administrations_meeting_is_not_there(self, world, hall, meeting):
        item = hall.item(meeting)
        client = signed_in(world.pw)
        pages = ["", "participants", "papers", "pack", "time", "people", "cancel", "items/new",
                 f"items/{item.uuid}", f"items/{item.uuid}/papers"]  # fmt: skip
        for page in pages:
            assert client.get(at(meeting, *page.split("/")).replace("//", "/")).status_code == 404

    def test_a_text_changed_by_hand_is_called_that(self, world, hall, meeting):
        hall.item(meeting)
        lead = Writing.objects.get(meeting=meeting, field=Field.LEAD)
        title = Writing.objects.filter(meeting=meeting, field=Field.TITLE).last()
        Writing.objects.filter(pk=lead.pk).update(sealed=title.sealed)
        seen = words(signed_in(world.fj).get(at(meeting)))
        assert "is not what its author signed" in seen
        assert ITEM in seen

    def test_what_is_new_since_one_looked_is_marked_for_that_person(self, world, hall, meeting):
        item = hall.item(meeting)
        fiji, vanuatu = signed_in(world.fj), signed_in(world.vu)
        assert "New since you looked" not in words(fiji.get(at(meeting)))
        Look.objects.update(seen_at=timezone.now() - datetime.timedelta(hours=2))
        change_item(
            **hall.both(world.oco), item=item, title="Another title", lead=LEAD, minutes=15,
            kind="decision", presenter="", bases=(1, 1),
        )  # fmt: skip
        assert "New since you looked" in words(fiji.get(at(meeting)))
        assert "New since you looked" not in words(vanuatu.get(at(meeting)))

    def test_what_a_page_asks_by_itself_is_no_look(self, world, meeting):
        signed_in(world.fj).get(at(meeting), headers={"X-Live": "poll"})
        assert not Look.objects.exists()

    def test_the_quorum_is_told_by_the_answers(self, world, hall, meeting):
        invite(actor=world.actor(world.oco), meeting=meeting)
        answer(actor=world.actor(world.fj), vault=None, meeting=meeting, answer="yes")
        seen = words(signed_in(world.vu).get(at(meeting)))
        assert "Fiji: comes" in seen
        assert "Vanuatu: no answer yet" in seen

    def test_a_new_time_asks_everybody_again(self, world, hall, meeting):
        oco = world.actor(world.oco)
        invite(actor=oco, meeting=meeting)
        answer(actor=world.actor(world.fj), vault=None, meeting=meeting, answer="yes")
        day = meeting.local_date + datetime.timedelta(days=1)
        move_meeting(actor=oco, meeting=meeting, day=day, clock=datetime.time(9), minutes=60)
        assert "to the time before" in words(signed_in(world.vu).get(at(meeting, "participants")))

    def test_a_longer_agenda_costs_no_more_questions(self, world, hall, meeting):
        client, counts = signed_in(world.fj), []
        for more in (2, 6):
            for number in range(more):
                hall.item(meeting, f"Item {number}")
            client.get(at(meeting))
            with CaptureQueriesContext(connection) as asked:
                client.get(at(meeting))
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestPreparing:
    def test_the_next_is_prepared_from_the_last(self, world):
        oco = signed_in(world.oco)
        assert oco.post("/meetings/new/", entered()).status_code == 302
        last = Meeting.objects.get(ref="2026-27-Q2")
        assert last.items.count() == 8
        page = oco.get(f"/meetings/new/?from={last.ref}")
        assert "Quarter 3" in words(page)
        assert 'value="3" selected' in page.content.decode()
        sent = entered(quarter="3", **{"from": last.ref})
        assert oco.post("/meetings/new/", sent).status_code == 302
        following = Meeting.objects.get(ref="2026-27-Q3")
        assert following.previous == last
        assert [i.minutes for i in following.items.all()] == [i.minutes for i in last.items.all()]

    def test_sent_twice_it_is_entered_once(self, world):
        oco, sent = signed_in(world.oco), entered()
        for _time in (1, 2):
            assert oco.post("/meetings/new/", sent).status_code == 302
        assert Meeting.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"fiscal_year": "2026"}, "Write the fiscal year as 2026-27."),
            ({"quarter": ""}, "Choose the quarter."),
            ({"kind": "mission", "title": ""}, "Give it a title"),
            ({"time": ""}, "Give both the date and the time"),
            ({"minutes": "5"}, "15"),
            ({"host": "XX"}, "XX is not one of the available choices"),
        ],
    )
    def test_a_fault_is_said_and_what_was_typed_stays(self, world, changes, said):
        answer = signed_in(world.oco).post("/meetings/new/", entered(**changes))
        assert answer.status_code == 400
        assert said in words(answer)
        assert 'value="2027-02-03"' in answer.content.decode()
        assert not Meeting.objects.exists()

    def test_with_locked_keys_nothing_typed_is_lost(self, world):
        oco = signed_in(world.oco)
        oco.post("/lock/")
        answer = oco.post("/meetings/new/", entered(fiscal_year="2031-32"))
        assert answer.status_code == 400
        assert "Your keys are locked." in words(answer)
        assert 'value="2031-32"' in answer.content.decode()

    @pytest.mark.parametrize("page", ["time", "people", "cancel", "items/new"])
    def test_only_the_secretariat_prepares(self, world, meeting, page):
        place = at(meeting, *page.split("/"))
        for method in ("get", "post"):
            answer = getattr(signed_in(world.fj), method)(place)
            assert answer.status_code == 403
            assert "The Secretariat prepares meetings." in words(answer)
        assert signed_in(world.oco).get(place).status_code == 200

    @pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR, Role.HEAD])
    def test_every_role_of_a_member_reads_and_none_prepares(self, world, meeting, role):
        client = signed_in(world.colleague("FJ", role, name=f"{role}"))
        assert client.get(at(meeting)).status_code == 200
        assert "Preparing" not in words(client.get(at(meeting)))
        assert client.get("/meetings/new/").status_code == 403

    def test_an_hour_that_does_not_exist_is_refused_and_stays_typed(self, world, meeting):
        from accounts.models import Administration

        Administration.objects.filter(pk="FJ").update(zone="Pacific/Auckland")
        sent = {"day": "2027-09-26", "time": "02:30", "zone": "Pacific/Auckland", "minutes": "60"}
        answer = signed_in(world.oco).post(at(meeting, "time"), sent)
        assert answer.status_code == 400
        assert "Clocks there jump over this time" in words(answer)
        assert 'value="02:30"' in answer.content.decode()
        sent["time"] = "03:30"
        assert signed_in(world.oco).post(at(meeting, "time"), sent).status_code == 302

    def test_who_is_taken_out_finds_nothing_any_more(self, world, meeting):
        oco, vanuatu = signed_in(world.oco), signed_in(world.vu)
        assert vanuatu.get(at(meeting)).status_code == 200
        sent = {"participants": ["FJ"], "observers": ["PW"]}
        assert oco.post(at(meeting, "people"), sent).status_code == 302
        assert vanuatu.get(at(meeting)).status_code == 404
        assert signed_in(world.pw).get(at(meeting)).status_code == 200

    def test_nobody_is_both_member_and_observer(self, world, meeting):
        sent = {"participants": ["FJ"], "observers": ["FJ"]}
        answer = signed_in(world.oco).post(at(meeting, "people"), sent)
        assert answer.status_code == 400
        assert "Choose one of the two for: FJ." in words(answer)

    def test_cancelling_asks_first_and_says_what_follows(self, world, meeting):
        oco = signed_in(world.oco)
        assert "Cancel this meeting?" in words(oco.get(at(meeting, "cancel")))
        assert Meeting.objects.get().state == "planned"
        assert oco.post(at(meeting, "cancel")).status_code == 302
        assert Meeting.objects.get().state == "cancelled"


class TestWritingTheAgenda:
    def add(self, client, meeting, **changes):
        sent = {"item": str(uuid4()), "title": ITEM, "kind": "decision", "minutes": "20",
                "lead": LEAD, **changes}  # fmt: skip
        return client.post(at(meeting, "items", "new"), sent)

    def test_an_item_is_put_on_it_and_read(self, world, meeting):
        assert self.add(signed_in(world.oco), meeting).status_code == 302
        seen = signed_in(world.vu).get(at(meeting))
        assert ITEM in words(seen)
        assert "<strong>twice</strong>" in seen.content.decode()

    def test_a_fault_loses_no_word(self, world, meeting):
        answer = self.add(signed_in(world.oco), meeting, title="", minutes="0")
        assert answer.status_code == 400
        assert LEAD in answer.content.decode()
        assert not meeting.items.exists()

    def test_sent_twice_it_is_there_once(self, world, meeting):
        oco, one = signed_in(world.oco), str(uuid4())
        for _time in (1, 2):
            self.add(oco, meeting, item=one)
        assert meeting.items.count() == 1

    def test_two_who_change_one_item_see_both_texts(self, world, hall, meeting):
        item = hall.item(meeting)
        place = at(meeting, "items", item.uuid)
        sent = {"kind": "decision", "minutes": "20", "title_base": "1", "lead_base": "1"}
        first = signed_in(world.oco).post(place, {**sent, "title": "mine", "lead": "theirs"})
        assert first.status_code == 302
        second = signed_in(world.oco_contact).post(
            place, {**sent, "title": "other", "lead": "my words"}
        )
        assert second.status_code == 409
        page = second.content.decode()
        for said in ("mine", "other", "my words", "theirs"):
            assert said in page
        assert hall.words(world.fj, meeting) >= {"mine", "theirs"}
        bases = dict(re.findall(r'name="(\w+_base)" value="(\d+)"', page))
        again = {**sent, **bases, "title": "both", "lead": "my words"}
        assert signed_in(world.oco_contact).post(place, again).status_code == 302
        assert hall.words(world.fj, meeting) >= {"both", "my words"}

    def test_the_buttons_move_an_item_without_scripts(self, world, hall, meeting):
        ids = [str(hall.item(meeting, name, lead="").uuid) for name in ("one", "two", "three")]
        oco = signed_in(world.oco)
        oco.post(at(meeting, "order"), {"order": ids, "down": ids[0]})
        assert [str(i.uuid) for i in meeting.items.all()] == [ids[1], ids[0], ids[2]]
        now = [ids[1], ids[0], ids[2]]
        oco.post(at(meeting, "order"), {"order": now, "up": ids[1]})
        assert [str(i.uuid) for i in meeting.items.all()] == now  # the first stays the first

    def test_an_order_of_a_former_agenda_changes_nothing(self, world, hall, meeting):
        ids = [str(hall.item(meeting, name, lead="").uuid) for name in ("one", "two")]
        hall.item(meeting, "three", lead="")
        oco = signed_in(world.oco)
        answer = oco.post(at(meeting, "order"), {"order": ids[::-1]}, follow=True)
        assert "changed in another window" in words(answer)
        assert [str(i.uuid) for i in meeting.items.all()][:2] == ids

    def test_nobody_else_moves_or_drops(self, world, hall, meeting):
        item = hall.item(meeting)
        fiji = signed_in(world.fj)
        acts = [("order",), ("standing",), ("deadline",), ("items", item.uuid, "drop")]
        for act in acts:
            assert fiji.post(at(meeting, *act), {"order": [str(item.uuid)]}).status_code == 403
        assert meeting.items.filter(dropped_at=None).count() == 1

    def test_dropping_asks_first(self, world, hall, meeting):
        item = hall.item(meeting)
        oco = signed_in(world.oco)
        assert "off the agenda?" in words(oco.get(at(meeting, "items", item.uuid, "drop")))
        assert oco.post(at(meeting, "items", item.uuid, "drop")).status_code == 302
        assert ITEM not in words(signed_in(world.fj).get(at(meeting)))

    def test_the_record_says_no_word_of_it(self, world, meeting):
        self.add(signed_in(world.oco), meeting)
        lines = b"".join(bytes(row.entry) for row in JournalEntry.objects.all())
        assert b"Ziphrannet" not in lines
        assert b"quombat" not in lines
