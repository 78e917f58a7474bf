"""What the depositary tells the participants, and who has received it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from mous.models.acts import Act
from mous.models.instruments import Instrument
from mous.models.kept import Kept


class Notification(Kept):
    """Numbered in the instrument, one for each act that is confirmed. Its words are drawn from
    the act, in the reader's language; `digest` is the sum of what was told."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="notifications")
    number = models.PositiveIntegerField()
    act = models.OneToOneField(Act, models.PROTECT, related_name="notification")
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"], name="one_notification_of_a_number"
            )
        ]


class Receipt(Kept):
    """One administration's line of a notification: sent, first opened, and received."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="receipts")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "administration"], name="one_receipt_an_administration"
            )
        ]
