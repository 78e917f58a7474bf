"""Markings and gradings: what they mean in words, and which of them contradict each other.

Plain tables and plain functions, without a database. Labels of TLP and PAP are never
translated; their meaning is. Sources: FIRST TLP 2.0, MISP PAP with the customs reading of the
working group, the Admiralty scale, the PHIA yardstick (docs/sources.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulletins.models import ProductType
from wording.markings import TLP_MEANING, TLP_ORDER, Tlp

__all__ = ["TLP_MEANING", "TLP_ORDER"]

PAP_MEANING = {
    "PAP:RED": _(
        "No action the subject could notice. No query to outside parties, no questioning, "
        "no alert in a shared national system."
    ),
    "PAP:AMBER": _("Checks in own holdings, discreet sighting and reporting only."),
    "PAP:GREEN": _("Controls, boarding, search or interview may use the information."),
    "PAP:CLEAR": _("Any lawful use."),
}

RELIABILITY = {
    "A": _("Completely reliable"),
    "B": _("Usually reliable"),
    "C": _("Fairly reliable"),
    "D": _("Not usually reliable"),
    "E": _("Unreliable"),
    "F": _("Reliability cannot be judged"),
}
CREDIBILITY = {
    "1": _("Confirmed by other sources"),
    "2": _("Probably true"),
    "3": _("Possibly true"),
    "4": _("Doubtful"),
    "5": _("Improbable"),
    "6": _("Truth cannot be judged"),
}
LIKELIHOOD = {
    "remote": _("Remote chance"),
    "highly_unlikely": _("Highly unlikely"),
    "unlikely": _("Unlikely"),
    "realistic": _("Realistic possibility"),
    "likely": _("Likely or probably"),
    "highly_likely": _("Highly likely"),
    "almost_certain": _("Almost certain"),
}
LIKELIHOOD_RANGE = {
    "remote": (0, 5),
    "highly_unlikely": (10, 20),
    "unlikely": (25, 35),
    "realistic": (40, 50),
    "likely": (55, 75),
    "highly_likely": (80, 90),
    "almost_certain": (95, 100),
}
CONFIDENCE = {"low": _("Low"), "moderate": _("Moderate"), "high": _("High")}
REQUESTED_ACTION = {
    "information": _("For information only"),
    "sighting": _("Sighting and reporting"),
    "surveillance": _("Discreet surveillance"),
    "checks": _("Specific checks"),
    "analysis": _("Operational analysis"),
    "reply": _("Reply requested"),
    "contact": _("Contact originator before any action"),
}
# Council Regulation (EC) No 515/97, Article 27, and the three that the group added. Actions
# that the subject notices need a PAP that allows them.
NOTICEABLE = {"checks"}
# Usual length of validity in days; None: until the next issue or the due date decides.
VALIDITY = {
    ProductType.ALERT: 14,
    ProductType.BULLETIN: 182,
    ProductType.PROFILE: 365,
    ProductType.MO: 730,
    ProductType.RFI: 40,
    ProductType.SEIZURE: 1826,
    ProductType.THREAT: 92,
    ProductType.OPS: 1826,
}
GRADED = {ProductType.ALERT, ProductType.BULLETIN, ProductType.PROFILE}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A marking that cannot stand beside another choice: the field to mend, and why."""

    field: str
    sentence: Any


def contradictions(
    *,
    tlp: str,
    pap: str,
    administrations: set[str],
    officers: set[int],
    own: str,
    requested_action: str = "",
) -> list[Contradiction]:
    """What the marking and the audience say against each other: refused, not only warned about."""
    found = list(_audience(tlp, administrations - {own}, officers))
    if pap == "PAP:RED" and tlp in {Tlp.GREEN, Tlp.CLEAR}:
        found.append(Contradiction("pap", _(
            "PAP:RED allows nothing that anybody could notice; %(tlp)s lets it spread widely. "
            "Choose a stricter label or a freer PAP.") % {"tlp": tlp}))  # fmt: skip
    if pap == "PAP:AMBER" and tlp == Tlp.CLEAR:
        found.append(Contradiction("pap", _(
            "PAP:AMBER allows discreet use only; TLP:CLEAR is for anyone. "
            "Choose one of the two.")))  # fmt: skip
    if requested_action in NOTICEABLE and pap in {"PAP:RED", "PAP:AMBER"}:
        found.append(Contradiction("requested_action", _(
            "Specific checks would be noticed, and %(pap)s forbids that. "
            "Ask for sighting or surveillance, or choose PAP:GREEN.") % {"pap": pap}))  # fmt: skip
    return found


def _audience(tlp: str, others: set[str], officers: set[int]) -> list[Contradiction]:
    if tlp == Tlp.RED and others:
        return [Contradiction("recipients", _(
            "TLP:RED goes to named officers, never to whole administrations. "
            "Clear the administrations and name the officers."))]  # fmt: skip
    if tlp == Tlp.RED and not officers:
        return [Contradiction("officers", _("TLP:RED needs at least one named officer."))]
    if tlp != Tlp.RED and officers:
        return [Contradiction("officers", _(
            "Officers are named for TLP:RED only. With %(tlp)s, send to their administration.")
            % {"tlp": tlp})]  # fmt: skip
    if tlp != Tlp.RED and not others:
        return [Contradiction("recipients", _("Choose at least one administration."))]
    return []
