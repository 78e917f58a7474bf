"""The minutes at the front door: what each reads, edits, comments on, adopts and takes away."""

import io
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from access.actors import Actor
from activity.checkpoints import make_checkpoint
from activity.models import JournalEntry, Notice
from meetings.models import AgendaItem, Field, Meeting, MinutesComment, Writing
from meetings.services.minutes import comment_on_minutes
from tests.factories import signed_in
from tests.meetings.outcome import ACTION, DECIDED, NOTES, OPEN, SECRETS, hold


@pytest.fixture
def outcome(world, hall):
    return hold(world, hall)


def test_the_page_says_what_the_portal_knows(world, outcome):
    outcome.begin()
    page = outcome.reads(world.vu)
    for words in (
        OPEN, "<strong>follows</strong>", DECIDED, outcome.decision.number, ACTION,
        "2 yes, 0 no, 0 abstain", outcome.action.number, "Apologies", "Palau", "Quorum",
        "No quorum", "no vote", world.fj.name, "For a seat",
    ):  # fmt: skip
        assert words in page, words
    assert all(secret in page for secret in SECRETS[:3])


@pytest.mark.parametrize("begun", [False, True])
def test_whoever_a_closed_item_is_not_for_finds_no_trace_of_it(world, outcome, begun):
    if begun:
        outcome.circulate()
        comment_on_minutes(
            **outcome.hall.both(world.vu), item=outcome.closed, words="drizzlewick is a name"
        )
    client = signed_in(world.pw)
    closed = outcome.closed.uuid
    pages = [outcome.address, f"{outcome.address}communique/", "/decisions/", "/actions/?box=all",
             "/actions/csv/?box=all", "/decisions/?q=Vrombel", "/actions/?box=all&q=gnarlhop",
             "/meetings/reports/", "/meetings/reports/csv/"]  # fmt: skip
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        said = answer.content.decode()
        # What was typed into the box of a search stands in it again.
        assert not [one for one in SECRETS if one in said and one not in address], address
        assert str(closed) not in said, address
    for address in (f"{outcome.address}{closed}/", f"{outcome.address}{closed}/history/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"en": "x"}).status_code in (404, 405)
    comment = {"act": "comment", "item": str(closed), "comment_id": str(uuid4()), "words": "x"}
    assert client.post(outcome.address, comment).status_code == 404
    assert signed_in(world.fj).get(f"{outcome.address}{closed}/").status_code == 200


def test_minutes_are_begun_sent_round_and_revised_by_those_who_run_the_meeting(world, outcome):
    until = "2030-01-31"
    steps = [({"act": "begin"}, "draft"), ({"act": "circulate", "until": until}, "circulated"),
             ({"act": "revise"}, "revised")]  # fmt: skip
    stranger, secretary = signed_in(world.vu), signed_in(world.oco)
    for data, state in steps:
        assert stranger.post(outcome.address, data).status_code == 403
        assert secretary.post(outcome.address, data).status_code == 302
        assert Meeting.objects.get(pk=outcome.meeting.pk).minutes_state == state
    told = Notice.objects.get(recipient=world.vu, event="meetings.minutes_circulated")
    assert told.target == f"meetings.minutes:{outcome.meeting.uuid}"
    assert outcome.address in stranger.get("/notices/").content.decode()
    stranger.get(outcome.address)
    told.refresh_from_db()
    assert told.read_at


def test_a_day_that_is_over_is_refused_and_the_page_keeps_it(world, outcome):
    outcome.begin()
    answer = signed_in(world.oco).post(outcome.address, {"act": "circulate", "until": "2020-01-31"})
    assert answer.status_code == 400
    assert "Choose a day to come." in answer.content.decode()
    assert "2020-01-31" in answer.content.decode()


def editing(outcome, item=None):
    return f"{outcome.address}{(item or outcome.item).uuid}/"


def test_two_who_edit_one_item_lose_nothing(world, outcome):
    outcome.begin()
    secretary, chair = signed_in(world.oco), signed_in(world.fj)
    address = editing(outcome)
    assert NOTES in secretary.get(address).content.decode()
    mine = {"en": "Fiji follows.", "en_base": "1", "fr": "", "fr_base": "0"}
    assert secretary.post(address, mine).status_code == 302
    theirs = {"en": "We follow.", "en_base": "1", "fr": "Suivi.", "fr_base": "0"}
    answer = chair.post(address, theirs)
    assert answer.status_code == 409
    page = answer.content.decode()
    for words in ("Fiji follows.", "We follow.", "Suivi.", "Saved meanwhile", world.oco.name,
                  'name="en_base" value="2"', 'name="fr_base" value="1"'):  # fmt: skip
        assert words in page, words
    both = {"en": "Fiji follows; we follow.", "en_base": "2", "fr": "Suivi.", "fr_base": "1"}
    assert chair.post(address, both).status_code == 302
    assert "Fiji follows; we follow." in outcome.reads(world.vu)
    history = outcome.reads(world.vu, f"{address}history/")
    assert history.count("Version ") >= 4
    assert "<ins>" in history


def test_a_language_that_one_left_alone_is_no_conflict(world, outcome):
    outcome.begin()
    outcome.write("fr", "Les Fidji s'en chargent.", 0)
    stale = {"en": "Fiji follows.", "en_base": "1", "fr": "", "fr_base": "0"}
    answer = signed_in(world.fj).post(editing(outcome), stale)
    assert answer.status_code == 302
    assert {"Fiji follows.", "Les Fidji s'en chargent."} <= outcome.hall.words(
        world.vu, outcome.meeting
    )


def test_a_browser_that_ends_lines_its_own_way_changes_nothing(world, outcome):
    outcome.begin()
    outcome.write("en", "One.\n\nTwo.", 1)
    typed = {"en": "One.\r\n\r\nTwo.", "en_base": "2", "fr": "", "fr_base": "0"}
    signed_in(world.oco).post(editing(outcome), typed)
    assert Writing.objects.filter(field=Field.MINUTES_EN, subject=outcome.item.uuid).count() == 2


def test_readers_do_not_edit_and_are_told_why(world, outcome):
    outcome.begin()
    client = signed_in(world.vu)
    for answer in (client.get(editing(outcome)), client.post(editing(outcome), {"en": "mine"})):
        assert answer.status_code == 403
        assert "Only the chair and the Secretariat" in answer.content.decode()


def test_with_locked_keys_what_was_typed_comes_back(world, outcome):
    outcome.circulate()
    client = signed_in(world.oco)
    client.post("/lock/")
    answer = client.post(editing(outcome), {"en": "zorptang", "en_base": "1", "fr": ""})
    assert answer.status_code == 409
    assert "zorptang" in answer.content.decode()
    reader = signed_in(world.vu)
    reader.post("/lock/")
    data = {"act": "comment", "item": str(outcome.item.uuid), "comment_id": str(uuid4()),
            "words": "zorptang"}  # fmt: skip
    answer = reader.post(outcome.address, data)
    assert answer.status_code == 409
    assert "zorptang" in answer.content.decode()
    assert not MinutesComment.objects.exists()


def test_a_comment_is_made_once_and_dealt_with_by_the_secretariat(world, outcome):
    outcome.circulate()
    client = signed_in(world.vu)
    data = {"act": "comment", "item": str(outcome.item.uuid), "comment_id": str(uuid4()),
            "words": "We said Nadi."}  # fmt: skip
    for _twice in range(2):
        assert client.post(outcome.address, data).status_code == 302
    empty = client.post(outcome.address, {**data, "comment_id": str(uuid4()), "words": " "})
    assert empty.status_code == 400
    comment = MinutesComment.objects.get()
    assert "We said Nadi." in outcome.reads(world.pw)
    settle = f"{outcome.address}comments/{comment.uuid}/settle/"
    assert client.post(settle).status_code == 403
    assert signed_in(world.oco).post(settle).status_code == 302
    comment.refresh_from_db()
    assert comment.settled_at
    assert "Dealt with" in outcome.reads(world.pw)


def test_the_next_meeting_adopts_and_a_hand_in_the_record_is_said_plainly(world, outcome):
    outcome.circulate()
    secretary = signed_in(world.oco)
    nobody = secretary.post(outcome.address, {"act": "adopt", "in": outcome.meeting.ref})
    assert nobody.status_code == 302
    assert not Meeting.objects.filter(minutes_state="adopted").exists()
    later = outcome.later()
    adopting = {"act": "adopt", "in": later.ref}
    assert f"Adopted in {later.ref}" in secretary.get(outcome.address).content.decode()
    assert f"Adopted in {later.ref}" not in outcome.reads(world.vu)
    assert signed_in(world.vu).post(outcome.address, adopting).status_code == 403
    assert secretary.post(outcome.address, adopting).status_code == 302
    assert f"As adopted in {later.ref}" in outcome.reads(world.vu)
    assert secretary.post(editing(outcome), {"en": "x", "en_base": "1"}).status_code == 409
    Writing.objects.filter(field=Field.MINUTES_EN, subject=outcome.item.uuid).delete()
    assert "This is not what was adopted." in outcome.reads(world.vu)


def test_a_state_turned_back_by_hand_opens_no_text(world, outcome):
    outcome.circulate()
    later = outcome.later()
    secretary = signed_in(world.oco)
    secretary.post(outcome.address, {"act": "adopt", "in": later.ref})
    Meeting.objects.filter(pk=outcome.meeting.pk).update(minutes_state="revised")
    answer = secretary.post(editing(outcome), {"en": "other", "en_base": "1"})
    assert answer.status_code == 409
    assert "other" not in outcome.hall.words(world.vu, outcome.meeting)


def test_the_later_meeting_shows_what_is_handed_to_it(world, outcome):
    outcome.circulate()
    later = outcome.later()
    address = f"/meetings/{later.ref}/minutes/"
    page = outcome.reads(world.oco, address)
    assert f"Adopt the minutes of {outcome.meeting.ref}" in page
    assert ACTION in page
    for_palau = outcome.reads(world.pw, address)
    assert "Adopt the minutes of" not in for_palau
    assert ACTION in for_palau
    assert not [one for one in SECRETS if one in for_palau]


def test_the_communique_is_drafted_without_closed_items_and_then_edited(world, outcome):
    outcome.begin()
    secretary, address = signed_in(world.oco), f"{outcome.address}communique/"
    draft = secretary.get(address).content.decode()
    assert OPEN in draft
    assert DECIDED in draft
    assert not [one for one in SECRETS if one in draft]
    assert secretary.post(address, {"words": "For all.", "base": "0"}).status_code == 302
    late = signed_in(world.fj).post(address, {"words": "Mine.", "base": "0"})
    assert late.status_code == 409
    assert "For all." in late.content.decode()
    assert "Mine." in late.content.decode()
    reader = signed_in(world.vu)
    assert "For all." in reader.get(address).content.decode()
    assert reader.post(address, {"words": "Ours.", "base": "1"}).status_code == 403


# What leaves ----------------------------------------------------------------------------------


def printed(client, outcome, text="both"):
    answer = client.get(f"{outcome.address}pdf/?text={text}")
    assert answer.status_code == 200, answer
    assert "attachment" in answer["Content-Disposition"]
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_paper_has_it_all_in_the_languages_asked_for(world, outcome):
    outcome.begin()
    outcome.write("fr", "Les Fidji s'en chargent.", 0)
    make_checkpoint(Actor.command("tick"))
    client = signed_in(world.vu)
    both = printed(client, outcome)
    for words in (
        "Confidential", OPEN, "Les Fidji", "follows", DECIDED, outcome.decision.number, ACTION,
        "Apologies: Palau", "Vanuatu (VU)", "Not adopted", "Newest checkpoint", "Merkle root",
        "2 yes, 0 no, 0 abstain",
    ):  # fmt: skip
        assert words in both, words
    assert "Les Fidji" not in printed(client, outcome, "en")
    assert "follows" not in printed(client, outcome, "fr").replace("Fiji follows", "")
    lines = JournalEntry.objects.filter(event="meetings.minutes_taken_away")
    assert lines.count() == 3
    detail = json.loads(bytes(lines.first().entry))["detail"]
    assert detail == {"as_pdf": True, "state": "draft"}


def test_the_paper_of_who_is_shut_out_has_no_closed_item(world, outcome):
    outcome.begin()
    said = printed(signed_in(world.pw), outcome)
    assert OPEN in said
    assert not [one for one in SECRETS if one.split()[0] in said]


def test_before_they_are_begun_there_is_no_paper(world, outcome):
    assert signed_in(world.vu).get(f"{outcome.address}pdf/").status_code == 404


# Strangers and figures --------------------------------------------------------------------------


def test_an_administration_that_takes_no_part_finds_nothing(world, hall, outcome):
    other = hall.plan("VU")
    client = signed_in(world.pw)
    for what in ("", "pdf/", "communique/", f"{uuid4()}/", f"{uuid4()}/history/"):
        assert client.get(f"/meetings/{other.ref}/minutes/{what}").status_code == 404
    assert signed_in(world.vu).get(f"/meetings/{other.ref}/minutes/").status_code == 200


def test_twice_as_many_items_take_no_more_questions(world, outcome):
    outcome.begin()
    client = signed_in(world.vu)
    client.get(outcome.address)
    with CaptureQueriesContext(connection) as few:
        client.get(outcome.address)
    meeting = Meeting.objects.filter(pk=outcome.meeting.pk)
    meeting.update(state="live")
    for number in range(6):
        item = outcome.hall.item(outcome.meeting, title=f"Item {number}")
        AgendaItem.objects.filter(pk=item.pk).update(state="done")
    meeting.update(state="held")
    with CaptureQueriesContext(connection) as many:
        client.get(outcome.address)
    assert len(many) <= len(few)
