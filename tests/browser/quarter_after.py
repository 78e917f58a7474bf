"""After the meeting: minutes in two languages, comments, registers, adoption in the next one."""

from __future__ import annotations

import datetime

from playwright.sync_api import expect

from tests.browser.quarter import Player, day_words, press, ref_of
from tests.browser.quarter_before import CLOSED, Quarter
from tests.browser.quarter_held import ALONE, JOINT, NOTED, SPLIT, TASK

FRENCH = "Wellington a demandé la liste des postes d'amarrage."
WORKED_IN = "Wellington and Pago Pago asked for the list of berths."
REMARK = "Pago Pago asked for the list, too."


def minuted(quarter: Quarter) -> None:
    """Begun from the notes, written in both languages, sent round; each reads when it was held."""
    cast = quarter.cast
    page = cast.officer.page
    page.goto(quarter.at("minutes/"))
    press(page, "Begin the minutes")
    item = page.locator(f"#item-{quarter.items[1]}")
    expect(item).to_contain_text(NOTED)
    item.get_by_role("link", name="Write").click()
    expect(page.locator("[name=en]")).to_have_value(NOTED)
    page.fill("[name=fr]", FRENCH)
    press(page, "Save")
    page.fill("[name=until]", (datetime.date.today() + datetime.timedelta(days=20)).isoformat())
    press(page, "Send round")
    expect(page.locator("#state")).to_contain_text("Circulated")
    for player in cast.everybody:
        _reads(quarter, player)


def _reads(quarter: Quarter, player: Player) -> None:
    page = player.page
    page.goto(quarter.at("minutes/"))
    player.sees_lately(page.locator("aside dl.times dd.me time"))
    item = page.locator(f"#item-{quarter.items[1]}")
    for words in (NOTED, FRENCH, JOINT, SPLIT, "2 yes, 1 no, 0 abstain", TASK):
        expect(item).to_contain_text(words)
    roll = page.locator("table", has_text="In what part")
    expect(roll.locator("tr", has_text="Palau")).to_contain_text("late")
    spans = page.locator("ol.spans li")
    shown = [one.locator(".state-done").count() > 0 for one in spans.all()]
    assert shown[-4:] == [False, True, False, True], shown
    reads = player.code in ("OCO", "FJ", "NZ")
    assert (CLOSED in page.content()) is reads
    assert (ALONE in page.content()) is reads


def commented(quarter: Quarter) -> None:
    """Pago Pago comments; the Secretariat works it in, and everybody reads the revised text."""
    cast = quarter.cast
    page, there = cast.officer.page, cast.pago_pago.page
    item = f"#item-{quarter.items[1]}"
    there.locator(item).get_by_text("Comment on this item").click()
    there.fill(f"{item} [name=words]", REMARK)
    press(there, "Comment for American Samoa", item)
    expect(there.locator(f"{item} .remarks")).to_contain_text(REMARK)
    cast.pago_pago.sees_lately(there.locator(f"{item} .remarks time"))
    page.goto(quarter.at("minutes/"))
    cast.officer.sees_lately(page.locator(f"{item} .remarks time"))
    page.locator(item).get_by_role("link", name="Write").click()
    page.fill("[name=en]", WORKED_IN)
    press(page, "Save")
    page.locator(item).get_by_role("button", name="Dealt with").click()
    press(page, "Comments are worked in: revised")
    for player in cast.everybody:
        player.page.goto(quarter.at("minutes/"))
        expect(player.page.locator("#state")).to_contain_text("Revised")
        expect(player.page.locator(item)).to_contain_text(WORKED_IN)
        expect(player.page.locator(f"{item} .remarks")).to_contain_text("Dealt with")


def adopted(quarter: Quarter) -> None:
    """The next session is prepared from this one and, when it is opened, adopts the minutes."""
    cast = quarter.cast
    page = cast.officer.page
    page.goto(f"/meetings/new/?from={quarter.ref}")
    expect(page.locator("aside")).to_contain_text(f"Minutes of {quarter.ref}")
    expect(page.locator("aside")).to_contain_text(TASK)
    page.fill("[name=title]", "Second session on the quombat")
    day = quarter.starts.date() + datetime.timedelta(days=7)
    page.fill("[name=day]", day.isoformat())
    page.fill("[name=time]", f"{quarter.starts:%H:%M}")
    press(page, "Enter the meeting")
    expect(page.locator("h1")).to_have_text("Second session on the quombat")
    quarter.later = ref_of(page)
    for player in cast.everybody:
        player.page.goto(f"/meetings/{quarter.later}/")
        week = datetime.timedelta(days=7)
        player.sees(quarter.starts + week, player.page.locator("#times .me").last)
        expect(player.page.locator("main")).to_contain_text(f"Minutes of {quarter.ref}")
        expect(player.page.locator("main")).to_contain_text(TASK)
    page.goto(f"/meetings/{quarter.later}/live/open/")
    press(page, "Open it now")
    page.goto(f"/meetings/{quarter.later}/")
    press(page, f"Adopt the minutes of {quarter.ref}")
    expect(page.locator("#ask")).to_contain_text("nothing in them can be changed")
    press(page, "Cancel", "#ask")
    expect(page.locator("main")).to_contain_text("To be adopted")
    press(page, f"Adopt the minutes of {quarter.ref}")
    press(page, "Yes", "#ask")
    expect(page.locator("main")).to_contain_text("Adopted. From here on")
    for player in cast.everybody:
        player.page.goto(quarter.at("minutes/"))
        expect(player.page.locator("#state")).to_contain_text(f"Adopted in {quarter.later}")
        player.sees_lately(player.page.locator("#state time"))
        expect(player.page.get_by_role("link", name="Write")).to_have_count(0)


def registered(quarter: Quarter) -> None:
    """Both registers show what was decided and given out, the closed one to whom it is for."""
    first, second = quarter.numbers
    for player in quarter.cast.everybody:
        page = player.page
        page.goto("/decisions/")
        for number, words in ((first, JOINT), (second, SPLIT)):
            entry = page.locator(f"[id='{number}']")
            expect(entry).to_contain_text(words)
            player.sees_lately(entry.locator("time"))
        assert (ALONE in page.content()) is (player.code in ("OCO", "FJ", "NZ")), player.city
        page.goto("/actions/?box=all")
        row = page.locator(".actions-led li", has_text=TASK)
        expect(row).to_contain_text("Palau")
        row.locator("a.t").click()
        due = day_words(quarter.starts.date(), player.zone)
        expect(page.locator(".meta")).to_contain_text(f"Due {due}")
