"""Before the meeting: planned, dated by a poll, called, answered, with an agenda and a paper.

Each step is played by those who play it in an office, and looked at by everybody.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.quarter import (
    PAGO_PAGO,
    SEATED,
    SUVA,
    Cast,
    Player,
    full_day,
    moment_words,
    press,
    ref_of,
)

TITLE = "Session on the quombat"
OPENING, OPERATION, CLOSED = "Opening and apologies", "Kwoltrip: joint checks", "Zibble: one hull"
PAPER = "Kwoltrip, day by day"
NAMED = "Inspector Vunivalu, legal office"


@dataclass
class Quarter:
    """The meeting that is played, as far as it has come."""

    cast: Cast
    ref: str = ""
    starts: datetime.datetime = datetime.datetime.min
    items: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # of decisions, as they are taken
    later: str = ""

    def at(self, more: str = "") -> str:
        return f"/meetings/{self.ref}/{more}"


# Planned --------------------------------------------------------------------------------------


def planned(quarter: Quarter) -> None:
    """The Secretariat enters an extraordinary session without a time."""
    page = quarter.cast.officer.page
    page.goto("/meetings/")
    page.get_by_role("link", name="New meeting").click()
    page.select_option("[name=group]", "ISWG")
    page.select_option("[name=kind]", "extraordinary")
    page.fill("[name=title]", TITLE)
    page.get_by_role("button", name="None", exact=True).click()
    for code in (*SEATED, "AS"):
        page.check(f"[name=participants][value={code}]")
    page.uncheck("[name=standing]")
    press(page, "Enter the meeting")
    expect(page.locator("h1")).to_have_text(TITLE)
    quarter.ref = ref_of(page)
    expect(page.locator("#times")).to_contain_text("Its time is not settled yet.")


# The date -------------------------------------------------------------------------------------


def asked(quarter: Quarter) -> None:
    """Two times at which all are at work become a poll; the four answer it."""
    page = quarter.cast.officer.page
    page.get_by_role("link", name="Find the date").click()
    suits_all = page.locator(".time-pick", has_text="In office hours for all").locator("input")
    walls = sorted(suits_all.evaluate_all("all => all.map(one => one.value)"))
    chosen = [walls[0], next(wall for wall in walls if wall[:10] > walls[0][:10])]
    for wall in chosen:
        page.locator(f"[name=time][value='{wall}']").check()
    press(page, "Ask which of these suits")
    expect(page.locator("h1")).to_have_text("Which of these times suits?")
    times = [datetime.datetime.fromisoformat(one).replace(tzinfo=ZoneInfo(SUVA)) for one in chosen]
    for player in quarter.cast:
        _answers_poll(player, quarter, times)
    page.reload()
    expect(page.locator("#matrix")).to_contain_text("3 have not answered")
    quarter.starts = times[1]


def _answers_poll(player: Player, quarter: Quarter, times: list[datetime.datetime]) -> None:
    """The first time suits in need, the second well; both are told as they are called here."""
    page = player.page
    page.goto(quarter.at("poll/"))
    shown = page.locator(".poll-time")
    expect(shown).to_have_count(len(times))
    for place, (at, said) in enumerate(zip(times, ("maybe", "yes"), strict=True)):
        player.sees(at, shown.nth(place).locator("h2"))
        other = SUVA if player.zone == PAGO_PAGO else PAGO_PAGO
        expect(shown.nth(place)).to_contain_text(f"this is {full_day(at, other)}.")
        shown.nth(place).locator(f"input[value={said}]").check()
    page.locator("#times button.primary").click()
    expect(page.locator("main")).to_contain_text("Your answers are kept.")


def dated(quarter: Quarter) -> None:
    """The poll is closed with the second time, and everybody has it in the words of their day."""
    page = quarter.cast.officer.page
    choice = page.locator(".choice", has_text=moment_words(quarter.starts, SUVA))
    choice.locator("[name=close]").check()
    press(page, "Close the poll")
    expect(page.locator("main")).to_contain_text("the meeting has its time")
    for player in quarter.cast:
        player.page.goto(quarter.at("poll/"))
        there = quarter.starts.astimezone(ZoneInfo(player.zone))
        told = f"The meeting is on {full_day(quarter.starts, player.zone)}, {there:%H:%M}"
        expect(player.page.locator(".lead")).to_contain_text(told)


# The invitation -------------------------------------------------------------------------------


def called(quarter: Quarter) -> None:
    """Invited; each says yes and names who comes, Suva an alternate and a guest as well."""
    cast = quarter.cast
    page = cast.officer.page
    page.goto(quarter.at("invitation/"))
    press(page, "Invite them")
    expect(page.locator("#replies")).to_contain_text("American Samoa")
    for player in cast:
        _answers(player, quarter)
    page.goto(quarter.at("invitation/"))
    for player in cast:
        expect(page.locator(f"#reply-{player.code}")).to_contain_text("Contact point")
    expect(page.locator("#reply-FJ")).to_contain_text("(alternate)")
    expect(page.locator("#reply-FJ")).to_contain_text(NAMED)
    expect(page.locator("#outlook")).to_contain_text("3 of 6 say yes")


def _answers(player: Player, quarter: Quarter) -> None:
    page = player.page
    page.goto(quarter.at("invitation/"))
    own = page.locator("dl.times .me")
    expect(own.first).to_have_text(f"{player.city} (you)")
    player.sees(quarter.starts, own.last)
    page.check("[name=answer][value=yes]")
    page.locator(".choice", has_text="Contact point").locator("[name=delegates]").check()
    if player.code == "FJ":
        page.locator(".choice", has_text="Head of").locator("[name=alternates]").check()
        page.fill("[name=names]", NAMED)
    page.locator("#answer button.primary").click()
    expect(page.locator("main")).to_contain_text("Your answer for")


# The agenda and a paper -----------------------------------------------------------------------


def put_on_agenda(quarter: Quarter) -> None:
    """Three items, the last for Fiji and New Zealand alone; the times run on everybody's clock."""
    cast = quarter.cast
    page = cast.officer.page
    _item(page, quarter, OPENING, minutes="10")
    _item(page, quarter, OPERATION, minutes="45", presenter="FJ", lead="Ten days of **checks**.")
    _item(page, quarter, CLOSED, minutes="20", closed_to=("FJ", "NZ"))
    second = quarter.starts + datetime.timedelta(minutes=10)
    for player in cast.everybody:
        player.page.goto(quarter.at())
        player.sees(quarter.starts, player.page.locator("#times .me").last)
        line = player.page.locator("#agenda > li").nth(1)
        there = second.astimezone(ZoneInfo(player.zone))
        expect(line.locator(".clock")).to_contain_text(f"{there:%H:%M}")
        reads = player.code in ("OCO", "FJ", "NZ")
        expect(player.page.locator("#agenda > li")).to_have_count(3 if reads else 2)
        assert (CLOSED in player.page.content()) is reads, player.city
    lines = page.locator("#agenda > li")
    quarter.items = lines.evaluate_all("all => all.map(one => one.dataset.item)")


def _item(page: Page, quarter: Quarter, title: str, **more: str | tuple[str, ...]) -> None:
    page.goto(quarter.at("items/new/"))
    page.fill("[name=title]", title)
    page.fill("[name=minutes]", str(more["minutes"]))
    page.select_option("[name=presenter]", str(more.get("presenter", "")))
    page.fill("[name=lead]", str(more.get("lead", "")))
    if more.get("closed_to"):
        page.get_by_text("Make it a closed item").click()
    for code in more.get("closed_to", ()):
        page.check(f"[name=closed_to][value={code}]")
    press(page, "Put it on the agenda")
    expect(page.locator("#agenda")).to_contain_text(title)


def papered(quarter: Quarter, folder: Path) -> None:
    """Suva submits a paper for its item; Koror sees that it is new, and takes it away whole."""
    cast = quarter.cast
    source = folder / "kwoltrip.txt"
    source.write_text("Day one: the quay.\n" * 40)
    page = cast.suva.page
    page.get_by_role("link", name="Submit a paper").click()
    page.set_input_files("input[type=file]", source)
    expect(page.locator("#files .file")).to_contain_text("checked, encrypted")
    page.fill("[name=title]", PAPER)
    press(page, "Submit the paper")
    cast.koror.page.goto(quarter.at())
    line = cast.koror.page.locator("#agenda > li").nth(1)
    expect(line).to_contain_text(PAPER)
    expect(line).to_contain_text("New since you looked")
    cast.koror.sees_lately(line.locator(".papers time").first)
    with cast.koror.page.expect_download() as fetched:
        line.locator(".file a.btn").click()
    fetched.value.save_as(folder / "fetched")
    found = hashlib.sha256((folder / "fetched").read_bytes()).hexdigest()
    assert found == hashlib.sha256(source.read_bytes()).hexdigest()
