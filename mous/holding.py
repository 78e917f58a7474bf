"""An instrument, held still while a service judges and changes it."""

from __future__ import annotations

from accounts.models import Administration
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


def hold_desk(code: str) -> None:
    """Nobody else writes at this administration's desk until the transaction ends: its key is one
    for all instruments. Not the row's own number, to which others may point meanwhile."""
    Administration.objects.select_for_update(no_key=True).get(pk=code)


def held_act(act: Act) -> Act:
    """The act, with its instrument locked: whoever answers it does so alone."""
    instrument = held(act.instrument)
    row: Act = acts_of(instrument).get(pk=act.pk)
    row.instrument = instrument
    return row
