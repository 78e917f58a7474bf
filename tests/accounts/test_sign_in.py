"""Coming in: the passphrase, nobody's address, the closed doors beside it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts.models import User
from activity.events import Event
from activity.models import JournalEntry
from tests.factories import PHRASE, sign_in
from vault.models import VaultSession

SIGN_IN = "/sign-in/"


def events(event, **filters):
    return JournalEntry.objects.filter(event=event.value, **filters)


def test_the_passphrase_opens_the_portal_and_the_vault(world, client):
    response = client.post(SIGN_IN, {"login": world.fj_contact.email, "password": PHRASE})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert VaultSession.objects.filter(user=world.fj_contact, pending=False).count() == 1
    assert events(Event.SIGNED_IN, user_id=world.fj_contact.pk).count() == 1


def test_an_address_is_found_however_it_is_written(world, client):
    address = world.fj_contact.email.upper()
    assert client.post(SIGN_IN, {"login": address, "password": PHRASE}).status_code == 302


def test_a_wrong_passphrase_and_an_unknown_address_get_the_same_answer(world, client):
    known = client.post(SIGN_IN, {"login": world.fj.email, "password": "wrong wrong wrong"})
    unknown = client.post(SIGN_IN, {"login": "no@test.invalid", "password": "wrong wrong wrong"})
    assert known.status_code == unknown.status_code == 200
    assert "do not go together" in known.content.decode()
    assert _without_what_was_typed(known) == _without_what_was_typed(unknown)
    assert VaultSession.objects.count() == 0


def _without_what_was_typed(response):
    form = response.context["form"]
    return [str(error) for errors in form.errors.values() for error in errors]


def test_a_failure_is_in_the_journal_without_what_was_typed(world, client):
    client.post(SIGN_IN, {"login": "my secret phrase@x.invalid", "password": "another secret"})
    client.post(SIGN_IN, {"login": world.fj.email, "password": "another secret"})
    lines = [bytes(line.entry) for line in events(Event.SIGN_IN_FAILED)]
    assert len(lines) == 1 or len(lines) == 2
    assert not any(b"secret" in line or b"invalid" in line for line in lines)
    assert f"accounts.user:{world.fj.pk}".encode() in lines[-1]
    assert b"127.0.0.0/24" in lines[-1]


def test_unknown_and_known_addresses_ask_the_database_alike(world, client):
    """The work is equal (Argon2id once each, in vault); here the questions are."""
    counts = []
    for address in (world.fj.email, "nobody@test.invalid"):
        with CaptureQueriesContext(connection) as asked:
            client.post(SIGN_IN, {"login": address, "password": "wrong wrong wrong"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_after_five_failures_an_address_waits_and_is_told_so(world, client):
    for _ in range(5):
        client.post(SIGN_IN, {"login": world.fj.email, "password": "wrong wrong wrong"})
    response = client.post(SIGN_IN, {"login": world.fj.email, "password": PHRASE})
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()
    # Another person at the same network is not stopped by it.
    assert client.post(SIGN_IN, {"login": world.vu.email, "password": PHRASE}).status_code == 302


def test_another_name_for_the_portal_is_no_way_round_that(world, client):
    """The port in a Host header is whatever the caller writes."""
    for port in range(6):
        response = client.post(
            SIGN_IN,
            {"login": world.fj.email, "password": "wrong wrong wrong"},
            HTTP_HOST=f"testserver:{port + 1}",
        )
    assert response.status_code == 429


def test_many_attempts_from_one_address_get_the_page_that_says_to_wait(world, client):
    for number in range(31):
        response = client.post(SIGN_IN, {"login": f"n{number}@test.invalid", "password": "x" * 20})
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "/no-such-page/",
        "/sign-in/@evil.example",
        "\t//evil.example/",
        "/%0a/evil.example",
    ],
)
def test_next_leads_to_nobody_elses_page(world, client, wanted):
    response = client.post(SIGN_IN, {"login": world.fj.email, "password": PHRASE, "next": wanted})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_next_leads_back_to_the_own_page_with_its_query(world, client):
    wanted = "/bulletins/?box=drafts"
    assert client.get(wanted)["Location"] == f"{SIGN_IN}?next=/bulletins/%3Fbox%3Ddrafts"
    response = client.post(SIGN_IN, {"login": world.fj.email, "password": PHRASE, "next": wanted})
    assert response["Location"] == wanted


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/", "/accounts/signup/", "/signup/", "/sign-up/", "/account/email/",
        "/account/password/change/", "/account/password/set/", "/account/password/reset/",
        "/password/reset/", "/accounts/confirm-email/", "/accounts/2fa/", "/admin/",
        "/sign-in/signup/", "/sign-in/code/", "/accounts/social/login/cancelled/",
        "/account/second-factor/webauthn/signup/", "/sign-in/trust/",
    ],
)  # fmt: skip
def test_what_the_library_would_offer_beside_it_does_not_exist(client, world, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    with pytest.raises(Resolver404):
        resolve(path)


def test_a_suspended_person_is_told_whom_to_ask_once_the_passphrase_is_right(world, client):
    User.objects.filter(pk=world.fj_contact.pk).update(is_active=False)
    wrong = client.post(SIGN_IN, {"login": world.fj_contact.email, "password": "x" * 20})
    assert "suspended" not in wrong.content.decode()
    right = client.post(SIGN_IN, {"login": world.fj_contact.email, "password": PHRASE})
    assert right.status_code == 403
    assert "suspended" in right.content.decode()
    assert world.fj.name in right.content.decode()
    assert client.get("/account/").status_code == 302
    assert VaultSession.objects.count() == 0


def test_a_sleeping_person_is_told_whom_to_ask_once_the_passphrase_is_right(world, client):
    User.objects.filter(pk=world.fj_contact.pk).update(asleep_since=timezone.now())
    wrong = client.post(SIGN_IN, {"login": world.fj_contact.email, "password": "x" * 20})
    assert "asleep" not in wrong.content.decode()
    right = client.post(SIGN_IN, {"login": world.fj_contact.email, "password": PHRASE})
    assert right.status_code == 403
    assert "asleep" in right.content.decode()
    assert world.fj.name in right.content.decode()
    assert client.get("/account/").status_code == 302
    assert VaultSession.objects.count() == 0


def test_signing_out_ends_the_session_and_empties_the_browser(world, door):
    browser = door(world.fj)
    assert "Sign out?" in browser.get("/sign-out/").content.decode()
    response = browser.post("/sign-out/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/account/")["Location"].startswith(SIGN_IN)
    assert VaultSession.objects.count() == 0
    assert events(Event.SIGNED_OUT, user_id=world.fj.pk).count() == 1


def test_home_can_say_what_is_new_since_the_visit_before(world, client):
    sign_in(client, world.fj)
    first = User.objects.get(pk=world.fj.pk)
    sign_in(type(client)(), world.fj)
    second = User.objects.get(pk=world.fj.pk)
    assert first.previous_visit is None
    assert second.previous_visit == first.last_login
