"""Who holds what today: sleeping and waking, appointments, and the facts the policy is given."""

import datetime

import pytest
from django.utils import timezone

from access.actors import Actor, current_actor
from access.policy import Refused
from access.roles import Role
from accounts.models import Administration, AdministrationKind, Appointment, User
from accounts.services import CannotAppoint, appoint, put_to_sleep, suspend, wake
from activity.events import Event
from activity.models import Notice
from tests.factories import PHRASE, person


def shut(browser, who, phrase=PHRASE):
    return browser.post(f"/people/{who.pk}/suspend/", {"password": phrase})


def is_open(who):
    who = User.objects.get(pk=who.pk)
    return who.is_active and who.asleep_since is None


# Sleeping -------------------------------------------------------------------------------------


def test_an_account_unused_for_ninety_days_sleeps_and_is_woken_by_a_colleague(world, door):
    long_ago = timezone.now() - datetime.timedelta(days=91)
    User.objects.filter(pk=world.fj_contact.pk).update(last_login=long_ago)
    User.objects.exclude(pk=world.fj_contact.pk).update(last_login=timezone.now())
    open_page = door(world.fj)
    assert put_to_sleep(actor=Actor.command("tick")) == 1
    assert put_to_sleep(actor=Actor.command("tick")) == 0
    assert not is_open(world.fj_contact)
    told = Notice.objects.filter(event=Event.PERSON_SLEEPS.value)
    assert [notice.recipient for notice in told] == [world.fj]
    assert "Asleep" in open_page.get("/people/").content.decode()
    assert open_page.post(f"/people/{world.fj_contact.pk}/wake/").status_code == 302
    assert is_open(world.fj_contact)
    assert put_to_sleep(actor=Actor.command("tick")) == 0
    door(world.fj_contact)


def test_somebody_who_never_came_sleeps_ninety_days_after_joining(world):
    User.objects.update(last_login=None, joined_at=timezone.now())
    assert put_to_sleep(actor=Actor.command("tick")) == 0
    later = timezone.now() + datetime.timedelta(days=91)
    people = User.objects.count()
    assert put_to_sleep(actor=Actor.command("tick"), now=later) == people - 1


def test_a_portal_left_alone_for_a_season_can_still_be_woken(world, door):
    """The last Secretariat officer stays awake, and everybody else has somebody to ask."""
    User.objects.update(last_login=timezone.now() - datetime.timedelta(days=200))
    put_to_sleep(actor=Actor.command("tick"))
    awake = User.objects.get(asleep_since=None)
    assert awake in (world.oco, world.oco_contact)
    browser = door(awake)
    browser.post(f"/people/{world.fj.pk}/wake/")
    assert is_open(world.fj)
    door(world.fj).post(f"/people/{world.fj_contact.pk}/wake/")
    assert is_open(world.fj_contact)


def test_another_administrations_sleeper_is_left_alone(world, door):
    User.objects.filter(pk=world.fj_contact.pk).update(asleep_since=timezone.now())
    assert door(world.vu).post(f"/people/{world.fj_contact.pk}/wake/").status_code == 404
    assert not is_open(world.fj_contact)


def test_waking_does_not_open_a_suspended_account(world, door):
    shut(door(world.fj), world.fj_contact)
    door(world.fj).post(f"/people/{world.fj_contact.pk}/wake/")
    assert not is_open(world.fj_contact)


# Appointing -----------------------------------------------------------------------------------


def test_a_person_acts_for_one_administration_at_a_time(world):
    with pytest.raises(CannotAppoint, match="still acts"):
        appoint(
            actor=world.actor(world.oco),
            person=world.fj_contact,
            administration=Administration.objects.get(pk="VU"),
            role=Role.READER,
        )
    assert not Appointment.objects.filter(user=world.fj_contact, administration="VU").exists()


def test_whoever_left_one_administration_may_act_for_another(world):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=world.fj_contact).update(until=yesterday)
    assert current_actor(world.fj_contact.pk).administration == ""
    appoint(
        actor=world.actor(world.oco),
        person=world.fj_contact,
        administration=Administration.objects.get(pk="VU"),
        role=Role.READER,
    )
    assert current_actor(world.fj_contact.pk).administration == "VU"


@pytest.mark.parametrize(
    ("role", "code"), [(Role.SECRETARIAT, "FJ"), (Role.READER, "PTCCC"), (Role.CONTACT, "PTCCC")]
)
def test_roles_that_do_not_fit_the_organisation_are_refused(world, role, code):
    Administration.objects.create(
        code="PTCCC", kind=AdministrationKind.PARTNER, name="Partner", name_fr="Partenaire"
    )
    new = User.objects.enter(email="p@test.invalid", name="P")
    with pytest.raises(CannotAppoint):
        appoint(
            actor=world.actor(world.oco),
            person=new,
            administration=Administration.objects.get(pk=code),
            role=role,
        )


def test_a_partners_people_observe_whatever_a_row_says(world):
    Administration.objects.filter(pk="PW").update(kind=AdministrationKind.PARTNER)
    assert current_actor(world.pw.pk).roles == {Role.OBSERVER}


def test_a_coordinator_changes_no_role_of_an_equal(world):
    peer = world.colleague("FJ", Role.COORDINATOR, name="peer")
    with pytest.raises(Refused):
        appoint(
            actor=world.actor(world.fj),
            person=peer,
            administration=Administration.objects.get(pk="FJ"),
            role=Role.READER,
        )


@pytest.mark.parametrize("service", [suspend, wake])
def test_the_services_ask_for_themselves(world, service):
    with pytest.raises(Refused):
        service(actor=world.actor(world.vu), person=world.fj_contact)
    assert is_open(world.fj_contact)


# The facts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [(0, None, True), (-5, 0, True), (1, None, False), (-5, -1, False)],
)
def test_an_appointment_counts_from_its_first_day_to_its_last(world, since, until, counts):
    today = timezone.now().date()
    Appointment.objects.filter(user=world.fj).update(
        since=today + datetime.timedelta(days=since),
        until=None if until is None else today + datetime.timedelta(days=until),
    )
    assert bool(current_actor(world.fj.pk).roles) is counts


@pytest.mark.parametrize(("days", "standing"), [(-1, False), (0, False), (1, True)])
def test_a_suspended_administration_has_no_standing(world, days, standing):
    day = timezone.now().date() + datetime.timedelta(days=days)
    Administration.objects.filter(pk="FJ").update(suspended_on=day)
    assert current_actor(world.fj.pk).standing is standing


def test_the_facts_take_one_query(world, django_assert_num_queries):
    coordinator = world.fj
    with django_assert_num_queries(1):
        current_actor(coordinator.pk)
    assert current_actor(999_999) is None


def test_nobody_is_left_without_a_name_to_ask(world):
    from accounts.queries import whom_to_ask

    assert whom_to_ask(world.fj_contact) == [world.fj]
    assert set(whom_to_ask(world.fj)) == {world.oco, world.oco_contact}
    assert whom_to_ask(person("OCO", "coordinator")) == [world.oco_contact]
