"""The five labels of the Traffic Light Protocol as a page shows them, each with its rule in words.

The labels themselves are never translated; the rules are.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = {
    "RED": _("For the named readers only. Do not pass it to anybody, not even to colleagues."),
    "AMBER+STRICT": _("Your administration only. Do not pass it outside, not even to partners."),
    "AMBER": _("Your administration and its partner agencies, and only those who need to know it."),
    "GREEN": _("All OCO administrations and the Secretariat. Not where the public can read it."),
    "CLEAR": _("May be passed to anybody."),
}


def label_of(value: object) -> str:
    """`AMBER+STRICT` from any way of writing it: `TLP:AMBER+STRICT`, `amber_strict`."""
    text = str(getattr(value, "value", value)).upper().removeprefix("TLP:").replace("_", "+")
    if text not in RULES:
        raise ValueError("not a label of TLP 2.0")
    return text


def look_of(label: str) -> str:
    """The class that gives a label its official colour; strict amber has the colour of amber."""
    return "tlp-" + label.partition("+")[0].lower()
