"""What is said of a bulletin in clear: to the manifest, the journal, notices and open pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from activity.events import Event
from activity.models import JournalEntry
from activity.record import NoticeFacts
from bulletins.models import Bulletin

KIND = "bulletin"


def facts_of(bulletin: Bulletin) -> dict[str, Any]:
    """The clear columns that the manifest signs and the title binds."""
    return {
        "product_type": bulletin.product_type,
        "tlp": bulletin.tlp,
        "urgency": bulletin.urgency,
        "origin": bulletin.origin_id,
        "author": bulletin.author_id,
        "ref": bulletin.ref,
        "issued_at": bulletin.issued_at.isoformat(timespec="microseconds"),
        "due_on": bulletin.due_on.isoformat() if bulletin.due_on else "",
        "valid_until": bulletin.valid_until.isoformat() if bulletin.valid_until else "",
        "revision": bulletin.revision,
    }


def target_of(bulletin: Bulletin) -> str:
    return f"bulletins.bulletin:{bulletin.uuid}"


def topics_of(bulletin: Bulletin) -> list[str]:
    return [
        *(f"administration:{code}" for code in sorted(bulletin.holder_codes)),
        f"bulletin:{bulletin.uuid}",
    ]


def notice_facts(bulletin: Bulletin) -> NoticeFacts:
    return NoticeFacts(
        reference=bulletin.ref,
        origin=bulletin.origin_id,
        marking=bulletin.tlp,
        urgency=bulletin.urgency,
        due_on=bulletin.due_on,
    )


def facts_by_id(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The clear columns of several bulletins, for the first opening of their keys."""
    return {one.uuid: facts_of(one) for one in Bulletin.objects.filter(uuid__in=list(ids))}


def issued_at(bulletin_id: UUID, manifest_hash: str) -> datetime | None:
    """When the journal says that this manifest was issued; None if no line names it."""
    lines = JournalEntry.objects.filter(
        target=f"bulletins.bulletin:{bulletin_id}", event=Event.BULLETIN_ISSUED
    )
    for line in lines.order_by("seq"):
        said = json.loads(bytes(line.entry))
        if said.get("detail", {}).get("manifest") == manifest_hash:
            return datetime.fromisoformat(said["at"])
    return None
