"""A Secretariat officer and four representatives, and what a calendar shows where each of them is.

The days and hours are worked out here from zoneinfo alone, not by the portal's own words of time.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.people import person

ROOT = Path(__file__).resolve().parents[2]
SUVA, KOROR, WELLINGTON = "Pacific/Fiji", "Pacific/Palau", "Pacific/Auckland"
PAGO_PAGO = "Pacific/Pago_Pago"
SEATED = ("AU", "FJ", "NZ", "PW", "SB", "VU")  # the six seats; American Samoa has none


# What a calendar on the wall shows ------------------------------------------------------------


def day_words(day: datetime.date, reader: str) -> str:
    """`Wed 9 Dec`; with the year if it is not the one that the reader has today."""
    year = datetime.datetime.now(ZoneInfo(reader)).year
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != year else "")


def moment_words(at: datetime.datetime, zone: str) -> str:
    """`Wed 9 Dec, 11:00` there."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{day_words(there.date(), zone)}, {there:%H:%M}"


def full_day(at: datetime.datetime, zone: str) -> str:
    """`Wednesday 9 December 2026` there."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B} {there.year}"


def instant(time: Locator) -> datetime.datetime:
    """What a `<time>` means, whatever it says."""
    return datetime.datetime.fromisoformat(time.get_attribute("datetime") or "")


# Who plays ------------------------------------------------------------------------------------


@dataclass
class Player:
    """Somebody at a browser of their own, with the clock of where they are."""

    page: Page
    code: str
    zone: str
    city: str

    def sees(self, at: datetime.datetime, where: Locator) -> None:
        """The place on the page tells that moment with the weekday and the day of here."""
        expect(where).to_contain_text(moment_words(at, self.zone))

    def sees_lately(self, where: Locator) -> None:
        """It tells a moment of just now, as it is called here."""
        at = instant(where)
        assert abs(datetime.datetime.now(datetime.UTC) - at) < datetime.timedelta(hours=1)
        expect(where).to_have_text(moment_words(at, self.zone))


class Cast:
    """`cast.officer`, `cast.suva` and the others; iterating gives the four representatives."""

    def __init__(self, browser: Browser, portal: Any) -> None:
        self.portal = portal

        def enter(who: str, code: str, zone: str, city: str) -> Player:
            return Player(person(browser, portal, who), code, zone, city)

        self.officer = enter("secretariat", "OCO", SUVA, "Suva")
        self.suva = enter("contact.fj", "FJ", SUVA, "Suva")
        self.koror = enter("contact.pw", "PW", KOROR, "Koror")
        self.wellington = enter("contact.nz", "NZ", WELLINGTON, "Wellington")
        self.pago_pago = enter("contact.as", "AS", PAGO_PAGO, "Pago Pago")

    def __iter__(self) -> Iterator[Player]:
        return iter((self.suva, self.koror, self.wellington, self.pago_pago))

    @property
    def everybody(self) -> tuple[Player, ...]:
        return (self.officer, *self)

    def all_go(self, address: str) -> None:
        for one in self.everybody:
            one.page.goto(address)

    def close(self) -> None:
        for one in self.everybody:
            one.page.context.close()


@contextmanager
def without_loading(*players: Player) -> Iterator[None]:
    """What happens in here shows on the pages as they are: none of them is loaded again."""
    for one in players:
        one.page.evaluate("window.stillTheSamePage = true")
    yield
    for one in players:
        assert one.page.evaluate("window.stillTheSamePage === true"), one.city


def press(page: Page, name: str, within: str = "main") -> None:
    page.locator(within).get_by_role("button", name=name, exact=True).first.click()


def ref_of(page: Page) -> str:
    found = re.search(r"\d{4}-\d\d-[XQ]\d+", page.url)
    assert found, page.url
    return found[0]


# The room's clock -----------------------------------------------------------------------------


def ten_minutes_pass(portal: Any, ref: str) -> None:
    """The meeting was opened, and whoever is there came, ten minutes earlier than it was."""
    from tools import development

    env = {**os.environ, "ISWG_DATA_DIR": str(portal.data_dir)}
    env["DJANGO_SETTINGS_MODULE"] = "iswg.settings"
    env |= _within(env, lambda: development.environment(0))
    command = [sys.executable, "-m", "tests.browser.quarter", ref]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"moved": True}


def _within(env: dict[str, str], asked: Callable[[], dict[str, str]]) -> dict[str, str]:
    import pytest

    with pytest.MonkeyPatch.context() as patch:
        for name in ("ISWG_DATA_DIR", "DJANGO_SETTINGS_MODULE"):
            patch.setenv(name, env[name])
        return asked()


def _ten_minutes_earlier(ref: str) -> bool:
    from django.db.models import F

    from meetings.models import AgendaItem, Attendance, Meeting

    ten = datetime.timedelta(minutes=10)
    Attendance.objects.filter(meeting__ref=ref, arrived_at__isnull=False).update(
        arrived_at=F("arrived_at") - ten
    )
    AgendaItem.objects.filter(meeting__ref=ref, started_at__isnull=False).update(
        started_at=F("started_at") - ten
    )
    return Meeting.objects.filter(ref=ref).update(opened_at=F("opened_at") - ten) == 1


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"moved": _ten_minutes_earlier(sys.argv[1])}))
