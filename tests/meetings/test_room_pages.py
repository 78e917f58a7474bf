"""The live room by its pages and plain forms: who sees what, and refusals in words."""

import datetime
import json
import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Seat
from meetings.models import ActionPoint, Attendance, Decision, Hand, Meeting, Proposal
from meetings.services.noting import write_join_details
from meetings.services.room import call_item, check_in, open_meeting, write_notes
from tests.factories import signed_in
from tests.hall import ITEM
from tests.meetings.chamber import JSON, Room, furnished, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(world, hall):
    return furnished(world, hall)


# Reading


def test_before_it_is_opened_the_page_says_so_and_only_the_chair_opens_it(world, room):
    for user in (world.fj, world.oco):
        assert "Open the meeting" in room.page(user)
    assert "Not opened yet" in room.page(world.vu)
    assert "Open the meeting" not in room.page(world.vu)
    assert room.post(world.vu, "open/").status_code == 403
    assert "counted from then" in room.page(world.fj, "open/")
    assert "The meeting is open." in room.says(world.fj, "open/")
    assert Meeting.objects.get().state == "live"


def test_the_current_item_stands_large_with_its_lead_text_and_its_time(world, room):
    room.opened()
    page = room.page(world.vu)
    assert "Item 1" in page
    assert page.count(ITEM) >= 2  # in the agenda, and large
    assert "The quombat hull was seen twice off Neiafu." in page
    assert "0 min of 15 min" in page
    later = timezone.now() - datetime.timedelta(minutes=21)
    room.items[0].started_at = later
    room.meeting.items.filter(pk=room.items[0].pk).update(started_at=later)
    assert "6 min over: 21 min of 15 min" in room.page(world.vu)
    asked = room.browser(world.vu).get(room.url + "clock/").json()
    assert asked["planned"] == 15
    assert asked["now"] - asked["started"] >= 21 * 60


def test_papers_of_the_current_item_stand_with_it_by_their_titles(world, room, hall, data_dir):
    room.opened()
    hall.paper(world.vu, room.items[0], b"Seal numbers.\n", title="Zorptang of seals")
    page = room.page(world.pw)
    assert "Zorptang of seals Vanuatu" in page
    assert "14 bytes" in page
    room.post(world.oco, f"items/{room.items[1].uuid}/call/")
    assert "Zorptang" not in room.page(world.pw)


def test_the_next_item_button_leads_on_and_any_item_can_be_called(world, room):
    room.opened()
    page = room.browser(world.fj).get(room.url).content.decode()
    button = re.search(r'formaction="([^"]+)" data-key="n"', page)
    assert str(room.items[1].uuid) in button[1]
    room.browser(world.fj).post(button[1])
    assert "Item 2" in room.page(world.vu)
    room.post(world.oco, f"items/{room.items[0].uuid}/call/")
    assert "Item 1" in room.page(world.vu)
    refused = room.post(world.vu, f"items/{room.items[1].uuid}/call/")
    assert refused.status_code == 403
    assert "Only the chair and the Secretariat run a meeting." in words_of(refused)


def test_of_a_closed_item_others_find_nothing_in_the_room(world, room):
    room.opened(world.fj, world.vu, item=2)
    write_notes(**room.hall.both(world.vu), item=room.items[2], words="zorptang", base=0)
    proposal = room.puts("Pay the snork.", user=world.oco, item=2)
    for address in ("", "screen/"):
        assert "Wexelbird" in room.page(world.vu, address)
        assert "Pay the snork." in room.page(world.vu, address)
        shown = room.page(world.fj, address)
        for secret in (
            "Wexelbird",
            "Snargle",
            "zorptang",
            "snork",
            "Closed item",
            "Item 3",
            "Item C1",
            "does not open",
            "Decision on the screen",
        ):
            assert secret not in shown
    assert "No item is on the screen at present" in room.page(world.fj)
    for address in (
        f"items/{room.items[2].uuid}/notes/", f"items/{room.items[2].uuid}/call/",
        f"decisions/{proposal.uuid}/", f"decisions/{proposal.uuid}/ballot/",
        f"decisions/{proposal.uuid}/close/",
    ):  # fmt: skip
        assert room.post(world.fj, address, {"words": "mine"}).status_code == 404
    assert room.browser(world.fj).get(room.url + "clock/").json().keys() == {"now"}


def test_who_takes_no_part_finds_no_room(world, hall):
    meeting = hall.plan("FJ")
    hall.item(meeting)
    strange, invited = signed_in(world.vu), signed_in(world.fj)
    for address in ("", "screen/", "clock/", "open/", "close/", "join/"):
        assert strange.get(f"/meetings/{meeting.ref}/live/{address}").status_code == 404
    assert invited.get(f"/meetings/{meeting.ref}/live/").status_code == 200


# Being there


def test_one_checks_in_and_leaves_and_the_quorum_follows(world, room):
    room.opened()
    assert "No quorum" in room.page(world.fj)
    room.post(world.fj, "here/", {"on": "1"})
    assert "Quorum reached" in room.says(world.vu, "here/", {"on": "1"})
    page = room.page(world.oco)
    assert "2 of 3 seats are filled, 2 are needed." in page
    assert "2 people are here." in page
    assert "No quorum" in room.says(world.vu, "here/", {"on": "0"})
    assert "Has left" in room.page(world.fj)


def test_the_rapporteur_checks_others_in_and_out_and_notes_apologies(world, room):
    room.opened()
    room.post(world.oco, "attendance/", {"somebody-person": world.pw.pk})
    row = Attendance.objects.get(user=world.pw)
    assert "Sent an apology" in room.says(world.oco, "attendance/?code=VU", {"apology": "1"})
    assert "Sent an apology" not in room.says(world.oco, "attendance/?code=VU", {"apology": "0"})
    for user in (world.vu, world.pw_contact):
        assert room.post(user, "attendance/", {"somebody-person": world.pw.pk}).status_code == 403
        assert room.post(user, f"attendance/{row.pk}/left/").status_code == 403
    room.post(world.oco, f"attendance/{row.pk}/left/")
    assert Attendance.objects.get(pk=row.pk).left_at


def test_somebody_who_may_not_come_is_not_in_the_list(world, room):
    room.opened()
    answer = room.post(world.oco, "attendance/", {"somebody-person": "999999"})
    assert answer.status_code == 400
    assert "Select a valid choice" in words_of(answer)
    nowhere = room.says(world.oco, "attendance/?code=NZ", {"apology": "1"})
    assert "This administration does not take part." in nowhere


def test_who_comes_late_or_as_an_alternate_stands_there_as_that(world, room):
    Seat.objects.filter(administration="PW").delete()
    Seat.objects.create(
        administration_id="OCO", since=datetime.date(2020, 1, 1),
        elected="by acclamation", alternate_id="PW",
    )  # fmt: skip
    room.opened()
    Meeting.objects.update(opened_at=timezone.now() - datetime.timedelta(minutes=20))
    room.post(world.vu, "here/", {"on": "1"})
    assert re.search(r"Coordinator VU [^A-Z]*late", room.page(world.fj))
    room.post(world.pw, "here/", {"on": "1"})
    assert "Alternate for the seat OCO" in room.page(world.vu)


# Speaking


def test_hands_go_up_points_of_order_first_and_the_chair_gives_the_floor(world, room):
    room.opened(world.vu, world.pw)
    room.post(world.vu, "hand/", {"hand": "raise"})
    room.post(world.pw, "hand/", {"hand": "order"})
    page = room.page(world.fj)
    assert page.index("Coordinator PW Point of order") < page.index("Coordinator VU Asks")
    hand = Hand.objects.get(user=world.vu)
    assert room.post(world.pw, f"hands/{hand.pk}/", {"floor": "give"}).status_code == 403
    assert "Coordinator VU Has the floor" in room.says(
        world.fj, f"hands/{hand.pk}/", {"floor": "give"}
    )
    room.post(world.vu, "hand/", {"hand": "lower"})
    room.post(world.fj, f"hands/{Hand.objects.get(user=world.pw).pk}/", {"floor": "lower"})
    assert "Nobody asks for the floor." in room.page(world.vu)


# Deciding


def test_without_a_quorum_nothing_is_agreed_and_the_page_says_so(world, room):
    room.opened(world.fj)
    proposal = room.puts("Tokelau is invited.")
    refusal = room.says(world.fj, f"decisions/{proposal.uuid}/close/", {"result": "agreed"})
    assert "There is no quorum, so nothing can be agreed now." in refusal
    assert not Decision.objects.exists()
    check_in(**room.actor(world.vu), meeting=room.meeting)
    page = room.says(world.fj, f"decisions/{proposal.uuid}/close/", {"result": "agreed"})
    assert "D-2627-X1-01 Agreed" in page
    assert "Seats present FJ VU" in page
    assert "D-2627-X1-01" in room.page(world.pw)


def test_a_decision_that_cannot_be_put_comes_back_as_typed_beside_the_sentence(world, room):
    room.opened(world.fj, item=None)
    typed = {"decision-words": "Meet in Nadi.", "decision-method": "vote"}
    typed["decision-item"] = room.items[0].uuid
    answer = room.post(world.fj, "decisions/", typed)
    assert answer.status_code == 400
    assert "Call an item of the agenda first." in words_of(answer)
    assert "Meet in Nadi." in words_of(answer)
    call_item(**room.actor(world.fj), item=room.items[0])
    assert room.post(world.fj, "decisions/", typed).status_code == 302
    second = room.post(world.oco, "decisions/", {**typed, "decision-words": "Another."})
    assert second.status_code == 400
    assert "There is a decision on the screen. Close that one first." in words_of(second)
    assert "Another." in words_of(second)
    empty = room.post(world.fj, "decisions/", {**typed, "decision-words": ""})
    assert "Write the text of the decision." in words_of(empty)
    refused = room.post(world.vu, "decisions/", typed)
    assert refused.status_code == 403
    assert "Only the chair and the Secretariat run a meeting." in words_of(refused)
    assert "Meet in Nadi." in words_of(refused)


def test_a_vote_by_seat_with_its_roll_and_another_wording(world, room):
    room.opened(world.fj, world.vu, world.pw)
    proposal = room.puts("Meet in Suva.", "vote")
    place = f"decisions/{proposal.uuid}/"
    room.post(world.fj, f"{place}ballot/?revision=1", {"choice": "yes"})
    room.post(world.vu, f"{place}ballot/?revision=1", {"choice": "abstain"})
    page = room.page(world.pw)
    assert re.search(r"Fiji Yes.*Palau Has not voted.*Vanuatu Abstain", page)
    assert room.post(world.oco, f"{place}ballot/?revision=1", {"choice": "yes"}).status_code == 403
    room.post(world.oco, place, {"words": "Meet in Nadi.", "base": 1})
    stale = room.says(world.pw, f"{place}ballot/?revision=1", {"choice": "no"})
    assert "The wording was changed. Read it again before you vote." in stale
    for user, choice in ((world.fj, "yes"), (world.vu, "yes"), (world.pw, "no")):
        room.post(user, f"{place}ballot/?revision=2", {"choice": choice})
    page = room.says(world.fj, f"{place}close/", {"result": ""})
    assert "Agreed" in page
    assert "Yes 2 (FJ VU) · No 1 (PW) · Abstain 0" in page


def test_two_who_reword_at_once_see_both_texts(world, room):
    room.opened(world.fj, world.vu)
    place = f"decisions/{room.puts('Meet in Suva.').uuid}/"
    assert "Meet in Suva." in room.page(world.oco, place)
    room.post(world.fj, place, {"words": "Meet in Nadi.", "base": 1})
    both = room.post(world.oco, place, {"words": "Meet in Labasa.", "base": 1})
    assert both.status_code == 409
    for words in ("Meet in Nadi.", "Meet in Labasa.", "Fiji changed the same lines meanwhile."):
        assert words in words_of(both)
    assert 'name="base" value="2"' in both.content.decode()
    room.post(world.oco, place, {"words": "Meet in Labasa.", "base": 2})
    assert "Meet in Labasa." in room.page(world.vu)
    assert room.post(world.vu, place, {"words": "Mine.", "base": 3}).status_code == 403


def test_actions_are_taken_down_with_owner_and_due_date(world, room):
    room.opened(world.fj)
    due = timezone.localdate() + datetime.timedelta(days=30)
    typed = {"task-words": "Send the seal list", "task-owner": "VU", "task-due_on": str(due)}
    typed["task-item"] = room.items[0].uuid
    page = room.says(world.fj, "actions/", typed)
    assert "A-2627-X1-01" in page
    assert "Send the seal list" in room.page(world.pw)
    assert ActionPoint.objects.get().due_on == due
    for fault, changed in (
        ("Write what is to be done.", {"task-words": ""}),
        ("Choose one of those who take part.", {"task-owner": ""}),
        ("Enter a valid date.", {"task-due_on": "soon"}),
    ):
        answer = room.post(world.fj, "actions/", {**typed, **changed})
        assert answer.status_code == 400
        assert fault in words_of(answer)
    refused = room.post(world.vu, "actions/", typed)
    assert refused.status_code == 403
    assert "Send the seal list" in words_of(refused)
    assert ActionPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("decisions/", {"decision-words": "Follow the zibble hull.", "decision-method": "vote"}),
        ("actions/", {"task-words": "Follow the zibble hull.", "task-owner": "FJ"}),
    ],
)
def test_what_was_typed_under_one_item_is_not_put_under_another(world, room, address, typed):
    """The closed item was called while it was typed, or the next one is on the screen already."""
    room.opened(world.fj)
    name = f"{next(iter(typed)).partition('-')[0]}-item"
    asked = {**typed, name: room.items[1].uuid}
    answer = room.post(world.fj, address, asked)
    assert answer.status_code == 400
    said = words_of(answer)
    assert "Item 1 is on the screen now. If this belongs to it, send it again." in said
    assert "Follow the zibble hull." in said
    assert f'name="{name}" value="{room.items[0].uuid}"' in answer.content.decode()
    assert "zibble" not in room.page(world.vu)
    assert not Proposal.objects.exists()
    assert not ActionPoint.objects.exists()
    call_item(**room.actor(world.fj), item=room.items[1])
    assert room.post(world.fj, address, asked).status_code == 302
    assert "zibble" in room.page(world.vu)


def test_what_is_sent_a_second_time_stays_under_its_item(world, room):
    """The answer to the first sending was lost, and the next item was called meanwhile."""
    room.opened(world.fj)
    asked = {"decision-words": "Meet in Suva.", "decision-method": "vote",
             "decision-proposal": uuid4(), "decision-item": room.items[0].uuid}  # fmt: skip
    task = {"task-words": "Write to all.", "task-owner": "FJ", "task-action": uuid4(),
            "task-item": room.items[0].uuid}  # fmt: skip
    for _time in range(2):
        assert room.post(world.fj, "decisions/", asked).status_code == 302
        assert room.post(world.fj, "actions/", task).status_code == 302
        call_item(**room.actor(world.fj), item=room.items[1])
    assert Proposal.objects.get().item == ActionPoint.objects.get().item == room.items[0]


# The rest


def test_how_to_join_is_written_by_the_secretariat_and_read_by_who_takes_part(world, room):
    room.post(world.oco, "join/", {"words": "meet.example/42, +679 555 0100", "base": 0})
    assert "+679 555 0100" in room.page(world.vu)
    assert "Change how to join" not in room.page(world.fj)
    assert room.post(world.fj, "join/", {"words": "mine", "base": 1}).status_code == 403
    write_join_details(**room.hall.both(world.oco), meeting=room.meeting, words="new", base=1)
    both = room.post(world.oco, "join/", {"words": "newer", "base": 1})
    assert both.status_code == 409
    assert {"new", "newer"} <= set(words_of(both).split())


def test_the_screen_has_no_controls(world, room):
    room.opened(world.fj, world.vu)
    room.puts("Meet in Suva.", "vote")
    page = room.browser(world.vu).get(room.url + "screen/").content.decode()
    assert "Meet in Suva." in page
    assert ITEM in unescape(page)
    middle = page[page.index('id="room"') : page.index("</main>")]
    assert "<form" not in middle


def test_a_button_pressed_by_a_script_is_answered_in_words(world, room):
    room.opened()
    proposal = room.puts("Meet in Suva.")
    done = room.post(world.fj, "hand/", {"hand": "raise"}, **JSON)
    assert (done.status_code, done.json()) == (200, {})
    refused = room.post(world.fj, f"decisions/{proposal.uuid}/close/", {"result": "agreed"}, **JSON)
    assert refused.status_code == 409
    assert json.loads(refused.content)["error"].startswith("There is no quorum")
    stranger = room.post(world.vu, f"items/{room.items[1].uuid}/call/", **JSON)
    assert stranger.status_code == 403
    assert "Only the chair" in stranger.json()["error"]


def test_things_of_another_meeting_are_not_found_through_this_one(world, room, hall):
    room.opened(world.fj, world.vu)
    room.post(world.vu, "hand/", {"hand": "raise"})
    proposal, stay = room.puts("Meet in Suva."), Attendance.objects.get(user=world.vu)
    hand = Hand.objects.get()
    other = Room(world, hall, hall.plan("FJ", "VU", chair="FJ"), [])
    open_meeting(**room.actor(world.fj), meeting=other.meeting)
    for address in (
        f"items/{room.items[0].uuid}/call/", f"items/{room.items[0].uuid}/notes/",
        f"attendance/{stay.pk}/left/", f"hands/{hand.pk}/", f"decisions/{proposal.uuid}/",
        f"decisions/{proposal.uuid}/ballot/", f"decisions/{proposal.uuid}/close/",
    ):  # fmt: skip
        assert other.post(world.fj, address).status_code == 404
