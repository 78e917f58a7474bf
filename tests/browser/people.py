"""Demonstration people in front of browsers of their own."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

# A machine that runs the whole suite is slow; nothing here is about time.
expect.set_options(timeout=20_000)


def person(browser: Browser, portal, who: str, **options) -> Page:
    """A signed-in page of `contact.fj` and the like, in a browser profile of its own."""
    context = browser.new_context(base_url=portal.url, **options)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=login]", f"{who}@demo.invalid")
    page.fill("[name=password]", portal.passphrase)
    page.locator("form:has([name=password]) button[type=submit], form:has([name=password]) "
                 "button.primary").first.click()  # fmt: skip
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    expect(page.locator("h1")).not_to_have_text(re.compile("Sign in|Connexion"))
    return page


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
    page.click("button[name=check]")
    expect(page.locator("#readers")).to_be_visible()
    page.locator("#readers form button.primary").click()
    page.wait_for_url(re.compile(r"/bulletins/B-[0-9A-Z]{5}/$"))
    return page.url.rstrip("/").rpartition("/")[2]
