"""For `verify_vault`: does the register hold together? Every act follows from the one before, bears
the signature of who entered it, and of a second person who answered; opens no word of anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator

from activity.events import Event
from activity.models import JournalEntry
from mous.models import Instrument, StepNote
from mous.notes import check_note, digest
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


def notes_fit(view: Directory) -> Iterator[str]:
    """Notes on steps that are not what was signed, or that the journal names and are gone."""
    told = _journal_of_notes()
    rows = StepNote.objects.select_related("party", "party__instrument", "key").order_by("pk")
    for note in rows.iterator():
        where = f"Note {note.uuid} on the steps of {note.party.code}"
        try:
            check_note(note, view)
        except CannotOpen:
            yield f"{where} is not what was signed."
        if told.pop(str(note.uuid), None) != digest(note):
            yield f"{where} is not the one in the journal."
    for uuid in told:
        yield f"Note {uuid} on steps is gone: the journal has it."


def _journal_of_notes() -> dict[str, str]:
    """By note, the sum of its sealed words when it was written."""
    lines = JournalEntry.objects.filter(event=Event.STEP_NOTED).only("entry").iterator()
    found = [json.loads(bytes(line.entry))["detail"] for line in lines]
    return {one["note"]: one["digest"] for one in found}
