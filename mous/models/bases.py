"""On what sharing rests: the gate of an instrument, other authorities, each one's own law."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mous.models.instruments import Instrument
from mous.models.kept import Kept
from mous.models.words import RegisterKey
from wording.sharing import DataKind, Purpose


class Gate(models.TextChoices):
    """What happens to a bulletin for somebody who does not take part."""

    OPEN = "open", _("Goes")
    WARN = "warn", _("Goes after a warning")
    REFUSE = "refuse", _("Is refused")


class GateSetting(Kept):
    """The group's choice for one marking, from this moment on."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="gate_settings")
    marking = models.CharField(max_length=16)
    gate = models.CharField(max_length=8, choices=Gate)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signature = models.BinaryField(max_length=64, default=bytes)

    class Meta:
        ordering = ["set_at", "pk"]


class LegalBasis(Kept):
    """What an administration says of its own law, revision by revision: the newest holds."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    purposes = models.JSONField(help_text="values of Purpose")
    excluded = models.JSONField(help_text="values of DataKind that it may not share")
    key = models.ForeignKey(RegisterKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="act, section, conditions, in words")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "revision"], name="one_legal_basis_of_a_revision"
            )
        ]


class AuthorityKind(models.TextChoices):
    BILATERAL = "bilateral", _("Bilateral agreement")
    NATIONAL = "national", _("National law of the sender")
    CONSENT = "consent", _("Consent of the originator, case by case")


class OtherAuthority(Kept):
    """A basis beside the instrument: what `sender` may give `recipient`, up to a marking,
    from a day until another. Recorded by the sender, who answers for it."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    sender = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    recipient = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AuthorityKind)
    up_to = models.CharField(max_length=16, help_text="the highest marking that it covers")
    data_kinds = models.JSONField(default=list, help_text="values of DataKind; empty: all of them")
    since = models.DateField()
    until = models.DateField(null=True)
    key = models.ForeignKey(RegisterKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="which agreement or section, in words")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    signature = models.BinaryField(max_length=64)


class AuthorityEnd(Kept):
    """A further word on an authority: it ends before its day."""

    authority = models.OneToOneField(OtherAuthority, models.PROTECT, related_name="end")
    ends_on = models.DateField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    signature = models.BinaryField(max_length=64)


__all__ = [
    "AuthorityEnd",
    "AuthorityKind",
    "DataKind",
    "Gate",
    "GateSetting",
    "LegalBasis",
    "OtherAuthority",
    "Purpose",
]
