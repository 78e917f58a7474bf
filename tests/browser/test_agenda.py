"""The agenda in a real browser: items moved by hand, by keyboard and without a script; and what
others are told while they have it, or its minutes, open."""

import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.people import person
from tests.browser.sitting import TITLES, prepared

FIRST, SECOND, CLOSED = TITLES


@pytest.fixture
def meeting(portal):
    return prepared(portal, "FJ", "VU", "PW")


def agenda(browser, portal, meeting, who="secretariat", **options):
    page = person(browser, portal, who, **options)
    page.goto(f"/meetings/{meeting['ref']}/")
    if options.get("java_script_enabled", True):
        expect(page.locator("#live")).to_have_text("Live")
    return page


def order(page, *titles):
    """The items stand in this order."""
    rows = page.locator("#agenda > li")
    expect(rows).to_have_count(len(titles))
    for place, title in enumerate(titles):
        expect(rows.nth(place)).to_contain_text(title)


def row(page, title):
    return page.locator("#agenda > li", has_text=title)


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def box_of(place):
    """Where it stands; asked again if the list was drawn anew while it was asked."""
    for _time in range(50):
        if box := place.bounding_box():
            return box
    raise AssertionError("it is not on the page")


def drag(page, title, target, *, below=True, let_go=True):
    """Take the number of one item and drop it on the lower, or upper, half of another."""
    page.mouse.move(*middle(box_of(row(page, title).locator(".num"))))
    page.mouse.down()
    box = box_of(row(page, target))
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] * (0.8 if below else 0.2), steps=8)
    if let_go:
        page.mouse.up()


def test_an_item_is_dragged_to_its_place_and_stays_there(browser, portal, meeting):
    page = agenda(browser, portal, meeting)
    order(page, FIRST, SECOND, CLOSED)
    drag(page, FIRST, SECOND)
    order(page, SECOND, FIRST, CLOSED)
    expect(page.locator("#said")).to_contain_text("2")
    expect(row(page, SECOND).locator(".num")).to_contain_text("1")
    drag(page, FIRST, SECOND, below=False)
    order(page, FIRST, SECOND, CLOSED)
    drag(page, FIRST, SECOND)
    order(page, SECOND, FIRST, CLOSED)
    page.reload()
    order(page, SECOND, FIRST, CLOSED)


def test_what_is_dropped_on_itself_or_let_go_with_escape_stays(browser, portal, meeting):
    page = agenda(browser, portal, meeting)
    drag(page, FIRST, FIRST)
    order(page, FIRST, SECOND, CLOSED)
    drag(page, FIRST, SECOND, let_go=False)
    expect(row(page, SECOND)).to_have_class("drop-below")
    page.keyboard.press("Escape")
    page.mouse.up()
    order(page, FIRST, SECOND, CLOSED)
    expect(page.locator("#agenda .drop-below, #agenda .dragged")).to_have_count(0)


def test_what_is_held_stays_in_the_hand_when_the_list_is_drawn_anew(browser, portal, meeting):
    """Somebody else changed something, or the move before is answered only now."""
    page = agenda(browser, portal, meeting)
    drag(page, FIRST, SECOND, let_go=False)
    page.evaluate("""() => new Promise(done => {
        document.getElementById('agenda').wasHere = true;
        document.addEventListener('live:polled', done, {once: true});
        document.dispatchEvent(new Event('live:renew'));
    })""")
    assert not page.evaluate("document.getElementById('agenda').wasHere")
    page.mouse.up()
    order(page, SECOND, FIRST, CLOSED)


def test_items_move_by_keyboard_and_the_focus_goes_with_them(browser, portal, meeting):
    page = agenda(browser, portal, meeting)
    down = row(page, FIRST).locator("button[name=down]")
    down.focus()
    page.keyboard.press("Enter")
    order(page, SECOND, FIRST, CLOSED)
    assert page.evaluate("document.activeElement.closest('li').textContent").count(FIRST)
    row(page, FIRST).locator("button[name=up]").focus()
    page.keyboard.press("Space")
    order(page, FIRST, SECOND, CLOSED)
    page.reload()
    order(page, FIRST, SECOND, CLOSED)


def test_without_a_script_the_same_buttons_send_the_form(browser, portal, meeting):
    page = agenda(browser, portal, meeting, java_script_enabled=False)
    row(page, FIRST).locator("button[name=down]").click()
    order(page, SECOND, FIRST, CLOSED)


def test_others_see_the_new_order_without_a_reload(browser, portal, meeting):
    officer = agenda(browser, portal, meeting)
    vanuatu = agenda(browser, portal, meeting, "contact.vu")
    order(vanuatu, FIRST, SECOND)
    drag(officer, FIRST, SECOND)
    order(vanuatu, SECOND, FIRST)
    expect(vanuatu.locator(".grip, button[name=up]")).to_have_count(0)


def test_an_order_of_another_window_is_met(browser, portal, meeting):
    officer, other = (agenda(browser, portal, meeting) for _n in range(2))
    drag(officer, FIRST, SECOND)
    order(officer, SECOND, FIRST, CLOSED)
    order(other, SECOND, FIRST, CLOSED)  # it came by itself, and can be moved on
    drag(other, FIRST, SECOND, below=False)
    order(officer, FIRST, SECOND, CLOSED)


def test_minutes_that_are_open_follow_what_others_write(browser, portal, meeting):
    """Vanuatu reads the draft; the rapporteur writes, and then sends it round."""
    officer = person(browser, portal, "secretariat")
    place = f"/meetings/{meeting['ref']}"
    for step, button in (("open", "Open it now"), ("close", "Close it now")):
        officer.goto(f"{place}/live/{step}/")
        officer.get_by_role("button", name=button).click()
    officer.goto(f"{place}/minutes/")
    officer.get_by_role("button", name="Begin the minutes").click()
    vanuatu = person(browser, portal, "contact.vu")
    vanuatu.goto(f"{place}/minutes/")
    expect(vanuatu.locator("#live")).to_have_text("Live")
    officer.goto(f"{place}/minutes/{meeting['items'][0]}/")
    officer.locator("[name=en]").fill("The kwoltrip was opened at eleven.")
    officer.get_by_role("button", name="Save", exact=True).click()
    expect(vanuatu.locator("main")).to_contain_text("The kwoltrip was opened at eleven.")
    expect(vanuatu.locator("#changed")).to_be_hidden()
    day = datetime.date.today() + datetime.timedelta(days=20)
    officer.fill("[name=until]", day.isoformat())
    officer.get_by_role("button", name="Send round").click()
    expect(vanuatu.locator("#changed")).to_be_visible()
    vanuatu.locator("#changed").get_by_role("link").click()
    expect(vanuatu.locator("main")).to_contain_text("Circulated for comments")


def test_how_to_join_comes_into_a_room_that_is_open(browser, portal, meeting):
    officer = person(browser, portal, "secretariat")
    vanuatu = person(browser, portal, "contact.vu")
    vanuatu.goto(f"/meetings/{meeting['ref']}/live/")
    expect(vanuatu.locator("#live")).to_have_text("Live")
    expect(vanuatu.locator("#room-join")).to_be_hidden()
    officer.goto(f"/meetings/{meeting['ref']}/live/join/")
    officer.locator("textarea").fill("Dial +679 330 0000")
    officer.locator("main form button.primary").click()
    expect(vanuatu.locator("#room-join")).to_contain_text("Dial +679 330 0000")
