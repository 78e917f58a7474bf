"""The numbers by which things are known: read from what an officer typed, one to a line.

`numbers_in` never refuses and never raises. Every line is kept as it was typed, with a form for
comparison beside it and, where a public rule speaks against the number, one sentence of doubt.
It reads no database and knows nothing about who may see what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wording.identifier_rules import SCHEMES, Words, compact
from wording.positions import position_in

AT_MOST = 250
# "CSQU3054383 (40 feet)": what stands in brackets behind a number is no part of it.
REMARK = re.compile(r"\s*\([^()]*\)\s*$")
AS_WRITTEN = {"position", "phone", "other"}
LONGEST = 200


class EntityKind(TextChoices):
    """Kinds of things that a bulletin may name."""

    VESSEL = "vessel", _("Vessel")
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    CONTAINER = "container", _("Container")
    FLIGHT = "flight", _("Flight or aircraft")
    VEHICLE = "vehicle", _("Vehicle")
    CONSIGNMENT = "consignment", _("Consignment")
    COMMODITY = "commodity", _("Goods")
    PLACE = "place", _("Place")


# Below this many letters and digits (four where nothing is said), two mentions agree by chance.
LEAST = {
    "other": 5,
    "company_number": 4,
    "document": 5,
    "chassis": 5,
    "hs": 2,
    "flight": 3,
    "call_sign": 3,
}
# Everything else has at least one digit: "IMO: unknown" is no number.
LETTERS_SUFFICE = {"call_sign", "aircraft", "unlocode", "plate"}
NOTHING = {"UNKNOWN", "INCONNU", "INCONNUE", "NONE", "AUCUN", "AUCUNE", "NIL", "NEANT", "NÉANT"}


@dataclass(frozen=True, slots=True)
class Number:
    """One line: `typed` without its label, `normal` for comparison; `doubt` and `fact` or ""."""

    scheme: str
    label: Words
    typed: str
    normal: str
    doubt: Words = ""
    fact: Words = ""

    @property
    def key(self) -> tuple[str, str] | None:
        """Equal for two mentions of the same thing; None when agreement would mean little."""
        if len(self.normal) < LEAST.get(self.scheme, 4) or self.normal in NOTHING:
            return None
        if self.scheme == "position" and "," not in self.normal:
            return None
        if self.scheme not in LETTERS_SUFFICE and not re.search("[0-9]", self.normal):
            return None
        return self.scheme, self.normal


def numbers_in(kind: str, text: str) -> list[Number]:
    """The numbers in `text`, in their order: a line or a semicolon between two, or a comma before a
    label."""
    parts = (part for line in text.splitlines() for part in line.split(";"))
    lines = (piece.strip() for part in parts for piece in _apart(kind, part))
    return list(islice(_read(kind, lines), AT_MOST))


def _apart(kind: str, line: str) -> list[str]:
    """`IMO 9074729, MMSI 520999901` is two; the comma of a position stays."""
    pieces: list[str] = []
    for piece in line.split(",")[:AT_MOST] if len(line) <= LONGEST else [line]:
        if pieces and not _labelled(kind, piece.strip()):
            pieces[-1] += "," + piece
        else:
            pieces.append(piece)
    return pieces


def _read(kind: str, lines: Iterator[str]) -> Iterator[Number]:
    for line in filter(None, lines):
        if len(line) > LONGEST:
            yield number_as("other", line)
            continue
        scheme, typed = _labelled(kind, line) or (
            _recognised(kind, REMARK.sub("", line) or line),
            line,
        )
        yield number_as(scheme, typed)


def number_as(scheme: str, typed: str) -> Number:
    """The number under a scheme that is known already."""
    if scheme == "chassis" and len(compact(typed)) == 17:
        # The long chassis number is the VIN; the short one is Japan's.
        scheme = "vin"
    label, rule = SCHEMES[scheme]
    reading = rule(typed if scheme in AS_WRITTEN else REMARK.sub("", typed) or typed)
    return Number(scheme, label, typed, reading.normal, reading.doubt, reading.fact)


# An accent may be a sign of its own, or left out.
_E = "(?:é|e\u0301?)"
_A = "(?:â|a\u0302?)"
# Words before a number, the scheme they mean, and the kinds for which they mean it.
LABELS: list[tuple[str, str, set[str]]] = [
    (r"(?:imo|omi)[\s-]*company|company imo", "imo_company", set()),
    ("imo|omi", "imo_company", {"company"}),
    ("imo|omi", "imo", set()),
    ("mmsi", "mmsi", set()),
    (r"call[\s-]*sign|c/s|indicatif(?: d['’]appel)?", "call_sign", set()),
    ("hin|cin|hull (?:number|id)", "hin", {"vessel"}),
    ("hin", "hin", set()),
    ("lei", "lei", set()),
    ("abn", "abn", set()),
    ("nzbn", "nzbn", set()),
    (rf"company|tin|tax|ridet|entreprise|soci{_E}t{_E}|fiscal", "company_number", {"company"}),
    (rf"document(?: de voyage)?|id|id card|identity card|carte d['’]identit{_E}", "document",
     {"person"}),
    (r"passport|passeport|travel document|titre de voyage", "document", set()),
    ("container|conteneur", "container", set()),
    (rf"seal|scell{_E}|plomb", "seal", set()),
    ("flight|vol", "flight", {"flight"}),
    ("flight", "flight", set()),
    (rf"registration|immatriculation|aircraft|avion|a{_E}ronef", "aircraft", {"flight"}),
    ("registration|immatriculation", "plate", {"vehicle"}),
    ("registration|immatriculation|official number", "registration", set()),
    ("aircraft", "aircraft", set()),
    ("vin", "vin", set()),
    (rf"ch{_A}ssis|frame", "chassis", set()),
    (r"(?:number |licence |license )?plate|plaque|rego", "plate", set()),
    (r"awb|mawb|lta|air ?waybill|lettre de transport", "awb", set()),
    (r"s10|post|postal item|parcel|ems|colis|envoi postal", "s10", {"consignment"}),
    ("s10", "s10", set()),
    (r"(?:hs|sh)(?: code)?|pachs|tariff|tarif", "hs", {"commodity", "consignment"}),
    ("pachs", "hs", set()),
    (r"un[\s/-]*locode|locode", "unlocode", set()),
    ("position|pos", "position", set()),
    (rf"t{_E}l(?:{_E}phone)?|phone|mobile|portable|fax|whatsapp|inmarsat|iridium", "phone", set()),
]  # fmt: skip
_BEFORE = rf"(?:(?:num{_E}ro|n[°º]|no\.?|code)\s*(?:de\s+|d['’]\s*)?)?"
_AFTER = rf"(?:\s*(?:n[°º]|(?:number|num{_E}ro|nr|no)(?=[\s.:#]))\.?)?"
# A minus before a latitude is no dash behind a label.
_BREAK = {False: r"(?:\s*[.:#=]+\s*|\s*[-–]\s*|\s+|(?=[0-9+]))", True: r"(?:\s*[.:#=]+\s*|\s+)"}
_PATTERNS = [
    (
        re.compile(
            rf"{_BEFORE}(?:{words}){_AFTER}{_BREAK[scheme == 'position']}(.*\w.*)", re.IGNORECASE
        ),
        scheme,
        kinds,
    )
    for words, scheme, kinds in LABELS
]


def _labelled(kind: str, line: str) -> tuple[str, str] | None:
    """What the label says the number is, and the number without it."""
    for pattern, scheme, kinds in _PATTERNS:
        if (not kinds or kind in kinds) and (found := pattern.fullmatch(line)):
            return scheme, found[1].strip()
    return None


# Without a label a number is known by its form; the first that fits, on the compact form.
FORMS: dict[str, list[tuple[str, str]]] = {
    "vessel": [
        ("[0-9]{9}", "mmsi"),
        ("[0-9]{7}", "imo"),
        ("[A-Z]{3}[UJZ][0-9]{7}", "container"),
        ("(?:[A-Z]{2})?[A-Z]{3}[A-Z0-9]{5}[A-Z][0-9]{3}", "hin"),
    ],
    "company": [
        ("[0-9]{11}", "abn"),
        ("[0-9]{13}", "nzbn"),
        ("[0-9]{7}", "imo_company"),
        ("[A-Z0-9]{20}", "lei"),
    ],
    "container": [(".*", "container")],
    "flight": [(".*", "flight")],
    "vehicle": [("[A-Z0-9]{17}", "vin")],
    "consignment": [
        ("[A-Z]{3}[UJZ][0-9]{7}", "container"),
        ("[0-9]{11}", "awb"),
        ("[A-Z]{2}[0-9]{9}[A-Z]{2}", "s10"),
    ],
}
TELEPHONE = re.compile(r"\(?\+[0-9][0-9\s().-]{5,30}")
AIRCRAFT = re.compile(
    r"[A-Z0-9]{1,2}-[A-Z][A-Z0-9]{1,4}|N[1-9](?:[0-9]{0,4}|[0-9]{0,3}[A-Z]|[0-9]{0,2}[A-Z]{2})"
)
TARIFF = re.compile(r"[0-9][0-9.\s]*[0-9]")
# Upper case only: Tonga is a name of five letters.
PLACE_CODE = re.compile(r"[A-Z]{2} ?[A-Z0-9]{3}")


def _recognised(kind: str, line: str) -> str:
    if kind == EntityKind.PLACE and position_in(line):
        return "position"
    if TELEPHONE.fullmatch(line):
        return "phone"
    if kind == EntityKind.PLACE and PLACE_CODE.fullmatch(line):
        return "unlocode"
    if kind == EntityKind.FLIGHT and AIRCRAFT.fullmatch(line.upper()):
        return "aircraft"
    if kind == EntityKind.COMMODITY and TARIFF.fullmatch(line):
        return "hs"
    number = compact(line)
    forms = FORMS.get(kind, [])
    return next((scheme for form, scheme in forms if re.fullmatch(form, number)), "other")
