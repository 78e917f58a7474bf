"""Attacks on meetings at the front door, each beside the same thing done by who may."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from access.policy import Refused
from access.roles import Role
from accounts.models import Appointment
from activity.models import JournalEntry
from meetings.models import Ballot, Hand, MinutesComment, Proposal
from meetings.queries import with_people
from meetings.services import deciding, room
from meetings.services.minutes import settle_comment
from tests.factories import signed_in
from tests.meetings import chamber
from tests.meetings.walls import addresses, asked

pytestmark = pytest.mark.django_db


class TestWhoIsOutside:
    def test_every_address_of_a_meeting_is_nowhere_for_an_outsider(self, world, hall):
        """Palau does not take part, with every key that it has; Vanuatu does."""
        sitting = hall.sitting("VU")
        palau, vanuatu, count, met = signed_in(world.pw), signed_in(world.vu), 0, set()
        for name, address in addresses(sitting.meeting, sitting.item):
            for answer in asked(palau, name, address):
                assert answer.status_code == 404, (name, answer.status_code)
                count += 1
            met |= {answer.status_code for answer in asked(vanuatu, name, address)}
        assert count > 60
        assert {200, 302, 403} <= met

    def test_an_observer_whom_nobody_invited_is_an_outsider(self, world, hall):
        sitting = hall.sitting("VU")
        client = signed_in(world.newcomer("FJ", Role.OBSERVER))
        for name, address in addresses(sitting.meeting, sitting.item):
            for answer in asked(client, name, address):
                assert answer.status_code in {302, 404}, (name, answer.status_code)
                assert sitting.meeting.ref not in answer.headers.get("Location", "").split("?")[0]

    def test_every_address_of_a_closed_item_is_nowhere_for_who_is_outside_it(self, world, held):
        """Palau is in the meeting, and reads the open item under the very same addresses."""
        palau, seen = signed_in(world.pw), 0
        for name, address in addresses(held.meeting, held.closed):
            if not any(
                str(one) in address
                for one in (
                    held.closed.uuid,
                    Proposal.objects.get(item=held.closed).uuid,
                    MinutesComment.objects.get(item=held.closed).uuid,
                )
            ):
                continue
            seen += 1
            for answer in asked(palau, name, address):
                assert answer.status_code == 404, (name, answer.status_code)
        assert seen >= 15
        opened = {
            answer.status_code
            for name, address in addresses(held.meeting, held.item)
            for answer in asked(palau, name, address)
        }
        assert {200, 302, 403} <= opened

    def test_whose_appointment_ended_is_out_at_once(self, world, hall, live):
        vanuatu = signed_in(world.vu)
        assert vanuatu.get(live.url).status_code == 200
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Appointment.objects.filter(user=world.vu).update(until=yesterday)
        for address in (live.url, f"/meetings/{live.meeting.ref}/", "/decisions/", "/actions/"):
            assert vanuatu.get(address).status_code in {302, 403, 404}
        assert vanuatu.post(f"{live.url}hand/", {"hand": "raise"}).status_code in {302, 403, 404}
        assert not Hand.objects.filter(user=world.vu).exists()

    def test_an_officer_without_the_key_sees_that_it_is_locked_and_no_word(self, world, hall, live):
        newcomer = world.newcomer("VU", Role.CONTACT)
        client = signed_in(newcomer)
        for address in (live.url, f"/meetings/{live.meeting.ref}/"):
            answer = client.get(address, follow=True)
            assert "Wexelbird" not in answer.content.decode()
            assert "Second thing" not in answer.content.decode()
        granted = signed_in(world.vu).get(live.url).content.decode()
        assert "Second thing" in granted


class TestTheChairOutsideAClosedItem:
    """Fiji has the chair; the third item is closed to all but Vanuatu and the Secretariat."""

    def closed_vote(self, world, hall, live):
        room.call_item(**live.actor(world.oco), item=live.items[2])
        both = hall.both(world.oco)
        return deciding.propose(**both, item=live.items[2], words="Pay the snargle.", method="vote")

    def test_does_not_learn_from_a_refusal_that_a_decision_is_open_there(self, world, hall, live):
        secret = self.closed_vote(world, hall, live)
        room.call_item(**live.actor(world.fj), item=live.items[1])
        answer = live.post(world.fj, "decisions/", {
            "decision-words": "Meet in Suva.", "decision-method": "consensus",
            "decision-proposal": uuid4(), "decision-item": live.items[1].uuid,
        })  # fmt: skip
        assert answer.status_code == 302
        again = live.post(world.fj, "decisions/", {
            "decision-words": "And in Nadi.", "decision-method": "consensus",
            "decision-proposal": uuid4(), "decision-item": live.items[1].uuid,
        })  # fmt: skip
        assert again.status_code == 400  # of the own one the chair is told
        page = live.page(world.fj)
        assert "Meet in Suva." in page
        assert "snargle" not in page
        own = Proposal.objects.get(item=live.items[1])
        live.post(world.fj, f"decisions/{own.uuid}/close/", {"result": "agreed"})
        assert "Pay the snargle." in live.page(world.oco)
        assert Proposal.objects.get(pk=secret.pk).is_open

    def test_can_end_the_meeting_without_learning_of_it(self, world, hall, live):
        secret = self.closed_vote(world, hall, live)
        assert live.post(world.fj, "close/").status_code == 302
        assert with_people().get(pk=live.meeting.pk).state == "held"
        assert Proposal.objects.get(pk=secret.pk).result == "withdrawn"
        own = JournalEntry.objects.filter(administration="FJ", event__contains="proposal")
        assert not own.exists()

    def test_who_knows_of_it_is_told_to_close_it_first(self, world, hall, live):
        self.closed_vote(world, hall, live)
        assert live.post(world.oco, "close/").status_code == 400
        assert with_people().get(pk=live.meeting.pk).is_live

    def test_the_services_refuse_what_the_pages_do_not_show(self, world, hall, live):
        secret = self.closed_vote(world, hall, live)
        fiji = {"actor": world.actor(world.fj)}
        for act in (
            lambda: deciding.close_proposal(**fiji, proposal=secret, result="withdrawn"),
            lambda: deciding.cast_ballot(**fiji, proposal=secret, choice="no", revision=1),
            lambda: room.call_item(**fiji, item=live.items[2]),
        ):
            with pytest.raises(Refused):
                act()
        deciding.cast_ballot(actor=world.actor(world.vu), proposal=secret, choice="yes", revision=1)
        deciding.close_proposal(actor=world.actor(world.oco), proposal=secret)
        assert Proposal.objects.get(pk=secret.pk).result == "agreed"

    def test_only_the_seats_it_is_for_vote_in_it_and_stand_in_the_roll(self, world, hall, live):
        secret = self.closed_vote(world, hall, live)
        assert secret.seats == ["VU"]
        roll = live.page(world.vu).split("Decision on the screen")[1].split("Your seat votes")[0]
        assert "Palau" not in roll

    def test_does_not_settle_a_comment_on_it(self, world, held):
        secret = MinutesComment.objects.get(item=held.closed)
        # Palau in the chair, say: the right to run it is not the right to read it.
        type(held.meeting).objects.filter(pk=held.meeting.pk).update(chair="PW")
        with pytest.raises(Refused):
            settle_comment(actor=world.actor(world.pw), comment=secret)
        settle_comment(
            actor=world.actor(world.pw), comment=MinutesComment.objects.get(item=held.item)
        )


class TestVotes:
    def test_a_seat_has_one_vote_however_often_it_is_sent_and_none_afterwards(
        self, world, hall, live
    ):
        proposal = live.puts("Meet in Suva.", method="vote")
        ballot = f"decisions/{proposal.uuid}/ballot/?revision=1"
        for choice in ("yes", "yes", "no"):
            assert live.post(world.vu, ballot, {"choice": choice}).status_code == 302
        assert [one.choice for one in Ballot.objects.filter(proposal=proposal)] == ["no"]
        live.post(world.fj, f"decisions/{proposal.uuid}/close/", {"result": ""})
        late = live.post(world.vu, ballot, {"choice": "yes"}, **chamber.JSON)
        assert late.status_code == 403
        assert [one.choice for one in Ballot.objects.filter(proposal=proposal)] == ["no"]

    def test_who_holds_no_seat_or_speaks_for_nobody_does_not_vote(self, world, hall, live):
        proposal = live.puts("Meet in Suva.", method="vote")
        ballot = f"decisions/{proposal.uuid}/ballot/?revision=1"
        reader = world.colleague("VU", Role.READER)
        for user in (world.oco, reader):
            assert live.post(user, ballot, {"choice": "yes"}).status_code == 403
        assert not Ballot.objects.exists()
        assert live.post(world.pw, ballot, {"choice": "yes"}).status_code == 302
        assert Ballot.objects.get().seat_id == "PW"
