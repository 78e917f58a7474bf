"""When a broken epoch was entered, by the journal: the 72 hours are counted by its clock as well.

The times inside a directory line are written by its maker and its witness, who could agree on
an old one. The journal's line about it was written by the server as it was entered, and whoever
changes it breaks the chain that checkpoints are mailed about.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from activity.events import Event
from activity.models import JournalEntry
from vault.crypto.canonical import read_canonical
from vault.directory_entries import BREAK_WAITS, EpochEntry

_waited: set[bytes] = set()  # epochs that have: that never becomes untrue again


def has_waited(epoch: EpochEntry) -> bool:
    """Whether 72 hours passed since the journal's line. Without such a line nothing has."""
    if epoch.key_id in _waited:
        return True
    until = waits_until(epoch)
    if until is None or timezone.now() < until:
        return False
    _waited.add(epoch.key_id)
    return True


def waits_until(epoch: EpochEntry) -> datetime.datetime | None:
    """When everybody may seal to a broken epoch; None if the journal knows nothing of it."""
    rows = JournalEntry.objects.filter(
        target=f"accounts.administration:{epoch.administration}", event=Event.EPOCH_MADE
    )
    entered = [at for row in rows if (at := _entered(row, epoch))]
    return max(epoch.sealable_from, max(entered) + BREAK_WAITS) if entered else None


def forget() -> None:
    """Begin again as a fresh process would."""
    _waited.clear()


def _entered(row: JournalEntry, epoch: EpochEntry) -> datetime.datetime | None:
    """When, if the line is about this epoch: from the entry itself, which the chain protects."""
    entry = read_canonical(bytes(row.entry))
    detail = entry["detail"]
    if not detail.get("broken") or detail.get("epoch") != epoch.number:
        return None
    return datetime.datetime.fromisoformat(entry["at"])
