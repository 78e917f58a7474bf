"""Every page about people and keys draws, for whom it is, and says no to whom it is not."""

import pytest

from accounts.models import Administration, Appointment
from tests.factories import LONG_AGO

PAGES = [
    "/account/",
    "/account/sessions/",
    "/account/second-factor/",
    "/account/second-factor/app/",
    "/account/second-factor/passkey/",
    "/account/second-factor/codes/",
    "/account/passphrase/",
    "/account/recovery-code/",
    "/account/keys/",
    "/account/confirm/",
    "/administrations/",
    "/administrations/FJ/",
    "/administrations/OCO/",
    "/people/",
    "/people/invite/",
    "/sign-out/",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_coordinator_sees_the_page_in_both_languages(world, door, path, language):
    browser = door(world.fj)
    browser.post("/language/", {"language": language, "next": path})
    response = browser.get(path)
    assert response.status_code == 200, path
    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_comes_back(world, client, path):
    response = client.get(path)
    if path == "/sign-out/":
        assert response["Location"] == "/sign-in/"
    else:
        assert response["Location"] == f"/sign-in/?next={path}"


MEMBERS_ONLY = ["/administrations/", "/people/", "/people/invite/", "/account/keys/"]


@pytest.mark.parametrize("path", MEMBERS_ONLY)
def test_whoever_holds_no_role_any_more_is_told_so(world, door, path):
    browser = door(world.fj_contact)
    Appointment.objects.filter(user=world.fj_contact).update(until=LONG_AGO)
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "You hold no role at present" in answer.content.decode()


@pytest.mark.parametrize("path", MEMBERS_ONLY)
def test_a_suspended_administration_is_told_so(world, door, path):
    browser = door(world.fj)
    Administration.objects.filter(pk="FJ").update(suspended_on=LONG_AGO)
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "Your administration is suspended" in answer.content.decode()


def test_the_own_account_stays_reachable_without_a_role_and_says_whom_to_ask(world, door):
    browser = door(world.fj_contact)
    Appointment.objects.filter(user=world.fj_contact).update(until=LONG_AGO)
    answer = browser.get("/account/")
    assert answer.status_code == 200
    assert "You hold no role at present" in answer.content.decode()
    assert world.fj.name in answer.content.decode()
    assert browser.get("/account/second-factor/").status_code == 200
