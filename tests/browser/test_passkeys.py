"""A passkey in a real browser: made, used as second factor, and used to say who one is."""

import pytest

PERSON = "contact.ki@demo.invalid"


@pytest.fixture
def laptop(page):
    """A laptop with a built-in authenticator that recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def give_passphrase(page, portal):
    page.fill("#id_login", PERSON)
    page.fill("#id_password", portal.passphrase)
    page.locator("form:has(#id_password) button").click()


def sign_out(page):
    page.goto("/sign-out/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/sign-in/")


def test_a_passkey_is_a_second_factor_and_a_way_in(laptop, portal):
    page = laptop
    page.goto("/sign-in/")
    give_passphrase(page, portal)
    page.wait_for_url(portal.url + "/")
    page.goto("/account/second-factor/passkey/")
    page.fill("#id_name", "Old laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/account/second-factor/codes/")
    assert page.locator("ol.codes li").count() == 10

    sign_out(page)
    give_passphrase(page, portal)
    page.wait_for_url("**/sign-in/second-factor/")
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(portal.url + "/")

    sign_out(page)
    page.goto("/sign-in/?next=/bulletins/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/unlock/?next=*")  # who one is, and nothing opened yet
    page.fill("#id_password", portal.passphrase)
    page.get_by_role("button", name="Unlock").click()
    page.wait_for_url("**/bulletins/")
