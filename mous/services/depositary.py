"""Notifications as they are met: opened, and received, once for each administration."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from mous.facts import topics_of
from mous.models import Notification, Receipt
from mous.services.notifying import notification_target


@transaction.atomic
def note_opened(*, actor: Actor, notification: Notification) -> Receipt | None:
    """Somebody of this administration has the words before them: the first time counts. None if
    the administration was not notified (it was no member then)."""
    require(actor, Action.READ_REGISTER, notification.instrument)
    row = _receipt(actor, notification)
    if row is None or row.opened_at is not None:
        return row
    row.opened_at, row.opened_by_id = timezone.now(), actor.user_id
    row.save(update_fields=["opened_at", "opened_by"])
    _record(actor, Event.NOTIFICATION_OPENED, notification)
    return row


@transaction.atomic
def confirm_receipt(*, actor: Actor, notification: Notification) -> Receipt | None:
    """The administration says that it has received the notification; said twice it counts once."""
    require(actor, Action.READ_REGISTER, notification.instrument)
    row = _receipt(actor, notification)
    if row is None:
        return None
    require(actor, Action.RECEIVE_NOTIFICATION, row)
    if row.received_at is not None:
        return row
    now = timezone.now()
    row.received_at, row.received_by_id = now, actor.user_id
    if row.opened_at is None:  # received on paper, or from a page whose words did not open
        row.opened_at, row.opened_by_id = now, actor.user_id
    row.save(update_fields=["opened_at", "opened_by", "received_at", "received_by"])
    _record(actor, Event.NOTIFICATION_RECEIVED, notification)
    return row


def _receipt(actor: Actor, notification: Notification) -> Receipt | None:
    """The line of the actor's administration, locked."""
    rows = Receipt.objects.select_for_update().filter(notification=notification)
    return rows.filter(administration=actor.administration).first()


def _record(actor: Actor, event: Event, notification: Notification) -> None:
    record(
        actor, event, notification_target(notification),
        detail={"number": notification.number, "act": str(notification.act.uuid)},
        topics=topics_of(notification.instrument),
    )  # fmt: skip
