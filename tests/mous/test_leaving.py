"""A withdrawal stops what comes, leaves what was, and is told to whoever shared with the leaver."""

import datetime

import pytest
from django.utils import timezone

from access.actors import Actor
from activity.models import JournalEntry, Notice
from bulletins import opening, queries
from mous import trusted
from mous.services.leaving import tell_of_withdrawals

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(chancery):
    trusted.forget()
    instrument = chancery.open(gates=True)
    for code in ("FJ", "VU", "PW"):
        chancery.act(code, "IN_EFFECT", "2024-05-01")
    return instrument


def tick(days=0):
    now = timezone.now() + datetime.timedelta(days=days)
    return tell_of_withdrawals(actor=Actor.command("tick"), now=now)


def told():
    rows = Notice.objects.filter(event="mous.withdrawal_told")
    return set(rows.values_list("recipient__email", flat=True))


def test_authors_are_told_on_the_day_it_takes_effect_and_once(gate, chancery, desk, world):
    desk.publish(world.fj)
    lapsed = timezone.localdate()
    desk.publish(world.pw, valid_until=lapsed, due_on=lapsed)
    today = timezone.now().date()
    leaves = today + datetime.timedelta(days=5)
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", today.isoformat(), effective_on=leaves.isoformat())
    assert tick() == 0
    assert not told()
    assert tick(days=5) == 1
    assert told() == {"coordinator.fj@test.invalid", "contact.fj@test.invalid"}
    assert tick(days=5) == 0
    assert tick(days=9) == 0
    assert JournalEntry.objects.filter(event="mous.withdrawal_told").count() == 1


def test_what_was_received_before_is_still_read(gate, chancery, desk, world):
    issued = desk.publish(world.fj)
    yesterday = (timezone.now().date() - datetime.timedelta(days=1)).isoformat()
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-06-01", effective_on=yesterday)
    bulletin = queries.bulletins_for(world.actor(world.vu)).get(pk=issued.pk)
    assert opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)


def test_who_joins_again_and_leaves_again_is_told_of_again(gate, chancery, desk, world):
    desk.publish(world.fj)
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-06-01", effective_on="2024-07-01")
    assert tick() == 1
    chancery.act("VU", "IN_EFFECT", "2024-08-01")
    assert tick() == 0
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-09-01", effective_on="2024-10-01")
    assert tick() == 1
