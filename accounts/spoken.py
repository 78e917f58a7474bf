"""Words of the seed data in the reader's language, and French names as a sentence takes them.

The tables of `administrations_data` are written in English; what pages show of them stands here
once more, marked for translation. A word that is not here is shown as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.administrations_data import SEATS_HOW

WORDS = {
    "Australasia": _("Australasia"),
    "Melanesia": _("Melanesia"),
    "Micronesia": pgettext_lazy("the region", "Micronesia"),
    "Oceania": _("Oceania"),
    "Polynesia": _("Polynesia"),
    "South-East Asia": _("South-East Asia"),
    "Nuku'alofa": _("Nuku'alofa"),
    "Port Vila": _("Port Vila"),
    "South Tarawa": _("South Tarawa"),
    "founding or early member; the date was not found": _(
        "founding or early member; the date was not found"
    ),
    "joined in May 2011": _("joined in May 2011"),
    "admitted at the 27th Annual Conference, Guam, 19 to 23 May 2025": _(
        "admitted at the 27th Annual Conference, Guam, 19 to 23 May 2025"
    ),
    SEATS_HOW: _(
        "elected from all members; held at the meeting of 24 November 2020, term not found"
    ),
}
LANGUAGES = {
    "Bislama": pgettext_lazy("a language", "Bislama"),
    "CHamoru": pgettext_lazy("a language", "CHamoru"),
    "Carolinian": pgettext_lazy("a language", "Carolinian"),
    "Chamorro": pgettext_lazy("a language", "Chamorro"),
    "Chuukese": pgettext_lazy("a language", "Chuukese"),
    "Cook Islands Maori (Rarotongan)": pgettext_lazy(
        "a language", "Cook Islands Maori (Rarotongan)"
    ),
    "English": pgettext_lazy("a language", "English"),
    "English and Indonesian as working languages": pgettext_lazy(
        "a language", "English and Indonesian as working languages"
    ),
    "Fiji Hindi": pgettext_lazy("a language", "Fiji Hindi"),
    "French": pgettext_lazy("a language", "French"),
    "Futunan": pgettext_lazy("a language", "Futunan"),
    "Gilbertese (I-Kiribati)": pgettext_lazy("a language", "Gilbertese (I-Kiribati)"),
    "Hiri Motu": pgettext_lazy("a language", "Hiri Motu"),
    "Kosraean": pgettext_lazy("a language", "Kosraean"),
    "Marshallese": pgettext_lazy("a language", "Marshallese"),
    "Nauruan": pgettext_lazy("a language", "Nauruan"),
    "Niuean": pgettext_lazy("a language", "Niuean"),
    "Palauan": pgettext_lazy("a language", "Palauan"),
    "Pijin": pgettext_lazy("a language", "Pijin"),
    "Pohnpeian": pgettext_lazy("a language", "Pohnpeian"),
    "Portuguese": pgettext_lazy("a language", "Portuguese"),
    "Samoan": pgettext_lazy("a language", "Samoan"),
    "Tahitian": pgettext_lazy("a language", "Tahitian"),
    "Tetum": pgettext_lazy("a language", "Tetum"),
    "Tok Pisin": pgettext_lazy("a language", "Tok Pisin"),
    "Tokelauan": pgettext_lazy("a language", "Tokelauan"),
    "Tongan": pgettext_lazy("a language", "Tongan"),
    "Tuvaluan": pgettext_lazy("a language", "Tuvaluan"),
    "Wallisian": pgettext_lazy("a language", "Wallisian"),
    "Yapese": pgettext_lazy("a language", "Yapese"),
    "iTaukei (Fijian)": pgettext_lazy("a language", "iTaukei (Fijian)"),
    "te reo Māori": pgettext_lazy("a language", "te reo Māori"),
}
# French puts an article before most names of countries: "pour la Nouvelle-Calédonie", but "pour
# Vanuatu". Sentences use "pour" and "par" only, which never melt into it as "de" and "à" do.
ARTICLES = {
    "AS": "les ", "AU": "l\u2019", "CK": "les ", "FM": "les ", "MH": "les ", "MP": "les ",
    "NC": "la ", "NZ": "la ", "OCO": "le ", "PF": "la ", "PG": "la ", "PTCCC": "le ", "PW": "les ",
    "SB": "les ", "TL": "le ",
}  # fmt: skip


def fold_name(name: str) -> str:
    """Names in the order in which people look for them: Îles with the I."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def in_order(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Codes and names as a form offers them, by the names of the reader's language."""
    return sorted(choices, key=lambda one: fold_name(one[1]))


def spoken(word: str) -> str:
    return str(WORDS.get(word, word))


def spoken_languages(words: str) -> str:
    """`English; Tongan` of the table as a sentence of the page has it."""
    named = ", ".join(str(LANGUAGES.get(word, word)) for word in words.split("; "))
    return named[:1].upper() + named[1:]


def with_article(code: str, label: str) -> str:
    """The name inside a sentence: `la Nouvelle-Calédonie` in French, as it is in English."""
    return ARTICLES.get(code, "") + label if get_language() == "fr" else label
