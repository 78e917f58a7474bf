"""What the page's scripts promise: nothing typed is lost, uploads go on, keys stay out of fields.

The portal of these tests is Django's own test server: no socket is needed here, and none is there.
"""

import os
import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.factories import PHRASE

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = 10_000  # how long a loaded machine may take to do what a person sees at once


@pytest.fixture
def desk(browser, live_server, world):
    """Fiji's contact point, signed in, in a browser of her own."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(QUIET)
    sign_in(page, world.fj_contact)
    yield page
    context.close()


def sign_in(page, user):
    page.goto("/sign-in/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PHRASE)
    page.press("[name=password]", "Enter")
    expect(page.locator("h1")).to_contain_text("Fiji")


def lines_of(page):
    """The sockets that the page opens, to be closed by the test as the server would."""
    lines = []

    def keep(line):
        lines.append(line)

    page.route_web_socket("**/ws/", keep)
    return lines


def said(page):
    return page.locator("[data-draft-said]")


def test_what_is_typed_is_kept_as_a_draft_without_being_asked(desk):
    desk.goto("/bulletins/new/")
    desk.fill("#id_title", "Catamaran overdue")
    expect(said(desk)).to_have_text(re.compile(r"Draft kept \d\d:\d\d"), timeout=QUIET)
    desk.goto("/bulletins/?box=drafts")
    desk.get_by_role("link", name="Catamaran overdue").click()
    expect(desk.locator("#id_title")).to_have_value("Catamaran overdue")


def test_a_lost_link_is_said_and_the_words_are_kept_when_it_is_back(desk):
    desk.goto("/bulletins/new/")
    desk.context.set_offline(True)
    desk.fill("#id_title", "Typed without a link")
    desk.locator("#id_body").focus()
    expect(said(desk)).to_have_text("Not kept, will try again")
    assert "Typed without a link" in desk.evaluate("JSON.stringify({...sessionStorage})")
    desk.context.set_offline(False)
    expect(said(desk)).to_have_text(re.compile("Draft kept"), timeout=QUIET)
    # On a shared laptop nothing stays behind once the server has it.
    assert desk.evaluate("sessionStorage.length + localStorage.length") == 0


def test_after_signing_in_again_in_another_tab_the_draft_is_kept_by_itself(desk, world):
    desk.goto("/bulletins/new/")
    desk.fill("#id_title", "Before")
    expect(said(desk)).to_have_text(re.compile("Draft kept"), timeout=QUIET)
    Session.objects.all().delete()
    desk.fill("#id_title", "Typed after the session ended")
    expect(said(desk)).to_contain_text("Sign in in another tab, then go on", timeout=QUIET)
    assert "Typed after the session ended" in desk.evaluate("JSON.stringify({...sessionStorage})")
    other = desk.context.new_page()
    sign_in(other, world.fj_contact)
    old = desk.input_value("#compose [name=csrfmiddlewaretoken]")
    expect(said(desk)).to_have_text(re.compile("Draft kept"), timeout=2 * QUIET)
    assert desk.input_value("#compose [name=csrfmiddlewaretoken]") != old
    other.goto("/bulletins/?box=drafts")
    other.get_by_role("link", name="Typed after the session ended").click()
    expect(other.locator("#id_title")).to_have_value("Typed after the session ended")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator("#id_title")).to_have_value("Typed after the session ended")


def test_a_new_draft_can_be_loaded_again_and_is_still_there(desk):
    desk.goto("/bulletins/new/")
    desk.fill("#id_title", "Loaded again")
    expect(said(desk)).to_have_text(re.compile("Draft kept"), timeout=QUIET)
    expect(desk).to_have_url(re.compile(r"/bulletins/drafts/[0-9a-f-]{36}/$"))
    desk.reload()
    expect(desk.locator("#id_title")).to_have_value("Loaded again")


def test_a_file_is_sent_in_pieces_and_goes_on_after_a_lost_answer(desk, tmp_path):
    sent = []

    def lose_the_third(route):
        sent.append(route.request)
        if len(sent) == 3:
            route.fetch()  # the server has it, and the page does not know
            route.abort()
        else:
            route.continue_()

    desk.goto("/bulletins/new/")
    desk.route(
        "**/files/*/", lambda r: lose_the_third(r) if r.request.method == "PUT" else r.continue_()
    )
    picture = tmp_path / "notes.txt"
    picture.write_text("Seen at Neiafu. " * 25_000)
    desk.set_input_files("#files-file", picture)
    expect(desk.locator("#files")).to_contain_text("checked", timeout=3 * QUIET)
    size = picture.stat().st_size
    pieces = -(-size // 65536)
    assert len(sent) == pieces, "the page asks how far the server got, and sends nothing twice"
    assert all(len(r.post_data_buffer or b"") <= 65536 for r in sent)


def test_a_program_in_disguise_is_refused_in_words_beside_its_name(desk, tmp_path):
    disguised = tmp_path / "manifest.pdf"
    disguised.write_bytes(b"MZ\x90\x00" + os.urandom(2000))
    desk.goto("/bulletins/new/")
    desk.set_input_files("#files-file", disguised)
    row = desk.locator("#files li", has_text="manifest.pdf")
    expect(row).to_contain_text(re.compile("program|refused|not sent", re.I), timeout=QUIET)


def test_single_keys_work_on_the_page_and_never_in_a_field(desk):
    desk.goto("/")
    desk.keyboard.press("/")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("gb?")
    expect(desk.locator("#q")).to_have_value("gb?")
    expect(desk.locator("#keys")).not_to_be_visible()
    desk.locator("#q").blur()
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("g")
    desk.keyboard.press("b")
    expect(desk.locator("h1")).to_have_text("Bulletins")


def test_who_switched_keys_off_can_press_them_without_effect(desk, world):
    person = world.fj_contact
    person.shortcuts = False
    person.save(update_fields=["shortcuts"])
    desk.goto("/")
    desk.keyboard.press("/")
    expect(desk.locator("#q")).not_to_be_focused()
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).not_to_be_visible()


def test_the_end_of_the_session_is_announced_and_can_be_put_off(desk):
    desk.clock.install()
    desk.goto("/")
    warning = desk.locator("#timeout")
    desk.clock.run_for("27:30")
    expect(warning).not_to_be_visible()
    desk.clock.run_for("00:40")
    expect(warning).to_be_visible()
    desk.get_by_role("button", name="Stay signed in").click()
    expect(warning).not_to_be_visible()
    desk.clock.run_for("02:30")
    expect(warning).not_to_be_visible()


@pytest.mark.parametrize("code", [4401, 4403])
def test_when_a_session_or_standing_ends_the_same_page_is_loaded_again(desk, code):
    lines = lines_of(desk)
    desk.clock.install()
    desk.goto("/administrations/")
    expect(desk.locator("#live")).to_be_attached()
    desk.clock.run_for("00:06")
    closed = 0
    with desk.expect_navigation(timeout=30_000) as loaded:
        for _ in range(200):  # the word of the close needs the page's clock, which stands still
            if len(lines) > closed:  # a slow page may have come back on another line meanwhile
                closed = len(lines)
                lines[-1].close(code=code)
            desk.clock.run_for(100)
            desk.wait_for_timeout(50)
            if loaded.is_done():
                break
    assert loaded.value.url.endswith("/administrations/")


def test_what_is_typed_and_not_kept_is_not_loaded_away(desk):
    lines = lines_of(desk)
    desk.clock.install()
    desk.goto("/bulletins/new/")
    desk.clock.run_for("00:06")
    desk.route("**/save/", lambda route: route.abort())
    desk.fill("#id_title", "Not kept yet")
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    chip, closed = desk.locator("#live"), 0
    for _ in range(100):  # the word of the close needs the page's clock, which stands still
        if len(lines) > closed:  # a slow page may have come back on another line meanwhile
            closed = len(lines)
            lines[-1].close(code=4401)
        desk.clock.run_for(100)
        if chip.get_attribute("data-s") == "off":
            break
        desk.wait_for_timeout(100)
    expect(chip).to_have_attribute("data-s", "off")
    expect(desk.locator("#id_title")).to_have_value("Not kept yet")
    assert asked == [], "nothing tries to leave the page"


def test_without_scripts_no_button_is_dead(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in/")
    for button in page.locator("button:visible").all():
        assert button.evaluate("b => Boolean(b.form)")
    context.close()
