"""Registers of decisions and actions, texts out of session, the year in figures: at the front
door."""

import csv
import datetime
import io
import json
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from activity import chores
from activity.models import JournalEntry, Notice
from activity.reminders import send_due
from meetings.models import ActionPoint, Attendance, Decision, Meeting, Proposal
from meetings.services.deciding import close_proposal, propose, take_action
from tests.factories import signed_in
from tests.meetings.outcome import ACTION, DECIDED, SECRET_ACTION, SECRET_DECISION, hold, take_seats

TICK = Actor.command("tick")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def outcome(world, hall):
    return hold(world, hall)


# Decisions ------------------------------------------------------------------------------------


def test_decisions_are_found_by_their_words_and_their_numbers(world, outcome):
    client = signed_in(world.vu)
    first = outcome.decision.number
    for typed in ("tokelau", first.lower(), "Invited SIT"):
        page = client.get("/decisions/", {"q": typed}).content.decode()
        assert DECIDED in page, typed
        assert SECRET_DECISION not in page
    assert "No decision has these words." in client.get("/decisions/?q=nowhere").content.decode()
    both = client.get("/decisions/").content.decode()
    assert DECIDED in both
    assert SECRET_DECISION in both
    assert "1 decision in the register" in outcome.reads(world.pw, "/decisions/")


def test_the_secretariat_marks_what_a_later_decision_replaces(world, outcome):
    first, second = outcome.decision, outcome.decided_later()
    data = {"decision": first.number, "by": second.number}
    assert signed_in(world.vu).post("/decisions/", data).status_code == 403
    secretary = signed_in(world.oco)
    backwards = {"decision": second.number, "by": first.number}
    assert secretary.post("/decisions/", backwards).status_code == 400
    assert secretary.post("/decisions/", {**data, "decision": "D-1"}).status_code == 404
    assert secretary.post("/decisions/", data).status_code == 302
    page = outcome.reads(world.vu, "/decisions/")
    assert "Superseded" in page
    assert f"?q={second.number}" in page


def test_a_closed_decision_replaces_no_open_one_because_others_would_learn_of_it(world, outcome):
    first, closed = Decision.objects.order_by("taken_at")
    secretary = signed_in(world.oco)
    assert closed.number not in options(secretary.get("/decisions/"))
    answer = secretary.post("/decisions/", {"decision": first.number, "by": closed.number})
    assert answer.status_code == 400
    assert "Superseded" not in outcome.reads(world.pw, "/decisions/")
    second = outcome.decided_later()
    assert second.number in options(secretary.get("/decisions/"))
    secretary.post("/decisions/", {"decision": closed.number, "by": second.number})
    assert "Superseded" in outcome.reads(world.vu, "/decisions/")
    assert "Superseded" not in outcome.reads(world.pw, "/decisions/")


def options(answer):
    return re.findall(r'<option value="([^"]*)"', answer.content.decode())


# Actions --------------------------------------------------------------------------------------


def page_of(action):
    return f"/actions/{action.uuid}/"


def test_boxes_show_what_is_ours_late_and_open(world, outcome):
    action, late = ActionPoint.objects.order_by("pk")
    ActionPoint.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - DAY)
    shown = {
        "ours": (world.vu, [ACTION, SECRET_ACTION]), "late": (world.vu, [SECRET_ACTION]),
        "open": (world.fj, [ACTION, SECRET_ACTION]), "mine": (world.vu, []),
    }  # fmt: skip
    for box, (who, words) in shown.items():
        page = outcome.reads(who, f"/actions/?box={box}")
        assert [one for one in (ACTION, SECRET_ACTION) if one in page] == words, box
    assert ACTION not in outcome.reads(world.fj, "/actions/")
    for_palau = outcome.reads(world.pw, "/actions/?box=late")
    assert "1 day late" not in for_palau
    assert ACTION in outcome.reads(world.fj, "/actions/?box=open&owner=VU")
    assert ACTION not in outcome.reads(world.fj, "/actions/?box=open&owner=FJ")


def test_its_owner_reports_in_place_and_others_are_refused(world, outcome):
    action = outcome.action
    data = {"words": "Half of it.", "state": "open", "base": "0", "box": "ours"}
    for user in (world.pw, world.fj):
        assert signed_in(user).post(page_of(action), data).status_code == 403
    owner = signed_in(world.vu)
    answer = owner.post(page_of(action), data)
    assert answer["Location"] == f"/actions/?box=ours#{action.number}"
    done = {"words": "All of it.", "state": "done", "base": "1"}
    assert owner.post(page_of(action), done)["Location"] == page_of(action)
    page = outcome.reads(world.fj, page_of(action))
    assert page.index("All of it.") < page.index("Half of it.")
    assert ACTION in outcome.reads(world.vu, "/actions/?box=mine")
    assert ACTION not in outcome.reads(world.vu, "/actions/?box=ours")


def test_a_report_over_another_shows_both(world, outcome):
    address = page_of(outcome.action)
    data = {"words": "The list is sent.", "state": "open", "base": "0"}
    signed_in(world.vu).post(address, data)
    answer = signed_in(world.oco).post(address, {**data, "words": "Asked again."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The list is sent." in page
    assert "Asked again." in page
    assert 'name="base" value="1"' in page
    bad = signed_in(world.vu).post(address, {"words": "zorp", "state": "eaten", "base": "1"})
    assert bad.status_code == 400
    assert "zorp" in bad.content.decode()


def test_an_action_of_a_closed_item_or_of_another_meeting_is_not_there(world, hall, outcome):
    closed = ActionPoint.objects.get(item=outcome.closed)
    client = signed_in(world.pw)
    for address in (page_of(closed), f"/actions/{uuid4()}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"words": "x", "state": "done"}).status_code == 404
    assert signed_in(world.fj).get(page_of(closed)).status_code == 200


def test_no_cell_of_the_table_computes(world, hall, outcome):
    outcome.later()
    later = Meeting.objects.exclude(pk=outcome.meeting.pk).get(state="live")
    item = later.items.first()
    for words in ("=HYPERLINK(1)", "+1", "@x", "-2+3", "\t=1"):
        take_action(**hall.both(world.oco), item=item, words=words, owner="VU", due_on=None)
    answer = signed_in(world.vu).get("/actions/csv/?box=ours")
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 8
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"\s*[=+@-]", cell)]
    assert "'=HYPERLINK(1)" in cells
    line = JournalEntry.objects.get(event="meetings.register_taken_away")
    assert json.loads(bytes(line.entry))["detail"] == {"rows": 7}


def test_an_owner_is_reminded_on_its_own_days_and_only_then(world, outcome):
    ActionPoint.objects.filter(item=outcome.closed).update(state="done")
    action = outcome.action
    made = timezone.now() - 30 * DAY
    ActionPoint.objects.filter(pk=action.pk).update(made_at=made)
    outcome.world.vu.appointments.first().administration.__class__.objects.filter(pk="VU").update(
        zone="Pacific/Kiritimati"
    )
    morning = datetime.datetime.combine(
        action.due_on - 3 * DAY, datetime.time(7, 5), datetime.UTC
    ) - datetime.timedelta(hours=14)
    assert send_due(TICK, morning - datetime.timedelta(minutes=10)) == 0
    assert send_due(TICK, morning) == 1
    assert send_due(TICK, morning) == 0
    told = Notice.objects.filter(event="meetings.action_due")
    assert {one.recipient_id for one in told} == {world.vu.pk, world.vu_contact.pk}
    assert told.first().target == f"meetings.actionpoint:{action.uuid}"
    assert page_of(action) in signed_in(world.vu).get("/notices/").content.decode()
    assert send_due(TICK, morning + 10 * DAY) == 1
    assert Notice.objects.filter(event="meetings.action_late", recipient=world.vu).exists()
    ActionPoint.objects.filter(pk=action.pk).update(state="done")
    assert send_due(TICK, morning + 20 * DAY) == 0


def test_home_says_what_is_owed_after_a_meeting(world, outcome):
    outcome.circulate()
    page = outcome.reads(world.vu, "/")
    assert ACTION in page
    assert page_of(outcome.action) in page
    assert "Read and comment" in page
    assert ACTION not in outcome.reads(world.pw, "/")
    assert "Read and comment" in outcome.reads(world.pw, "/")


@pytest.mark.parametrize("address", ["/actions/?box=all", "/decisions/"])
def test_a_longer_register_takes_no_more_questions(world, hall, outcome, address):
    client = signed_in(world.vu)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    later = outcome.later()
    oco, both = world.actor(world.oco), hall.both(world.oco)
    from meetings.services.room import check_in

    for user in (world.fj, world.vu):
        check_in(actor=world.actor(user), meeting=later)
    for number in range(5):
        item = later.items.first()
        take_action(**both, item=item, words=f"Do {number}", owner="VU", due_on=None)
        proposal = propose(**both, item=item, words=f"Text {number}")
        close_proposal(actor=oco, proposal=proposal, result="agreed")
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)


# Out of session -------------------------------------------------------------------------------


def typed(day, **more):
    facts = {
        "proposal_id": str(uuid4()), "group": "ISWG", "title": "Form of alerts",
        "words": "The quombat form is adopted.", "day": day.isoformat(), "clock": "17:00",
    }  # fmt: skip
    return {**facts, **more}


@pytest.fixture
def round_(world, hall, outcome):
    """A text that was sent round by the page."""
    client = signed_in(world.oco)
    answer = client.post("/meetings/silence/new/", typed(timezone.localdate() + 9 * DAY, send="1"))
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def test_a_text_is_sent_round_after_each_deadline_was_shown(world, outcome):
    client, day = signed_in(world.oco), timezone.localdate() + 9 * DAY
    shown = client.post("/meetings/silence/new/", typed(day, check="1")).content.decode()
    assert "3 administrations may object until then:" in shown
    assert "The quombat form is adopted." in shown
    assert not Proposal.objects.filter(method="silence").exists()
    soon = client.post("/meetings/silence/new/", typed(timezone.localdate(), send="1"))
    assert soon.status_code == 400
    assert "Leave at least two days." in soon.content.decode()
    assert "The quombat form is adopted." in soon.content.decode()
    data = typed(day, send="1")
    first, again = (client.post("/meetings/silence/new/", data) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Proposal.objects.filter(method="silence").count() == 1


def test_only_the_secretariat_sends_a_text_round(world, outcome):
    client = signed_in(world.vu)
    assert client.get("/meetings/silence/new/").status_code == 403
    data = typed(timezone.localdate() + 9 * DAY, send="1")
    assert client.post("/meetings/silence/new/", data).status_code == 403


def test_each_reads_the_deadline_in_its_own_day(world, outcome, round_):
    zones = {"FJ": "Pacific/Kiritimati", "VU": "Pacific/Pago_Pago"}
    from accounts.models import Administration

    for code, zone in zones.items():
        Administration.objects.filter(pk=code).update(zone=zone)
    proposal = Proposal.objects.get(method="silence")
    noon = proposal.deadline.replace(hour=10, minute=30)
    Proposal.objects.filter(pk=proposal.pk).update(deadline=noon)
    page = outcome.reads(world.vu, round_)
    assert "the day after yours" in page
    page = re.sub(r" 20\d\d,", ",", page)  # of another year than the reader's
    west = noon - datetime.timedelta(hours=11)
    east = noon + datetime.timedelta(hours=14)
    for there in (west, east):
        assert f"{there:%a} {there.day} {there:%b}, {there:%H:%M}" in page


def test_an_objection_with_its_reason_ends_it(world, outcome, round_):
    assert signed_in(world.oco).post(round_, {"words": "no"}).status_code == 403
    client = signed_in(world.vu)
    assert "Object for Vanuatu" in client.get(round_).content.decode()
    assert client.post(round_, {"words": " "}).status_code == 400
    assert client.post(round_, {"words": "Too dear."}).status_code == 302
    page = outcome.reads(world.fj, round_)
    assert "Silence broken" in page
    assert "Too dear." in page
    assert signed_in(world.fj).post(round_, {"words": "Me too"}).status_code == 403


def test_silence_to_the_end_is_a_decision_by_the_worker(world, outcome, round_):
    proposal = Proposal.objects.get(method="silence")
    now = proposal.deadline + datetime.timedelta(minutes=1)
    done = chores.tick(now=now)
    assert done["decisions out of session"] == 1
    decision = Decision.objects.get(proposal=proposal)
    assert decision.number in outcome.reads(world.vu, round_)
    register = outcome.reads(world.vu, "/decisions/")
    assert "The quombat form is adopted." in register
    assert Notice.objects.filter(recipient=world.vu, event="meetings.silence_kept").exists()


def test_those_who_have_not_looked_are_reminded_and_home_shows_it(world, outcome, round_):
    ActionPoint.objects.update(state="done")
    page = outcome.reads(world.vu, "/")
    assert "Read, and object or not" in page
    assert "Form of alerts" in page
    Proposal.objects.filter(method="silence").update(opened_at=timezone.now() - 20 * DAY)
    outcome.reads(world.vu, round_)
    deadline = Proposal.objects.get(method="silence").deadline
    send_due(TICK, deadline - DAY)
    told = set(
        Notice.objects.filter(event="meetings.silence_due").values_list("recipient", flat=True)
    )
    assert world.fj.pk in told
    assert world.vu.pk not in told


def test_who_takes_no_part_finds_no_text(world, hall):
    take_seats()
    from accounts.models import Seat

    Seat.objects.filter(administration="PW").delete()
    secretary = signed_in(world.oco)
    answer = secretary.post(
        "/meetings/silence/new/", typed(timezone.localdate() + 9 * DAY, send="1")
    )
    palau = signed_in(world.pw)
    assert palau.get(answer["Location"]).status_code == 404
    assert palau.post(answer["Location"], {"words": "no"}).status_code == 404
    assert "Form of alerts" not in palau.get("/meetings/silence/").content.decode()
    vanuatu = signed_in(world.vu).get("/meetings/silence/").content.decode()
    assert "Form of alerts" in vanuatu


# The year in figures --------------------------------------------------------------------------


def figures(client, year=""):
    text = client.get(f"/meetings/reports/csv/?year={year}").content.decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    return {row["Code"]: row for row in rows}


def test_the_year_counts_who_came_late_and_who_sent_apologies(world, outcome):
    rows = Attendance.objects.filter(meeting=outcome.meeting, administration="VU")
    rows.update(arrived_at=outcome.meeting.opened_at + datetime.timedelta(minutes=20))
    ActionPoint.objects.filter(item=outcome.item).update(state="done", settled_at=timezone.now())
    found = figures(signed_in(world.pw))
    told = {
        code: tuple(row[name] for name in ("Meetings held", "Present", "Of these late",
                                           "Apologies", "Absent"))
        for code, row in found.items()
    }  # fmt: skip
    assert told["FJ"] == ("1", "1", "0", "0", "0")
    assert told["VU"] == ("1", "1", "1", "0", "0")
    assert told["PW"] == ("1", "0", "0", "1", "0")
    assert (found["VU"]["Actions due"], found["VU"]["Actions on time"]) == ("1", "1")
    page = outcome.reads(world.pw, "/meetings/reports/?year=2026-27")
    assert "1 of 1" in page
    assert "2026-27" in page


def test_the_figures_are_those_of_meetings_that_one_may_read(world, hall, outcome):
    Meeting.objects.filter(pk=outcome.meeting.pk).update(fiscal_year="2025-26")
    other = hall.plan("VU")
    Meeting.objects.filter(pk=other.pk).update(state="held")
    assert set(figures(signed_in(world.pw), "2026-27")) == {"FJ", "VU", "PW"}
    assert "2026-27" not in outcome.reads(world.pw, "/meetings/reports/")
    assert "2026-27" in outcome.reads(world.vu, "/meetings/reports/")
