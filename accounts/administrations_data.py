"""The 24 administrations, the Secretariat, the six seats and the kept groups, as facts.

Names in both languages are those of the domain notes; where a date was not found, the source
says so in words, and the date stands far enough back to compute with.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_noop

TABLE = Path(__file__).parent / "data" / "administrations.csv"

SECRETARIAT_FACTS = {
    "name": "OCO Secretariat",
    "name_fr": "Secrétariat de l’OCO",
    "service": "Secretariat of the Oceania Customs Organisation",
    "service_fr": "Secrétariat de l’Organisation des douanes de l’Océanie",
    "city": "Suva",
    "region": "Oceania",
    "languages": "English; French",
    "latitude": -18.1416,
    "longitude": 178.4422,
    "zone": "Pacific/Fiji",
    "zones": "Pacific/Fiji",
}

# Words of the table that pages show; named here so that they are collected for translation.
WORDS = (
    gettext_noop("founding or early member; the date was not found"),
    gettext_noop("joined in May 2011"),
    gettext_noop("admitted at the 27th Annual Conference, Guam, 19 to 23 May 2025"),
    gettext_noop("Melanesia"),
    gettext_noop("Micronesia"),
    gettext_noop("Polynesia"),
    gettext_noop("Australasia"),
    gettext_noop("South-East Asia"),
    gettext_noop("Oceania"),
)

SEATS_SINCE = datetime.date(2020, 1, 1)
SEATS_HOW = gettext_noop(
    "elected from all members; held at the meeting of 24 November 2020, term not found"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One line of the table, in the words of the model."""

    code: str
    columns: dict[str, str | float]
    member_since: datetime.date
    source: str
    has_seat: bool


@dataclass(frozen=True, slots=True)
class KeptGroup:
    slug: str
    name: str
    name_fr: str
    codes: frozenset[str]


@cache
def members() -> tuple[Facts, ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(_facts(row) for row in csv.DictReader(lines))


def _facts(row: dict[str, str]) -> Facts:
    plain = ("name", "name_fr", "service", "service_fr", "city", "region", "languages", "zone")
    columns: dict[str, str | float] = {name: row[name] for name in plain}
    columns["latitude"], columns["longitude"] = float(row["latitude"]), float(row["longitude"])
    columns["zones"] = row["zones"].replace("|", "\n")
    return Facts(
        code=row["code"],
        columns=columns,
        member_since=datetime.date.fromisoformat(row["member_since"]),
        source=row["source"],
        has_seat=row["seat"] == "yes",
    )


@cache
def kept_groups() -> tuple[KeptGroup, ...]:
    """The groups that a rule cannot compute from today's tables: regions and languages."""

    def where(column: str, word: str) -> frozenset[str]:
        return frozenset(row.code for row in members() if word in str(row.columns[column]))

    return (
        KeptGroup("melanesia", "Melanesia", "Mélanésie", where("region", "Melanesia")),
        KeptGroup("micronesia", "Micronesia", "Micronésie", where("region", "Micronesia")),
        KeptGroup("polynesia", "Polynesia", "Polynésie", where("region", "Polynesia")),
        KeptGroup("french", "French-speaking", "Francophones", where("languages", "French")),
    )
