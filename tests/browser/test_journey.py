"""The main job in real browsers: Fiji posts, Vanuatu's page lights up, Fiji's ledger changes."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.people import compose, person, send

PICTURES = Path(__file__).resolve().parents[2] / "iswg" / "demo" / "pictures"


def picture() -> Path:
    return max(PICTURES.glob("*.jpg"), key=lambda p: p.stat().st_size)


def test_fiji_posts_and_vanuatu_sees_it_opens_it_and_acknowledges(browser, portal, tmp_path):
    fiji, vanuatu = person(browser, portal, "contact.fj"), person(browser, portal, "contact.vu")
    vanuatu.goto("/bulletins/")
    expect(vanuatu.locator("#live")).to_have_text("Live")
    before = int(vanuatu.locator("[data-count=bulletins]").first.inner_text().split()[0])

    title = "Ketch Quizzlemoor seen off Santo without lights"
    compose(fiji, title=title, recipients=("VU",))
    expect(fiji.locator("[data-draft-said]")).to_contain_text("Draft kept", timeout=15000)
    fiji.set_input_files("input[type=file]", picture())
    expect(fiji.locator("#files .file")).to_contain_text("checked, encrypted", timeout=30000)
    ref = send(fiji)
    expect(fiji.locator("#live")).to_have_text("Live")

    row = vanuatu.locator("#list-inbox li").first
    expect(row).to_contain_text(title, timeout=10000)
    expect(vanuatu.locator("[data-count=bulletins]").first).to_contain_text(str(before + 1))
    row.locator("a.t").click()
    expect(vanuatu.locator("h1")).to_have_text(title)

    with vanuatu.expect_download() as fetched:
        vanuatu.locator(".file a.btn").click()
    fetched.value.save_as(tmp_path / "photo.jpg")
    shown = vanuatu.locator(".file [title]").last.get_attribute("title")
    assert hashlib.sha256((tmp_path / "photo.jpg").read_bytes()).hexdigest() == shown

    vanuatu.locator("#ack form button.primary").click()
    expect(vanuatu.locator("#ack")).to_contain_text("Acknowledged")
    expect(fiji.locator("#ledger .eyebrow")).to_contain_text(
        re.compile("1 of 1", re.I), timeout=10000
    )
    assert ref in fiji.url
    words = [title.encode(), b"Quizzlemoor", b"Seen at dawn", picture().name.encode()]
    for path in portal.data_dir.rglob("*"):
        if path.is_file() and "static" not in path.parts:
            body = path.read_bytes()
            assert not [w for w in words if w in body], path.name
    assert not [w for w in words if w in portal.log.read_bytes()]


def test_a_suspended_person_sees_nothing_from_the_next_event_on(browser, portal):
    """The open page of somebody who was suspended leaves the bulletins by itself."""
    coordinator = person(browser, portal, "coordinator.tv")
    contact = person(browser, portal, "contact.tv")  # in no other test: there is no way back
    fiji = person(browser, portal, "contact.fj")
    contact.goto("/bulletins/")
    expect(contact.locator("#live")).to_have_text("Live")
    contact.wait_for_timeout(5500)  # a page reloads by itself only when it is older than that

    coordinator.goto("/people/")
    row = coordinator.locator("li", has_text="contact.tv@demo.invalid")
    row.get_by_role("link", name="Suspend").or_(row.get_by_role("button", name="Suspend")).click()
    coordinator.fill("[name=password]", portal.passphrase)
    coordinator.locator("main form button.danger, main form button.primary").first.click()
    expect(coordinator.locator("main")).to_contain_text("uspended")

    compose(fiji, title="Tuvalu reads this, the suspended one does not", recipients=("TV",))
    send(fiji)
    expect(contact.locator("h1")).to_have_text(re.compile("Sign in"), timeout=15000)
    assert "Tuvalu reads this" not in contact.content()
    contact.goto("/bulletins/")
    expect(contact.locator("h1")).to_have_text(re.compile("Sign in"))


def test_without_scripts_one_writes_reads_and_acknowledges(browser, portal):
    palau = person(browser, portal, "contact.pw", java_script_enabled=False)
    samoa = person(browser, portal, "contact.ws", java_script_enabled=False)
    compose(palau, title="Written without a single script", recipients=("WS",))
    ref = send(palau)
    samoa.goto("/bulletins/")
    samoa.get_by_role("link", name="Written without a single script").first.click()
    samoa.locator("#ack form button.primary").click()
    expect(samoa.locator("#ack")).to_contain_text("Acknowledged")
    palau.goto(f"/bulletins/{ref}/")
    expect(palau.locator("#ledger")).to_contain_text(re.compile("1 of 1", re.I))
    palau.goto("/bulletins/new/")
    palau.fill("[name=title]", "Kept without scripts")
    palau.click("button[name=save]")
    expect(palau.locator("main")).to_contain_text("Draft kept")


def test_what_was_missed_while_the_link_was_down_is_there_afterwards(browser, portal):
    nauru, kiribati = person(browser, portal, "contact.nr"), person(browser, portal, "contact.ki")
    nauru.goto("/bulletins/")
    expect(nauru.locator("#live")).to_have_text("Live")
    nauru.context.set_offline(True)
    expect(nauru.locator("#live")).to_have_text(re.compile("Offline"), timeout=10000)
    for number in (1, 2):
        compose(kiribati, title=f"Sent while Nauru was away {number}", recipients=("NR",))
        send(kiribati)
    nauru.context.set_offline(False)
    expect(nauru.locator("#live")).to_have_text("Live", timeout=70000)
    for number in (1, 2):
        rows = nauru.locator("#list-inbox li", has_text=f"Sent while Nauru was away {number}")
        expect(rows).to_have_count(1, timeout=10000)


def test_a_form_that_is_sent_while_its_draft_is_being_kept_is_not_taken_for_another_window(
    browser, portal
):
    """On a slow link the save that leaving a field starts is still on its way."""
    page = person(browser, portal, "contact.nu")
    slow = {"waiting": 0}

    def late(route):
        slow["waiting"] += 1
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/drafts/*/save/", late)
    compose(page, title="Sent at once", recipients=("CK",))
    page.fill("[name=key_line]", "Changed in the last moment.")
    page.locator("[name=key_line]").blur()
    page.click("button[name=check]")
    expect(page.locator("#readers")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Changed in the last moment.")
    assert slow["waiting"]
