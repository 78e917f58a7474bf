"""Cookie and row, exchanged, edited or stolen: neither half opens anything alone."""

import uuid

import pytest
from django.conf import settings as live_settings
from django.contrib.auth import get_user_model
from django.test import Client

from tests.factories import PHRASE, signed_in
from tests.vault.looking import COOKIE, row_of, seen
from vault import colleagues, passphrases, sessions
from vault.models import VaultSession

pytestmark = pytest.mark.urls("tests.vault.pages")


@pytest.mark.parametrize(
    "value", ["", "x", "=", "A" * 43, "é" * 43, "A" * 5000, "!" * 43, "AAAA====", "\\"]
)
def test_a_cookie_of_anything_else_means_locked(world, fiji, value):
    fiji.cookies[COOKIE] = value
    assert seen(fiji) == "locked"


def test_the_cookie_of_another_person_opens_nothing(world, fiji):
    vanuatu = signed_in(world.vu)
    fiji.cookies[COOKIE] = vanuatu.cookies[COOKIE].value
    assert seen(fiji) == "locked"
    assert seen(vanuatu) == "open VU"


def test_the_cookie_of_a_colleague_with_her_row_opens_nothing(world, fiji):
    """The thief's own session, and in the database the victim's row made to look like his."""
    contact = signed_in(world.fj_contact)
    mine = row_of(world.fj_contact)
    mine.delete()
    VaultSession.objects.filter(user=world.fj).update(
        user=world.fj_contact, session_hash=mine.session_hash
    )
    contact.cookies[COOKIE] = fiji.cookies[COOKIE].value
    assert seen(contact) == "locked"


def test_a_cookie_without_its_row_opens_nothing(world, fiji):
    VaultSession.objects.filter(user=world.fj).delete()
    assert seen(fiji) == "locked"


def test_a_row_without_its_cookie_opens_nothing(world, fiji):
    del fiji.cookies[COOKIE]
    assert seen(fiji) == "locked"


CHANGES = {
    "other person": lambda w, row: {"user": w.vu},
    "other session": lambda w, row: {"session_hash": b"\x01" * 32},
    "other number": lambda w, row: {"id": uuid.uuid4()},
    "other auth epoch": lambda w, row: {"auth_epoch": row.auth_epoch + 1},
    "marked as waiting": lambda w, row: {"pending": True},
    "other content": lambda w, row: {"blob": bytes(row.blob)[:-1] + b"\x00"},
    "nothing in it": lambda w, row: {"blob": b""},
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_edited_row_means_locked(world, fiji, change):
    row = row_of(world.fj)
    VaultSession.objects.filter(pk=row.pk).update(**CHANGES[change](world, row))
    assert seen(fiji) == "locked"


def sign_session(client, user):
    """A hand in the database signs somebody into a session, whose key stays the same."""
    session = client.session
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = live_settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()


def test_a_session_rewritten_for_somebody_else_does_not_bring_the_vault_along(world, fiji):
    sign_session(fiji, world.fj_contact)
    assert seen(fiji) == "locked"
    VaultSession.objects.filter(user=world.fj).update(user=world.fj_contact)
    assert fiji.get("/seen/").wsgi_request.user == world.fj_contact
    assert seen(fiji) == "locked"


def test_a_waiting_session_signed_in_by_a_hand_opens_nothing(world, with_factor):
    client = signed_in(world.fj)
    sign_session(client, world.fj)
    VaultSession.objects.filter(user=world.fj).update(pending=False)
    assert client.get("/seen/").wsgi_request.user == world.fj
    assert seen(client) == "locked"


def test_a_row_moved_to_another_session_of_the_same_person_opens_nothing(world, fiji):
    """A stolen cookie, and the row written to fit the thief's own session of that person."""
    thief = Client()
    thief.force_login(world.fj)
    thief.cookies[COOKIE] = fiji.cookies[COOKIE].value
    VaultSession.objects.filter(user=world.fj).update(
        session_hash=sessions._session_hash(thief.session.session_key)
    )
    assert seen(thief) == "locked"


def test_two_rows_exchanged_open_nothing(world, fiji):
    vanuatu = signed_in(world.vu)
    one, other = row_of(world.fj), row_of(world.vu)
    VaultSession.objects.filter(pk=one.pk).update(blob=bytes(other.blob))
    VaultSession.objects.filter(pk=other.pk).update(blob=bytes(one.blob))
    assert seen(fiji) == "locked"
    assert seen(vanuatu) == "locked"


def test_a_raised_auth_epoch_ends_session_and_vault(world, fiji):
    get_user_model().objects.filter(pk=world.fj.pk).update(auth_epoch=world.fj.auth_epoch + 1)
    assert seen(fiji) == "locked"
    assert not fiji.get("/seen/").wsgi_request.user.is_authenticated


def test_a_row_that_was_deleted_and_put_back_dies_with_the_auth_epoch(world, fiji):
    former = VaultSession.objects.filter(user=world.fj).values().get()
    colleagues.end_keys_of(world.fj)
    VaultSession.objects.create(**former)
    VaultSession.objects.filter(pk=former["id"]).update(auth_epoch=former["auth_epoch"] + 1)
    assert seen(fiji) == "locked"


def test_who_acts_for_another_administration_now_keeps_no_key_of_the_former(world, fiji):
    world.fj.appointments.update(administration="VU")
    assert seen(fiji) == "locked"
    world.fj.appointments.update(administration="FJ")
    assert seen(fiji) == "open FJ"


def test_a_changed_phrase_locks_every_browser(world, fiji):
    passphrases.change_passphrase(
        actor=world.actor(world.fj),
        user=world.fj,
        old=PHRASE,
        new="mangrove ferry ladder quiet saffron",
    )
    assert seen(fiji) == "locked"
    assert not VaultSession.objects.filter(user=world.fj).exists()


def test_a_session_ended_by_any_hand_takes_its_vault_along(world, fiji):
    fiji.session.delete()
    assert not VaultSession.objects.filter(user=world.fj).exists()


def test_a_useless_cookie_is_taken_away(world):
    client = Client()
    client.cookies[COOKIE] = "A" * 43
    response = client.get("/seen/")
    assert response.cookies[COOKIE].value == ""
