"""The meeting itself: the room of five pages that follow each other without being loaded again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.quarter import Player, press, ten_minutes_pass, without_loading
from tests.browser.quarter_before import CLOSED, OPENING, OPERATION, Quarter

JOINT = "Joint checks in the last third of January."
SPLIT = "The list of craft stays open until March."
ALONE = "Fiji and New Zealand follow the zibble hull."
TASK = "Send the list of berths at Malakal."
NOTED = "Wellington asked for the list of berths."


def opened(quarter: Quarter) -> None:
    """Before it is opened each reads when it begins here; then the pages know by themselves."""
    cast = quarter.cast
    cast.all_go(quarter.at("live/"))
    for player in cast.everybody:
        expect(player.page.locator("#live")).to_have_text("Live")
        player.sees(quarter.starts, player.page.locator("#room-state"))
    cast.officer.page.wait_for_timeout(5100)  # a page loads itself again only when it is older
    cast.officer.page.get_by_role("link", name="Open the meeting").click()
    press(cast.officer.page, "Open it now")
    for player in cast.everybody:
        expect(player.page.locator("#room-state")).to_contain_text("Under way")
        expect(player.page.locator("#live")).to_have_text("Live")


def _here(player: Player) -> None:
    press(player.page, "I am here", "#room-me")
    expect(player.page.locator("#room-me")).to_contain_text("You are here")


def _put_on_screen(page: Page, words: str, method: str) -> None:
    page.locator("#decide").evaluate("one => { one.open = true }")
    page.fill("#decide textarea", words)
    page.check(f"#decide [value={method}]")
    with page.expect_navigation():
        press(page, "Put on the screen")
    expect(page.locator("#room-motion")).to_contain_text(words)


def _quorum(quarter: Quarter, words: str, filled: int) -> None:
    for player in quarter.cast.everybody:
        shown = player.page.locator("#room-quorum")
        expect(shown).to_contain_text(words)
        expect(shown).to_contain_text(f"{filled} of 6 seats are filled, 4 are needed.")


def refused_without_quorum(quarter: Quarter) -> None:
    """Suva, Wellington and Pago Pago check in, Australia is noted: three seats agree nothing."""
    cast = quarter.cast
    page = cast.officer.page
    with without_loading(*cast):
        for player in (cast.suva, cast.wellington, cast.pago_pago):
            _here(player)
            expect(page.locator(f"#at-{player.code}")).to_contain_text("Here")
        page.select_option("#id_somebody-person", label="Contact point, Australia")
        with page.expect_navigation():
            press(page, "Has come")
        _quorum(quarter, "No quorum", 3)
        press(page, "Next item n", "#room-item")
        for player in cast:
            expect(player.page.locator("#room-item h2")).to_have_text(OPENING)
        press(page, "Next item n", "#room-item")
        for player in cast:
            expect(player.page.locator("#room-item h2")).to_have_text(OPERATION)
        _put_on_screen(page, JOINT, "consensus")
        for player in cast:
            expect(player.page.locator("#room-motion")).to_contain_text(JOINT)
        press(page, "Agreed", "#room-motion")
        expect(page.locator("#told, .messages")).to_contain_text("There is no quorum")
        expect(page.locator("#room-decided li")).to_have_count(0)


def came_late(quarter: Quarter) -> None:
    """Ten minutes on Koror comes: it is late, and the fourth seat."""
    cast = quarter.cast
    ten_minutes_pass(cast.portal, quarter.ref)
    with without_loading(*cast.everybody):
        _here(cast.koror)
        for player in cast.everybody:
            expect(player.page.locator("#at-PW .late")).to_have_text("late")
        _quorum(quarter, "Quorum reached", 4)


def agreed(quarter: Quarter) -> None:
    """The same words are agreed now that there is a quorum."""
    with without_loading(*quarter.cast.everybody):
        press(quarter.cast.officer.page, "Agreed", "#room-motion")
        _decided(quarter, JOINT)


def _decided(quarter: Quarter, words: str) -> None:
    quarter.numbers.append("")
    for player in quarter.cast.everybody:
        row = player.page.locator("#room-decided li", has_text=words)
        expect(row.locator("b.mono")).to_have_text(re.compile(r"^D-\d{4}-X\d+-\d\d$"))
        quarter.numbers[-1] = row.locator("b.mono").inner_text()
        expect(player.page.locator("#room-motion")).to_be_hidden()


def spoken(quarter: Quarter) -> None:
    """Suva asks for the floor, Pago Pago for a point of order, which goes before; and notes."""
    cast = quarter.cast
    with without_loading(*cast.everybody):
        cast.suva.page.keyboard.press("h")
        for player in cast.everybody:
            expect(player.page.locator("#room-hands")).to_contain_text("Fiji")
        press(cast.pago_pago.page, "Point of order", "#room-me")
        for player in cast.everybody:
            first = player.page.locator("#room-hands li").first
            expect(first).to_contain_text("American Samoa")
            expect(first).to_contain_text("Point of order")
        hands = cast.officer.page.locator("#room-hands li")
        hands.first.get_by_role("button", name="Give the floor").click()
        for player in cast.everybody:
            expect(player.page.locator("#room-hands li").first).to_contain_text("Has the floor")
        hands.first.get_by_role("button", name="Has spoken").click()
        hands.first.get_by_role("button", name="Lower").click()
        for player in cast.everybody:
            expect(player.page.locator("#room-hands")).to_contain_text("Nobody asks")
        cast.wellington.page.fill("#notes_words", NOTED)
        expect(cast.wellington.page.locator("#notes-said")).to_contain_text("Kept")
        expect(cast.officer.page.locator("#notes_words")).to_have_value(NOTED)


def voted(quarter: Quarter) -> None:
    """A vote by seat. Koror's line drops: no quorum, nothing can be agreed, until it is back."""
    cast = quarter.cast
    page, koror = cast.officer.page, cast.koror.page
    with without_loading(*cast):
        _put_on_screen(page, SPLIT, "vote")
        for player, says in ((cast.suva, "Yes"), (cast.wellington, "Yes")):
            press(player.page, says, "#room-motion")
        expect(page.locator("#room-roll .state-done")).to_have_count(2)
        expect(cast.pago_pago.page.locator("#room-motion")).to_contain_text(SPLIT)
        expect(cast.pago_pago.page.locator("#room-motion .vote")).to_have_count(0)

        koror.context.set_offline(True)
        page.locator("#at-PW").get_by_role("button", name="Has left").click()
        others = (cast.officer, cast.suva, cast.wellington, cast.pago_pago)
        for player in others:
            expect(player.page.locator("#at-PW")).to_contain_text("Has left")
            expect(player.page.locator("#room-quorum")).to_contain_text("No quorum")
        press(page, "Close the vote", "#room-motion")
        expect(page.locator("#told, .messages")).to_contain_text("There is no quorum")
        koror.context.set_offline(False)
        expect(koror.locator("#room-quorum")).to_contain_text("No quorum", timeout=60_000)
        _here(cast.koror)
        _quorum(quarter, "Quorum reached", 4)
        press(koror, "No", "#room-motion")
        expect(page.locator("#room-roll")).to_contain_text("No")
        expect(page.locator("#room-roll .state-late")).to_have_count(1)
        press(page, "Close the vote", "#room-motion")
        _decided(quarter, SPLIT)
        for player in cast.everybody:
            row = player.page.locator("#room-decided li", has_text=SPLIT)
            expect(row).to_contain_text("Yes 2 (FJ NZ) · No 1 (PW) · Abstain 0")
            expect(row).to_contain_text("Seats present AU FJ NZ PW")


def decided_apart(quarter: Quarter) -> None:
    """An action for Koror; then the closed item, of which Koror and Pago Pago see nothing."""
    cast = quarter.cast
    page = cast.officer.page
    with without_loading(*cast):
        page.locator("#take").evaluate("one => { one.open = true }")
        page.fill("#take textarea", TASK)
        page.select_option("#take select", "PW")
        page.fill("#take [type=date]", quarter.starts.date().isoformat())
        with page.expect_navigation():  # the action may show before the form has loaded its page
            press(page, "Take down", "#take")
        for player in cast.everybody:
            expect(player.page.locator("#room-actions")).to_contain_text(TASK)
        press(page, "Next item n", "#room-item")
        for player in (cast.officer, cast.suva, cast.wellington):
            expect(player.page.locator("#room-item h2")).to_have_text(CLOSED)
        _put_on_screen(page, ALONE, "consensus")
        for player in (cast.suva, cast.wellington):
            expect(player.page.locator("#room-item h2")).to_have_text(CLOSED)
            expect(player.page.locator("#room-motion")).to_contain_text(ALONE)
        press(page, "Agreed", "#room-motion")
        for player in (cast.officer, cast.suva, cast.wellington):
            expect(player.page.locator("#room-decided")).to_contain_text(ALONE)
        for player in (cast.koror, cast.pago_pago):
            expect(player.page.locator("#room-item h2")).to_have_text(re.compile("^No item is on"))
            assert ALONE not in player.page.content()
            assert CLOSED not in player.page.content()


def closed(quarter: Quarter) -> None:
    """Over for everybody; the pages say so by themselves."""
    page = quarter.cast.officer.page
    page.get_by_role("link", name="Close the meeting").click()
    press(page, "Close it now")
    for player in quarter.cast.everybody:
        expect(player.page.locator("#room-state")).to_contain_text("Over")
