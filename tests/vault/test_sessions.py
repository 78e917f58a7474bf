"""The vault of a session: two halves, each useless alone, and gone when it should be."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from tests.factories import PHRASE, sign_in, signed_in
from tests.vault.looking import COOKIE, row_of, seen
from vault import sessions
from vault.models import VaultSession

pytestmark = pytest.mark.urls("tests.vault.pages")

# Signing in and out ---------------------------------------------------------------------------


def test_signing_in_opens_the_vault(world, fiji):
    assert seen(fiji) == "open FJ"
    cookie = fiji.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["max-age"], "it ends with the browser"


def test_the_cookie_travels_only_over_tls_in_production(world, settings):
    settings.SESSION_COOKIE_SECURE = True
    client = signed_in(world.fj)
    assert client.cookies[COOKIE]["secure"]


def test_a_wrong_phrase_opens_nothing_and_leaves_nothing(world):
    client = Client()
    response = client.post("/sign-in/", {"login": world.fj.email, "password": "wrong phrase"})
    assert response.status_code == 200
    assert seen(client) == "locked"
    assert COOKIE not in client.cookies
    assert not VaultSession.objects.exists()


def test_signing_out_ends_the_vault(world, fiji):
    before = fiji.cookies[COOKIE].value
    fiji.post("/sign-out/")
    assert not VaultSession.objects.filter(user=world.fj).exists()
    assert fiji.cookies[COOKIE].value == ""
    fiji.cookies[COOKIE] = before
    assert seen(fiji) == "locked"


def test_each_browser_has_its_own_secret(world, fiji):
    other = signed_in(world.fj)
    assert other.cookies[COOKIE].value != fiji.cookies[COOKIE].value
    fiji.post("/sign-out/")
    assert seen(other) == "open FJ"


def test_somebody_without_a_grant_opens_only_their_own(world):
    newcomer = world.newcomer("FJ")
    client = signed_in(newcomer)
    assert seen(client) == "open, without a key of the administration"


def test_a_suspended_person_is_told_and_gets_no_vault(world):
    get_user_model().objects.filter(pk=world.fj.pk).update(is_active=False)
    client = Client()
    response = client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    assert response.status_code == 403
    assert not VaultSession.objects.exists()
    assert seen(client) == "locked"


# Between phrase and second factor -------------------------------------------------------------


def test_the_vault_waits_for_the_second_factor(world, with_factor):
    client = signed_in(world.fj)
    pending = VaultSession.objects.get(user=world.fj)
    first = client.cookies[COOKIE].value
    assert pending.pending
    assert seen(client) == "locked"
    response = client.post("/sign-in/second-factor/", {"code": with_factor()})
    assert response.status_code == 302
    assert seen(client) == "open FJ"
    assert client.cookies[COOKIE].value != first, "sealed again, under a new secret"
    assert not VaultSession.objects.filter(pk=pending.pk).exists()


def test_the_phrase_alone_opens_nothing_whatever_is_done_with_its_cookie(world, with_factor):
    """A phisher with the phrase, and the row marked as settled by a hand in the database."""
    client = signed_in(world.fj)
    assert client.cookies[COOKIE].value
    VaultSession.objects.filter(user=world.fj).update(pending=False)
    assert seen(client) == "locked"
    other = Client()
    other.force_login(world.fj)
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    assert seen(other) == "locked"


def test_a_wrong_code_leaves_the_vault_waiting(world, with_factor):
    client = signed_in(world.fj)
    client.post("/sign-in/second-factor/", {"code": "000000"})
    assert seen(client) == "locked"
    client.post("/sign-in/second-factor/", {"code": with_factor()})
    assert seen(client) == "open FJ"


def test_a_second_attempt_replaces_the_waiting_vault(world, with_factor):
    client = signed_in(world.fj)
    sign_in(client, world.fj)
    assert VaultSession.objects.filter(user=world.fj).count() == 1


def test_a_vault_prepared_for_one_person_is_not_settled_for_another(world, with_factor):
    """The phrase of one, then (in the same browser) the log-in of another without a phrase."""
    client = signed_in(world.fj)
    client.force_login(world.vu)
    assert seen(client) == "locked"
    assert not VaultSession.objects.filter(user=world.vu).exists()


def test_a_log_in_without_phrase_begins_locked_and_the_phrase_opens_it(world):
    """As with a passkey: who are you, and open the safe, are two questions."""
    client = Client()
    client.force_login(world.fj)
    assert seen(client) == "locked"
    client.post("/open/", {"phrase": PHRASE})
    assert seen(client) == "open FJ"
    client.post("/close/")
    assert seen(client) == "locked"
    assert client.session.get("_auth_user_id"), "still signed in"


def test_confirming_the_phrase_leaves_the_open_vault_alone(world, fiji):
    before = fiji.cookies[COOKIE].value
    assert fiji.post("/confirm/", {"phrase": "another phrase"}).content == b"wrong"
    assert fiji.post("/confirm/", {"phrase": PHRASE}).content == b"right"
    assert fiji.cookies[COOKIE].value == before
    assert seen(fiji) == "open FJ"
    assert VaultSession.objects.filter(user=world.fj).count() == 1


# Time -----------------------------------------------------------------------------------------


def _age(user, **ago):
    VaultSession.objects.filter(user=user).update(
        **{name: timezone.now() - delta for name, delta in ago.items()}
    )


def test_half_an_hour_without_an_act_locks_it(world, fiji):
    _age(world.fj, used_at=datetime.timedelta(minutes=29))
    assert seen(fiji) == "open FJ"
    _age(world.fj, used_at=datetime.timedelta(minutes=31))
    assert seen(fiji) == "locked"


def test_eight_hours_lock_it_however_busy(world, fiji):
    _age(world.fj, made_at=datetime.timedelta(hours=7, minutes=59))
    assert seen(fiji) == "open FJ"
    _age(world.fj, made_at=datetime.timedelta(hours=8, minutes=1))
    assert seen(fiji) == "locked"


def test_an_act_counts_as_use_and_what_the_page_does_alone_does_not(world, fiji):
    then = datetime.timedelta(minutes=10)
    _age(world.fj, used_at=then)
    assert seen(fiji, **{"X-Live": "poll"}) == "open FJ"
    assert timezone.now() - row_of(world.fj).used_at > then
    assert seen(fiji) == "open FJ"
    assert timezone.now() - row_of(world.fj).used_at < then


def test_use_is_written_at_most_once_a_minute(world, fiji):
    _age(world.fj, used_at=datetime.timedelta(seconds=50))
    before = row_of(world.fj).used_at
    seen(fiji)
    assert row_of(world.fj).used_at == before


def test_what_ran_out_is_swept_and_what_lives_stays(world, fiji, with_factor):
    signed_in(world.fj)
    assert sessions.sweep() == 0
    VaultSession.objects.filter(pending=True).update(
        made_at=timezone.now() - datetime.timedelta(minutes=16)
    )
    assert sessions.sweep() == 1
    assert seen(fiji) == "open FJ"
    _age(world.fj, used_at=datetime.timedelta(minutes=31))
    assert sessions.sweep() == 1


# Sockets --------------------------------------------------------------------------------------


def test_a_socket_opens_the_vault_with_the_cookies_of_its_handshake(world, fiji):
    key, cookies = fiji.session.session_key, {COOKIE: fiji.cookies[COOKIE].value}
    vault = sessions.open_for_socket(cookies, key, world.fj)
    assert vault.administration == "FJ"
    assert sessions.still_open({vault.session_id}) == {vault.session_id}
    for bad in (
        ({}, key, world.fj),
        (cookies, None, world.fj),
        (cookies, "another", world.fj),
        (cookies, key, world.vu),
    ):
        assert sessions.open_for_socket(*bad) is None
    fiji.post("/close/")
    assert sessions.still_open({vault.session_id}) == set()
    assert sessions.open_for_socket(cookies, key, world.fj) is None


@pytest.mark.parametrize("change", [{"auth_epoch": 99}, {"is_active": False}], ids=str)
def test_a_socket_of_somebody_shut_out_since_opens_nothing(world, fiji, change):
    key, cookies = fiji.session.session_key, {COOKIE: fiji.cookies[COOKIE].value}
    get_user_model().objects.filter(pk=world.fj.pk).update(**change)
    assert sessions.open_for_socket(cookies, key, world.fj) is None


def test_listening_is_not_use(world, fiji):
    then = datetime.timedelta(minutes=10)
    _age(world.fj, used_at=then)
    key, cookies = fiji.session.session_key, {COOKIE: fiji.cookies[COOKIE].value}
    assert sessions.open_for_socket(cookies, key, world.fj)
    assert timezone.now() - row_of(world.fj).used_at > then


# What it holds, and what a locked page does ---------------------------------------------------


def test_a_session_holds_no_root_and_nothing_that_opens_a_grant(world, fiji):
    """Whoever steals cookie and row makes no member, no epoch and no slot with it."""
    key, cookies = fiji.session.session_key, {COOKIE: fiji.cookies[COOKIE].value}
    vault = sessions.open_for_socket(cookies, key, world.fj)
    from vault.open_vault import to_bytes

    inside = to_bytes(vault)
    keys = world.keys(world.fj)
    assert keys.content_secret.hex().encode() in inside, "this is what one finds there"
    assert world.roots[world.fj.pk].hex().encode() not in inside
    for name in ("identity", "box", "root"):
        assert not hasattr(vault, name)


def test_no_secret_stands_in_what_a_vault_prints(world):
    vault = world.vault(world.fj)
    assert vault.draft_key.hex() not in repr(vault)
    assert repr(vault.draft_key) not in repr(vault)


def test_a_locked_page_asks_for_the_phrase_and_comes_back(world):
    client = Client()
    client.force_login(world.fj)
    response = client.get("/needs/?box=inbox")
    assert response.status_code == 302
    assert response.url == "/unlock/?next=%2Fneeds%2F%3Fbox%3Dinbox"
    fragment = client.get(
        "/needs/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/seen/?a=1"}
    )
    assert fragment["HX-Redirect"] == "/unlock/?next=%2Fseen%2F"


def test_a_locked_form_is_refused_in_words_unless_its_view_keeps_what_was_typed(world):
    client = Client()
    client.force_login(world.fj)
    assert client.post("/needs/").status_code == 403
    assert client.post("/keeps/", {"text": "typed"}).content == b"typed, and locked"
    client.post("/open/", {"phrase": PHRASE})
    assert client.post("/needs/").status_code == 200
    assert client.post("/keeps/", {"text": "typed"}).content == b"typed, and done"


def test_too_many_at_once_is_said_with_503(world, monkeypatch):
    from vault import slots
    from vault.argon import Busy

    def full(*_args):
        raise Busy

    monkeypatch.setattr(slots, "stretch_in_turn", full)
    response = Client().post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    assert response.status_code == 503
    assert response["Retry-After"]
