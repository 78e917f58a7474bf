"""TLP 2.0: the five labels, what each means in words, and which of two is the stricter.

Labels are never translated; their meaning is. Source: FIRST TLP 2.0 (docs/sources.md).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tlp(TextChoices):
    """TLP 2.0. The labels are never translated; their meaning is."""

    RED = "TLP:RED", "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    CLEAR = "TLP:CLEAR", "TLP:CLEAR"


TLP_MEANING = {
    Tlp.RED: _("For the named officers only. Do not pass to anyone else, not even colleagues."),
    Tlp.AMBER_STRICT: _("Your administration only. Do not pass outside, including to clients."),
    Tlp.AMBER: _("Your administration and its national partner agencies, if they need to know."),
    Tlp.GREEN: _("All OCO members and the Secretariat. Not for public channels."),
    Tlp.CLEAR: _("May be passed to anyone."),
}
# From the strictest to the freest: used to compare, never shown.
TLP_ORDER = [Tlp.RED, Tlp.AMBER_STRICT, Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR]


def at_least_as_strict(label: str, other: str) -> bool:
    """Whether what carries `label` may hold what carries `other`."""
    return TLP_ORDER.index(Tlp(label)) <= TLP_ORDER.index(Tlp(other))
