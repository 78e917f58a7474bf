"""Discussions in two browsers: what one writes the other sees, whatever the link does."""

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.benchmarks.weight import weigh
from tests.browser.people import person

NUMBERS = "rows => rows.map(row => +row.dataset.number)"


def live(page: Page) -> None:
    expect(page.locator("#live")).to_have_text("Live")


def open_thread(page: Page, topic: str, *codes: str) -> str:
    """Fill the form in, look at who will read it, open it; its address."""
    page.goto("/threads/new/")
    page.fill("[name=topic]", topic)
    page.check("[name=tlp][value='TLP:AMBER']")
    for code in codes:
        page.check(f"[name=participants][value={code}]")
    page.click("button[name=check]")
    expect(page.locator("#readers")).to_contain_text("with yours")
    page.locator("#readers button.primary").click()
    page.wait_for_url(re.compile(r"/threads/T-[0-9A-Z]{5}/$"))
    return page.url


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Control+Enter")


def texts(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#posts .prose").all_inner_texts()]


@pytest.fixture
def pair(browser, portal):
    """Fiji and Vanuatu at the page of a thread of their own."""
    fiji, vanuatu = person(browser, portal, "contact.fj"), person(browser, portal, "contact.vu")
    address = open_thread(fiji, f"Seals compared {uuid.uuid4().hex[:6]}", "VU")
    vanuatu.goto(address)
    live(fiji)
    live(vanuatu)
    yield fiji, vanuatu
    fiji.context.close()
    vanuatu.context.close()


def test_vanuatu_sees_what_fiji_writes_edits_and_withdraws(pair):
    fiji, vanuatu = pair
    say(fiji, "Eleven crates, **no** seal.")
    post = vanuatu.locator("#posts > li").first
    expect(post).to_contain_text("Eleven crates, no seal.")
    expect(fiji.locator("#posts > li")).to_have_count(1)
    expect(fiji.locator("#outbox > li")).to_have_count(0)
    expect(fiji.locator("#text")).to_have_value("")

    own = fiji.locator("#posts > li").first
    own.locator("summary").click()
    expect(vanuatu.locator("[data-own]:visible")).to_have_count(0)
    own.get_by_role("link", name="Edit").click()
    fiji.fill("[name=text]", "Twelve crates, **no** seal.")
    fiji.get_by_role("button", name="Keep the change").click()
    expect(post).to_contain_text("Twelve crates, no seal.")
    expect(post).to_contain_text("edited")

    live(fiji)
    own.locator("summary").click()
    own.get_by_role("link", name="Withdraw").click()
    fiji.get_by_role("button", name="Withdraw it for everybody").click()
    expect(post).to_contain_text("Withdrawn by its author.")
    expect(vanuatu.locator("#posts > li")).to_have_count(1)
    expect(vanuatu.locator("[data-whole]")).to_contain_text("Complete up to")


def test_what_is_posted_without_a_link_waits_and_goes_once_in_order(pair):
    fiji, vanuatu = pair
    say(fiji, "first")
    expect(vanuatu.locator("#posts .prose")).to_have_count(1)
    fiji.context.set_offline(True)
    expect(fiji.locator("#live")).to_contain_text("Offline")
    for text in ("second", "third", "fourth"):
        say(fiji, text)
    expect(fiji.locator("#outbox > li")).to_have_count(3)
    expect(fiji.locator("#outbox .way").first).to_have_text("Kept here")
    expect(fiji.locator("#link-state")).to_contain_text("kept here")
    say(vanuatu, "meanwhile")
    expect(vanuatu.locator("#posts > li")).to_have_count(2)
    fiji.context.set_offline(False)
    expect(vanuatu.locator("#posts > li")).to_have_count(5, timeout=70_000)
    expect(fiji.locator("#posts > li")).to_have_count(5)
    expect(fiji.locator("#outbox > li")).to_have_count(0)
    assert texts(fiji) == ["first", "meanwhile", "second", "third", "fourth"]
    assert texts(vanuatu) == texts(fiji)
    expect(fiji.locator("[data-missing-link]")).to_be_hidden()


def test_who_write_at_once_see_the_same_order(pair):
    for number in range(4):
        for page in pair:
            say(page, f"number {number}")
    for page in pair:
        expect(page.locator("#posts > li")).to_have_count(8, timeout=40_000)
        expect(page.locator("#outbox > li")).to_have_count(0)
    numbers = [page.locator("#posts > li").evaluate_all(NUMBERS) for page in pair]
    assert numbers == [list(range(1, 9))] * 2
    assert texts(pair[0]) == texts(pair[1])


def swallowed(route) -> None:
    route.fetch()
    route.abort("connectionreset")


def test_a_reload_in_the_middle_loses_and_doubles_nothing(pair):
    fiji, vanuatu = pair
    # The server gets the message, and its answer does not come back: the page cannot know.
    fiji.evaluate("WebSocket.prototype.send = function () { this.close(); }")
    fiji.route("**/messages/", swallowed)
    say(fiji, "sent, but never confirmed")
    expect(vanuatu.locator("#posts > li")).to_have_count(1, timeout=40_000)
    say(fiji, "typed behind it")
    fiji.unroute_all(behavior="ignoreErrors")
    fiji.reload()
    expect(vanuatu.locator("#posts > li")).to_have_count(2, timeout=40_000)
    expect(fiji.locator("#outbox > li")).to_have_count(0, timeout=40_000)
    expect(fiji.locator("#posts > li")).to_have_count(2, timeout=40_000)
    assert texts(fiji) == texts(vanuatu) == ["sent, but never confirmed", "typed behind it"]
    assert fiji.evaluate("Object.keys(localStorage).length") == 0
    assert not fiji.evaluate(
        "Object.keys(sessionStorage).filter(k => k.startsWith('outbox:')).length"
    )


def test_without_a_socket_it_goes_by_a_plain_request(pair):
    fiji, vanuatu = pair
    fiji.evaluate("WebSocket.prototype.send = function () { this.close(); }")
    say(fiji, "by the other road")
    expect(vanuatu.locator("#posts")).to_contain_text("by the other road", timeout=40_000)
    expect(fiji.locator("#posts")).to_contain_text("by the other road", timeout=40_000)
    expect(fiji.locator("#outbox > li")).to_have_count(0)


def test_what_is_refused_says_why_and_comes_back_to_be_changed(pair):
    fiji, vanuatu = pair
    fiji.get_by_role("button", name="Close").click()
    expect(vanuatu.locator("#thread-state")).to_contain_text("Closed")
    say(vanuatu, "one moment too late")
    expect(vanuatu.locator("#outbox > li")).to_contain_text("This discussion is closed.")
    vanuatu.get_by_role("button", name="Change it").click()
    expect(vanuatu.locator("#text")).to_have_value("one moment too late")
    expect(vanuatu.locator("#outbox > li")).to_have_count(0)


def test_a_message_that_did_not_come_is_noticed_and_fetched(pair):
    fiji, vanuatu = pair
    for text in ("one", "two", "three"):
        say(fiji, text)
    expect(vanuatu.locator("#posts > li")).to_have_count(3)
    vanuatu.evaluate("document.getElementById('p-2').remove()")
    say(fiji, "four")
    expect(vanuatu.locator("#posts > li")).to_have_count(4)
    assert texts(vanuatu) == ["one", "two", "three", "four"]
    expect(vanuatu.locator("[data-whole]")).to_contain_text("Complete up to")


def test_who_is_taken_out_sees_nothing_more_on_the_page_that_was_open(browser, portal):
    fiji, palau = person(browser, portal, "contact.fj"), person(browser, portal, "contact.pw")
    address = open_thread(fiji, "Seals compared, by three", "VU", "PW")
    palau.goto(address)
    live(palau)
    say(fiji, "before")
    expect(palau.locator("#posts .prose")).to_have_count(1)
    fiji.goto(f"{address}participants/")
    fiji.get_by_role("link", name="Take out Palau").click()
    fiji.get_by_role("button", name="Take Palau out").click()
    fiji.goto(address)
    live(fiji)
    say(fiji, "after")
    expect(palau.locator("h1")).not_to_contain_text("Seals compared")
    expect(palau.locator("body")).not_to_contain_text("after")
    fiji.context.close()
    palau.context.close()


def test_the_list_and_the_figure_move_by_themselves(browser, portal, pair):
    fiji, vanuatu = pair
    address = vanuatu.url
    say(fiji, "before")
    expect(vanuatu.locator("#posts > li")).to_have_count(1)
    vanuatu.reload()
    vanuatu.goto("/threads/?box=all")
    live(vanuatu)
    figure = vanuatu.locator(".nav [data-count=discussions]")
    before = int(figure.evaluate("el => parseInt(el.firstChild.nodeValue)"))
    topic = fiji.locator("h1").inner_text()
    for number in (1, 2):
        say(fiji, f"after {number}")
    row = vanuatu.locator("#threads > li").first
    expect(row).to_contain_text(topic)
    expect(row).to_contain_text("2 new")
    assert int(figure.evaluate("el => parseInt(el.firstChild.nodeValue)")) == before + 1
    own = fiji.locator(".nav [data-count=discussions]").evaluate("el => el.dataset.ids")
    assert fiji.locator("#talk").get_attribute("data-id") not in own.split()
    vanuatu.goto(address)
    figure = vanuatu.locator(".nav [data-count=discussions]")
    assert int(figure.evaluate("el => parseInt(el.firstChild.nodeValue)")) == before
    expect(vanuatu.locator("#new")).to_contain_text("New since")


def test_names_are_offered_and_taken_by_the_keyboard(pair):
    fiji, vanuatu = pair
    fiji.locator("#text").press_sequentially("Thank you @van")
    expect(fiji.locator("#names [role=option]").first).to_contain_text("Vanuatu")
    fiji.press("#text", "ArrowDown")
    fiji.press("#text", "ArrowUp")
    assert fiji.get_attribute("#text", "aria-activedescendant") == "name-0"
    fiji.press("#text", "Enter")
    expect(fiji.locator("#text")).to_have_value("Thank you @Vanuatu ")
    fiji.press("#text", "Control+Enter")
    expect(vanuatu.locator("#posts .mention")).to_have_text("@Vanuatu")


def test_keys_walk_the_posts_and_answer_them(pair):
    fiji, vanuatu = pair
    for text in ("one", "two"):
        say(fiji, text)
    expect(vanuatu.locator("#posts > li")).to_have_count(2)
    vanuatu.keyboard.press("j")
    vanuatu.keyboard.press("j")
    assert vanuatu.evaluate("document.activeElement.closest('li').id") == "p-2"
    vanuatu.keyboard.press("r")
    expect(vanuatu.locator("#answering")).to_contain_text("Answer to #2, Fiji")
    expect(vanuatu.locator("#text")).to_have_value("> two\n\n")
    vanuatu.keyboard.type("agreed")
    vanuatu.keyboard.press("Control+Enter")
    expect(fiji.locator("#posts .answers-to")).to_contain_text("two")


def test_without_scripts_one_opens_writes_answers_and_reads(browser, portal):
    fiji = person(browser, portal, "contact.fj", java_script_enabled=False)
    tonga = person(browser, portal, "contact.to", java_script_enabled=False)
    address = open_thread(fiji, "Without a single script", "TO")
    fiji.fill("[name=text]", "Plain as paper.")
    fiji.get_by_role("button", name="Post").click()
    tonga.goto(address)
    expect(tonga.locator("#posts")).to_contain_text("Plain as paper.")
    tonga.locator(".more > summary").first.click()
    tonga.get_by_role("button", name="Noted").click()
    fiji.goto(address)
    expect(fiji.locator("#posts .answer").first).to_contain_text("TO")


def test_on_a_phone_the_composer_stays_above_what_lies_below(browser, portal):
    phone = {"viewport": {"width": 390, "height": 700}, "is_mobile": True, "has_touch": True}
    page = person(browser, portal, "contact.ws", **phone)
    open_thread(page, "From the wharf", "FJ")
    live(page)
    for number in range(9):
        say(page, f"line {number}")
    expect(page.locator("#posts > li")).to_have_count(9)
    page.evaluate("scrollTo(0, 300)")
    composer = page.locator("#compose").bounding_box()
    assert composer["y"] + composer["height"] <= 700
    page.set_viewport_size({"width": 390, "height": 420})  # the keyboard takes the rest
    page.locator("#text").focus()
    box = page.locator("#text").bounding_box()
    assert box["y"] + box["height"] <= 420
    expect(page.locator(".tabs")).to_be_hidden()


VIEWS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}}, id="desk-light"),
    pytest.param(
        {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}, id="phone-dark"
    ),
    pytest.param({"viewport": {"width": 320, "height": 640}}, id="narrow"),
]


@pytest.mark.parametrize("options", VIEWS)
def test_axe_finds_nothing_and_nothing_runs_over(browser, portal, options):
    page, faults = person(browser, portal, "contact.ck", **options), []
    thread = open_thread(page, "Looked at by axe", "FJ")
    live(page)
    say(page, "@Fiji, a `code`, and\n\n> a quote")
    expect(page.locator("#posts > li")).to_have_count(1)
    lists = ["", "?box=following", "?box=all", "?box=subject", "mentions/", "new/"]
    below = ["", "?at=1&reply=1", "1/edit/", "1/withdraw/", "participants/?add=PW"]
    for address in [*(f"/threads/{one}" for one in lists), *(thread + one for one in below)]:
        page.goto(address)
        if "reply" in address:
            page.locator(".more > summary").click()
            page.locator("#text").press_sequentially("@Fi")
            expect(page.locator("#names")).to_be_visible()
        # Narrow is the phone's page with less room: looked at for what runs over.
        narrow = options["viewport"]["width"] < 390
        found = [] if narrow else Axe().run(page).response["violations"]
        faults += [(address, one["id"], one["nodes"][0]["target"]) for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults += [(address, "runs over sideways", wide)] if wide > 0 else []
    assert not faults


def test_a_first_visit_of_a_discussion_stays_within_its_budget(browser, portal):
    page = person(browser, portal, "contact.nu")
    thread = open_thread(page, "Weighed", "FJ")
    live(page)
    for number in range(12):
        say(page, f"Line {number}: the list for Savusavu has {number} yachts.")
    expect(page.locator("#posts > li")).to_have_count(12, timeout=60_000)
    fresh = browser.new_context(
        base_url=portal.url, storage_state=page.context.storage_state()
    ).new_page()
    found = weigh(fresh, thread)
    assert found["bytes"] <= 60_000
    assert found["html"] <= 14_000


def test_who_chose_to_be_seen_is_here_and_writes_and_others_are_not(pair):
    fiji, vanuatu = pair
    for page in pair:
        expect(page.locator("#here")).to_be_hidden()
        page.get_by_role("button", name="Show that I am here").click()
        live(page)
    expect(fiji.locator("#here")).to_contain_text("Vanuatu is here.")
    vanuatu.locator("#text").press_sequentially("I look")
    expect(fiji.locator("#here")).to_contain_text("Vanuatu is writing…")
    say(fiji, "Look at this")
    expect(fiji.locator("#seen")).to_contain_text("Seen by 2 of 2", ignore_case=True)
    vanuatu.get_by_role("button", name="Show that I am here").click()
    expect(fiji.locator("#here")).to_be_hidden()
