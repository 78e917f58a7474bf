"""Second factors: set up with the passphrase, asked at sign-in, each code good once."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

from activity.events import Event
from activity.models import JournalEntry
from tests.factories import PHRASE
from vault.models import VaultSession

SIGN_IN, SECOND, OVERVIEW = "/sign-in/", "/sign-in/second-factor/", "/account/second-factor/"
APP, CODES = "/account/second-factor/app/", "/account/second-factor/codes/"


def code(secret, steps=0):
    """What the app shows, now or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(browser):
    """Through the page, as a person would; gives the seed that the app keeps."""
    secret = browser.get(APP).context["letters"].replace(" ", "")
    response = browser.post(APP, {"code": code(secret)})
    assert (response.status_code, response["Location"]) == (302, CODES)
    return secret


def recovery_codes(browser):
    shown = browser.get(CODES).content.decode()
    return [found.replace(" ", "") for found in re.findall(r"<li>(\d{4} \d{4})</li>", shown)]


@pytest.fixture
def protected(world, door):
    """Fiji's contact point with an app: (person, seed, recovery codes)."""
    browser = door(world.fj_contact)
    secret = set_up_app(browser)
    return world.fj_contact, secret, recovery_codes(browser)


def begin(door, person):
    browser = door()
    answer = browser.post(SIGN_IN, {"login": person.email, "password": PHRASE})
    assert answer["Location"] == SECOND
    return browser


def test_an_app_is_kept_once_its_first_code_was_right(world, door):
    browser = door(world.fj)
    secret = browser.get(APP).context["letters"].replace(" ", "")
    wrong = browser.post(APP, {"code": "000000"})
    assert wrong.context["letters"].replace(" ", "") == secret, "the picture stays the same"
    assert not Authenticator.objects.exists()
    assert browser.post(APP, {"code": code(secret)}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_the_seed_is_nowhere_in_the_database(world, door):
    browser = door(world.fj)
    secret = browser.get(APP).context["letters"].replace(" ", "")
    assert secret not in json.dumps(dict(browser.session.items()))
    browser.post(APP, {"code": code(secret)})
    rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows
    assert not any(found in rows for found in recovery_codes(browser))


def test_the_picture_is_the_same_seed_for_this_portal(world, door):
    page = door(world.fj).get(APP)
    assert page.context["picture"].startswith("data:image/svg+xml;base64,")
    seed = page.context["letters"].replace(" ", "")
    assert f"secret={seed}" in page.context["address"]
    assert "ISWG%20portal" in page.context["address"]


def test_after_the_passphrase_the_code_is_asked_and_the_vault_waits(door, protected):
    person, secret, _codes = protected
    VaultSession.objects.all().delete()
    browser = begin(door, person)
    assert browser.get("/account/")["Location"].startswith(SIGN_IN)
    assert VaultSession.objects.get(user=person).pending
    answer = browser.post(SECOND, {"code": code(secret, 1)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not VaultSession.objects.get(user=person).pending
    assert browser.get("/account/").status_code == 200


def test_next_survives_the_second_factor(door, protected):
    person, secret, _codes = protected
    browser = door()
    browser.post(SIGN_IN, {"login": person.email, "password": PHRASE, "next": "/bulletins/"})
    assert browser.post(SECOND, {"code": code(secret, 1)})["Location"] == "/bulletins/"


def test_a_code_is_good_once_whatever_process_sees_it(door, protected):
    person, secret, _codes = protected
    used = code(secret, 1)
    assert begin(door, person).post(SECOND, {"code": used}).status_code == 302
    cache.clear()  # another process knows nothing of this one's memory
    again = begin(door, person).post(SECOND, {"code": used})
    assert again.status_code == 200
    assert "used before" in again.content.decode()


def test_the_code_that_set_up_the_app_signs_nobody_in(world, door):
    browser = door(world.fj)
    secret = browser.get(APP).context["letters"].replace(" ", "")
    used = code(secret)
    browser.post(APP, {"code": used})
    assert begin(door, world.fj).post(SECOND, {"code": used}).status_code == 200


def test_a_recovery_code_signs_in_once(door, protected):
    person, _secret, codes = protected
    assert len(codes) == 10
    assert begin(door, person).post(SECOND, {"code": codes[3]}).status_code == 302
    assert begin(door, person).post(SECOND, {"code": codes[3]}).status_code == 200
    assert begin(door, person).post(SECOND, {"code": codes[4]}).status_code == 302


def test_recovery_codes_are_shown_once_and_new_ones_replace_them(world, door):
    browser = door(world.fj)
    set_up_app(browser)
    first = recovery_codes(browser)
    assert recovery_codes(browser) == []
    browser.post(f"{CODES}new/")
    second = recovery_codes(browser)
    assert len(second) == 10
    assert not set(first) & set(second)
    assert begin(door, world.fj).post(SECOND, {"code": first[0]}).status_code == 200
    assert begin(door, world.fj).post(SECOND, {"code": second[0]}).status_code == 302


def test_somebody_elses_code_opens_nothing(world, door, protected):
    person, _secret, _codes = protected
    other = set_up_app(door(world.vu))
    assert begin(door, person).post(SECOND, {"code": code(other, 1)}).status_code == 200


def test_guessing_codes_ends_after_five(door, protected):
    person, secret, _codes = protected
    browser = begin(door, person)
    for _ in range(5):
        browser.post(SECOND, {"code": "123456"})
    stopped = browser.post(SECOND, {"code": code(secret, 1)})
    assert stopped.status_code == 429
    assert "Wait five minutes" in stopped.content.decode()


def test_a_wrong_code_is_in_the_journal(door, protected):
    person, _secret, _codes = protected
    begin(door, person).post(SECOND, {"code": "123456"})
    line = JournalEntry.objects.filter(event=Event.SIGN_IN_FAILED.value).last()
    assert line.target == f"accounts.user:{person.pk}"
    assert b"123456" not in bytes(line.entry)


def test_without_a_started_sign_in_the_second_page_leads_back(world, client):
    assert client.get(SECOND)["Location"] == SIGN_IN
    assert client.post(SECOND, {"code": "123456"})["Location"] == SIGN_IN


def test_start_again_forgets_the_passphrase_that_was_given(door, protected):
    person, secret, _codes = protected
    browser = begin(door, person)
    browser.post("/sign-out/")
    assert browser.post(SECOND, {"code": code(secret, 1)})["Location"] == SIGN_IN


@pytest.mark.parametrize("path", [APP, "/account/second-factor/passkey/", CODES])
def test_changes_ask_for_the_passphrase_again(world, door, settings, path):
    browser = door(world.fj)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = browser.get(path)
    assert asked["Location"] == f"/account/confirm/?next={path.replace('/', '%2F')}"
    assert browser.post(path, {"code": "1"})["Location"] == asked["Location"]
    wrong = browser.post(asked["Location"], {"password": "wrong wrong wrong"})
    assert "not your passphrase" in wrong.content.decode()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    right = browser.post(asked["Location"], {"password": PHRASE})
    assert right["Location"] == path
    assert browser.get(path).status_code == 200


def test_guessing_the_passphrase_on_an_open_device_ends_after_five(world, door):
    browser = door(world.fj)
    for _ in range(5):
        browser.post("/account/confirm/", {"password": "wrong wrong wrong"})
    assert browser.post("/account/confirm/", {"password": PHRASE}).status_code == 429


def test_an_app_is_removed_and_the_codes_go_with_it(world, door):
    browser = door(world.fj)
    set_up_app(browser)
    app = Authenticator.objects.get(type="totp")
    assert "Remove" in browser.get(f"{OVERVIEW}{app.pk}/remove/").content.decode()
    browser.post(f"{OVERVIEW}{app.pk}/remove/")
    assert not Authenticator.objects.exists()
    assert JournalEntry.objects.filter(event=Event.SECOND_FACTOR_CHANGED.value).count() == 2


def test_somebody_elses_factor_is_not_found(world, door, protected):
    person, _secret, _codes = protected
    app = Authenticator.objects.get(user=person, type="totp")
    browser = door(world.fj)  # the coordinator of the same administration
    assert browser.get(f"{OVERVIEW}{app.pk}/remove/").status_code == 404
    assert browser.post(f"{OVERVIEW}{app.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_where_it_is_required_nothing_else_opens_before(world, door, settings):
    settings.REQUIRE_MFA = True
    browser = door(world.fj)
    assert browser.get("/bulletins/")["Location"] == OVERVIEW
    assert browser.get("/people/")["Location"] == OVERVIEW
    assert browser.post("/people/invite/", {})["Location"] == OVERVIEW
    assert "Everybody needs a second factor" in browser.get(OVERVIEW).content.decode()
    set_up_app(browser)
    assert browser.get("/people/").status_code == 200


def test_where_it_is_required_the_last_one_stays(world, door, settings):
    settings.REQUIRE_MFA = True
    browser = door(world.fj)
    set_up_app(browser)
    app = Authenticator.objects.get(type="totp")
    said = browser.post(f"{OVERVIEW}{app.pk}/remove/", follow=True)
    assert "add another one first" in said.content.decode()
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_where_it_is_optional_nobody_is_led_anywhere(world, door):
    assert door(world.fj).get("/people/").status_code == 200


LIKE_A_KEY = {
    "type": "public-key",
    "id": "AAAA",
    "rawId": "AAAA",
    "response": {
        "clientDataJSON": "AAAA",
        "authenticatorData": "AAAA",
        "signature": "AAAA",
        "attestationObject": "AAAA",
        "userHandle": "MQ",
    },
}
HOSTILE = [
    "", "[]", "{}", "null", "1", '"x"', '{"id":1}', '{"response":{"userHandle":"%%%"}}',
    "{" * 500, json.dumps(LIKE_A_KEY),
]  # fmt: skip


@pytest.mark.parametrize("credential", HOSTILE)
def test_nonsense_in_place_of_a_passkey_is_refused_in_words(world, door, client, credential):
    answer = client.post("/sign-in/passkey/", {"credential": credential}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain == [(SIGN_IN, 302)]
    browser = door(world.fj)
    page = browser.post("/account/second-factor/passkey/", {"credential": credential})
    assert page.status_code == 200
    assert not Authenticator.objects.exists()


def test_the_passkey_page_asks_for_a_key_that_proves_its_owner(world, door):
    browser = door(world.fj)
    page = browser.get("/account/second-factor/passkey/").content.decode()
    asked = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])
    wanted = asked["publicKey"]["authenticatorSelection"]
    assert wanted["userVerification"] == "required"
    assert wanted["residentKey"] == "required"
    assert asked["publicKey"]["rp"]["id"] == "localhost"


def test_a_challenge_for_a_passkey_names_nobody(world, client):
    asked = client.get("/sign-in/passkey/").json()["request_options"]["publicKey"]
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
