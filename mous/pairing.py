"""Who may exchange with whom under an instrument on a day: both have to take part in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.spoken import fold_name
from mous.lifecycle import TAKING_PART, State
from mous.models import Party
from mous.queries import Picture
from mous.vocabulary import LOOKS, state_label


@dataclass(frozen=True, slots=True)
class Side:
    """A participant and where it stands."""

    party: Party
    state: State
    words: str

    @property
    def takes_part(self) -> bool:
        return self.state in TAKING_PART

    @property
    def look(self) -> str:
        return LOOKS[self.state]


@dataclass(frozen=True, slots=True)
class Pair:
    """With whom, and if not, why not."""

    other: Side
    may: bool
    why: str = ""


def sides_of(picture: Picture, on: date) -> list[Side]:
    """Everybody who could take part on that day, by name."""
    found = [
        Side(party, state, state_label(picture.instrument, state))
        for party in picture.parties
        if (state := picture.state(party.code, on)) != State.NOT_ELIGIBLE
    ]
    return sorted(found, key=lambda side: fold_name(side.party.label))


def pairs_of(sides: Sequence[Side], own: Side) -> list[Pair]:
    """Those with whom it may exchange first."""
    pairs = [_pair(own, other) for other in sides if other.party.pk != own.party.pk]
    return sorted(pairs, key=lambda pair: not pair.may)


def _pair(own: Side, other: Side) -> Pair:
    missing = [side for side in (own, other) if not side.takes_part]
    if missing == [other]:  # its own name stands at the beginning of the line
        return Pair(other, False, other.words)
    why = _("; ").join(
        _("%(name)s: %(words)s") % {"name": side.party.label, "words": side.words}
        for side in missing
    )
    return Pair(other, not missing, why)
