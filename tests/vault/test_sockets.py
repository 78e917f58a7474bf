"""The real doorkeeper: what an open socket is told when something changed since its handshake."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from access.sockets import Change, Member
from accounts.models import Administration, Appointment
from tests.factories import handshake, signed_in
from vault.models import VaultSession
from vault.sockets import Doorkeeper

pytestmark = pytest.mark.django_db


async def nowhere(message) -> None:
    """No line behind it: only the doorkeeper is asked."""


def socket_of(client) -> Member:
    return Member(handshake(client), nowhere)


class Open:
    """Fiji with two pages of one session and one of another, and Vanuatu with one."""

    def __init__(self, world):
        self.world = world
        here, elsewhere = signed_in(world.fj), signed_in(world.fj)
        self.here, self.key = here, here.session.session_key
        self.pages = [socket_of(here), socket_of(here)]
        self.elsewhere = socket_of(elsewhere)
        self.vanuatu = socket_of(signed_in(world.vu))
        self.fiji = {*self.pages, self.elsewhere}

    def changes(self):
        return Doorkeeper().changes([*self.pages, self.elsewhere, self.vanuatu])


@pytest.fixture
def sockets(world):
    found = Open(world)
    assert all(one.vault is not None for one in (*found.fiji, found.vanuatu))
    assert found.changes() == {}
    return found


def fiji(sockets):
    return get_user_model().objects.filter(pk=sockets.world.fj.pk)


def signed_out(sockets):
    sockets.here.post("/sign-out/")


def ran_out(sockets):
    Session.objects.filter(pk=sockets.key).update(expire_date=timezone.now())


@pytest.mark.parametrize("end", [signed_out, ran_out])
def test_all_pages_of_a_session_end_with_it_and_no_others(sockets, end):
    end(sockets)
    assert sockets.changes() == dict.fromkeys(sockets.pages, Change.SIGNED_OUT)


def test_a_raised_epoch_of_sign_ins_ends_every_session_of_that_person(sockets):
    """As a new passphrase does, or somebody who shuts a thief out."""
    fiji(sockets).update(auth_epoch=sockets.world.fj.auth_epoch + 1)
    assert sockets.changes() == dict.fromkeys(sockets.fiji, Change.SIGNED_OUT)


def suspended(sockets):
    fiji(sockets).update(is_active=False)


def asleep(sockets):
    fiji(sockets).update(asleep_since=timezone.now())


def without_a_post(sockets):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=sockets.world.fj).update(until=yesterday)


def of_a_suspended_administration(sockets):
    Administration.objects.filter(pk="FJ").update(suspended_on=timezone.localdate())


@pytest.mark.parametrize("end", [suspended, asleep, without_a_post, of_a_suspended_administration])
def test_who_is_out_of_standing_may_not_stay(sockets, end):
    end(sockets)
    assert sockets.changes() == dict.fromkeys(sockets.fiji, Change.NOT_ALLOWED)


def locked(sockets):
    sockets.here.post("/lock/")


def swept(sockets):
    own = sockets.pages[0].vault.session_id
    VaultSession.objects.filter(pk=own).delete()


@pytest.mark.parametrize("end", [locked, swept])
def test_pages_of_a_locked_vault_are_told_that_and_stay(sockets, end):
    end(sockets)
    assert sockets.changes() == dict.fromkeys(sockets.pages, Change.VAULT_LOCKED)


def test_a_page_that_dropped_its_keys_is_not_told_again(sockets):
    locked(sockets)
    sockets.pages[0].vault = None
    assert sockets.changes() == {sockets.pages[1]: Change.VAULT_LOCKED}


def test_who_has_no_seat_is_not_let_through(sockets):
    sockets.vanuatu.session = b"not a seat"
    with pytest.raises(AttributeError):
        sockets.changes()
