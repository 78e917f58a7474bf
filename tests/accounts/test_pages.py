"""Every page about people and keys draws, for whom it is, and says no to whom it is not."""

import pytest

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
