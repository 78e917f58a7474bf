"""What there is to read. Nothing here opens or changes anything."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, FilteredRelation, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, visible
from bulletins.models import Bulletin, Draft, NamedOfficer, Place, Recipient

BOXES = ("all", "inbox", "ours", "drafts")


def with_ledger() -> QuerySet[Bulletin]:
    """Bulletins with what the policy and the ledger look at, in three queries for any number."""
    return Bulletin.objects.select_related("origin").prefetch_related(
        Prefetch(
            "recipients",
            Recipient.objects.select_related("administration").order_by("administration__name"),
        ),
        Prefetch("named_officers", NamedOfficer.objects.select_related("user")),
    )


def bulletins_for(actor: Actor) -> QuerySet[Bulletin]:
    """What this actor may read."""
    return visible(with_ledger(), actor, Action.READ_BULLETIN)


def rows_of_box(actor: Actor, box: str) -> QuerySet[Recipient]:
    """The rows of a list and nothing beside them, in no order: to be counted or built upon.

    From the side of the recipient rows: one index answers page after page, however many
    bulletins there are.
    """
    rows = visible(Recipient.objects.all(), actor, Action.LIST_BULLETINS)
    if box == "inbox":
        return rows.filter(place=Place.TO)
    return rows.filter(place=Place.ORIGIN) if box == "ours" else rows


def rows_in_box(actor: Actor, box: str) -> QuerySet[Recipient]:
    """The rows of a list, newest first, each with its bulletin and whether it was read.

    `is_read` is a LEFT JOIN on one small unique index.
    """
    # A join and not EXISTS: PostgreSQL would hash every mark of a person who has read much.
    own_mark = FilteredRelation(
        "bulletin__readmark", condition=Q(bulletin__readmark__user=actor.user_id)
    )
    return (
        rows_of_box(actor, box)
        .select_related("bulletin", "bulletin__origin")
        .annotate(own_mark=own_mark)
        .annotate(
            is_read=Case(
                When(place=Place.ORIGIN, then=Value(True)),
                When(own_mark__user_id__isnull=False, then=Value(True)),
                default=Value(False),
            )
        )
        .order_by("-bulletin_id")
    )


def waiting_rows(actor: Actor) -> QuerySet[Recipient]:
    """What this administration has not acknowledged: late first, then by date, then the rest."""
    return (
        visible(Recipient.objects.all(), actor, Action.LIST_BULLETINS)
        .filter(place=Place.TO, acknowledged_at__isnull=True)
        .select_related("bulletin", "bulletin__origin")
        .order_by(F("bulletin__due_on").asc(nulls_last=True), "-bulletin_id")
    )


def rows_since(actor: Actor, moment: Any) -> QuerySet[Recipient]:
    return rows_in_box(actor, "inbox").filter(bulletin__issued_at__gte=moment)


UNREAD = """
    SELECT (SELECT received FROM bulletins_administrationcount WHERE administration_id = %s),
           (SELECT named - read FROM bulletins_personcount
             WHERE user_id = %s AND administration_id = %s)
"""


def unread_count(actor: Actor) -> int:
    """From two counters, so that every page can show it. Never negative."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [actor.administration, actor.user_id, actor.administration])
        received, own = cursor.fetchone()
    return max(0, (received or 0) + (own or 0))


def waiting_count(actor: Actor) -> int:
    return waiting_rows(actor).count()


def drafts_for(actor: Actor) -> QuerySet[Draft]:
    return visible(Draft.objects.order_by("-saved_at"), actor, Action.EDIT_DRAFT)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One administration's line in the ledger."""

    administration: Any
    state: str  # delivered | opened | acknowledged | acted | nothing | sent
    at: Any


@dataclass(frozen=True, slots=True)
class Ledger:
    rows: tuple[LedgerRow, ...]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def acknowledged(self) -> int:
        return sum(row.state in {"acknowledged", "acted", "nothing"} for row in self.rows)


def ledger_of(bulletin: Bulletin) -> Ledger:
    """How far the bulletin has come with each administration it was sent to."""
    return Ledger(
        tuple(_ledger_row(row) for row in bulletin.recipients.all() if row.place == Place.TO)
    )


def _ledger_row(row: Recipient) -> LedgerRow:
    if row.acknowledged_at:
        return LedgerRow(row.administration, row.outcome, row.outcome_at or row.acknowledged_at)
    if row.opened_at:
        return LedgerRow(row.administration, "opened", row.opened_at)
    if row.delivered_at:
        return LedgerRow(row.administration, "delivered", row.delivered_at)
    return LedgerRow(row.administration, "sent", None)


def own_row(actor: Actor, bulletin: Bulletin) -> Recipient | None:
    """The line of the reader's own administration, if the bulletin was addressed to it."""
    return next(
        (
            row
            for row in bulletin.recipients.all()
            if row.administration_id == actor.administration and row.place == Place.TO
        ),
        None,
    )


def is_expired(bulletin: Bulletin) -> bool:
    return bulletin.valid_until is not None and bulletin.valid_until < timezone.now().date()


def expiring_soon(actor: Actor) -> QuerySet[Recipient]:
    """Own bulletins whose validity ends within a week."""
    today = timezone.now().date()
    return rows_in_box(actor, "ours").filter(
        Q(bulletin__valid_until__gte=today)
        & Q(bulletin__valid_until__lte=today + datetime.timedelta(days=7))
    )
