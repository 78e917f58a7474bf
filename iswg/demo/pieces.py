"""The twelve bulletins: what `data/demo_bulletins.json` says, and what a bulletin needs besides.

`key_line` and the texts name days as `{-13}`: thirteen days before today. On the day of the story
(21 November 2026) they read as in the file.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import dateformat, translation

HERE = Path(__file__).parent
DAY = re.compile(r"\{(-?\d+)(?::(\w+))?\}")
MEMBERS = "all members"
IN_EFFECT = "all administrations in effect or provisional"
STORY_DAY = datetime.date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Piece:
    """What the file does not say. Days count from today; `hour` is when it was issued (UTC)."""

    number: str
    key_line: str
    purpose: str
    hour: int
    due: int | None = None
    urgency: str = "routine"
    legal_basis: str = "MOU on Customs Co-operation, spontaneous assistance"
    caveats: str = ""
    language: str = "en"
    files: tuple[str, ...] = ()
    data_kinds: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return (HERE / "texts" / f"{self.number}.md").read_text(encoding="utf-8")

    @property
    def facts(self) -> dict[str, Any]:
        return {**facts_by_number()[self.number], **self.instead}


PIECES = (
    Piece(
        "015",
        "Five days, 14 administrations, 212 craft recorded, 9 warnings, 7 feedback messages, "
        "1 seizure message. Lessons: one form, one picture rule, time in UTC.",
        purpose="Planning and training of the member administrations",
        hour=2,
        files=("operation-log.csv",),
    ),
    Piece(
        "019",
        "Six consignments, two exporters, one consignee. Weight per carton too high for the "
        "goods named.",
        purpose="Prevention and detection of customs offences; not evidence",
        hour=3,
        due=-164,
        legal_basis="MOU on Customs Co-operation; PG: bilateral authority recorded by SB",
    ),
    Piece(
        "024",
        "Cartons wrapped in foil under 20 cm of bait, temperature log edited by hand.",
        purpose="Targeting of refrigerated cargo; not evidence",
        hour=4,
        files=("reefer-log.jpg",),
    ),
    Piece(
        "028",
        "Asks for counts of cash sales above a threshold in the season, no names needed.",
        purpose="To judge whether eleven cash sales in one port are many or few",
        hour=1,
        due=-64,
        legal_basis="MOU on Customs Co-operation, communication of requests",
        caveats="No personal names, neither in the question nor in the answers.",
    ),
    Piece(
        "031",
        "Same goods, three invoices: values 38 to 61 per cent under the reference. Pattern over "
        "five entries; invoices share a typing error.",
        purpose="Valuation of imports; comparison with own entries only",
        hour=2,
        due=-66,
        legal_basis="MOU on Customs Co-operation; PG: bilateral authority recorded by FJ",
        caveats="A company is named. Review before each use; tell Fiji what proves wrong.",
        files=("entries-compared.csv",),
        data_kinds=("commercial",),
        # The file asks for specific checks under PAP:AMBER, which the composer refuses, and
        # rightly: an examination would be noticed. The text asks for what PAP:AMBER allows.
        instead={"requested_action": "Operational analysis"},
    ),
    Piece(
        "033",
        "Two parcels, 1.2 kg in all, mixed in sealed tubs, found by image analysis then test "
        "kit. Sender names invented on the labels.",
        purpose="Detection in postal traffic; training of image analysts",
        hour=21,
        files=("parcel-x-ray.jpg",),
    ),
    Piece(
        "036",
        "Panel held by magnets under fresh non-slip paint, void of about 90 litres. Signs: paint "
        "smell, screws without wear, locker shallower than the hull line.",
        purpose="Visite des navires de plaisance ; formation des agents",
        hour=20,
        legal_basis="Protocole d’accord de coopération douanière, assistance spontanée",
        caveats="Seule la phrase de libre diffusion peut être publiée.",
        language="fr",
        files=("aft-locker-open.jpg", "aft-locker-section.jpg"),
    ),
    Piece(
        "037",
        "Yacht season brought more notices than the year before; concealment moved from lockers "
        "to structural voids; postal stimulant finds steady; tobacco up in the north. Outlook: "
        "increase at season end is likely.",
        purpose="Planning of the coming quarter",
        hour=0,
        due=-11,
        legal_basis="Secretariat of the instrument",
    ),
    Piece(
        "038",
        "One person, three documents in different spellings. Named officers only. Nothing may be "
        "asked of airlines or hotels.",
        purpose="Sighting by the two officers named; no other use",
        hour=3,
        urgency="immediate",
        legal_basis="Bilateral authority of Australia for each officer named",
        caveats="A source is at risk. Not to be printed or copied.",
        data_kinds=("passenger", "personal"),
    ),
    Piece(
        "039",
        "Four finds of wrapped blocks with cord handles between September and November, spread "
        "over 900 nautical miles; wrapping and knots match. Weather drift suggests one release "
        "area.",
        purpose="Recovery of packages before they are sold on; safety of finders",
        hour=1,
        due=4,
        urgency="priority",
        files=("blocks-on-the-beach.jpg", "finds-on-the-chart.jpg"),
    ),
    Piece(
        "040",
        "Seal on arrival differs from the manifest. Asks for gate-out time, seal history and the "
        "name of the consignee’s broker. Answer due in ten days.",
        purpose="To find the leg on which the container was opened",
        hour=0,
        due=5,
        urgency="priority",
        legal_basis="MOU on Customs Co-operation, communication of requests",
        caveats="Do not approach the forwarder, the depot or the line on our behalf.",
        files=("seal-QQQU1002014.jpg", "seals-as-seen.txt"),
    ),
    Piece(
        "041",
        "Left Nuku Hiva on {-13} for Vava’u with three on board; transponder silent since the "
        "{-12:jS}. "
        "Earlier seen with a different name board. Report any sighting with position, heading and "
        "a picture; do not hail.",
        purpose="Sighting and reporting; safety of those on board",
        hour=2,
        due=-1,
        urgency="immediate",
        legal_basis="MOU on Customs Co-operation; PF, WF: bilateral authority recorded by NZ",
        caveats="A person is named. Delete local copies when the alert lapses.",
        files=("velvet-gannet-taiohae.jpg",),
        data_kinds=("personal",),
    ),
)


@cache
def facts_by_number() -> dict[str, dict[str, Any]]:
    """The file, by the last three figures of its loader key, which no page ever shows."""
    rows = json.loads((HERE / "data" / "demo_bulletins.json").read_text(encoding="utf-8"))
    return {row["ref"][-3:]: row for row in rows}


@cache
def entities_by_number() -> dict[str, list[dict[str, str]]]:
    """What each of them names, in the keys of the composer."""
    path = HERE / "data" / "demo_entities.json"
    found: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def attached(name: str) -> bytes:
    folder = "pictures" if name.endswith(".jpg") else "data"
    return (HERE / folder / name).read_bytes()


def with_days(text: str, day: Callable[[int], datetime.date], language: str) -> str:
    """The text with its days written out, "8 November" or "8 novembre"; `{-12:jS}` is "9th"."""
    with translation.override(language):
        return DAY.sub(lambda m: dateformat.format(day(int(m[1])), m[2] or "j F"), text)


@cache
def states_on_the_story_day() -> dict[str, str]:
    """Where the MOU stands for each administration, by code."""
    with (HERE / "data" / "demo_mou_state_by_day.csv").open(encoding="utf-8", newline="") as file:
        newest = STORY_DAY.isoformat()
        return {row["administration"]: row[newest] for row in csv.DictReader(file)}


def recipients_of(facts: dict[str, Any]) -> list[str]:
    """Codes of the administrations it goes to; the originator is not its own recipient."""
    states = states_on_the_story_day()
    named = {
        MEMBERS: list(states),
        IN_EFFECT: [code for code, s in states.items() if s in {"in_effect", "provisional"}],
    }
    codes = [
        code
        for word in facts["recipients"]
        if not word.startswith("user:")
        for code in named.get(word, [word])
    ]
    return [code for code in codes if code != origin_of(facts)]


def officers_of(facts: dict[str, Any]) -> list[str]:
    """`user: liaison officer NC` -> `liaison.nc`."""
    words = [word.split() for word in facts["recipients"] if word.startswith("user:")]
    return [f"{post}.{code.lower()}" for _user, post, *_officer, code in words]


def origin_of(facts: dict[str, Any]) -> str:
    return "OCO" if facts["originator"].startswith("OCO") else str(facts["originator"])
