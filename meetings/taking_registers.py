"""The register of actions as it leaves the portal, with its words; the journal says who took it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from meetings.models import ActionPoint
from meetings.registers import Entry, with_words
from vault.sessions import Vault


def take_actions_away(
    *, actor: Actor, vault: Vault | None, rows: Sequence[ActionPoint]
) -> list[Entry]:
    """These actions with their words, each judged once more; recorded with how many they were."""
    for row in rows:
        require(actor, Action.READ_MEETING, row.meeting)
        if row.item is not None:
            require(actor, Action.READ_ITEM, row.item)
    entries = with_words(vault, rows)
    with transaction.atomic():
        record(actor, Event.REGISTER_TAKEN_AWAY, detail={"rows": len(entries)})
    return entries
