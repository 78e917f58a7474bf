"""Files over links and sessions that break, in a real browser: what the script goes on with."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.bulletins.attaching import text_of
from tests.factories import PHRASE
from vault.models import SealedFile

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = 10_000  # how long a loaded machine may take to do what a person sees at once
SIZE = 6 * 65536 + 100  # seven pieces


@pytest.fixture
def desk(browser, live_server, world, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(QUIET)
    sign_in(page, world.fj_contact)
    page.goto("/bulletins/new/")
    yield page
    context.close()


def sign_in(page, user):
    page.goto("/sign-in/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PHRASE)
    page.press("[name=password]", "Enter")
    expect(page.locator("h1")).to_contain_text("Fiji")


@pytest.fixture
def crates(tmp_path):
    path = tmp_path / "crates.txt"
    path.write_bytes(text_of(SIZE))
    return path


def nth_put(page, number, act):
    """Do something at the nth piece, once."""
    seen = []

    def look(route):
        if route.request.method == "PUT":
            seen.append(route)
            if len(seen) == number:
                act(route)
                return
        route.continue_()

    page.route("**/files/*/", look)
    return seen


def row(page):
    return page.locator("#files li", has_text="crates.txt")


def test_signed_out_in_the_middle_it_waits_and_goes_on_after_signing_in_elsewhere(
    desk, crates, world
):
    def sign_out(route):
        Session.objects.all().delete()
        route.continue_()

    nth_put(desk, 3, sign_out)
    desk.set_input_files("#files-file", crates)
    expect(row(desk)).to_contain_text("Sign in in another tab, then go on", timeout=QUIET)
    other = desk.context.new_page()
    other.set_default_timeout(QUIET)
    sign_in(other, world.fj_contact)
    row(desk).get_by_role("button", name="Resume").click()
    expect(row(desk)).to_contain_text("checked, encrypted", timeout=3 * QUIET)
    # The page's other forms go on as well, with the token of the new session.
    desk.fill("#id_title", "Typed after signing in again")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator("#id_title")).to_have_value("Typed after signing in again")
    expect(row(desk)).to_be_visible()


def test_the_answer_to_the_last_piece_is_lost_and_the_file_is_there(desk, crates):
    def lose(route):
        route.fetch()
        route.abort()

    sent = nth_put(desk, 7, lose)
    desk.set_input_files("#files-file", crates)
    expect(row(desk)).to_contain_text("checked, encrypted", timeout=3 * QUIET)
    assert len(sent) == 7
    assert SealedFile.objects.get().state == "ready"


def test_a_fault_of_the_server_is_said_and_tried_again(desk, crates):
    words = "The server's disk is full. What was sent is kept; tell the operator."
    nth_put(desk, 2, lambda route: route.fulfill(status=503, json={"error": words}))
    desk.set_input_files("#files-file", crates)
    expect(row(desk)).to_contain_text(re.compile("disk is full|checked"), timeout=QUIET)
    expect(row(desk)).to_contain_text("checked, encrypted", timeout=3 * QUIET)


def test_a_file_chosen_before_the_first_word_does_not_stand_against_the_words(desk, crates):
    desk.set_input_files("#files-file", crates)
    expect(row(desk)).to_contain_text("checked, encrypted", timeout=3 * QUIET)
    desk.fill("#id_title", "Typed afterwards")
    said = desk.locator("[data-draft-said]")
    expect(said).to_have_text(re.compile(r"Draft kept \d\d:\d\d"), timeout=QUIET)


class TestCutByAReload:
    """The page was closed in the middle; the file is chosen again on the page of the draft."""

    @pytest.fixture
    def cut(self, desk, crates):
        """Four of seven pieces are there when the page is loaded again, at the draft's address."""
        nth_put(desk, 5, lambda route: None)  # hangs, until the page is gone
        with desk.expect_request(lambda asked: asked.headers.get("upload-offset") == "262144"):
            desk.set_input_files("#files-file", crates)
        desk.on("dialog", lambda dialog: dialog.accept())
        expect(desk).to_have_url(re.compile("/bulletins/drafts/"))
        desk.reload()
        expect(row(desk)).to_contain_text(
            "Continue: 262 KB of 393 KB are here already; choose the file again"
        )
        return desk

    def test_the_same_file_goes_on_where_it_was(self, cut, crates):
        sent = nth_put(cut, 0, None)
        with cut.expect_file_chooser() as chooser:
            row(cut).get_by_role("button", name="Choose it again").click()
        chooser.value.set_files(crates)
        expect(row(cut).last).to_contain_text("checked, encrypted", timeout=3 * QUIET)
        assert [route.request.headers["upload-offset"] for route in sent] == [
            str(n * 65536) for n in (4, 5, 6)
        ]
        assert row(cut).count() == 1
        assert SealedFile.objects.get().state == "ready"

    def test_another_one_of_the_same_size_is_sent_from_its_beginning(self, cut, crates):
        other = bytearray(crates.read_bytes())
        other[3 * 65536 + 9] ^= 1  # only the last of the pieces that are there is another
        crates.write_bytes(bytes(other))
        sent = nth_put(cut, 0, None)
        cut.set_input_files("#files-file", crates)
        expect(row(cut).nth(1)).to_contain_text("checked, encrypted", timeout=3 * QUIET)
        assert len(sent) == 7
        expect(row(cut).first).to_contain_text("choose the file again")
        assert sorted(SealedFile.objects.values_list("state", flat=True)) == ["arriving", "ready"]


def test_without_scripts_the_text_and_a_small_file_go_in_one_form(browser, live_server, world,
                                                                  settings, tmp_path):  # fmt: skip
    settings.FILES_DIR = tmp_path / "files"
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(QUIET)
    sign_in(page, world.fj_contact)
    page.goto("/bulletins/new/")
    page.fill("#id_title", "Typed without scripts")
    small = tmp_path / "crates.txt"
    small.write_text("Seen at Neiafu.")
    page.set_input_files("#small-files", small)
    assert page.locator("input[type=file]:visible").count() == 1
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#id_title")).to_have_value("Typed without scripts")
    expect(row(page)).to_contain_text("checked, encrypted")
    context.close()
