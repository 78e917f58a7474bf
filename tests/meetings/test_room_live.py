"""What open pages of the live room are given: small, only what changed, and for whom it is."""

import datetime
import re

import pytest
from django.utils import timezone, translation

from access.roles import Role
from access.sockets import Member, MemberFacts
from accounts.models import Appointment, Seat, User
from activity.models import LiveEvent
from meetings.live import MeetingPages
from meetings.room_acts import NotDone, ballot, hand, here
from meetings.services.deciding import cast_ballot, close_proposal, propose, take_action
from meetings.services.noting import keep_notes, write_join_details
from meetings.services.room import (
    call_item,
    check_in,
    check_out,
    open_meeting,
    raise_hand,
    write_notes,
)
from tests.hall import ITEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(world, hall):
    since = timezone.localdate() - datetime.timedelta(days=365)
    for code in ("FJ", "VU", "PW"):
        Seat.objects.create(administration_id=code, since=since, elected="by acclamation")
    meeting = hall.plan("FJ", "VU", "PW", chair="FJ")
    items = [hall.item(meeting), hall.item(meeting, "Wexelbird", closed_to=["VU"])]
    hall.item(meeting, "Another thing")
    open_meeting(actor=world.actor(world.oco), meeting=meeting)
    return Room(world, hall, meeting, items)


class Room:
    def __init__(self, world, hall, meeting, items):
        self.world, self.hall, self.meeting, self.items = world, hall, meeting, items
        self.topic = f"meeting:{meeting.uuid}"
        self.kind = MeetingPages()

    def both(self, user):
        return self.hall.both(user)

    def actor(self, user):
        return {"actor": self.world.actor(user)}

    def member(self, user):
        code = self.world.actor(user).administration
        facts = MemberFacts(user.pk, b"", code, "en", "Pacific/Fiji", self.world.vault(user))
        return Member(facts, None)

    def shown(self, act, *users):
        """What each of these people's pages is given of what `act` does; nothing for who is
        shown nothing."""
        before = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        act()
        return self.since(before, *users)

    def since(self, number, *users):
        events = list(LiveEvent.objects.filter(topic=self.topic, pk__gt=number).order_by("pk"))
        members = [self.member(user) for user in users]
        verdict = self.kind.judge_together(events, members)
        found = []
        for member in members:
            key = verdict.shown[0].get(member)
            if key is None:
                found.append("")
                continue
            with translation.override("en"), timezone.override("Pacific/Fiji"):
                drawn = self.kind.draw_together(events, key, member.vault, {})
            found.append("".join(drawn[event.pk] for event in events))
        return found


def test_an_item_that_is_called_appears_large_on_every_page(world, room):
    fiji, vanuatu, stranger = room.shown(
        lambda: call_item(**room.actor(world.oco), item=room.items[0]),
        world.fj, world.vu, world.newcomer("PW", Role.OBSERVER),
    )  # fmt: skip
    assert ITEM in fiji
    assert ITEM in vanuatu
    assert 'data-target="#room-item"' in vanuatu
    assert not stranger


def test_only_the_chair_and_the_secretariat_are_given_the_buttons_that_run_it(world, room):
    fiji, officer, vanuatu = room.shown(
        lambda: call_item(**room.actor(world.oco), item=room.items[0]),
        world.fj, world.oco, world.vu,
    )  # fmt: skip
    assert "formaction" in fiji
    assert "formaction" in officer
    assert "formaction" not in vanuatu


def test_fragments_of_a_closed_item_go_to_those_it_is_for(world, room):
    def act():
        call_item(**room.actor(world.oco), item=room.items[1])
        write_notes(**room.both(world.vu), item=room.items[1], words="zorptang", base=0)
        proposal = propose(**room.both(world.oco), item=room.items[1], words="Pay the snork.")
        take_action(
            **room.both(world.oco), item=room.items[1], words="Gribble it", owner="VU", due_on=None
        )
        close_proposal(**room.actor(world.oco), proposal=proposal, result="withdrawn")

    vanuatu, fiji, palau = room.shown(act, world.vu, world.fj, world.pw)
    for words in ("Wexelbird", "zorptang", "snork", "Gribble"):
        assert words in vanuatu
        assert words not in fiji
        assert words not in palau
    for trace in (
        "Closed item",
        "does not open",
        'id="decided-',
        'id="action-',
        'aria-labelledby="room-motion-h',
    ):
        assert trace not in fiji
    assert 'id="decided-' in vanuatu
    assert "No item is on the screen at present" in fiji


def test_of_notes_only_the_lines_that_changed_are_sent(world, room):
    call_item(**room.actor(world.oco), item=room.items[0])
    whole = "\n".join(f"line {n} of what was said" for n in range(200))
    keep_notes(**room.both(world.fj), item=room.items[0], words=whole, base=0)
    changed = whole.replace("line 7 of", "line seven of")
    (sent,) = room.shown(
        lambda: keep_notes(**room.both(world.fj), item=room.items[0], words=changed, base=1),
        world.vu,
    )
    assert re.search(r'data-base="1" data-revision="2" data-start="7" data-upto="8"', sent)
    assert "line seven of what was said" in sent
    assert len(sent) < 400


def test_what_is_done_often_weighs_little(world, room):
    """A second at 64 kbit/s is eight thousand letters."""
    call_item(**room.actor(world.oco), item=room.items[0])
    row = check_in(**room.actor(world.vu), meeting=room.meeting)
    (came,) = room.shown(lambda: check_in(**room.actor(world.fj), meeting=room.meeting), world.pw)
    assert 'id="at-FJ"' in came
    assert 'id="at-VU"' not in came
    assert "Quorum reached" in came
    (raised,) = room.shown(
        lambda: raise_hand(**room.actor(world.vu), meeting=room.meeting), world.pw
    )
    assert "Asks for the floor" in raised
    (left,) = room.shown(lambda: check_out(**room.actor(world.vu), attendance=row), world.pw)
    assert "Nobody asks for the floor." in left
    proposal = propose(**room.both(world.fj), item=room.items[0], words="In Suva.", method="vote")
    (voted,) = room.shown(
        lambda: cast_ballot(**room.actor(world.fj), proposal=proposal, choice="yes", revision=1),
        world.pw,
    )
    assert "Yes" in voted
    assert "In Suva." not in voted
    for sent in (came, raised, left, voted):
        assert len(sent) < 4000


def test_of_many_events_that_were_missed_each_region_is_drawn_once(world, room):
    call_item(**room.actor(world.oco), item=room.items[0])

    def act():
        for user in (world.vu, world.pw, world.fj):
            raise_hand(**room.actor(user), meeting=room.meeting)

    (missed,) = room.shown(act, world.oco)
    assert missed.count('id="room-hands"') == 1
    assert missed.count("Asks for the floor") == 3


def test_who_is_suspended_is_shown_nothing_from_that_instant(world, room):
    call_item(**room.actor(world.oco), item=room.items[0])
    member = room.member(world.vu_contact)
    assert room.kind.may_subscribe(member, room.topic)
    User.objects.filter(pk=world.vu_contact.pk).update(is_active=False)
    Appointment.objects.filter(user=world.pw).update(until=datetime.date(2026, 1, 1))
    assert not room.kind.may_subscribe(member, room.topic)
    shown = room.shown(
        lambda: raise_hand(**room.actor(world.fj), meeting=room.meeting),
        world.vu, world.fj_contact,
    )  # fmt: skip
    assert all(shown)
    event = LiveEvent.objects.latest("pk")
    verdict = room.kind.judge_together([event], [member])
    assert not verdict.shown[0]
    assert member in verdict.gone


# Over the socket


def test_acts_over_the_socket_are_the_services_of_the_buttons(world, room):
    call_item(**room.actor(world.oco), item=room.items[0])
    member, ref = room.member(world.vu), {"meeting": room.meeting.ref}
    here(member, {**ref, "on": "1"})
    hand(member, {**ref, "hand": "raise"})
    assert room.meeting.attendance.filter(user=world.vu, left_at=None).exists()
    assert room.meeting.hands.filter(user=world.vu, lowered_at=None).exists()
    proposal = propose(**room.both(world.fj), item=room.items[0], words="In Suva.", method="vote")
    vote = {**ref, "proposal": str(proposal.uuid), "choice": "yes"}
    with pytest.raises(NotDone, match="The wording was changed"):
        ballot(member, {**vote, "revision": "7"})
    ballot(member, {**vote, "revision": "1"})
    assert proposal.ballots.get().choice == "yes"
    here(member, {**ref, "on": "0"})
    assert not room.meeting.attendance.filter(left_at=None).exists()


def test_over_the_socket_a_stranger_and_a_closed_item_are_not_there(world, room, hall):
    proposal = None
    call_item(**room.actor(world.oco), item=room.items[1])
    proposal = propose(**room.both(world.oco), item=room.items[1], words="Pay.", method="vote")
    fiji = room.member(world.fj)
    vote = {"proposal": str(proposal.uuid), "revision": "1", "choice": "yes"}
    with pytest.raises(NotDone, match="This decision is not there"):
        ballot(fiji, {"meeting": room.meeting.ref, **vote})
    for wrong in ("", "nonsense", None, 7):
        with pytest.raises(NotDone):
            ballot(fiji, {"meeting": room.meeting.ref, **vote, "proposal": wrong})
    other = hall.plan("FJ")
    for act in (here, hand):
        with pytest.raises(NotDone, match="This meeting is not there"):
            act(room.member(world.vu), {"meeting": other.ref})


def test_new_details_of_how_to_join_come_to_every_page(world, room):
    vanuatu, officer, stranger = room.shown(
        lambda: write_join_details(
            **room.both(world.oco), meeting=room.meeting, words="Dial 330 0000", base=0
        ),
        world.vu, world.oco, world.newcomer("PW", Role.OBSERVER),
    )  # fmt: skip
    assert 'data-target="#room-join"' in vanuatu
    assert "Dial 330 0000" in vanuatu
    assert 'data-target="#room-agenda"' not in vanuatu
    assert "Change how to join" in officer
    assert "Change how to join" not in vanuatu
    assert not stranger
