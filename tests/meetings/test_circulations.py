"""What carries a decision out of session is no meeting: only deadline or objection ends it."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from access.actors import Actor
from meetings.groups import group
from meetings.models import Decision, Meeting, Proposal
from meetings.queries import with_people
from meetings.services.series import NotPossible, change_participants
from meetings.services.silence import close_silences, open_silence
from tests.factories import signed_in
from tests.meetings.outcome import take_seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(world, hall):
    take_seats()
    return open_silence(
        **hall.both(world.oco), proposal_id=uuid4(), group=group("ISWG"), title="Snorkel",
        words="Use the new form.", deadline=timezone.now() + datetime.timedelta(days=5),
    )  # fmt: skip


def test_no_address_of_a_meeting_ends_or_opens_it(world, hall, proposal):
    officer = signed_in(world.oco)
    place = f"/meetings/{proposal.meeting.ref}"
    officer.post(f"{place}/live/open/")
    officer.post(f"{place}/cancel/")
    officer.post(f"{place}/standing/")
    officer.post(
        f"{place}/time/", {"day": "2027-02-03", "time": "11:00", "zone": "UTC", "minutes": "60"}
    )
    officer.post(f"{place}/items/new/", {"title": "X", "kind": "discussion", "minutes": "5"})
    meeting = Meeting.objects.get(pk=proposal.meeting.pk)
    assert (meeting.state, meeting.starts_at) == ("invited", None)
    assert not meeting.items.exists()
    later = proposal.deadline + datetime.timedelta(minutes=1)
    assert close_silences(actor=Actor.command("tick"), now=later) == 1
    assert Decision.objects.get().proposal.pk == proposal.pk


def test_nobody_is_taken_out_of_it_and_their_silence_for_consent(world, hall, proposal):
    meeting = with_people().get(pk=proposal.meeting.pk)
    with pytest.raises(NotPossible):
        change_participants(**hall.both(world.oco), meeting=meeting, codes=["FJ", "VU"])
    assert "PW" in with_people().get(pk=meeting.pk).holder_codes
    ordinary = hall.plan("FJ", "VU", "PW")
    change_participants(**hall.both(world.oco), meeting=ordinary, codes=["FJ", "VU"])
    assert "PW" not in with_people().get(pk=ordinary.pk).holder_codes


def test_sent_twice_it_goes_round_once(world, hall, proposal):
    again = open_silence(
        **hall.both(world.oco), proposal_id=proposal.uuid, group=group("ISWG"), title="Snorkel",
        words="Use the new form.", deadline=timezone.now() + datetime.timedelta(days=5),
    )  # fmt: skip
    assert again.pk == proposal.pk
    assert Proposal.objects.count() == Meeting.objects.count() == 1


def test_who_takes_the_chair_takes_part(world, hall):
    meeting = hall.plan("VU", chair="FJ")
    assert meeting.holder_codes == {"FJ", "VU", "OCO"}
