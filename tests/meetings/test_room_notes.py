"""Notes that several people type at once, by pages and plain forms: nobody loses a word."""

import pytest

from access.roles import Role
from meetings.services.noting import keep_notes
from tests.meetings.chamber import furnished, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(world, hall):
    return furnished(world, hall)


def test_notes_of_several_people_stand_together(world, room):
    room.opened()
    first = room.notes(world.fj, "Fiji asked", 0).json()
    assert first == {"words": "Fiji asked", "revision": 1}
    second = room.notes(world.vu, "Vanuatu answered", 0).json()
    assert second == {"words": "Fiji asked\nVanuatu answered", "revision": 2}
    assert "Fiji asked Vanuatu answered" in room.page(world.pw)


def test_who_types_on_while_others_lines_are_on_their_way_loses_neither(world, room):
    room.opened()
    room.notes(world.fj, "Fiji asked", 0)
    merged = room.notes(world.vu, "Van", 0).json()
    assert merged["words"] == "Fiji asked\nVan"
    typed_on = room.notes(world.vu, "Vanuatu", merged["revision"], former="Van").json()
    assert typed_on["words"] == "Fiji asked\nVanuatu"


def test_the_same_line_changed_by_two_is_shown_twice_and_nothing_is_lost(world, room):
    room.opened()
    room.notes(world.fj, "at ten", 0)
    room.notes(world.fj, "at eleven", 1)
    answer = room.notes(world.vu, "at noon", 1)
    assert answer.status_code == 409
    said = answer.json()
    assert (said["words"], said["revision"], said["both"]) == ("at eleven", 2, "at eleven\nat noon")
    assert "Fiji changed the same lines meanwhile" in said["sentence"]
    assert room.notes(world.vu, said["both"], 2).json()["revision"] == 3


def test_the_same_by_plain_forms(world, room):
    room.opened()
    place = f"items/{room.items[0].uuid}/notes/"
    room.post(world.fj, place, {"words": "at ten", "base": 0})
    room.post(world.fj, place, {"words": "at eleven", "base": 1})
    clash = room.post(world.vu, place, {"words": "at noon", "base": 1})
    assert clash.status_code == 409
    for words in ("at eleven", "at noon", "Keep both, one below the other"):
        assert words in words_of(clash)
    both = {"words": "at noon", "both": "at eleven\nat noon", "take_both": "1", "base": 2}
    assert "The notes are kept." in room.says(world.vu, place, both)
    assert "at eleven at noon" in room.page(world.fj)


def test_notes_that_cannot_be_kept_come_back_with_the_sentence(world, room):
    reader = world.colleague("VU", Role.READER, name="reader")
    room.opened()
    refused = room.notes(reader, "mine", 0)
    assert refused.status_code == 403
    assert "Readers follow a meeting" in refused.json()["sentence"]
    assert 'textarea name="words"' not in room.browser(reader).get(room.url).content.decode()
    long = room.notes(world.fj, "x" * 20_001, 0)
    assert long.status_code == 400
    assert "Shorten this to 20000 characters" in long.json()["sentence"]


def test_typing_on_after_the_meeting_was_closed_is_refused_in_words(world, room):
    room.opened(world.fj)
    assert "The meeting is closed." in room.says(world.oco, "close/")
    late = room.post(world.fj, f"items/{room.items[0].uuid}/notes/", {"words": "too late"})
    assert late.status_code == 403
    assert "This meeting is not under way." in words_of(late)
    assert "too late" in words_of(late)


def test_closing_waits_for_the_decision_on_the_screen(world, room):
    room.opened(world.fj, world.vu)
    proposal = room.puts("Meet in Suva.")
    assert "cannot be opened again" in room.page(world.fj, "close/")
    refused = room.post(world.fj, "close/")
    assert refused.status_code == 400
    assert "Close or withdraw the decision on the screen first." in words_of(refused)
    room.post(world.fj, f"decisions/{proposal.uuid}/close/", {"result": "withdrawn"})
    assert "The meeting is closed." in room.says(world.fj, "close/")
    assert "Withdrawn" in room.page(world.vu)


def test_a_locked_reader_keeps_what_was_typed(world, room):
    room.opened()
    browser = room.browser(world.fj)
    browser.cookies.pop("iswg-vault", None)
    for name in [name for name in browser.cookies if "vault" in name]:
        browser.cookies.pop(name)
    place = f"{room.url}items/{room.items[0].uuid}/notes/"
    answer = browser.post(place, {"words": "typed while locked", "base": 0})
    assert answer.status_code == 401
    assert "typed while locked" in words_of(answer)
    assert "Your keys are locked." in words_of(answer)


def test_notes_are_kept_once_however_often_they_are_sent(world, room):
    room.opened()
    kept = keep_notes(**room.hall.both(world.fj), item=room.items[0], words="a\r\nb", base=0)
    again = keep_notes(**room.hall.both(world.fj), item=room.items[0], words="a\nb", base=0)
    assert kept == again


def test_who_was_signed_out_while_typing_has_it_back_to_send_again(world, room):
    room.opened()
    browser = room.browser(world.fj)
    browser.post("/sign-out/")
    place = f"{room.url}items/{room.items[0].uuid}/notes/"
    answer = browser.post(place, {"words": "typed while signed out", "base": 0})
    assert answer.status_code == 401
    assert "typed while signed out" in words_of(answer)
    put = browser.post(f"{room.url}decisions/", {"decision-words": "Meet in Suva."})
    assert put.status_code == 401
    assert "Meet in Suva." in words_of(put)
