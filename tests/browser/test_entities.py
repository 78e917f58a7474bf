"""What a bulletin names, in real browsers: doubted while one types, met again, and discussed."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.people import compose, person, send

HULL = "Quandlemere Petrel"


def name_vessel(page, numbers, place=0):
    """Open the next empty row, by its summary, and fill it in."""
    page.locator(f"details.one:has(> fieldset [name=entity-{place}-name]) > summary").click()
    page.fill(f"[name=entity-{place}-name]", HULL)
    page.fill(f"[name=entity-{place}-numbers]", numbers)


def test_a_wrong_number_is_doubted_while_one_types_and_the_page_goes_on(browser, portal):
    fiji = person(browser, portal, "contact.fj")
    compose(fiji, title="Petrel without lights", recipients=("VU",))
    name_vessel(fiji, "IMO 9074728")
    doubt = fiji.locator("[data-note-for=entity-0]")
    expect(doubt).to_contain_text("The check digit does not fit", timeout=15000)
    assert not Axe().run(fiji).response["violations"]
    fiji.fill("[name=entity-0-numbers]", "IMO 9074729")
    expect(doubt).to_be_hidden(timeout=15000)
    fiji.keyboard.press("Tab")
    fiji.reload()
    expect(fiji.locator("fieldset.one legend")).to_have_text(HULL)
    send(fiji)
    expect(fiji.locator(".named")).to_contain_text("9074729")


def test_two_bulletins_that_name_the_same_meet_and_it_is_discussed(browser, portal):
    fiji, vanuatu = person(browser, portal, "contact.fj"), person(browser, portal, "contact.vu")
    for title, number in (("First of the Petrel", "IMO 9319466"), ("Second", "omi 931 9466")):
        compose(fiji, title=title, recipients=("VU",))
        name_vessel(fiji, number)
        send(fiji)
    fiji.locator(".named .what a").click()
    expect(fiji.locator("main")).to_contain_text("First of the Petrel")
    expect(fiji.locator("main")).to_contain_text("the same number")
    vanuatu.goto(fiji.url)
    vanuatu.get_by_role("link", name="Start a discussion").click()
    expect(vanuatu.locator("main")).to_contain_text(HULL)
    vanuatu.fill("[name=topic]", "Where is the Petrel")
    vanuatu.fill("[name=text]", "Seen at anchor this morning.")
    vanuatu.locator("main form button.primary").last.click()
    vanuatu.get_by_role("button", name="Open the discussion").click()
    expect(vanuatu.locator("#posts")).to_contain_text("Seen at anchor this morning.")
    fiji.goto(vanuatu.url)
    for page in (fiji, vanuatu):
        expect(page.locator("#live")).to_have_text("Live")
    vanuatu.fill("#compose textarea", "She leaves now.")
    vanuatu.keyboard.press("Control+Enter")
    expect(fiji.locator("#posts")).to_contain_text("She leaves now.")
    fiji.get_by_role("link", name=HULL).click()
    expect(fiji.locator("#discussions")).to_contain_text("Where is the Petrel")


def test_without_a_script_rows_open_and_what_is_typed_is_kept(browser, portal):
    page = person(browser, portal, "contact.to", java_script_enabled=False)
    page.goto("/bulletins/new/")
    page.locator("#named details > summary").first.click()
    page.fill("[name=entity-0-name]", HULL)
    page.locator("#named details details > summary").first.click()
    page.select_option("[name=entity-1-kind]", "container")
    page.fill("[name=entity-1-numbers]", "CSQU3054384")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("fieldset.one legend")).to_have_text([HULL, "CSQU3054384"])
    expect(page.locator("[data-note-for=entity-1]")).to_contain_text("The check digit does not fit")
    page.get_by_label("Leave it out").first.check()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("fieldset.one legend")).to_have_text(["CSQU3054384"])
