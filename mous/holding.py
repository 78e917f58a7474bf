"""An instrument, held still while a service judges and changes it."""

from __future__ import annotations

from mous.models import Act, Instrument, Party
from mous.queries import acts_of


def held(instrument: Instrument) -> Instrument:
    """The instrument, locked until the transaction ends."""
    rows = Instrument.objects.select_for_update(of=("self",)).select_related("depositary")
    return rows.get(pk=instrument.pk)


def held_party(party: Party, instrument: Instrument) -> Party:
    """A participant of a held instrument."""
    row = Party.objects.select_related("administration").get(pk=party.pk, instrument=instrument)
    row.instrument = instrument
    return row


def held_act(act: Act) -> Act:
    """The act, with its instrument locked: whoever answers it does so alone."""
    instrument = held(act.instrument)
    row: Act = acts_of(instrument).get(pk=act.pk)
    row.instrument = instrument
    return row
