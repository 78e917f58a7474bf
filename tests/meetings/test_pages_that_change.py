"""An open page of minutes, or of a register, is told when somebody else changed what it shows."""

import re

import pytest

from meetings.services.deciding import report_on_action
from meetings.services.minutes import (
    circulate_minutes,
    comment_on_minutes,
    revise_minutes,
    settle_comment,
)
from meetings.services.noting import write_join_details
from tests.factories import signed_in
from tests.meetings import chamber
from tests.meetings import outcome as outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def outcome(world, hall):
    return outcomes.hold(world, hall)


@pytest.fixture
def page(world):
    """As the page asks for itself when an event came."""
    client = signed_in(world.vu)
    return lambda address: client.get(address, headers={"X-Live": "poll"}).content.decode()


def stamp(page):
    return re.search(r'data-stamp="([0-9a-f.]+)"', page)[1]


def region(page, name):
    found = re.search(rf'<(\w+)[^>]* id="{name}".*?</\1>\s*(?=<|$)', page, re.S)
    assert found, name
    assert "data-live" in found[0].split(">")[0]
    return found[0]


def test_pages_listen_to_their_meeting_and_registers_to_all(world, outcome, page):
    topic = f"meeting:{outcome.meeting.uuid}"
    outcome.circulate()
    edit = f"{outcome.address}{outcome.item.uuid}/"
    officer = signed_in(world.oco)
    for html in (page(outcome.address), officer.get(edit).content.decode()):
        assert topic in re.search(r'data-topics="([^"]*)"', html)[1]
        assert "js/meetings.js" in html
    for address in ("/decisions/", "/actions/", f"/actions/{outcome.action.uuid}/"):
        assert "meetings:all" in re.search(r'data-topics="([^"]*)"', page(address))[1]


def test_texts_and_comments_come_by_themselves(world, hall, outcome, page):
    outcome.circulate()
    name = f"said-{outcome.item.uuid}"
    before = page(outcome.address)
    outcome.write("en", "Written by the rapporteur.", base=1)
    comment = comment_on_minutes(**hall.both(world.fj), item=outcome.item, words="Not so.")
    after = page(outcome.address)
    assert "Written by the rapporteur." not in before
    for words in ("Written by the rapporteur.", "Not so."):
        assert words in region(after, name) or words in after.split(f'id="{name}"')[1]
    assert stamp(before) == stamp(after)
    settle_comment(actor=world.actor(world.oco), comment=comment)
    assert "Dealt with" in page(outcome.address)


def test_no_region_that_comes_by_itself_has_a_form_in_it(world, outcome):
    """Somebody may be writing in it, and a token of its own would make it another each time."""
    outcome.circulate()
    officer = signed_in(world.oco)
    first, second = (officer.get(outcome.address).content.decode() for _n in range(2))
    name = f"said-{outcome.item.uuid}"
    assert region(first, name) == region(second, name)
    assert region(first, "minutes-roll") == region(second, "minutes-roll")


def test_another_state_of_the_minutes_is_told_with_a_line(world, outcome, page):
    outcome.circulate()
    before = stamp(page(outcome.address))
    assert stamp(page(outcome.address)) == before
    revise_minutes(actor=world.actor(world.oco), meeting=outcome.meeting)
    after = stamp(page(outcome.address))
    assert after != before
    day = outcome.hall.now(outcome.meeting).comments_until
    circulate_minutes(actor=world.actor(world.oco), meeting=outcome.meeting, until=day)
    assert stamp(page(outcome.address)) == before


def test_whoever_edits_is_told_that_somebody_saved(world, outcome):
    outcome.begin()
    officer, address = signed_in(world.oco), f"{outcome.address}{outcome.item.uuid}/"
    before = officer.get(address).content.decode()
    outcome.write("fr", "Écrit par Fidji.", 0, user=world.fj)
    after = officer.get(address, headers={"X-Live": "poll"}).content.decode()
    assert (stamp(before), stamp(after)) == ("1.0", "1.1")
    told = after.split('id="meanwhile"')[1].split("<form")[0]
    assert "Écrit par Fidji." in told
    assert "Coordinator FJ" in told


def test_registers_say_that_they_were_changed(world, hall, outcome, page):
    places = ("/actions/", f"/actions/{outcome.action.uuid}/", "/decisions/")
    before = [stamp(page(one)) for one in places]
    report = {"action": outcome.action, "words": "Half of it.", "state": "open", "base": 0}
    report_on_action(**hall.both(world.vu), **report)
    after = [stamp(page(one)) for one in places]
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, True, False]
    outcome.decided_later()
    assert stamp(page("/decisions/")) != before[2]


def test_how_to_join_comes_into_the_open_room(world, hall):
    room = chamber.furnished(world, hall).opened(world.fj)
    before = room.page(world.vu)
    assert "How to join" in before  # there, and hidden: it may come yet
    write_join_details(
        **hall.both(world.oco), meeting=room.meeting, words="Dial +679 330 0000", base=0
    )
    assert "Dial +679 330 0000" in room.page(world.vu)
