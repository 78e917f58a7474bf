"""The register in real browsers: an act of two persons changes the map of a third, and with it who
may receive a bulletin; a head signs, and the file verifies without the portal."""

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.people import compose, person, send
from tests.browser.test_screens import VIEWS, speak

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_signature.py"
PAGES = [
    "/mous/", "/mous/oco-mou/", "/mous/oco-mou/?on=2020-11-24", "/mous/oco-mou/timeline/",
    "/mous/oco-mou/pairs/", "/mous/oco-mou/changes/", "/mous/oco-mou/nr/", "/mous/oco-mou/acts/",
    "/mous/oco-mou/acts/121/", "/mous/oco-mou/texts/", "/mous/oco-mou/notifications/",
    "/mous/oco-mou/notifications/1/", "/mous/bases/", "/mous/bases/nz/", "/mous/authorities/",
]  # fmt: skip
DESK = [
    "/mous/oco-mou/chase/", "/mous/oco-mou/gate/", "/mous/oco-mou/enter/",
    "/mous/oco-mou/ceremony/", "/mous/new/", "/mous/oco-mou/mh/steps/",
]  # fmt: skip


def taking_part(page) -> int:
    page.goto("/mous/oco-mou/")
    return int(page.locator("h1").inner_text().split()[0])


def test_an_act_of_two_persons_changes_the_map_of_a_third_and_who_may_receive(browser, portal):
    cook, desk = person(browser, portal, "contact.ck"), person(browser, portal, "secretariat")
    compose(cook, title="Trawler Quollwick, hull repainted", recipients=("PG",))
    cook.click("button[name=check]")
    expect(cook.locator("main")).to_contain_text("its procedures are not complete")
    expect(cook.locator("main")).to_contain_text("Record a bilateral agreement, or leave it out.")
    expect(cook.locator("[name=title]")).to_have_value("Trawler Quollwick, hull repainted")
    before = taking_part(cook)
    expect(cook.locator("#live")).to_have_text("Live")

    desk.goto("/mous/oco-mou/enter/?party=PG&kind=IN_EFFECT")
    # a few days ago everywhere: across the Date Line today is another day
    done = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=3)
    desk.fill("[name=done_on]", done.isoformat())
    desk.locator("[name=note]").fill("The note came by courier.")
    desk.get_by_role("button", name="Enter the act").click()
    expect(desk.locator("main")).to_contain_text("It counts for nothing until a second person")
    act = desk.url.removeprefix(portal.url)
    papua = person(browser, portal, "coordinator.pg")
    papua.goto(act)
    expect(papua.locator("main")).to_contain_text("The note came by courier.")
    papua.get_by_role("button", name="Confirm this act").click()
    expect(papua.locator("main")).to_contain_text("Confirmed by")

    expect(cook.locator("h1")).to_have_text(re.compile(f"^{before + 1} of 24"))
    compose(cook, title="Trawler Quollwick, hull repainted", recipients=("PG",))
    send(cook)
    expect(cook.locator("main")).to_contain_text("Co-operation MOU")


def test_a_head_signs_and_the_file_verifies_without_the_portal(browser, portal, tmp_path):
    head = person(browser, portal, "head.sb", accept_downloads=True)
    head.goto("/mous/assistance-convention/sign/")
    with head.expect_download() as text:
        head.locator("a[href$='/file/']").first.click()
    text.value.save_as(tmp_path / "text.pdf")
    head.check("[name=kind][value=SIGNED_SUBJECT]")
    head.fill("[name=office]", "Comptroller of Customs")
    head.check("[name=read]")
    head.fill("[name=password]", portal.passphrase)
    head.get_by_role("button", name=re.compile("^Sign for")).click()
    expect(head.locator("main")).to_contain_text("It counts for nothing until a second person")
    with head.expect_download() as signature:
        head.locator("a[href$='/signature/']").first.click()
    file = tmp_path / "signature.json"
    signature.value.save_as(file)

    verified = verify(file, tmp_path / "text.pdf")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "Comptroller of Customs" in verified.stdout
    file.write_bytes(file.read_bytes().replace(b"Comptroller", b"Controller"))
    assert verify(file, tmp_path / "text.pdf").returncode != 0


def verify(file: Path, text: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, str(VERIFIER), str(file), "--text", str(text)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("options", "language"), VIEWS)
@pytest.mark.parametrize(
    ("who", "pages"), [("coordinator.nz", PAGES), ("registrar.oco", DESK)], ids=["member", "desk"]
)
def test_axe_finds_nothing_and_nothing_runs_over(browser, portal, options, language, who, pages):
    page, faults = person(browser, portal, who, **options), []
    speak(page, language)
    for address in pages:
        page.goto(address)
        found = Axe().run(page).response["violations"]
        faults += [(address, one["id"], one["nodes"][0]["target"]) for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults += [(address, "runs over sideways", wide)] if wide > 0 else []
    speak(page, "en")
    assert not faults
