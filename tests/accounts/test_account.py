"""One's own account: settings, language, sessions, passphrase, printed code, fingerprints."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import end_other_sessions
from activity.events import Event
from activity.models import JournalEntry
from tests.factories import PHRASE, sign_in
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import KeySlot, VaultSession
from vault.slots import open_passphrase, open_recovery

NEW = "outrigger monsoon 47 breadfruit"
SETTINGS = {"language": "fr", "zone": "UTC", "theme": "dark", "mail_now": ""}


# Language, clock, look ------------------------------------------------------------------------


def lang(response):
    return re.search(r'<html lang="(\w+)"', response.content.decode())[1]


def test_a_guest_reads_the_language_of_the_browser_or_of_the_choice(world, client):
    french = {"HTTP_ACCEPT_LANGUAGE": "fr-NC,fr;q=0.9,en;q=0.5"}
    assert lang(client.get("/sign-in/")) == "en"
    assert lang(client.get("/sign-in/", **french)) == "fr"
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert lang(client.get("/sign-in/", **french)) == "en"


def test_the_language_is_kept_with_the_person_and_the_page_stays(world, door):
    browser = door(world.fj)
    answer = browser.post("/language/", {"language": "fr", "next": "/people/?of=FJ"})
    assert (answer.status_code, answer["Location"]) == (302, "/people/?of=FJ")
    elsewhere = door(world.fj)
    assert lang(elsewhere.get("/people/")) == "fr"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/nowhere/"])
def test_choosing_a_language_leads_to_no_other_site(world, client, wanted):
    assert client.post("/language/", {"language": "fr", "next": wanted})["Location"] == "/"


@pytest.mark.parametrize("language", ["de", "", "fr'"])
def test_a_language_that_is_not_spoken_changes_nothing(world, door, language):
    browser = door(world.fj)
    browser.post("/language/", {"language": language})
    assert User.objects.get(pk=world.fj.pk).language == "en"


def test_a_language_is_not_chosen_by_following_a_link(world, client):
    assert client.get("/language/?language=fr").status_code == 405


def test_settings_are_kept(world, door):
    browser = door(world.fj)
    answer = browser.post("/account/", SETTINGS, follow=True)
    assert lang(answer) == "fr"
    assert 'data-theme="dark"' in answer.content.decode()
    assert 'data-keys="off"' in answer.content.decode()
    kept = User.objects.get(pk=world.fj.pk)
    assert (kept.language, kept.theme, kept.shortcuts, kept.mail_now) == (
        "fr",
        "dark",
        False,
        False,
    )


def test_a_zone_nobody_has_is_refused(world, door):
    answer = door(world.fj).post("/account/", {**SETTINGS, "zone": "Mars/Olympus"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["zone"]
    assert User.objects.get(pk=world.fj.pk).zone == ""


def test_the_administrations_clock_is_the_persons_until_they_choose(world, door):
    from accounts.models import Administration

    Administration.objects.filter(pk="FJ").update(zone="Pacific/Fiji", zones="Pacific/Fiji")
    browser = door(world.fj)
    assert "Fiji (UTC+12)" in browser.get("/account/").content.decode()
    User.objects.filter(pk=world.fj.pk).update(zone="Pacific/Niue")
    assert "Niue (UTC\u221211)" in browser.get("/account/").content.decode()


def test_settings_change_nobody_else(world, door):
    door(world.fj).post("/account/", {**SETTINGS, "zone": ""})
    assert set(User.objects.exclude(pk=world.fj.pk).values_list("language", flat=True)) == {"en"}


# Sessions -------------------------------------------------------------------------------------


def listed(browser):
    return browser.get("/account/sessions/").content.decode().count("Signed in ")


def test_signing_out_elsewhere_ends_every_other_session_and_keeps_this_one(world, door):
    here, there = door(world.fj), door(world.fj)
    assert listed(here) == 2
    assert here.post("/account/sessions/").status_code == 302
    assert there.get("/account/")["Location"].startswith("/sign-in/")
    assert here.get("/account/").status_code == 200
    assert not VaultSession.objects.filter(user=world.fj).exists(), "and asks for the phrase"
    assert JournalEntry.objects.filter(event=Event.SESSIONS_ENDED.value).count() == 1
    assert listed(here) == 1


def test_sessions_that_stand_on_no_list_end_as_well(world, door):
    """A session's signature holds the auth epoch: what the list forgot is not believed either."""
    here, there = door(world.fj), door(world.fj)
    UserSession.objects.all().delete()
    here.post("/account/sessions/")
    assert there.get("/account/")["Location"].startswith("/sign-in/")


def test_ending_sessions_closes_every_vault_at_once(world, door):
    door(world.fj)
    end_other_sessions(actor=world.actor(world.fj))
    assert not VaultSession.objects.filter(user=world.fj).exists()


def test_other_peoples_sessions_go_on(world, door):
    other = door(world.fj_contact)
    door(world.fj).post("/account/sessions/")
    assert other.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140 Safari/537", "Chrome, Android"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_a_session_is_named_by_its_browser(world, client, agent, words):
    data = {"login": world.fj.email, "password": PHRASE}
    client.post("/sign-in/", data, HTTP_USER_AGENT=agent)
    page = client.get("/account/sessions/", HTTP_USER_AGENT=agent).content.decode()
    assert words in page
    assert agent not in page


def test_only_the_network_of_a_session_is_kept(world, client):
    data = {"login": world.fj.email, "password": PHRASE}
    client.post("/sign-in/", data, REMOTE_ADDR="203.0.113.77")
    assert UserSession.objects.get().ip == "203.0.113.0"


# Locked and unlocked --------------------------------------------------------------------------


def test_a_locked_session_is_opened_by_the_passphrase_and_goes_on(world, door):
    browser = door(world.fj)
    assert browser.post("/lock/")["Location"] == "/unlock/"
    assert not VaultSession.objects.exists()
    assert browser.get("/account/").status_code == 200, "still signed in"
    wrong = browser.post("/unlock/", {"password": "wrong wrong wrong", "next": "/bulletins/"})
    assert "not your passphrase" in wrong.content.decode()
    assert not VaultSession.objects.exists()
    right = browser.post("/unlock/", {"password": PHRASE, "next": "/bulletins/"})
    assert right["Location"] == "/bulletins/"
    assert VaultSession.objects.filter(user=world.fj).count() == 1
    line = JournalEntry.objects.filter(event=Event.VAULT_UNLOCKED.value).get()
    assert line.user_id == world.fj.pk


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/nowhere/"])
def test_unlocking_leads_to_no_other_site(world, door, wanted):
    browser = door(world.fj)
    browser.post("/lock/")
    assert browser.post("/unlock/", {"password": PHRASE, "next": wanted})["Location"] == "/"


def test_guessing_at_a_locked_session_ends_after_five(world, door):
    browser = door(world.fj)
    browser.post("/lock/")
    for _ in range(5):
        browser.post("/unlock/", {"password": "wrong wrong wrong"})
    stopped = browser.post("/unlock/", {"password": PHRASE})
    assert stopped.status_code == 429
    assert "Wait five minutes" in stopped.content.decode()


def test_an_open_session_has_nothing_to_unlock(world, door):
    assert door(world.fj).get("/unlock/?next=/people/")["Location"] == "/people/"


def test_staying_signed_in_needs_an_open_vault(world, door):
    browser = door(world.fj)
    assert browser.post("/account/stay/").status_code == 204
    browser.post("/lock/")
    assert browser.post("/account/stay/").status_code == 409


# The passphrase and the printed code ----------------------------------------------------------


def phrases(old, new, again=None):
    return {
        "password": old,
        "new_passphrase": new,
        "new_passphrase_again": new if again is None else again,
    }


def test_a_new_passphrase_ends_the_other_sessions_and_keeps_this_one_open(world, door):
    here, there = door(world.fj), door(world.fj)
    answer = here.post("/account/passphrase/", phrases(PHRASE, NEW))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert there.get("/account/")["Location"].startswith("/sign-in/")
    assert here.get("/unlock/?next=/people/")["Location"] == "/people/", "unlocked as before"
    with pytest.raises(CannotOpen):
        open_passphrase(world.fj, PHRASE)
    sign_in(door(), world.fj, NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong wrong wrong", NEW, NEW, "not your present passphrase"),
        (PHRASE, "short", "short", "Too short"),
        (PHRASE, "passwordpassword", "passwordpassword", "Too easy"),
        (PHRASE, NEW, NEW + ".", "not the same"),
    ],
)
def test_a_passphrase_is_not_changed_without_all_of_it(world, door, old, new, again, sentence):
    browser = door(world.fj)
    answer = browser.post("/account/passphrase/", phrases(old, new, again))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    open_passphrase(world.fj, PHRASE)
    assert browser.get("/account/").status_code == 200


def test_guessing_the_old_passphrase_ends_after_five(world, door):
    browser = door(world.fj)
    for _ in range(5):
        browser.post("/account/passphrase/", phrases("wrong wrong wrong", NEW))
    stopped = browser.post("/account/passphrase/", phrases(PHRASE, NEW))
    assert stopped.status_code == 429
    open_passphrase(world.fj, PHRASE)


def printed(response):
    return re.search(r'id="code">([0-9A-Z-]+)<', response.content.decode())[1]


def test_a_new_printed_code_replaces_the_old_one(world, door):
    browser = door(world.fj)
    answer = browser.post("/account/recovery-code/", {"password": PHRASE})
    code = printed(answer)
    assert answer["Cache-Control"].count("no-store")
    assert open_recovery(world.fj, code) == world.roots[world.fj.pk]
    with pytest.raises(CannotOpen):
        open_recovery(world.fj, world.recovery_codes[world.fj.pk])
    assert code not in browser.get("/account/recovery-code/").content.decode()


def test_the_wrong_passphrase_makes_no_code(world, door):
    before = list(KeySlot.objects.values_list("pk", flat=True))
    door(world.fj).post("/account/recovery-code/", {"password": "wrong wrong wrong"})
    assert list(KeySlot.objects.values_list("pk", flat=True)) == before


def recovery(world, who, **changed):
    return {
        "login": who.email,
        "code": world.recovery_codes[who.pk],
        "new_passphrase": NEW,
        "new_passphrase_again": NEW,
        **changed,
    }


def test_the_printed_code_gives_a_new_passphrase_and_a_new_code(world, door):
    open_page = door(world.fj)
    answer = door().post("/account/recover/", recovery(world, world.fj))
    fresh = printed(answer)
    assert open_page.get("/account/")["Location"].startswith("/sign-in/")
    sign_in(door(), world.fj, NEW)
    assert open_recovery(world.fj, fresh) == world.roots[world.fj.pk]
    again = door().post("/account/recover/", recovery(world, world.fj))
    assert "do not go together" in again.content.decode(), "the old sheet is worthless"


def test_the_printed_code_signs_nobody_in_by_itself(world, door):
    browser = door()
    browser.post("/account/recover/", recovery(world, world.fj))
    assert browser.get("/account/")["Location"].startswith("/sign-in/")


def test_recovery_gives_no_hint_whether_an_account_exists(world, door):
    wrong = recovery(world, world.fj, code=world.recovery_codes[world.vu.pk])
    known = door().post("/account/recover/", wrong)
    unknown = door().post("/account/recover/", {**wrong, "login": "nobody@test.invalid"})
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors
    assert "do not go together" in known.content.decode()


def test_recovery_asks_the_database_alike_for_somebody_and_nobody(world, door):
    wrong = recovery(world, world.fj, code=world.recovery_codes[world.vu.pk])
    counts = []
    for address in (world.fj.email, "nobody@test.invalid"):
        with CaptureQueriesContext(connection) as asked:
            door().post("/account/recover/", {**wrong, "login": address})
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_suspended_person_recovers_nothing(world, door):
    User.objects.filter(pk=world.fj.pk).update(is_active=False)
    answer = door().post("/account/recover/", recovery(world, world.fj))
    assert "do not go together" in answer.content.decode()
    open_passphrase(world.fj, PHRASE)


@pytest.mark.parametrize("code", ["", "x", "0" * 40, "É" * 30, "A" * 2000])
def test_nonsense_in_place_of_a_code_is_refused_in_words(world, door, code):
    answer = door().post("/account/recover/", recovery(world, world.fj, code=code))
    assert answer.status_code == 200
    assert answer.context["form"].errors


# Fingerprints ---------------------------------------------------------------------------------


def test_the_fingerprints_of_all_stand_on_one_page_and_a_comparison_is_noted(world, door):
    browser = door(world.fj)
    page = browser.get("/account/keys/").content.decode()
    words = directory().epoch("VU").fingerprint
    assert all(f">{word}</li>" in page for word in words)
    assert all(f">{word}</li>" in page for word in world.words(world.fj))
    browser.post("/account/keys/VU/confirm/", {"words": " ".join(words)})
    after = browser.get("/account/keys/").content.decode()
    assert after.count("Compared by you") == 1
    assert "Compared by you" not in door(world.fj_contact).get("/account/keys/").content.decode()


@pytest.mark.parametrize("code", ["VU", "XX"])
def test_other_words_are_not_noted(world, door, code):
    browser = door(world.fj)
    answer = browser.post(f"/account/keys/{code}/confirm/", {"words": "one two three"})
    assert answer.status_code in (302, 404)
    assert "Compared by you" not in browser.get("/account/keys/").content.decode()


def test_comparing_needs_open_keys(world, door):
    browser = door(world.fj)
    browser.post("/lock/")
    words = " ".join(directory().epoch("VU").fingerprint)
    assert browser.post("/account/keys/VU/confirm/", {"words": words}).status_code == 403
    assert "I compared these" not in browser.get("/account/keys/").content.decode()
