"""Demonstration people in front of browsers of their own."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

# A machine that runs the whole suite is slow; nothing here is about time.
expect.set_options(timeout=20_000)


TOO_MANY = 429


def person(browser: Browser, portal, who: str, **options) -> Page:
    """A signed-in page of `contact.fj` and the like, in a browser profile of its own.

    Whoever signed in for an earlier test comes with that session, as long as it holds: the
    portal lets thirty a minute sign in from one address. Without scripts one always signs in.
    """
    page = _with_kept_session(browser, portal, who, options)
    if page is None:
        page = browser.new_context(base_url=portal.url, **options).new_page()
        _sign_in(page, portal, who)
        portal.sessions[who] = page.context.storage_state()
    return page


def _with_kept_session(browser: Browser, portal, who: str, options) -> Page | None:
    if who not in portal.sessions or not options.get("java_script_enabled", True):
        return None
    context = browser.new_context(
        base_url=portal.url, storage_state=portal.sessions[who], **options
    )
    page = context.new_page()
    page.goto("/")
    if not re.search("/sign-in/|/unlock/", page.url):
        return page
    context.close()
    return None


def _sign_in(page: Page, portal, who: str) -> None:
    """By the form; who comes when too many came in this minute waits for the next."""
    status = TOO_MANY
    while status == TOO_MANY:
        page.goto("/sign-in/")
        page.fill("[name=login]", f"{who}@demo.invalid")
        page.fill("[name=password]", portal.passphrase)
        with page.expect_response(_is_sign_in) as answered:
            page.locator("form:has([name=password]) button[type=submit], form:has([name=password]) "
                         "button.primary").first.click()  # fmt: skip
        status = answered.value.status
        if status == TOO_MANY:
            page.wait_for_timeout(5_000)
    assert status == 302, f"{who} was not let in: {status}"
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    expect(page.locator("h1")).not_to_have_text(re.compile("Sign in|Connexion"))


def _is_sign_in(answer) -> bool:
    return answer.request.method == "POST" and "/sign-in/" in answer.url


def compose(page: Page, *, title: str, recipients: tuple[str, ...], **fields: str) -> None:
    """Fill the form in as a contact point would, up to the button that checks it."""
    page.goto("/bulletins/new/?type=alert")
    page.check("[name=tlp][value='TLP:AMBER']")
    page.check("[name=pap][value='PAP:GREEN']")
    for code in recipients:
        page.check(f"[name=recipients][value={code}]")
    page.fill("[name=title]", title)
    page.fill("[name=key_line]", "Report any sighting; do not hail.")
    page.fill("[name=body]", fields.get("body", "## Evidence\n\nSeen at dawn, lamps dark."))
    page.check("[name=source_reliability][value=B]")
    page.check("[name=information_credibility][value='2']")
    page.fill("[name=purpose]", "Finding the crew")


def send(page: Page) -> str:
    """Check, send, and the reference of what was issued."""
    # What is on its way to be kept as a draft arrives first, as when somebody reads it over.
    expect(page.locator("form[data-keeping]")).to_have_count(0)
    page.click("button[name=check]")
    expect(page.locator("#readers")).to_be_visible()
    page.locator("#readers form button.primary").click()
    page.wait_for_url(re.compile(r"/bulletins/B-[0-9A-Z]{5}/$"))
    return page.url.rstrip("/").rpartition("/")[2]
