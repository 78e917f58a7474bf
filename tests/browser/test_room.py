"""The live room in real browsers: the Secretariat runs it, representatives take part."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.people import person
from tests.browser.sitting import TITLES, prepared
from tests.browser.test_screens import VIEWS, speak


@pytest.fixture
def room(portal):
    return prepared(portal, "FJ", "VU", "PW")


def address(room, more=""):
    return f"/meetings/{room['ref']}/live/{more}"


def enter(browser, portal, room, who, more="", **options):
    page = person(browser, portal, who, **options)
    page.goto(address(room, more))
    if options.get("java_script_enabled", True):
        expect(page.locator("#live")).to_have_text("Live")
    return page


def open_up(page, *, scripts=True):
    page.get_by_role("link", name="Open the meeting").click()
    page.get_by_role("button", name="Open it now").click()
    expect(page.locator("#room-state")).to_contain_text("Under way")
    if scripts:  # before that it hears no key
        expect(page.locator("#live")).to_have_text("Live")


def test_a_meeting_is_run_live_from_opening_to_a_vote(browser, portal, room):
    fiji = enter(browser, portal, room, "coordinator.fj")
    vanuatu = enter(browser, portal, room, "contact.vu")
    vanuatu.wait_for_timeout(5500)  # a page reloads by itself only when it is older than that
    open_up(fiji)
    expect(vanuatu.locator("#room-state")).to_contain_text("Under way")
    fiji.get_by_role("button", name="Next item").click()
    expect(vanuatu.locator("#room-item h2")).to_have_text(TITLES[0])
    fiji.keyboard.press("n")
    expect(vanuatu.locator("#room-item h2")).to_have_text(TITLES[1])
    expect(vanuatu.locator("#room-item")).to_contain_text("Fiji has the photographs")
    expect(vanuatu.locator("#room-clock")).to_contain_text("0 min of 25 min")
    expect(vanuatu.locator("#room-agenda")).not_to_contain_text(TITLES[2])

    vanuatu.get_by_role("button", name="I am here").click()
    expect(fiji.locator("#at-VU")).to_contain_text("Here")
    expect(vanuatu.get_by_role("button", name="You are here")).to_be_visible()
    expect(fiji.locator("#room-quorum")).to_contain_text("No quorum")
    vanuatu.keyboard.press("h")
    expect(fiji.locator("#room-hands")).to_contain_text("Asks for the floor")
    fiji.get_by_role("button", name="Give the floor").click()
    expect(vanuatu.locator("#room-hands")).to_contain_text("Has the floor")
    vanuatu.keyboard.press("h")
    expect(fiji.locator("#room-hands")).to_contain_text("Nobody asks")

    fiji.keyboard.press("d")
    fiji.keyboard.type("Kwoltrip is followed up by Vanuatu.")
    fiji.get_by_role("button", name="Put on the screen").click()
    expect(vanuatu.locator("#room-motion")).to_contain_text("Kwoltrip is followed up by Vanuatu.")
    fiji.get_by_role("button", name="Agreed", exact=True).click()
    expect(fiji.locator("#told")).to_contain_text("There is no quorum")
    fiji.get_by_role("button", name="I am here").click()
    expect(vanuatu.locator("#room-quorum")).to_contain_text("Quorum reached")
    fiji.get_by_role("button", name="Agreed", exact=True).click()
    expect(vanuatu.locator("#room-decided")).to_contain_text(re.compile(r"D-2627-X\d+-01"))
    expect(vanuatu.locator("#room-motion")).to_be_hidden()

    fiji.keyboard.press("d")
    fiji.fill("#decide textarea", "Meet in Suva.")
    fiji.check("#decide [value=vote]")
    fiji.get_by_role("button", name="Put on the screen").click()
    for page in (fiji, vanuatu):
        page.locator("#room-motion .vote").get_by_role("button", name="Yes").click()
    expect(fiji.locator("#room-roll .state-done")).to_have_count(2)
    fiji.get_by_role("button", name="Close the vote").click()
    expect(vanuatu.locator("#room-decided")).to_contain_text("Yes 2 (FJ VU)")

    fiji.keyboard.press("a")
    fiji.keyboard.type("Send the seal list")
    fiji.select_option("#take select", "VU")
    fiji.get_by_role("button", name="Take down").click()
    expect(vanuatu.locator("#room-actions")).to_contain_text("Send the seal list")


def test_two_type_notes_on_one_item_and_a_bad_link_and_lose_nothing(browser, portal, room):
    officer = enter(browser, portal, room, "secretariat")
    open_up(officer)
    officer.keyboard.press("n")
    palau = enter(browser, portal, room, "contact.pw")
    officer.reload()
    notes = "#notes_words"
    officer.fill(notes, "Fiji opened.")
    expect(palau.locator(notes)).to_have_value("Fiji opened.")

    palau.context.set_offline(True)
    palau.locator(notes).press("End")
    palau.keyboard.type("\nPalau asked for time.")
    expect(palau.locator("#notes-said")).to_contain_text("What you typed stays here")
    officer.locator(notes).press("Home")
    officer.keyboard.type("Suva, 11:00.\n")
    expect(officer.locator("#notes-said")).to_contain_text("Kept")
    palau.context.set_offline(False)
    whole = "Suva, 11:00.\nFiji opened.\nPalau asked for time."
    for page in (palau, officer):
        expect(page.locator(notes)).to_have_value(whole, timeout=70000)

    officer.context.set_offline(True)
    officer.fill(notes, whole.replace("Fiji opened.", "Fiji opened at ten."))
    palau.fill(notes, whole.replace("Fiji opened.", "Fiji opened at noon."))
    expect(palau.locator("#notes-said")).to_contain_text("Kept")
    officer.context.set_offline(False)
    clash = officer.locator("#notes-clash")
    expect(clash).to_contain_text("Palau changed the same lines meanwhile", timeout=70000)
    expect(clash).to_contain_text("Fiji opened at noon.")
    expect(officer.locator(notes)).to_have_value(re.compile("Fiji opened at ten."))
    officer.get_by_role("button", name="Put both together").click()
    for page in (officer, palau):
        expect(page.locator(notes)).to_have_value(re.compile("at ten"))
        expect(page.locator(notes)).to_have_value(re.compile("at noon"))


def test_without_scripts_one_takes_part(browser, portal, room):
    fiji = enter(browser, portal, room, "coordinator.fj", java_script_enabled=False)
    open_up(fiji, scripts=False)
    fiji.get_by_role("button", name="Next item").click()
    vanuatu = enter(browser, portal, room, "contact.vu", java_script_enabled=False)
    expect(vanuatu.locator("#as-of")).to_have_text(re.compile(r"As of \d\d:\d\d"))
    vanuatu.get_by_role("button", name="I am here").click()
    vanuatu.get_by_role("button", name="Point of order").click()
    vanuatu.fill("#notes_words", "By a plain form.")
    vanuatu.get_by_role("button", name="Keep the notes").click()
    expect(vanuatu.locator("#told")).to_contain_text("The notes are kept.")
    fiji.get_by_role("link", name="Load again").click()
    expect(fiji.locator("#room-hands")).to_contain_text("Point of order")
    expect(fiji.locator("#notes_words")).to_have_value("By a plain form.")


def test_the_screen_follows_the_room(browser, portal, room):
    fiji = enter(browser, portal, room, "coordinator.fj")
    open_up(fiji)
    screen = enter(browser, portal, room, "contact.fj", "screen/")
    fiji.keyboard.press("n")
    expect(screen.locator("#room-item h2")).to_have_text(TITLES[0])
    fiji.keyboard.press("d")
    fiji.keyboard.type("Kwoltrip stays.")
    fiji.get_by_role("button", name="Put on the screen").click()
    expect(screen.locator(".decision")).to_have_text("Kwoltrip stays.")
    expect(screen.locator("main button:visible")).to_have_count(0)


def test_what_is_typed_belongs_to_the_item_that_was_called_for_it(browser, portal, room):
    """The call is still on its way when the chair types; and somebody else calls the next one."""
    fiji = enter(browser, portal, room, "coordinator.fj")
    open_up(fiji)
    item, waiting = fiji.locator("#decide [name$=-item]"), []
    expect(item).to_have_value("")

    def hold(route):
        waiting.append(route)

    fiji.route("**/call/", hold)
    fiji.keyboard.press("n")
    expect(item).to_have_value(room["items"][0])
    fiji.locator("#decide summary").click()
    fiji.fill("#decide textarea", "Kwoltrip stays.")
    waiting[0].continue_()
    expect(fiji.locator("#room-item h2")).to_have_text(TITLES[0])
    officer = enter(browser, portal, room, "secretariat")
    officer.keyboard.press("n")
    expect(fiji.locator("#room-item h2")).to_have_text(TITLES[1])
    expect(item).to_have_value(room["items"][0])
    fiji.get_by_role("button", name="Put on the screen").click()
    expect(fiji.locator("main")).to_contain_text("Item 2 is on the screen now.")
    expect(fiji.locator("#decide textarea")).to_have_value("Kwoltrip stays.")
    expect(officer.locator("#room-motion")).to_be_hidden()
    fiji.get_by_role("button", name="Put on the screen").click()
    expect(officer.locator("#room-motion")).to_contain_text("Kwoltrip stays.")


def test_the_page_of_somebody_who_is_suspended_stops(browser, portal, room):
    coordinator = person(browser, portal, "coordinator.vu")
    liaison = enter(browser, portal, room, "liaison.vu")
    fiji = enter(browser, portal, room, "coordinator.fj")
    liaison.wait_for_timeout(5500)  # a page reloads by itself only when it is older than that
    coordinator.goto("/people/")
    row = coordinator.locator("li", has_text="liaison.vu@demo.invalid")
    row.get_by_role("link", name="Suspend").or_(row.get_by_role("button", name="Suspend")).click()
    coordinator.fill("[name=password]", portal.passphrase)
    coordinator.locator("main form button.danger, main form button.primary").first.click()
    expect(coordinator.locator("main")).to_contain_text("uspended")
    open_up(fiji)
    fiji.keyboard.press("n")
    expect(liaison.locator("h1")).to_have_text(re.compile("Sign in"), timeout=30000)
    assert TITLES[0] not in liaison.content()


@pytest.mark.parametrize(("options", "language"), VIEWS)
def test_axe_finds_nothing_in_the_room_and_nothing_runs_over(
    browser, portal, room, options, language
):
    fiji = enter(browser, portal, room, "coordinator.fj", **options)
    open_up(fiji)
    fiji.get_by_role("button", name="Next item").click()
    expect(fiji.locator("#room-item h2")).to_have_text(TITLES[0])
    fiji.get_by_role("button", name="I am here").click()
    fiji.get_by_role("button", name="Raise hand").click()
    fiji.locator("#decide summary").click()
    fiji.fill("#decide textarea", "Kwoltrip stays.")
    fiji.check("#decide [value=vote]")
    fiji.get_by_role("button", name="Put on the screen").click()
    expect(fiji.locator("#room-motion")).to_be_visible()
    speak(fiji, language)
    faults = []
    proposal = fiji.locator("#room-motion a").get_attribute("href")
    places = [address(room, more) for more in ("", "screen/", "close/")]
    for place in [*places, proposal]:
        fiji.goto(place)
        if place == places[0]:
            fiji.locator("#decide summary").click()
            fiji.locator("#take summary").click()
        found = Axe().run(fiji).response["violations"]
        faults += [(place, one["id"], one["nodes"][0]["target"]) for one in found]
        wide = fiji.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            faults.append((place, "runs over sideways", wide))
    speak(fiji, "en")
    assert not faults
