"""What was agreed stays as it was agreed, whatever is sent to whichever address."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from meetings.models import Attendance, Decision, MinutesComment, Proposal
from meetings.queries import with_people
from meetings.services import deciding, room
from meetings.services.minutes import comment_on_minutes, write_minutes
from meetings.services.series import NotPossible
from tests.factories import signed_in
from tests.meetings.walls import addresses, asked

pytestmark = pytest.mark.django_db


class TestWhatIsLocked:
    @pytest.fixture
    def adopted(self, world, held):
        later = held.later()
        officer = signed_in(world.oco)
        officer.post(held.address, {"act": "adopt", "in": later.ref})
        assert "as_adopted" in officer.get(held.address).context
        assert officer.get(held.address).context["as_adopted"]
        return held

    def test_no_address_makes_adopted_minutes_look_changed(self, world, adopted):
        """The chair and the Secretariat try everything that a meeting's addresses take."""
        for user in (world.fj, world.oco):
            client = signed_in(user)
            client.post(
                f"/meetings/{adopted.meeting.ref}/live/attendance/?code=PW", {"apology": "0"}
            )
            client.post(
                f"/meetings/{adopted.meeting.ref}/live/attendance/?code=VU", {"apology": "1"}
            )
            for item in (adopted.item, adopted.closed):
                for name, address in addresses(adopted.meeting, item):
                    if name not in {"people", "cancel"}:
                        asked(client, name, address)
        assert signed_in(world.vu).get(adopted.address).context["as_adopted"]

    def test_the_services_refuse_as_well(self, world, hall, adopted):
        oco, both = world.actor(world.oco), hall.both(world.oco)
        for act in (
            lambda: room.note_apology(actor=oco, meeting=adopted.meeting, code="VU", on=True),
            lambda: deciding.take_action(
                **both, item=adopted.item, words="More", owner="FJ", due_on=None
            ),
            lambda: write_minutes(**both, item=adopted.item, language="en", words="No", base=0),
        ):
            with pytest.raises(NotPossible):
                act()

    def test_before_the_adoption_an_apology_is_still_noted(self, world, held):
        address = f"/meetings/{held.meeting.ref}/live/attendance/?code=PW"
        signed_in(world.fj).post(address, {"apology": "0"})
        assert not Attendance.objects.filter(meeting=held.meeting, apology=True).exists()

    def test_only_who_runs_both_meetings_adopts(self, world, held):
        later = held.later()
        for user in (world.vu, world.pw):
            answer = signed_in(user).post(held.address, {"act": "adopt", "in": later.ref})
            assert answer.status_code == 403
        assert signed_in(world.fj).post(held.address, {"act": "adopt", "in": later.ref})
        assert with_people().get(pk=held.meeting.pk).minutes_state == "adopted"


class TestMovingThingsAcrossMeetings:
    def test_an_id_of_one_meeting_is_nothing_in_another(self, world, hall, held):
        other = hall.plan("FJ", "VU", "PW", chair="FJ")
        room.open_meeting(actor=world.actor(world.oco), meeting=other)
        mine = hall.item(other)
        client = signed_in(world.fj)
        place = f"/meetings/{other.ref}"
        for address in (
            f"{place}/live/items/{held.item.uuid}/call/",
            f"{place}/live/decisions/{Proposal.objects.get(item=held.item).uuid}/ballot/?revision=1",
            f"{place}/live/decisions/{Proposal.objects.get(item=held.item).uuid}/close/",
            f"{place}/live/attendance/{Attendance.objects.filter(apology=False)[0].pk}/left/",
            f"{place}/minutes/comments/{MinutesComment.objects.get(item=held.item).uuid}/settle/",
        ):
            assert client.post(address).status_code == 404, address
        for address in (
            f"{place}/items/{held.item.uuid}/",
            f"{place}/minutes/{held.item.uuid}/history/",
            f"{place}/live/items/{held.item.uuid}/notes/",
        ):
            assert client.get(address).status_code == 404, address
        assert client.post(f"{place}/live/items/{mine.uuid}/call/").status_code == 302

    def test_an_order_with_an_item_of_another_meeting_is_refused(self, world, hall, held):
        other = hall.plan("FJ", "VU", chair="FJ")
        items = [hall.item(other), hall.item(other)]
        officer, page = signed_in(world.oco), f"/meetings/{other.ref}/order/"
        officer.post(page, {"order": [items[1].uuid, held.item.uuid]})
        assert [one.pk for one in other.items.all()] == [one.pk for one in items]
        officer.post(page, {"order": [items[1].uuid, items[0].uuid]})
        assert [one.pk for one in other.items.all()] == [items[1].pk, items[0].pk]

    def test_items_of_a_meeting_that_is_over_keep_their_numbers(self, world, held):
        before = [one.pk for one in held.meeting.items.all()]
        order = [one.uuid for one in reversed(held.meeting.items.all())]
        signed_in(world.oco).post(f"/meetings/{held.meeting.ref}/order/", {"order": order})
        assert [one.pk for one in held.meeting.items.all()] == before


class TestTheRegister:
    def test_an_open_decision_is_not_replaced_by_one_of_a_closed_item(self, world, held):
        """Its state would tell everybody that there is another."""
        open_one, secret = (
            Decision.objects.get(item=held.item),
            Decision.objects.get(item=held.closed),
        )
        officer = signed_in(world.oco)
        answer = officer.post("/decisions/", {"decision": open_one.number, "by": secret.number})
        assert answer.status_code == 400
        assert Decision.objects.get(pk=open_one.pk).superseded_by is None
        with pytest.raises(NotPossible):
            deciding.supersede(actor=world.actor(world.oco), decision=open_one, by=secret)

    def test_a_decision_is_replaced_once(self, world, hall, held):
        later = [held.decided_later(), held.decided_later()]
        first = Decision.objects.get(item=held.item)
        deciding.supersede(actor=world.actor(world.oco), decision=first, by=later[0])
        with pytest.raises(NotPossible):
            deciding.supersede(actor=world.actor(world.oco), decision=first, by=later[1])
        assert Decision.objects.get(pk=first.pk).superseded_by == later[0]


class TestComments:
    def test_they_are_taken_until_their_day_is_over_where_one_is(self, world, hall, held):
        meeting = hall.now(held.meeting)
        type(meeting).objects.filter(pk=meeting.pk).update(comments_until=timezone.localdate())
        comment_on_minutes(**hall.both(world.fj), item=held.item, words="In time.")
        assert "Comment on this item" in held.reads(world.fj)
        past = timezone.localdate() - datetime.timedelta(days=2)
        type(meeting).objects.filter(pk=meeting.pk).update(comments_until=past)
        with pytest.raises(NotPossible):
            comment_on_minutes(**hall.both(world.fj), item=held.item, words="Late.")
        assert "Comment on this item" not in held.reads(world.fj)
        form = {"act": "comment", "item": str(held.item.uuid), "comment_id": str(uuid4())}
        answer = signed_in(world.fj).post(held.address, {**form, "words": "Late."})
        assert answer.status_code == 400
        assert "The day for comments on these minutes is over." in answer.content.decode()
