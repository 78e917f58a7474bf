"""Public holidays of the administrations, where their head offices are.

The package `holidays` collects them; days that follow the moon or are proclaimed late are its
estimates. For whom no collection exists, nothing is known, and pages say so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from functools import lru_cache

import holidays
from django.utils.translation import get_language

# Country and part of it, by the seat of the customs head office: Canberra, Palikir, Honiara,
# Funafuti, Wellington. The Secretariat keeps the holidays of Suva.
PLACES: dict[str, tuple[str, str | None]] = {
    "AS": ("AS", None),
    "AU": ("AU", "ACT"),
    "CK": ("CK", None),
    "FJ": ("FJ", None),
    "FM": ("FM", "PNI"),
    "GU": ("GU", None),
    "KI": ("KI", None),
    "MH": ("MH", None),
    "MP": ("MP", None),
    "NC": ("NC", None),
    "NR": ("NR", None),
    "NU": ("NU", None),
    "NZ": ("NZ", "WGN"),
    "OCO": ("FJ", None),
    "PF": ("PF", None),
    "PG": ("PG", None),
    "PW": ("PW", None),
    "SB": ("SB", "CT"),
    "TK": ("TK", None),
    "TL": ("TL", None),
    "TO": ("TO", None),
    "TV": ("TV", "FUN"),
    "VU": ("VU", None),
    "WF": ("WF", None),
    "WS": ("WS", None),
}
ENGLISH = ("en_US", "en_GB")


def holidays_of(code: str, years: Iterable[int]) -> Mapping[datetime.date, str] | None:
    """Its public holidays by day, with names in the current language or none; None: not known."""
    if code not in PLACES:
        return None
    found: dict[datetime.date, str] = {}
    for year in years:
        found |= _of_year(code, year, get_language() or "en")
    return found


@lru_cache(maxsize=512)
def _of_year(code: str, year: int, language: str) -> dict[datetime.date, str]:
    country, part = PLACES[code]
    spoken = _language(country, part, language)
    days = holidays.country_holidays(country, subdiv=part, years=year, language=spoken)
    named = spoken is not None or language == "en"
    return {day: name if named else "" for day, name in days.items()}


@lru_cache(maxsize=128)
def _language(country: str, part: str | None, language: str) -> str | None:
    """The package's name for the reader's language there; None if it has only its own words."""
    known = holidays.country_holidays(country, subdiv=part).supported_languages
    wanted = (language,) if language == "fr" else ENGLISH
    return next((one for one in wanted if one in known), None)
