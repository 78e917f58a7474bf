"""For `verify_vault`: does the register hold together? Every act follows from the one before, bears
the signature of who entered it, and of a second person who answered; opens no word of anybody."""

from __future__ import annotations

from collections.abc import Iterator

from mous.models import Instrument
from mous.queries import acts_of
from mous.reading import chain_faults, check_act
from vault.crypto.errors import CannotOpen
from vault.directory import Directory


def acts_fit(view: Directory) -> Iterator[str]:
    """What is wrong, a sentence each."""
    for instrument in Instrument.objects.all():
        acts = list(acts_of(instrument))
        for number in chain_faults(acts):
            yield f"Act {number} of {instrument.slug} does not follow from the one before it."
        for act in acts:
            try:
                check_act(act, view)
            except CannotOpen:
                yield f"Act {act.number} of {instrument.slug} is not what was signed."
