"""A meeting is planned, moved, cancelled; who takes part reads it, and nobody else."""

import datetime

import pytest

from access.policy import Refused
from meetings import when, writings
from meetings.models import Field, Meeting, Writing
from meetings.services.agenda import add_item, change_item, drop_item, order_items
from meetings.services.series import (
    NotPossible,
    cancel_meeting,
    change_participants,
    move_meeting,
    suggested_quarter,
    work_out_again,
)
from tests.hall import ITEM, LEAD


def test_who_takes_part_reads_the_agenda_and_nobody_else(world, hall):
    meeting = hall.plan("FJ", "VU", title="Ad hoc on the Ziphrannet")
    hall.item(meeting)
    for reader in (world.oco, world.fj, world.vu_contact):
        assert hall.words(reader, meeting) == {"Ad hoc on the Ziphrannet", ITEM, LEAD}
    with pytest.raises(Meeting.DoesNotExist):
        hall.reads(world.pw, meeting)
    assert {one.locked for one in writings.read(world.vault(world.pw), meeting).values()} == {True}


def test_a_closed_item_is_for_those_named_alone(world, hall):
    meeting = hall.plan("FJ", "VU")
    hall.item(meeting, "Open to all", lead="")
    hall.item(meeting, closed_to=["FJ"])
    assert hall.words(world.fj, meeting) == {"Open to all", ITEM, LEAD}
    assert hall.words(world.vu, meeting) == {"Open to all"}


def test_only_the_secretariat_prepares(world, hall):
    meeting = hall.plan("FJ", "VU")
    with pytest.raises(Refused):
        add_item(**hall.both(world.fj), meeting=meeting, title="mine")
    with pytest.raises(Refused):
        cancel_meeting(actor=world.actor(world.fj), meeting=meeting)


def test_who_is_added_reads_what_is_there_and_who_is_taken_out_nothing(world, hall):
    meeting = hall.plan("FJ", "VU")
    hall.item(meeting)
    hall.item(meeting, "For two", lead="", closed_to=["FJ", "VU"])
    change_participants(**hall.both(world.oco), meeting=meeting, codes=["FJ", "PW"])
    assert hall.words(world.pw, meeting) == {ITEM, LEAD}
    with pytest.raises(Meeting.DoesNotExist):
        hall.reads(world.vu, meeting)
    assert {t.locked for t in writings.read(world.vault(world.vu), meeting).values()} == {True}
    hall.item(meeting, "afterwards", lead="")
    assert "afterwards" in hall.words(world.fj, meeting)
    assert hall.words(world.fj, meeting) >= {"For two"}


def test_two_who_edit_one_text_lose_nothing(world, hall):
    meeting = hall.plan("FJ")
    item = hall.item(meeting)
    facts = {"kind": "decision", "minutes": 20, "presenter": "FJ"}
    change_item(**hall.both(world.oco), item=item, title="first", lead="one", bases=(1, 1), **facts)
    with pytest.raises(writings.Overtaken) as overtaken:
        change_item(
            **hall.both(world.oco_contact), item=item, title="second", lead="two", bases=(1, 1),
            **facts,
        )  # fmt: skip
    assert overtaken.value.now.words == "first"
    assert hall.words(world.fj, meeting) == {"first", "one"}
    history = writings.history_of(world.vault(world.fj), meeting, item.uuid, Field.TITLE)
    assert [one.words for one in history] == [ITEM, "first"]


def test_a_text_changed_by_hand_is_broken_and_hides_nothing_else(world, hall):
    meeting = hall.plan("FJ")
    hall.item(meeting)
    title = Writing.objects.get(meeting=meeting, field=Field.TITLE)
    lead = Writing.objects.get(meeting=meeting, field=Field.LEAD)
    Writing.objects.filter(pk=title.pk).update(sealed=lead.sealed)
    texts = hall.reads(world.fj, meeting)
    assert texts[title.subject, Field.TITLE].broken
    assert texts[lead.subject, Field.LEAD].words == LEAD


def test_the_order_changes_as_a_whole_or_not_at_all(world, hall):
    meeting = hall.plan("FJ")
    first, second = hall.item(meeting, "one"), hall.item(meeting, "two")
    oco = world.actor(world.oco)
    order_items(actor=oco, meeting=meeting, order=[second.uuid, first.uuid])
    assert [i.pk for i in meeting.items.all()] == [second.pk, first.pk]
    third = hall.item(meeting, "three")
    with pytest.raises(NotPossible):
        order_items(actor=oco, meeting=meeting, order=[first.uuid, second.uuid])
    drop_item(actor=oco, item=third)
    order_items(actor=oco, meeting=meeting, order=[first.uuid, second.uuid])


def test_a_meeting_keeps_its_hour_on_the_hosts_clock(world, hall):
    """Eleven in Auckland before and after clocks change there is another instant."""
    meeting = hall.plan("FJ", zone="Pacific/Auckland", day=datetime.date(2027, 4, 1))
    assert meeting.starts_at == datetime.datetime(2027, 3, 31, 22, tzinfo=datetime.UTC)
    oco = world.actor(world.oco)
    moved = move_meeting(
        actor=oco, meeting=meeting, day=datetime.date(2027, 4, 8), clock=datetime.time(11),
        minutes=120,
    )  # fmt: skip
    assert moved.starts_at == datetime.datetime(2027, 4, 7, 23, tzinfo=datetime.UTC)
    assert moved.sequence == 1


def test_an_hour_that_clocks_jump_over_is_refused_in_words(world, hall):
    meeting = hall.plan("FJ", zone="Pacific/Auckland")
    with pytest.raises(NotPossible) as refusal:
        move_meeting(
            actor=world.actor(world.oco), meeting=meeting, day=datetime.date(2027, 9, 26),
            clock=datetime.time(2, 30), minutes=60,
        )  # fmt: skip
    assert "time" in refusal.value.faults


def test_new_rules_of_a_zone_move_the_instant_and_raise_the_sequence(world, hall):
    meeting = hall.plan("FJ")
    Meeting.objects.filter(pk=meeting.pk).update(
        zone_rules="2020a", starts_at=meeting.starts_at + datetime.timedelta(hours=1)
    )
    still = hall.plan("VU")
    Meeting.objects.filter(pk=still.pk).update(zone_rules="2020a")
    now = meeting.starts_at - datetime.timedelta(days=1)
    assert work_out_again(actor=world.actor(world.oco), now=now) == 1
    again = hall.now(meeting)
    assert (again.starts_at, again.sequence, again.zone_rules) == (meeting.starts_at, 1, when.RULES)
    assert hall.now(still).sequence == 0
    assert work_out_again(actor=world.actor(world.oco), now=now) == 0


def test_the_quarter_is_suggested_and_stored_never_derived():
    assert suggested_quarter(datetime.date(2026, 7, 1)) == ("2026-27", 1)
    assert suggested_quarter(datetime.date(2026, 6, 30)) == ("2025-26", 4)
    assert suggested_quarter(datetime.date(2099, 12, 31)) == ("2099-00", 2)


def test_whoever_does_not_see_a_closed_item_finds_no_gap_in_numbers_or_times(world, hall):
    from meetings.queries import items_for, running_times

    meeting = hall.plan("FJ", "VU")
    for title, closed in (("one", ()), ("closed", ("FJ",)), ("two", ())):
        hall.item(meeting, title, lead="", closed_to=closed, minutes=10)
    meeting = hall.now(meeting)
    seen = {}
    for user in (world.fj, world.vu):
        items = items_for(world.actor(user), meeting)
        times = running_times(meeting, items)
        minutes = [int((times[i.pk] - meeting.starts_at).total_seconds() // 60) for i in items]
        seen[user.pk] = list(zip([i.number for i in items], minutes, strict=True))
    assert seen[world.fj.pk] == [("1", 0), ("2", 10), ("C1", 20)]
    assert seen[world.vu.pk] == [("1", 0), ("2", 10)]
