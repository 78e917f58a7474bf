"""The 24 administrations as of a day, the six seats, and the groups that follow from them."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from accounts.administrations_data import WORDS
from accounts.groups import groups_on
from accounts.models import Administration, Membership, RecipientGroup, Seat
from accounts.queries import members_on, seats_on

BEFORE_TOKELAU = datetime.date(2025, 5, 18)
SINCE_TOKELAU = datetime.date(2025, 5, 19)


@pytest.fixture
def seeded(db):
    call_command("seed_administrations", verbosity=0)


def test_there_are_24_members_and_23_before_tokelau_came(seeded):
    assert members_on(timezone.now().date()).count() == 24
    assert members_on(SINCE_TOKELAU).count() == 24
    before = {row.pk for row in members_on(BEFORE_TOKELAU)}
    assert len(before) == 23
    assert "TK" not in before


def test_the_secretariat_is_an_organisation_and_not_a_member(seeded):
    assert Administration.objects.count() == 25
    assert "OCO" not in {row.pk for row in members_on(timezone.now().date())}
    assert not Membership.objects.filter(administration="OCO").exists()


def test_six_administrations_hold_a_seat(seeded):
    held = {seat.administration_id for seat in seats_on(timezone.now().date())}
    assert held == {"AU", "FJ", "NZ", "PW", "SB", "VU"}
    assert all(seat.elected for seat in Seat.objects.all())


def test_every_word_of_the_table_can_be_translated(seeded):
    shown = set(Membership.objects.values_list("source", flat=True))
    shown |= set(Administration.objects.values_list("region", flat=True))
    assert shown <= set(WORDS)


def test_seeding_twice_changes_nothing(seeded):
    Administration.objects.filter(pk="FJ").update(service="Renamed by the Secretariat")
    RecipientGroup.objects.get(pk="melanesia").administrations.remove("FJ")
    call_command("seed_administrations", verbosity=0)
    assert Administration.objects.count() == 25
    assert Seat.objects.count() == 6
    assert Membership.objects.count() == 24
    assert Administration.objects.get(pk="FJ").service == "Renamed by the Secretariat"
    assert RecipientGroup.objects.get(pk="melanesia").administrations.count() == 4


def test_every_administration_has_both_names_a_place_and_a_known_clock(seeded):
    from zoneinfo import ZoneInfo

    for row in Administration.objects.all():
        assert row.name, row.pk
        assert row.name_fr, row.pk
        assert row.service, row.pk
        assert row.latitude is not None
        assert [ZoneInfo(zone) for zone in [row.zone, *row.zones.split()]]
    with translation.override("fr"):
        assert Administration.objects.get(pk="NC").label == "Nouvelle-Calédonie"


def groups(day=None):
    return {group.slug: group for group in groups_on(day or timezone.now().date())}


def test_the_groups_of_today(seeded):
    today = groups()
    assert len(today["members"].codes) == 24
    assert set(today["iswg"].codes) == {"AU", "FJ", "NZ", "PW", "SB", "VU"}
    assert set(today["melanesia"].codes) == {"FJ", "NC", "PG", "SB", "VU"}
    assert len(today["micronesia"].codes) == 7
    assert len(today["polynesia"].codes) == 9
    assert set(today["french"].codes) == {"NC", "PF", "VU", "WF"}


def test_the_groups_of_another_day(seeded):
    before = groups(BEFORE_TOKELAU)
    assert "TK" not in before["members"].codes
    assert "TK" not in before["polynesia"].codes


def test_a_suspended_administration_is_in_no_group(seeded):
    Administration.objects.filter(pk="VU").update(suspended_on=timezone.now().date())
    assert not any("VU" in group.codes for group in groups().values())
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)
    Administration.objects.filter(pk="VU").update(suspended_on=tomorrow)
    assert "VU" in groups()["iswg"].codes


def test_the_list_takes_as_many_questions_for_24_as_for_3(
    world, door, django_assert_max_num_queries
):
    browser = door(world.fj)
    browser.get("/administrations/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        browser.get("/administrations/")
    call_command("seed_administrations", verbosity=0)
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/administrations/")
    assert len(many) == len(few)
    assert page.content.decode().count('<li id="administration-') == 25


def test_each_row_says_who_when_and_whether_keys_are_ready(world, door):
    call_command("seed_administrations", verbosity=0)
    page = door(world.fj).get("/administrations/").content.decode()
    assert world.vu_contact.name in page
    assert "3 of 24" in page.replace("\n", " ")
    assert page.count("ISWG seat") == 3
    assert "Joined in May 2011" in page
    assert ">Tongatapu<" in page
    assert "the date was not found" not in page


def test_an_unknown_administration_is_not_found(world, door):
    assert door(world.fj).get("/administrations/XX/").status_code == 404
