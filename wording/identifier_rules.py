"""What the number of each kind looks like when it is right: one small rule for every scheme.

A rule only ever doubts. Officers copy numbers from wet paper and painted hulls, and a number that
was written down wrongly may be the trace that matters: nothing is refused, nothing is corrected.
Sources of the rules are in docs/sources.md.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import ean, imo, iso6346, lei
from stdnum.au import abn

from wording import check_digits
from wording.positions import position_in

Words = str | Promise

CHECK_DIGIT = _("The check digit does not fit: one figure is wrong, or two are exchanged.")
NOT_A_SHIP = _("This is the number of a beacon, a coast station or a group, not of a ship.")
COUNTRY_DIGITS = Path(__file__).parent / "data" / "mmsi_mid.csv"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule makes of a number: the form to compare, a doubt and a fact, often neither."""

    normal: str
    doubt: Words = ""
    fact: Words = ""


Rule = Callable[[str], Reading]


def compact(text: str) -> str:
    """Letters and digits in upper case, nothing else; full-width signs become ordinary ones."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if sign.isalnum())


def as_typed(text: str) -> Reading:
    """Numbers without a public rule: seals, plates, registrations."""
    return Reading(compact(text))


def _formed(pattern: str, form: Words, agrees: Callable[[str], bool] | None = None) -> Rule:
    """The commonest rule: a form, and perhaps a check digit."""

    def rule(text: str) -> Reading:
        number = compact(text)
        if not re.fullmatch(pattern, number):
            return Reading(number, form)
        return Reading(number, CHECK_DIGIT if agrees and not agrees(number) else "")

    return rule


@cache
def countries_by_digits() -> dict[str, str]:
    """Two-letter codes by the three digits that begin a ship's MMSI; mostly of the Pacific."""
    with COUNTRY_DIGITS.open(encoding="utf-8", newline="") as file:
        return {row["mid"]: row["alpha2"] for row in csv.DictReader(file)}


def _mmsi(text: str) -> Reading:
    number = compact(text)
    if not re.fullmatch("[0-9]{9}", number):
        return Reading(number, _("An MMSI has nine digits."))
    if number.startswith("98"):
        return Reading(number, _("This is the number of a boat that belongs to a larger ship."))
    # 0 group, 00 coast, 111 aircraft, 8 hand-held, 970 and 972 and 974 beacons, 99 buoys.
    if number[0] in "0189":
        return Reading(number, NOT_A_SHIP)
    digits = number[:3]
    if country := countries_by_digits().get(digits):
        fact = format_lazy(_("Country digits {digits}: {country}"), digits=digits, country=country)
        return Reading(number, fact=fact)
    unknown = _("The country digits {digits} are not in our table, which holds mostly the Pacific.")
    return Reading(number, format_lazy(unknown, digits=digits))


def _hull(text: str) -> Reading:
    number = compact(text)
    if re.fullmatch("US[A-Z0-9]{12}", number):
        # The United States leave their own prefix out as often as not.
        number = number[2:]
    body = number[-12:]
    if not re.fullmatch("(?:[A-Z]{2})?[A-Z0-9]{12}", number):
        form = _("A hull number has twelve characters, or fourteen with the country before them.")
    elif re.search("[IOQ]", body[3:8]):
        form = _("The serial number in a hull number has no letters I, O or Q.")
    elif not re.fullmatch("[A-L]", body[8]):
        form = _("The month in a hull number is a letter from A to L.")
    elif not re.fullmatch("[0-9]{3}", body[9:]):
        form = _("A hull number ends with three digits for the years.")
    else:
        return Reading(number)
    return Reading(number, form)


def _container(text: str) -> Reading:
    number = compact(text)
    if not re.fullmatch("[A-Z]{4}[0-9]{7}", number):
        return Reading(number, _("A container number has four letters and seven digits."))
    if number[3] not in "UJZ":
        return Reading(number, _("The fourth letter of a container number is U, J or Z."))
    return Reading(number, "" if iso6346.is_valid(number) else CHECK_DIGIT)


def _flight(text: str) -> Reading:
    number = compact(text)
    parts = re.fullmatch("([A-Z]{3}|[A-Z]{2}|[A-Z][0-9]|[0-9][A-Z])([0-9]{1,4})([A-Z]?)", number)
    if not parts:
        form = _("A flight number is the airline's two or three signs and one to four digits.")
        return Reading(number, form)
    # NZ0052 on a manifest is NZ52 on a ticket.
    return Reading(f"{parts[1]}{int(parts[2])}{parts[3]}")


def _vin(text: str) -> Reading:
    number = compact(text)
    if not re.fullmatch("[A-Z0-9]{17}", number):
        return Reading(number, _("A VIN has seventeen letters and digits."))
    if re.search("[IOQ]", number):
        return Reading(number, _("A VIN has no letters I, O or Q."))
    if check_digits.vin_agrees(number):
        return Reading(number)
    return Reading(
        number, _("The check character does not fit, but only North America requires it.")
    )


def _travel_document(text: str) -> Reading:
    """`NZL LA123456/4`: the country and the check digit may be there or not."""
    shown, slash, check = text.strip().partition("/")
    country, rest = "", shown
    # "LA 123456" is a number with a space, so a country is one only before letters and digits.
    if apart := re.fullmatch(r"([A-Za-z]{2,3})[\s:,]+(.*[A-Za-z].*)", shown.strip()):
        country, rest = (apart[1].upper(), apart[2]) if re.search("[0-9]", apart[2]) else ("", rest)
    number = compact(rest)
    fact = format_lazy(_("Issued by {country}"), country=country) if country else ""
    if not re.fullmatch("[A-Z0-9]+", number):
        doubt = _("A travel document's number has only letters and digits.")
        return Reading(number, doubt, fact)
    field = re.sub("[^A-Z0-9<]", "", rest.upper())
    if slash and not re.fullmatch("[0-9]", check.strip()):
        return Reading(number, _("One check digit is expected behind the stroke."), fact)
    agrees = not slash or check_digits.travel_document_agrees(field, check.strip())
    return Reading(number, "" if agrees else CHECK_DIGIT, fact)


def _tariff(text: str) -> Reading:
    # "2022: 2401.10" names the edition of the Harmonized System; no heading is 2012 to 2028.
    found = re.fullmatch(r"\s*(?:(2012|2017|2022|2028)[\s:]+(?=[0-9]))?(.*)", text, re.DOTALL)
    edition, code = (found[1], found[2]) if found else (None, text)
    number = compact(code)
    fact: Words = format_lazy(_("Edition {year}"), year=edition) if edition else ""
    if not re.fullmatch("[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8}", number):
        return Reading(number, _("A tariff code has two, four, six or eight digits."), fact)
    chapter = number[:2]
    if chapter in ("00", "77"):
        doubt = format_lazy(_("Chapter {chapter} of the tariff is not in use."), chapter=chapter)
        return Reading(number, doubt, fact)
    if chapter in ("98", "99") and not fact:
        fact = format_lazy(_("Chapter {chapter} differs by country."), chapter=chapter)
    return Reading(number, fact=fact)


def _position(text: str) -> Reading:
    found = position_in(text)
    if found is None:
        form = _("Write a position like -18.1, 178.4 or 18 07.5 S 178 25.2 E.")
        return Reading(compact(text), form)
    if not found.is_on_the_globe:
        beyond = _("A latitude ends at 90 degrees and a longitude at 180.")
        return Reading(str(found), beyond)
    if found.has_odd_minutes:
        return Reading(str(found), _("Minutes and seconds end at 60."))
    return Reading(str(found))


def _telephone(text: str) -> Reading:
    shown = unicodedata.normalize("NFKC", text).strip()
    # The nought in brackets is dialled only inside the country.
    digits = compact(shown.replace("(0)", ""))
    is_whole = shown.startswith(("+", "(+", "00"))
    number = digits.removeprefix("00") if is_whole else digits
    if not re.fullmatch("[0-9]+", number):
        return Reading(number, _("A telephone number has only digits."))
    if not is_whole:
        return Reading(number, _("A telephone number begins with + and the digits of a country."))
    if not 7 <= len(number) <= 15:
        return Reading(number, _("A telephone number has seven to fifteen digits."))
    return Reading(number)


# What each scheme is called, and its rule.
SCHEMES: dict[str, tuple[Words, Rule]] = {
    "imo": (
        _("IMO number"), _formed("[0-9]{7}", _("An IMO number has seven digits."), imo.is_valid),
    ),
    "mmsi": (_("MMSI"), _mmsi),
    "call_sign": (
        _("Call sign"),
        _formed(
            "(?=.*[A-Z])[A-Z0-9]{3,7}",
            _("A call sign has three to seven letters and digits, at least one of them a letter."),
        ),
    ),
    "hin": (_("Hull number"), _hull),
    "registration": (_("Registration"), as_typed),
    "imo_company": (
        _("IMO company number"),
        _formed(
            "[0-9]{7}",
            _("An IMO company number has seven digits."), check_digits.imo_company_agrees,
        ),
    ),
    "lei": (
        _("LEI"),
        _formed(
            "[A-Z0-9]{18}[0-9]{2}",
            _("An LEI has twenty letters and digits, the last two of them digits."), lei.is_valid,
        ),
    ),
    "abn": (
        _("ABN (Australia)"), _formed("[0-9]{11}", _("An ABN has eleven digits."), abn.is_valid),
    ),
    "nzbn": (
        _("NZBN (New Zealand)"),
        _formed("[0-9]{13}", _("An NZBN has thirteen digits."), ean.is_valid),
    ),
    "company_number": (_("Company number"), as_typed),
    "document": (_("Travel document"), _travel_document),
    "container": (_("Container number"), _container),
    "seal": (_("Seal"), as_typed),
    "flight": (_("Flight number"), _flight),
    "aircraft": (_("Aircraft registration"), as_typed),
    "vin": (_("VIN"), _vin),
    "chassis": (_("Chassis number"), as_typed),
    "plate": (_("Number plate"), as_typed),
    "awb": (
        _("Air waybill"),
        _formed(
            "[0-9]{11}", _("An air waybill has eleven digits."), check_digits.air_waybill_agrees
        ),
    ),
    "s10": (
        _("Postal item"),
        _formed(
            "[A-Z]{2}[0-9]{9}[A-Z]{2}",
            _("A postal item has two letters, nine digits and the two letters of a country."),
            check_digits.postal_item_agrees,
        ),
    ),
    "hs": (_("Tariff code"), _tariff),
    "unlocode": (
        _("UN/LOCODE"),
        _formed(
            "[A-Z]{2}[A-Z2-9]{3}",
            _("A UN/LOCODE has five signs: two letters of the country, and letters or 2 to 9."),
        ),
    ),
    "position": (_("Position"), _position),
    "phone": (_("Telephone"), _telephone),
    "other": (_("Number"), as_typed),
}  # fmt: skip
