"""What stands beside the pages of meetings: discussions of them, lists that keep up, and the pages
to which notices lead."""

import re
from uuid import uuid4

import pytest

from access.sockets import Member, MemberFacts
from activity.models import LiveEvent, Notice
from activity.ports import page_of
from meetings.facts import papers_target, target_of
from meetings.live_lists import MeetingLists
from meetings.services.invitations import invite
from tests.factories import signed_in
from tests.hall import ITEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(hall):
    return hall.plan("FJ", "VU", title="Ad hoc on the Ziphrannet")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class TestDiscussions:
    def opened(self, client, about):
        return words(client.get(f"/threads/new/?about={about}"))

    def test_one_can_be_about_a_meeting_for_who_takes_part(self, world, meeting):
        about = f"meeting:{meeting.uuid}"
        assert "Ad hoc on the Ziphrannet" in self.opened(signed_in(world.vu), about)
        assert "Ziphrannet" not in self.opened(signed_in(world.pw), about)

    def test_one_about_a_closed_item_is_for_its_few(self, world, hall, meeting):
        item = hall.item(meeting, closed_to=["FJ"])
        about = f"agenda_item:{item.uuid}"
        assert ITEM in self.opened(signed_in(world.fj), about)
        assert ITEM not in self.opened(signed_in(world.vu), about)

    def test_it_stands_beside_its_item(self, world, hall, table, meeting):
        item = hall.item(meeting)
        thread = table.open(world.fj, "VU", about=("agenda_item", item.uuid))
        page = f"/meetings/{meeting.ref}/"
        assert thread.ref in words(signed_in(world.vu).get(page))
        assert thread.ref not in words(signed_in(world.oco).get(page))


class TestKeepingUp:
    def member(self, world, user):
        code = world.actor(user).administration
        return Member(MemberFacts(user.pk, b"", code, "en", "UTC", world.vault(user)), None)

    def test_lists_hear_of_what_their_reader_may_read_and_of_nothing_else(
        self, world, hall, meeting
    ):
        invite(actor=world.actor(world.oco), meeting=meeting)
        event = LiveEvent.objects.filter(topic="meetings:all").latest("pk")
        members = {code: self.member(world, getattr(world, code)) for code in ("fj", "vu", "pw")}
        shown = MeetingLists().judge(event, list(members.values()))
        assert set(shown) == {members["fj"], members["vu"]}
        assert MeetingLists().draw(event, None, "en", "UTC", None) == ""

    def test_nobody_subscribes_to_another_name(self, world, meeting):
        member = self.member(world, world.fj)
        assert MeetingLists().may_subscribe(member, "meetings:all")
        assert not MeetingLists().may_subscribe(member, f"meetings:{meeting.uuid}")


class TestNotices:
    def test_they_lead_to_the_page_that_they_are_about(self, world, hall, meeting):
        item = hall.item(meeting)
        invite(actor=world.actor(world.oco), meeting=meeting)
        assert Notice.objects.filter(event="meetings.invited", recipient=world.vu).exists()
        client = signed_in(world.vu)
        for target in (target_of(meeting), papers_target(meeting)):
            assert client.get(page_of(target, meeting.ref)).status_code == 200
        assert ITEM not in words(client.get("/notices/"))
        assert item.meeting.ref in words(client.get("/notices/"))

    def test_an_item_that_is_not_there_is_not_there(self, world, meeting):
        assert (
            signed_in(world.oco).get(f"/meetings/{meeting.ref}/items/{uuid4()}/").status_code == 404
        )
