"""May this go there? Pure: what the register holds in, the answer for one pair out.

In this order: the sender's own law refuses whatever anybody signed; the Secretariat shares as the
Secretariat of the instrument; an arrangement in which both take part that day; another authority
that the sender recorded; else the gate of the marking decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from access.switchboard import Ground
from accounts.models import SECRETARIAT
from mous.models.bases import Gate
from wording.markings import Tlp, at_least_as_strict

DEFAULT_GATES: dict[str, str] = {
    Tlp.RED: Gate.REFUSE,
    Tlp.AMBER_STRICT: Gate.REFUSE,
    Tlp.AMBER: Gate.REFUSE,
    Tlp.GREEN: Gate.OPEN,
    Tlp.CLEAR: Gate.OPEN,
}
STRICTEST = (Gate.REFUSE, Gate.WARN, Gate.OPEN)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An instrument that decides, and who takes part in it on the day that is asked about."""

    source: str
    taking_part: frozenset[str]


@dataclass(frozen=True, slots=True)
class Authority:
    """What a sender may give a recipient beside every arrangement; both ends of the days count."""

    source: str
    recipient: str
    up_to: str
    kinds: frozenset[str]
    since: datetime.date
    until: datetime.date | None

    def covers(
        self, recipient: str, marking: str, day: datetime.date, kinds: Iterable[str]
    ) -> bool:
        return (
            self.recipient == recipient
            and self.since <= day
            and (self.until is None or day <= self.until)
            and at_least_as_strict(self.up_to, marking)
            and (not self.kinds or self.kinds.issuperset(kinds))
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """`source` names what it rests on; without one, `ground` says why, and `gate` what follows."""

    ground: Ground | None = None
    source: str = ""
    gate: str = Gate.OPEN
    withheld: frozenset[str] = frozenset()


def decide(
    sender: str,
    recipient: str,
    marking: str,
    day: datetime.date,
    kinds: Iterable[str],
    *,
    arrangements: Sequence[Arrangement],
    authorities: Iterable[Authority],
    excluded: Iterable[str],
    gates: Mapping[str, str],
) -> Verdict:
    wanted = frozenset(kinds)
    if withheld := wanted & frozenset(excluded):
        return Verdict(Ground.OWN_LAW, gate=Gate.REFUSE, withheld=withheld)
    if not arrangements:
        return Verdict(Ground.NOT_RECORDED)
    if SECRETARIAT in (sender, recipient):
        return Verdict(Ground.SECRETARIAT)
    for one in arrangements:
        if {sender, recipient} <= one.taking_part:
            return Verdict(source=one.source)
    for other in authorities:
        if other.covers(recipient, marking, day, wanted):
            return Verdict(source=other.source)
    gate = gates.get(marking, Gate.REFUSE)
    if gate == Gate.OPEN:
        return Verdict(Ground.OPEN)
    ours = any(sender in one.taking_part for one in arrangements)
    return Verdict(Ground.NOT_TAKING_PART if ours else Ground.SENDER_NOT_TAKING_PART, gate=gate)


def strictest(gates: Iterable[str]) -> str:
    """Of what several arrangements say about one marking."""
    return min(gates, key=lambda one: STRICTEST.index(Gate(one)))
