"""Facts arranged for the templates: rows of lists, cells of the ledger, points of the map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bulletins.content import FileFact
from bulletins.models import Bulletin, ProductType, Recipient
from bulletins.opening import Opened
from bulletins.ports import ports_named
from bulletins.queries import Ledger
from vault import files
from vault.files import StoredFile


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `title` is None where the seal did not hold or no key is at hand."""

    bulletin: Bulletin
    title: str | None
    is_read: bool
    is_ours: bool
    is_waiting: bool

    @property
    def url(self) -> str:
        return reverse("bulletins:detail", args=[self.bulletin.ref])

    @property
    def kind(self) -> str:
        """Its product type in words; Django's own way there translates all eight each time."""
        return str(ProductType(self.bulletin.product_type).label)


def drawn_rows(rows: Iterable[Recipient], titles: dict[int, str | None]) -> list[Row]:
    return [
        Row(
            bulletin=row.bulletin,
            title=titles.get(row.bulletin_id),
            is_read=bool(getattr(row, "is_read", True)),
            is_ours=row.place == "origin",
            is_waiting=row.place == "to" and row.acknowledged_at is None,
        )
        for row in rows
    ]


# How a ledger state is drawn (shape) and said.
SHAPES = {
    "sent": "none",
    "delivered": "none",
    "opened": "part",
    "acknowledged": "done",
    "acted": "done",
    "nothing": "done",
}


def state_words(state: str) -> str:
    return {
        "sent": _("not yet signed in"),
        "delivered": _("delivered"),
        "opened": _("opened"),
        "acknowledged": _("acknowledged"),
        "acted": _("acted on"),
        "nothing": _("nothing to report"),
    }[state]


def ledger_cells(ledger: Ledger, own: str) -> list[dict[str, Any]]:
    return [
        {
            "code": row.administration.code,
            "name": row.administration.label,
            "state": SHAPES[row.state],
            "words": state_words(row.state),
            "at": row.at,
            "me": row.administration.code == own,
        }
        for row in ledger.rows
    ]


def attachments(bulletin: Bulletin, opened: Opened) -> list[dict[str, Any]]:
    """The files as `_file.html` wants them; a file still to be scanned has no address."""
    named = {fact.id: fact for fact in opened.content.files}
    shown = []
    for stored in opened.files:
        fact = named.get(str(stored.id))
        if fact is None:
            continue
        state, words = _file_state(fact, stored)
        shown.append(
            {
                "id": fact.id,
                "name": fact.name,
                "size": fact.size,
                "digest": fact.sha256,
                "state": state,
                "words": words,
                "url": reverse("bulletins:download", args=[bulletin.ref, fact.id]),
            }
        )
    return shown


def _file_state(fact: FileFact, stored: StoredFile) -> tuple[str, str]:
    if stored.is_refused:
        return "refused", files.scanner_words()
    if not stored.is_ready:
        return "waiting", _("waiting to be scanned")
    opaque = fact.media_type == "application/age"
    return "sealed" if opaque else "ready", files.ready_words(fact.notes)


def map_points(codes: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "code": port.code,
            "name": port.name,
            "state": "done",
            "words": port.administration,
            "url": "",
            "latitude": port.latitude,
            "longitude": port.longitude,
        }
        for port in ports_named(codes)
    ]
