"""What a notification says: drawn from its act, in English and in French, with the depositary's
formula. Nothing of it is kept: the act is, signed by two persons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language

from mous.act_rows import ActRow, rows_of
from mous.lifecycle import Kind
from mous.models import Instrument, Notification, Receipt
from mous.queries import acts_of
from mous.vocabulary import act_label
from vault.sessions import Vault

LANGUAGES = ("en", "fr")
# Whose statement stands in the notification word for word.
STATEMENTS = frozenset(
    {Kind.DECLARATION, Kind.RESERVATION, Kind.OBJECTION, Kind.RESERVATION_WITHDRAWN, Kind.CORRECTED}
)


@dataclass(frozen=True, slots=True)
class Telling:
    """The notification in one language, and what somebody stated in whatever language it was."""

    language: str
    title: str
    paragraphs: tuple[str, ...]


def row_of(vault: Vault | None, notification: Notification) -> ActRow:
    """The act that it tells of, checked and opened."""
    instrument = notification.instrument
    (act,) = acts_of(instrument).filter(pk=notification.act_id)
    (row,) = rows_of(vault, instrument, [act], documents=True)
    return row


def tellings(notification: Notification, row: ActRow) -> list[Telling]:
    """Both languages. Without the key the facts that are clear; never of an act that is broken."""
    if row.opened.broken:
        return []
    own = (get_language() or "en")[:2]
    ordered = sorted(LANGUAGES, key=lambda language: language != own)  # the reader's first
    return [_telling(notification, row, language) for language in ordered]


def _telling(notification: Notification, row: ActRow, language: str) -> Telling:
    instrument, act = notification.instrument, row.act
    with translation.override(language):
        facts = {
            "notification": notification,
            "instrument": instrument,
            "depositary": instrument.depositary,
            "act": act,
            "party": act.party,
            "label": act_label(instrument, act.kind),
            "corrected": act_label(instrument, act.corrects.kind) if act.corrects else "",
            "holds": act_label(instrument, act.corrected_kind) if act.corrected_kind else "",
            "words": row.opened.words,
            "states": act.kind in STATEMENTS,
        }
        drawn = render_to_string("mous/_telling.txt", facts)
        title = act_label(instrument, act.kind)
    pieces = (one.strip() for one in drawn.split("\n\n"))
    return Telling(language, title, tuple(one for one in pieces if one))


@dataclass(frozen=True, slots=True)
class Line:
    """One notification in the archive, with how many have opened and received it."""

    notification: Notification
    label: str
    told: int
    opened: int
    received: int
    own: Receipt | None

    @property
    def is_new(self) -> bool:
        return self.own is not None and self.own.opened_at is None

    @property
    def waits(self) -> bool:
        return self.own is not None and self.own.received_at is None


def lines_of(instrument: Instrument, notifications: Iterable[Notification], own: str) -> list[Line]:
    """In one query for the receipts."""
    rows = list(notifications)
    found: dict[int, list[Receipt]] = {one.pk: [] for one in rows}
    for receipt in Receipt.objects.filter(notification__in=list(found)):
        found[receipt.notification_id].append(receipt)
    return [_line(instrument, one, found[one.pk], own) for one in rows]


def _line(
    instrument: Instrument, notification: Notification, receipts: list[Receipt], own: str
) -> Line:
    return Line(
        notification=notification,
        label=act_label(instrument, notification.act.kind),
        told=len(receipts),
        opened=sum(one.opened_at is not None for one in receipts),
        received=sum(one.received_at is not None for one in receipts),
        own=next((one for one in receipts if one.administration_id == own), None),
    )
