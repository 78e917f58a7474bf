"""What a box shows, to whom, and that it is of this moment although its question is kept."""

import datetime

import pytest
from django.utils import timezone

from access.grants import grant
from accounts.models import Administration, Appointment
from bulletins import opening
from bulletins.boxes import Box
from bulletins.models import Bulletin, NamedOfficer, Recipient
from bulletins.queries import rows_in_box
from tests.desk import TITLE

pytestmark = pytest.mark.django_db

PAGE = slice(0, 50)


def refs(world, user, box="inbox", chosen=None):
    return [row.bulletin.ref for row in Box(world.actor(user), box, chosen or {})[PAGE]]


@pytest.fixture
def issued(desk, world):
    """One to Vanuatu, one to Vanuatu and Fiji; newest first."""
    first = desk.publish(world.fj)
    second = desk.publish(world.pw, recipients=("VU", "FJ"))
    return [second, first]


@pytest.mark.parametrize("box", ["inbox", "all", "ours"])
def test_each_administration_finds_its_own_rows_and_as_many_as_are_counted(issued, world, box):
    for user in (world.vu, world.fj, world.pw, world.oco):
        wanted = [row.bulletin.ref for row in rows_in_box(world.actor(user), box)]
        assert refs(world, user, box) == wanted
        assert Box(world.actor(user), box, {}).count() == len(wanted)
    assert refs(world, world.vu) == [one.ref for one in issued]
    assert refs(world, world.oco) == []


def test_a_row_is_what_the_models_say(issued, world):
    row = Box(world.actor(world.vu), "inbox", {})[PAGE][0]
    kept = Bulletin.objects.get(pk=row.bulletin.pk)
    assert {f.attname: getattr(row.bulletin, f.attname) for f in kept._meta.concrete_fields} == {
        f.attname: getattr(kept, f.attname) for f in kept._meta.concrete_fields
    }
    assert row.bulletin.origin.label == kept.origin.label
    assert (row.place, row.delivered_at, row.is_read) == ("to", None, False)


def test_the_next_question_sees_what_happened_in_between(issued, desk, world):
    reader, colleague = world.vu, world.vu_contact
    newest = refs(world, reader)[0]
    bulletin = Bulletin.objects.get(ref=newest)
    opening.open_bulletin(**desk.acting(reader), bulletin=bulletin)
    read = {row.bulletin.ref: row.is_read for row in Box(world.actor(reader), "inbox", {})[PAGE]}
    assert read == {issued[0].ref: True, issued[1].ref: False}
    assert refs(world, colleague, chosen={"state": "unread"}) == [one.ref for one in issued]
    assert refs(world, reader, chosen={"state": "unread"}) == [issued[1].ref]


def test_who_is_suspended_or_has_no_role_any_more_finds_nothing_at_the_next_question(issued, world):
    assert len(refs(world, world.vu)) == 2
    Appointment.objects.filter(user=world.vu_contact).update(
        until=timezone.now().date() - datetime.timedelta(days=1)
    )
    assert refs(world, world.vu_contact) == []
    Administration.objects.filter(pk="VU").update(suspended_on=timezone.now().date())
    assert refs(world, world.vu) == []
    assert Box(world.actor(world.vu), "inbox", {}).count() == 0
    Administration.objects.filter(pk="VU").update(suspended_on=None)
    assert len(refs(world, world.vu)) == 2


def test_what_is_addressed_by_name_is_listed_for_the_named_officer_alone(issued, world):
    Recipient.objects.filter(bulletin=issued[0], administration="VU").update(named_only=True)
    assert refs(world, world.vu) == [issued[1].ref]
    grant(NamedOfficer, "read", [world.vu], issued[0])
    assert refs(world, world.vu) == [one.ref for one in issued]
    assert refs(world, world.vu_contact) == [issued[1].ref]
    assert Box(world.actor(world.vu_contact), "inbox", {}).count() == 1


def test_a_list_opens_its_titles_and_marks_them_delivered_once(issued, world):
    rows = Box(world.actor(world.vu), "inbox", {})[PAGE]
    titles = opening.open_listed(world.vault(world.vu), rows)
    assert set(titles.values()) == {TITLE}
    again = Box(world.actor(world.vu), "inbox", {})[PAGE]
    assert all(row.delivered_at for row in again)
    assert opening.open_listed(None, again) == dict.fromkeys(titles)


def test_a_list_with_a_vault_of_another_administration_opens_no_title(issued, world):
    rows = Box(world.actor(world.vu), "inbox", {})[PAGE]
    assert set(opening.open_listed(world.vault(world.oco), rows).values()) == {None}
    again = Box(world.actor(world.vu), "inbox", {})[PAGE]
    assert not any(row.delivered_at for row in again)


def test_a_page_of_the_list_is_one_question_and_its_titles_another(
    issued, world, django_assert_num_queries
):
    actor, vault = world.actor(world.vu), world.vault(world.vu)
    opening.open_listed(vault, Box(actor, "inbox", {})[PAGE])
    with django_assert_num_queries(2):
        opening.open_listed(vault, Box(actor, "inbox", {})[PAGE])
