"""A meeting under way: quorum, hands, notes, decisions, actions."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from access.policy import Refused
from accounts.models import Seat
from meetings import writings
from meetings.models import Attendance, Decision, Field, Hand, Proposal
from meetings.queries import quorum_of
from meetings.quorum import Stay, spans
from meetings.roll import quorum_now, was_late
from meetings.services.deciding import (
    cast_ballot,
    close_proposal,
    propose,
    report_on_action,
    reword,
    supersede,
    take_action,
)
from meetings.services.room import (
    call_item,
    call_speaker,
    check_in,
    check_out,
    close_meeting,
    lower_hand,
    note_apology,
    open_meeting,
    raise_hand,
    write_notes,
)
from meetings.services.series import NotPossible


@pytest.fixture
def room(world, hall):
    """Fiji, Vanuatu and Palau hold the seats; the meeting is open, with one item called."""
    since = timezone.localdate() - datetime.timedelta(days=365)
    for code in ("FJ", "VU", "PW"):
        Seat.objects.create(administration_id=code, since=since, elected="by acclamation")
    meeting = hall.plan("FJ", "VU", "PW", chair="FJ")
    item = hall.item(meeting)
    open_meeting(actor=world.actor(world.oco), meeting=meeting)
    call_item(actor=world.actor(world.oco), item=item)
    return Room(world, hall, meeting, item)


class Room:
    def __init__(self, world, hall, meeting, item):
        self.world, self.hall, self.meeting, self.item = world, hall, meeting, item

    def actor(self, user):
        return {"actor": self.world.actor(user)}

    def comes(self, *users):
        return [check_in(**self.actor(one), meeting=self.meeting) for one in users]

    def puts(self, words, **more):
        chair = self.hall.both(self.world.fj)
        return propose(**chair, item=self.item, words=words, **more)


def test_the_quorum_counts_seats_not_people_and_stands_as_a_line(world, room):
    assert quorum_of(room.meeting) == 2
    room.comes(world.fj, world.fj_contact, world.oco)
    assert not quorum_now(room.hall.now(room.meeting)).reached
    (vanuatu,) = room.comes(world.vu)
    assert quorum_now(room.hall.now(room.meeting)).reached
    check_out(**room.actor(world.vu), attendance=vanuatu)
    now = quorum_now(room.hall.now(room.meeting))
    assert (now.reached, now.present) == (False, ("FJ",))
    assert [span.has_quorum for span in now.spans][-2:] == [True, False]


def test_an_alternate_fills_the_seat_it_stands_in_for(world, room):
    Seat.objects.filter(administration="PW").delete()
    Seat.objects.create(
        administration_id="OCO", since=datetime.date(2020, 1, 1),
        elected="by acclamation", alternate_id="PW",
    )  # fmt: skip
    (row,) = room.comes(world.pw)
    assert (row.part, row.for_seat_id) == ("alternate", "OCO")


def test_coming_twice_is_once_and_coming_back_is_a_second_stretch(world, room):
    (first,), (same,) = room.comes(world.vu), room.comes(world.vu)
    assert first.pk == same.pk
    check_out(**room.actor(world.vu), attendance=first)
    (second,) = room.comes(world.vu)
    assert second.pk != first.pk
    assert Attendance.objects.filter(administration="VU").count() == 2
    assert not was_late(first, room.hall.now(room.meeting))


def test_others_are_checked_in_only_by_who_runs_the_meeting(world, room):
    check_in(**room.actor(world.oco), meeting=room.meeting, person=world.pw)
    with pytest.raises(Refused):
        check_in(**room.actor(world.vu), meeting=room.meeting, person=world.pw_contact)
    note_apology(**room.actor(world.oco), meeting=room.meeting, code="VU", on=True)
    with pytest.raises(Refused):
        note_apology(**room.actor(world.vu), meeting=room.meeting, code="PW", on=True)


def test_a_stranger_takes_no_part(world, hall):
    meeting = hall.plan("FJ")
    open_meeting(actor=world.actor(world.oco), meeting=meeting)
    for act in (check_in, raise_hand):
        with pytest.raises(Refused):
            act(actor=world.actor(world.vu), meeting=meeting)


def test_points_of_order_and_the_floor(world, room):
    first = raise_hand(**room.actor(world.vu), meeting=room.meeting)
    again = raise_hand(**room.actor(world.vu), meeting=room.meeting)
    assert first.pk == again.pk
    order = raise_hand(**room.actor(world.pw), meeting=room.meeting, point_of_order=True)
    with pytest.raises(Refused):
        call_speaker(**room.actor(world.vu), hand=first)
    call_speaker(**room.actor(world.fj), hand=first)
    call_speaker(**room.actor(world.oco), hand=order)
    assert Hand.objects.get(pk=first.pk).lowered_at
    with pytest.raises(Refused):
        lower_hand(**room.actor(world.vu), hand=order)
    lower_hand(**room.actor(world.pw), hand=order)
    assert not Hand.objects.filter(lowered_at=None).exists()


def test_two_who_type_notes_lose_nothing(world, room):
    write_notes(**room.hall.both(world.fj), item=room.item, words="Fiji asked", base=0)
    with pytest.raises(writings.Overtaken) as overtaken:
        write_notes(**room.hall.both(world.vu), item=room.item, words="Vanuatu asked", base=0)
    assert overtaken.value.now.words == "Fiji asked"
    base = overtaken.value.now.revision
    both = "Fiji asked\nVanuatu asked"
    write_notes(**room.hall.both(world.vu), item=room.item, words=both, base=base)
    assert both in room.hall.words(world.pw, room.meeting)


def test_by_consensus_with_a_quorum_it_is_a_numbered_decision(world, room):
    room.comes(world.fj)
    proposal = room.puts("Tokelau is invited.")
    with pytest.raises(NotPossible):
        close_proposal(**room.actor(world.fj), proposal=proposal, result="agreed")
    room.comes(world.vu)
    close_proposal(**room.actor(world.fj), proposal=proposal, result="agreed")
    close_proposal(**room.actor(world.fj), proposal=proposal, result="rejected")
    decision = Decision.objects.get()
    assert decision.number == "D-2627-X1-01"
    assert decision.proposal.present == ["FJ", "VU"]
    assert "Tokelau is invited." in room.hall.words(world.pw, room.meeting)


def test_a_vote_is_counted_by_seat_and_falls_when_the_words_change(world, room):
    room.comes(world.fj, world.vu, world.pw)
    proposal = room.puts("Meet in Suva.", method="vote")
    cast_ballot(**room.actor(world.fj), proposal=proposal, choice="yes", revision=1)
    cast_ballot(**room.actor(world.vu), proposal=proposal, choice="no", revision=1)
    cast_ballot(**room.actor(world.vu_contact), proposal=proposal, choice="yes", revision=1)
    assert proposal.ballots.count() == 2
    with pytest.raises(Refused):
        cast_ballot(**room.actor(world.oco), proposal=proposal, choice="yes", revision=1)
    reword(**room.hall.both(world.oco), proposal=proposal, words="Meet in Nadi.", base=1)
    assert proposal.ballots.count() == 0
    with pytest.raises(NotPossible):
        cast_ballot(**room.actor(world.fj), proposal=proposal, choice="yes", revision=1)
    for user, choice in ((world.fj, "no"), (world.vu, "no"), (world.pw, "yes")):
        cast_ballot(**room.actor(user), proposal=proposal, choice=choice, revision=2)
    close_proposal(**room.actor(world.fj), proposal=proposal)
    assert Proposal.objects.get().result == "rejected"
    assert not Decision.objects.exists()


def test_one_decision_at_a_time_and_none_left_open_at_the_end(world, room):
    room.comes(world.fj, world.vu)
    same = uuid4()
    first = room.puts("One.", proposal_id=same)
    assert room.puts("One.", proposal_id=same).pk == first.pk
    with pytest.raises(NotPossible):
        room.puts("Two.")
    with pytest.raises(NotPossible):
        close_meeting(**room.actor(world.oco), meeting=room.meeting)
    close_proposal(**room.actor(world.fj), proposal=first, result="withdrawn")
    close_meeting(**room.actor(world.oco), meeting=room.meeting)
    assert not Attendance.objects.filter(left_at=None).exists()
    with pytest.raises(Refused):
        check_in(**room.actor(world.pw), meeting=room.meeting)


def test_a_later_decision_replaces_an_earlier_one_never_the_other_way_round(world, room):
    room.comes(world.fj, world.vu)
    for words in ("One.", "Two."):
        close_proposal(**room.actor(world.fj), proposal=room.puts(words), result="agreed")
    first, second = Decision.objects.order_by("pk")
    oco = world.actor(world.oco)
    supersede(actor=oco, decision=first, by=second)
    with pytest.raises(NotPossible):
        supersede(actor=oco, decision=second, by=first)
    assert Decision.objects.get(pk=first.pk).superseded_by == second


def test_an_action_is_its_owners_to_report_on(world, room):
    both = room.hall.both
    action = take_action(
        **both(world.oco), item=room.item, words="Send the seal list", owner="VU",
        due_on=timezone.localdate() + datetime.timedelta(days=30),
    )  # fmt: skip
    assert action.number == "A-2627-X1-01"
    with pytest.raises(Refused):
        report_on_action(**both(world.pw), action=action, words="done?", state="done", base=0)
    report_on_action(**both(world.vu), action=action, words="sent", state="done", base=0)
    action.refresh_from_db()
    assert action.state == "done"
    assert action.settled_at
    assert {"Send the seal list", "sent"} <= room.hall.words(world.fj, room.meeting)


def test_only_who_runs_it_runs_it(world, room):
    for user in (world.vu, world.pw_contact):
        for act in (
            lambda who: close_meeting(**room.actor(who), meeting=room.meeting),
            lambda who: call_item(**room.actor(who), item=room.item),
            lambda who: propose(**room.hall.both(who), item=room.item, words="mine"),
        ):
            with pytest.raises(Refused):
                act(user)


def test_the_line_of_a_quorum_over_midnight_and_with_overlaps():
    at = [datetime.datetime(2026, 11, 21, 23, 0, tzinfo=datetime.UTC)]
    at += [at[0] + datetime.timedelta(minutes=m) for m in (30, 90, 120)]
    stays = [
        Stay("FJ", at[0]), Stay("FJ", at[1], at[2]), Stay("VU", at[1], at[2]), Stay("XX", at[0]),
    ]  # fmt: skip
    line = spans(stays, {"FJ", "VU", "PW"}, 2, at[0], at[3])
    assert [(s.begins, s.ends, s.seats, s.has_quorum) for s in line] == [
        (at[0], at[1], ("FJ",), False),
        (at[1], at[2], ("FJ", "VU"), True),
        (at[2], at[3], ("FJ",), False),
    ]


def test_what_is_written_is_sealed(world, room):
    from meetings.models import Writing

    write_notes(**room.hall.both(world.fj), item=room.item, words="zorptang", base=0)
    row = Writing.objects.get(field=Field.NOTES)
    assert b"zorptang" not in bytes(row.sealed)


def test_decisions_and_actions_of_closed_items_leave_no_gap_in_the_numbers(world, room):
    room.comes(world.fj, world.vu)
    closed = room.hall.item(room.meeting, "closed", lead="", closed_to=["FJ"])
    call_item(**room.actor(world.oco), item=closed)
    both = room.hall.both(world.fj)
    hidden = propose(**both, item=closed, words="Between us.")
    close_proposal(**room.actor(world.fj), proposal=hidden, result="agreed")
    close_proposal(**room.actor(world.fj), proposal=room.puts("For all."), result="agreed")
    take_action(**room.hall.both(world.oco), item=closed, words="x", owner="FJ", due_on=None)
    action = take_action(
        **room.hall.both(world.oco), item=room.item, words="y", owner="VU", due_on=None
    )
    numbers = Decision.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["D-2627-X1-C01", "D-2627-X1-01"]
    assert action.number == "A-2627-X1-01"
