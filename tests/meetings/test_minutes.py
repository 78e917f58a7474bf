"""The minutes, from the notes to adoption; and decisions without a meeting."""

import datetime
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from access.actors import Actor
from access.policy import Refused
from accounts.models import Seat
from activity.models import Notice
from meetings import writings
from meetings.adopted import is_as_adopted
from meetings.groups import group
from meetings.models import Adoption, Attendance, Decision, Field, Meeting, Proposal, Writing
from meetings.services.minutes import (
    adopt_minutes,
    begin_minutes,
    circulate_minutes,
    comment_on_minutes,
    revise_minutes,
    settle_comment,
    write_minutes,
)
from meetings.services.room import check_in, close_meeting, open_meeting, write_notes
from meetings.services.series import NotPossible
from meetings.services.silence import close_silences, object_to, open_silence

TICK = Actor.command("tick")


@pytest.fixture
def seats(world):
    for code in ("FJ", "VU", "PW"):
        Seat.objects.create(
            administration_id=code, since=datetime.date(2020, 1, 1), elected="by acclamation"
        )


@pytest.fixture
def held(world, hall, seats):
    """A meeting that is over, with notes of one item."""
    meeting = hall.plan("FJ", "VU", chair="FJ")
    item = hall.item(meeting)
    oco = world.actor(world.oco)
    open_meeting(actor=oco, meeting=meeting)
    check_in(actor=world.actor(world.fj), meeting=meeting)
    write_notes(**hall.both(world.fj), item=item, words="Fiji follows it up.", base=0)
    close_meeting(actor=oco, meeting=meeting)
    return hall.now(meeting), item


def to_adoption(world, hall, meeting, item):
    both = hall.both(world.oco)
    begin_minutes(**both, meeting=meeting)
    write_minutes(**both, item=item, language="fr", words="Les Fidji s'en chargent.", base=0)
    today = timezone.localdate()
    circulate_minutes(actor=both["actor"], meeting=meeting, until=today)
    revise_minutes(actor=both["actor"], meeting=meeting)
    later = hall.plan("FJ", "VU", chair="FJ", day=today + datetime.timedelta(days=100))
    with pytest.raises(NotPossible):
        adopt_minutes(**both, meeting=meeting, adopted_in=later)
    open_meeting(actor=both["actor"], meeting=later)
    return adopt_minutes(**both, meeting=meeting, adopted_in=later)


def test_minutes_begin_with_the_notes_and_are_never_overwritten(world, hall, held):
    meeting, item = held
    both = hall.both(world.oco)
    begin_minutes(**both, meeting=meeting)
    begin_minutes(**both, meeting=meeting)
    write_minutes(**both, item=item, language="en", words="Fiji follows up.", base=1)
    chair = hall.both(world.fj)
    with pytest.raises(writings.Overtaken):
        write_minutes(**chair, item=item, language="en", words="We follow up.", base=1)
    assert "Fiji follows up." in hall.words(world.vu, meeting)
    with pytest.raises(Refused):
        write_minutes(**hall.both(world.vu), item=item, language="en", words="x", base=2)


def test_comments_are_taken_while_the_draft_is_out_and_only_then(world, hall, held):
    meeting, item = held
    both = hall.both(world.oco)
    begin_minutes(**both, meeting=meeting)
    with pytest.raises(Refused):
        comment_on_minutes(**hall.both(world.vu), item=item, words="early")
    circulate_minutes(actor=both["actor"], meeting=meeting, until=timezone.localdate())
    assert Notice.objects.filter(recipient=world.vu, event="meetings.minutes_circulated").exists()
    same = uuid4()
    for _twice in range(2):
        comment = comment_on_minutes(
            **hall.both(world.vu), item=item, words="We said Nadi.", comment_id=same
        )
    assert item.comments.count() == 1
    assert "We said Nadi." in hall.words(world.fj, meeting)
    with pytest.raises(Refused):
        settle_comment(actor=world.actor(world.vu), comment=comment)
    settle_comment(actor=both["actor"], comment=comment)


def test_what_was_adopted_never_changes(world, hall, held):
    meeting, item = held
    to_adoption(world, hall, meeting, item)
    assert is_as_adopted(hall.now(meeting))
    with pytest.raises(NotPossible):
        write_minutes(**hall.both(world.oco), item=item, language="en", words="otherwise", base=1)
    with pytest.raises(Refused):
        comment_on_minutes(**hall.both(world.vu), item=item, words="late")


@pytest.mark.parametrize(
    "what", ["text added", "text taken away", "list changed", "later meeting", "who was there"]
)
def test_a_hand_in_the_adopted_record_is_met(world, hall, held, what):
    meeting, item = held
    adoption = to_adoption(world, hall, meeting, item)
    french = Writing.objects.get(meeting=meeting, field=Field.MINUTES_FR)
    rows = Adoption.objects.filter(pk=adoption.pk)
    if what == "text added":
        both = hall.both(world.oco)
        now = hall.now(meeting)
        writings.write(**both, meeting=now, subject=item.uuid, field=Field.MINUTES_EN,
                       words="x", base=1, item=None)  # fmt: skip
    elif what == "text taken away":
        french.delete()
    elif what == "list changed":
        rows.update(texts=[one for one in adoption.texts if one[1] != "minutes_fr"])
        french.delete()
    elif what == "who was there":
        late = F("arrived_at") + datetime.timedelta(minutes=20)
        assert Attendance.objects.filter(meeting=meeting).update(arrived_at=late)
    else:
        rows.update(adopted_in=None)
    assert not is_as_adopted(hall.now(meeting))


def test_silence_until_the_deadline_is_a_decision_and_an_objection_ends_it(world, hall, seats):
    deadline = timezone.now() + datetime.timedelta(days=7)
    facts = {"group": group("ISWG"), "title": "Form", "deadline": deadline}
    kept, broken = (
        open_silence(**hall.both(world.oco), proposal_id=uuid4(), words=words, **facts)
        for words in ("The form is adopted.", "The fee is doubled.")
    )
    with pytest.raises(Refused):
        object_to(**hall.both(world.oco), proposal=broken, words="no")
    object_to(**hall.both(world.vu), proposal=broken, words="Too much.")
    assert close_silences(actor=TICK, now=deadline - datetime.timedelta(minutes=1)) == 0
    after = deadline + datetime.timedelta(minutes=1)
    assert close_silences(actor=TICK, now=after) == 1
    assert close_silences(actor=TICK, now=after) == 0
    assert Decision.objects.get().proposal_id == kept.pk
    assert Proposal.objects.get(pk=broken.pk).result == "broken"
    assert "Too much." in hall.words(world.fj, Meeting.objects.get(pk=broken.meeting_id))


def test_too_short_a_silence_is_refused_in_words(world, hall, seats):
    with pytest.raises(NotPossible) as refusal:
        open_silence(
            **hall.both(world.oco), proposal_id=uuid4(), group=group("ISWG"),
            title="", words="", deadline=timezone.now(),
        )  # fmt: skip
    assert set(refusal.value.faults) == {"title", "words", "deadline"}
