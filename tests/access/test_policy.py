"""The three faces of each read action agree, and the printed table is the truth."""

import datetime
from itertools import product

import pytest
from django.core.management import call_command
from django.utils import timezone

from access import faces
from access.actors import Actor, current_actor
from access.policy import Action, can, people_who_can, visible
from access.roles import Role
from access.table import SITUATIONS
from accounts.models import Administration, User
from activity.models import Notice
from bulletins.models import Bulletin, Draft, Recipient
from bulletins.queries import with_ledger
from discussions.queries import with_audience
from meetings.queries import with_people
from mous.models import Instrument, Party


def test_the_access_table_in_the_documentation_is_what_the_policy_says():
    call_command("show_access", check=True)


def test_every_action_has_a_rule_and_stands_in_the_table():
    assert set(faces._RULES) == set(Action)
    assert {situation.action for situation in SITUATIONS} == set(Action)
    assert set(faces._SCOPES) == set(faces._AUDIENCES)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: f"{s.action.value}, {s.words}")
def test_nothing_is_allowed_to_those_out_of_standing(situation):
    for role in Role:
        facts = {"user_id": 1, "administration": "AA", "roles": frozenset({role})}
        for outsider in (
            Actor(**{**facts, "is_active": False}),
            Actor(**{**facts, "standing": False}),
            Actor(**{**facts, "roles": frozenset()}),
        ):
            refusal = can(outsider, situation.action, situation.target(role))
            assert not refusal
            assert refusal.reason


def objects_of(action):
    return {
        Action.READ_BULLETIN: with_ledger,
        Action.LIST_BULLETINS: lambda: Recipient.objects.select_related("bulletin"),
        Action.EDIT_DRAFT: Draft.objects.all,
        Action.READ_THREAD: with_audience,
        Action.READ_MEETING: with_people,
        Action.READ_REGISTER: Instrument.objects.all,
        Action.READ_STEPS: Party.objects.select_related("instrument").all,
        Action.READ_ADMINISTRATION: Administration.objects.all,
        Action.READ_NOTICE: Notice.objects.all,
    }[action]()


def unchanged(world):
    """The world as it was made."""


def suspended_administration(world):
    Administration.objects.filter(pk="VU").update(suspended_on=timezone.now().date())


def suspended_person(world):
    User.objects.filter(pk=world.vu.pk).update(is_active=False)


def sleeping_person(world):
    User.objects.filter(pk=world.fj.pk).update(asleep_since=timezone.now())


def ended_appointment(world):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    world.vu_contact.appointments.update(until=yesterday)


def lesser_role(world):
    world.vu.appointments.update(role=Role.OBSERVER)
    world.fj.appointments.update(role=Role.READER)


CHANGES = [
    unchanged, suspended_administration, suspended_person, sleeping_person, ended_appointment,
    lesser_role,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_the_rule_the_scope_and_the_audience_agree(
    desk, table, hall, chancery, world, change
):  # fmt: skip
    chancery.open()
    kept_by_fiji = chancery.open("kept-by-fiji")
    Instrument.objects.filter(pk=kept_by_fiji.pk).update(depositary="FJ")
    world.colleague("FJ", Role.READER, name="reader")
    desk.publish(world.fj)
    desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(world.vu_contact.pk,))
    desk.publish(world.pw, recipients=("FJ", "OCO"))
    desk.draft(world.fj)
    desk.draft(world.vu_contact)
    table.open(world.fj, "VU")
    hall.plan("FJ", "VU")
    table.open(world.pw, "OCO")
    table.open(world.fj, tlp="TLP:RED", officers=[world.vu_contact.pk])
    change(world)
    people = list(User.objects.all())
    for action in sorted(faces._SCOPES):
        things = list(objects_of(action))
        assert things, action
        for person, thing in product(people, things):
            actor = current_actor(person.pk)
            allowed = bool(can(actor, action, thing))
            listed = visible(objects_of(action), actor, action).filter(pk=thing.pk).exists()
            told = User.objects.filter(people_who_can(action, thing), pk=person.pk).exists()
            assert (listed, told) == (allowed, allowed), (action, person.email, str(thing.pk))


@pytest.mark.django_db
def test_a_list_never_shows_a_bulletin_twice(desk, world):
    """The author is among the named; three named officers must not make three rows."""
    officers = (world.vu.pk, world.vu_contact.pk, world.pw.pk)
    desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=officers)
    for person in (world.fj, world.vu, world.pw):
        actor = current_actor(person.pk)
        assert visible(Bulletin.objects.all(), actor, Action.READ_BULLETIN).count() == 1
        assert visible(Recipient.objects.all(), actor, Action.LIST_BULLETINS).count() == 1
