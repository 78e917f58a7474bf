"""Whom an item is for is changed while nothing was said about it; afterwards only those read it."""

import re

import pytest
from django.test import Client

from access.policy import Action, Refused, can
from meetings import writings
from meetings.models import AgendaItem, Field, MeetingKey, Writing
from meetings.sealing import open_keys
from meetings.services.agenda import add_item, change_item
from meetings.services.audience import change_audience
from meetings.services.room import call_item, open_meeting, write_notes
from meetings.services.series import NotPossible
from tests.factories import sign_in
from tests.hall import ITEM, LEAD
from vault.models import KeyHolder

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(hall):
    return hall.plan("FJ", "VU", "PW", chair="FJ")


def change(hall, world, item, *codes, user=None):
    return change_audience(**hall.both(user or world.oco), item=item, closed_to=codes)


def titles(hall, user, meeting, item):
    texts = hall.reads(user, meeting)
    return {name: text.words for (subject, name), text in texts.items() if subject == item.uuid}


def test_an_open_item_is_closed_and_the_others_hold_nothing_of_it(world, hall, meeting):
    item = hall.item(meeting)
    assert titles(hall, world.pw, meeting, item)["title"] == ITEM
    closed = change(hall, world, item, "VU")
    assert closed.closed_to == ["OCO", "VU"]
    assert titles(hall, world.vu, meeting, item) == {"title": ITEM, "lead": LEAD}
    assert titles(hall, world.oco, meeting, item) == {"title": ITEM, "lead": LEAD}
    assert not any(titles(hall, world.pw, meeting, item).values())
    assert not can(world.actor(world.pw), Action.READ_ITEM, closed)


def test_keys_decide_even_if_a_rule_is_missing(world, hall, meeting):
    """Every key that Palau ever had opens no row of the item any more."""
    item = hall.item(meeting)
    change(hall, world, item, "VU")
    keys = MeetingKey.objects.filter(meeting=meeting).select_related("meeting", "item")
    rows = Writing.objects.filter(subject=item.uuid).select_related("key")
    assert {row.key_id for row in rows}.isdisjoint(open_keys(world.vault(world.pw), keys))
    assert {row.key_id for row in rows} <= set(open_keys(world.vault(world.vu), keys))


def test_a_closed_item_is_closed_to_others_or_opened(world, hall, meeting):
    item = hall.item(meeting, closed_to=["VU"])
    first = MeetingKey.objects.get(item=item)
    assert not any(titles(hall, world.fj, meeting, item).values())
    change(hall, world, item, "FJ")
    assert titles(hall, world.fj, meeting, item)["title"] == ITEM
    assert not any(titles(hall, world.vu, meeting, item).values())
    assert not KeyHolder.objects.filter(object_id=first.uuid).exists()
    change(hall, world, AgendaItem.objects.get(pk=item.pk))
    for user in (world.fj, world.vu, world.pw):
        assert titles(hall, user, meeting, item) == {"title": ITEM, "lead": LEAD}
    change(hall, world, AgendaItem.objects.get(pk=item.pk), "PW")
    assert titles(hall, world.pw, meeting, item)["title"] == ITEM
    assert not any(titles(hall, world.fj, meeting, item).values())


def test_what_is_written_afterwards_goes_to_the_new_ones_too(world, hall, meeting):
    item = change(hall, world, hall.item(meeting), "VU")
    change_item(
        **hall.both(world.oco), item=item, title="Another", kind=item.kind, minutes=5,
        presenter="VU", lead="", bases=(1, 1),
    )  # fmt: skip
    assert titles(hall, world.vu, meeting, item)["title"] == "Another"
    history = writings.history_of(world.vault(world.vu), meeting, item.uuid, Field.TITLE)
    assert [(text.words, text.broken) for text in history] == [(ITEM, False), ("Another", False)]


def test_once_something_was_said_it_stays_as_it_is(world, hall, meeting):
    items = [hall.item(meeting), hall.item(meeting), hall.item(meeting)]
    hall.paper(world.vu, items[0], b"Six hulls.\n")
    open_meeting(actor=world.actor(world.oco), meeting=meeting)
    write_notes(**hall.both(world.vu), item=items[1], words="Said.", base=0)
    for item in items[:2]:
        with pytest.raises(NotPossible):
            change(hall, world, item, "VU")
    change(hall, world, items[2], "VU")
    called = hall.item(meeting)
    call_item(actor=world.actor(world.oco), item=called)
    with pytest.raises(NotPossible):
        change(hall, world, called, "VU")


def test_only_who_prepares_changes_it(world, hall, meeting):
    item = hall.item(meeting)
    with pytest.raises(Refused):
        change(hall, world, item, "VU", user=world.fj)
    change(hall, world, item, "VU")


def test_only_those_who_take_part_and_who_presents_among_them(world, hall, meeting):
    item = hall.item(meeting, presenter="FJ")
    for codes in (["TO"], ["VU"]):
        with pytest.raises(NotPossible):
            change(hall, world, item, *codes)
    change(hall, world, item, "FJ")
    with pytest.raises(NotPossible) as fault:
        add_item(
            **hall.both(world.oco), meeting=meeting, title="Other", presenter="VU",
            closed_to=["PW"],
        )  # fmt: skip
    assert "presenter" in fault.value.faults


def said(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_says_who_will_read_it_before_it_is_done(world, hall, meeting):
    item, officer, fiji = hall.item(meeting), Client(), Client()
    sign_in(officer, world.oco)
    sign_in(fiji, world.fj)
    page = f"/meetings/{meeting.ref}/items/{item.uuid}/audience/"
    assert "Whom it is for" in said(officer.get(page)).replace("whom", "Whom")
    asked = said(officer.post(page, {"closed_to": ["VU"]}))
    assert re.search(r"Then \d people in these administrations read the item: .*Vanuatu", asked)
    assert "Palau" not in asked.split("Then ")[1].split("Its title")[0]
    assert AgendaItem.objects.get(pk=item.pk).closed_to == []
    done = officer.post(page, {"closed_to": ["VU"], "sure": "1"})
    assert done.status_code == 302
    assert AgendaItem.objects.get(pk=item.pk).closed_to == ["OCO", "VU"]
    assert fiji.get(page).status_code == 404
    assert fiji.get(f"/meetings/{meeting.ref}/").status_code == 200
