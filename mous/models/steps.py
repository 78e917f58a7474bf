"""What an administration does at home before it signs, beside the acts that say so."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mous.models.instruments import Instrument, Party
from mous.models.kept import Kept
from mous.models.words import RegisterKey


class WaitsFor(models.TextChoices):
    """With whom the next step lies."""

    ADMINISTRATION = "administration", _("The administration")
    MINISTRY = "ministry", _("The ministry or minister")
    LEGAL = "legal", _("The attorney general or legal service")
    CABINET = "cabinet", _("Cabinet or parliament")
    STATE = "state", _("The State, for a territory")
    TRANSLATION = "translation", _("The translation")
    SECRETARIAT = "secretariat", _("The Secretariat")


class StepNote(Kept):
    """A note on a step, with a document if there is one, read by the administration and the
    Secretariat alone. The newest one that says `waits_for` says with whom the next step lies,
    since `since`."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    party = models.ForeignKey(Party, models.PROTECT, related_name="notes")
    step = models.CharField(max_length=24, help_text="a kind of act: mous/lifecycle.py STEPS")
    waits_for = models.CharField(max_length=16, choices=WaitsFor, blank=True)
    since = models.DateField(null=True)
    key = models.ForeignKey(RegisterKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ["written_at", "pk"]


class Chase(Kept):
    """A reminder that went to an administration: by an officer, or without one after a time."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="chases")
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["sent_at", "pk"]


class ChaseSetting(Kept):
    """After how many days without movement the portal reminds by itself; 0: never. The newest
    one of an instrument holds."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="chase_settings")
    days = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["set_at", "pk"]
