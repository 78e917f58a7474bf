"""Every screen: axe finds nothing, nothing overflows, the first visit stays small."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.benchmarks.weight import weigh
from tests.browser.people import person

PAGES = [
    "/", "/bulletins/", "/bulletins/?box=all", "/bulletins/?box=ours", "/bulletins/?box=drafts",
    "/bulletins/new/", "/search/?q=gannet", "/administrations/", "/administrations/FJ/",
    "/people/", "/people/invite/", "/account/", "/account/keys/", "/account/sessions/",
    "/account/second-factor/", "/account/passphrase/", "/account/recovery-code/", "/notices/",
    "/journal/", "/journal/checkpoints/", "/help/", "/nothing-here/",
]  # fmt: skip
VIEWS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}}, "en", id="desk-light-en"),
    pytest.param(
        {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}, "fr",
        id="phone-dark-fr",
    ),
]  # fmt: skip


def speak(page, language: str) -> None:
    """Choose the language in the header, as the person keeps it."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[name=language][value={language}]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize(("options", "language"), VIEWS)
def test_axe_finds_nothing_and_nothing_runs_over(browser, portal, options, language):
    page = person(browser, portal, "coordinator.fj", **options)
    speak(page, language)
    page.goto("/bulletins/")
    first = page.locator("#list-inbox a.t").first.get_attribute("href")
    page.goto(first)
    named = page.locator(".named .what a").first.get_attribute("href")
    faults = []
    for address in [*PAGES, first, named]:
        page.goto(address)
        found = Axe().run(page).response["violations"]
        faults += [(address, one["id"], one["nodes"][0]["target"]) for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            faults.append((address, "runs over sideways", wide))
    speak(page, "en")
    assert not faults


@pytest.mark.parametrize("address", ["/sign-in/", "/help/", "/account/recover/"])
def test_the_pages_before_sign_in_are_clean(browser, portal, address):
    page = browser.new_context(base_url=portal.url).new_page()
    page.goto(address)
    assert not Axe().run(page).response["violations"]


def weight_of(page, address) -> tuple[int, int, int]:
    found = weigh(page, address)
    return found["requests"], found["bytes"], found["html"]


def test_the_first_visit_stays_within_its_budget(browser, portal):
    page = browser.new_context(base_url=portal.url).new_page()
    requests, weight, html = weight_of(page, "/sign-in/")
    assert requests <= 10
    assert weight <= 60_000
    assert html <= 14_000


def test_a_page_of_a_signed_in_person_stays_within_its_budget(browser, portal):
    page = person(browser, portal, "contact.nz")
    fresh = page.context.browser.new_context(
        base_url=portal.url, storage_state=page.context.storage_state()
    ).new_page()
    requests, weight, html = weight_of(fresh, "/")
    assert requests <= 10
    assert weight <= 60_000
    assert html <= 14_000
    warm_requests, warm, _ = weight_of(fresh, "/bulletins/")
    assert warm_requests <= 2
    assert warm <= 15_000


def test_keys_walk_the_list_and_can_be_switched_off(browser, portal):
    page = person(browser, portal, "contact.au")

    def there(address):
        """The page has come, and hears keys."""
        expect(page).to_have_url(re.compile(address))
        expect(page.locator("#live")).to_have_text("Live")

    there("/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    there("/bulletins/$")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    there(r"/bulletins/B-[0-9A-Z]{5}/$")
    page.keyboard.press("u")
    there("/bulletins/$")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
