"""What can be signed: arrangements and treaties, their texts, who may take part, and the rules."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from mous.models.kept import Kept
from mous.models.words import RegisterKey


class InstrumentKind(models.TextChoices):
    """Each with words of its own: mous/vocabulary.py."""

    ARRANGEMENT = "arrangement", _("Arrangement or memorandum")
    TREATY = "treaty", _("Treaty or convention")


class Participation(models.TextChoices):
    """Who may take part."""

    MEMBERS = "members", _("Every member administration, from the day of its membership")
    LISTED = "listed", _("The participants listed, the Secretariat among them if it is one")


class TakesEffect(models.TextChoices):
    """When it takes effect for one participant, as its text says."""

    ON_SIGNATURE = "on_signature", _("On definitive signature, or when procedures are complete")
    DAYS_AFTER = "days_after", _("A number of days after that")
    BY_ACT = "by_act", _("When the depositary says so")


class Instrument(Kept):
    """One text that is signed. Its state is never kept: it follows from the acts."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=InstrumentKind)
    title = models.CharField(max_length=160)
    title_fr = models.CharField(max_length=160)
    short = models.CharField(max_length=40)
    short_fr = models.CharField(max_length=40)
    depositary = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    participation = models.CharField(max_length=8, choices=Participation)
    opened_on = models.DateField(help_text="from which day it can be signed")
    takes_effect = models.CharField(max_length=12, choices=TakesEffect)
    effect_days = models.PositiveSmallIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField(
        default=90, help_text="from the notice of withdrawal to its effect"
    )
    gates = models.BooleanField(
        default=False, help_text="whether it decides who may receive marked bulletins"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["opened_on", "slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def label(self) -> str:
        return self.title_fr if translation.get_language() == "fr" else self.title

    @property
    def short_label(self) -> str:
        return self.short_fr if translation.get_language() == "fr" else self.short

    @property
    def is_treaty(self) -> bool:
        return self.kind == InstrumentKind.TREATY

    @property
    def for_members(self) -> bool:
        return self.participation == Participation.MEMBERS

    def effect_of(self, day: datetime.date) -> datetime.date | None:
        """When a consent given on `day` takes effect by the rule; None if an act must say so."""
        if self.takes_effect == TakesEffect.BY_ACT:
            return None
        days = self.effect_days if self.takes_effect == TakesEffect.DAYS_AFTER else 0
        return day + datetime.timedelta(days=days)

    def withdrawal_of(self, day: datetime.date) -> datetime.date:
        """When a withdrawal that is notified on `day` takes effect by the rule."""
        return day + datetime.timedelta(days=self.notice_days)


class Party(Kept):
    """Who may take part in an instrument: an administration, or a partner outside the portal."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="parties")
    administration = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )
    code = models.CharField(max_length=12, help_text="the administration's, or a partner's own")
    name = models.CharField(max_length=120, blank=True, help_text="of a partner outside")
    name_fr = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "code"], name="each_party_once_in_an_instrument"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        if self.administration is not None:
            return self.administration.label
        return self.name_fr if translation.get_language() == "fr" else self.name

    @property
    def party_code(self) -> str:
        return self.code

    @property
    def depositary_id(self) -> str:
        return str(self.instrument.depositary_id)

    @property
    def in_sentence(self) -> str:
        return self.administration.in_sentence if self.administration else self.label


class TextVersion(Kept):
    """One authentic text: a sealed file whose plain bytes have this sum."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="texts")
    number = models.PositiveSmallIntegerField(help_text="1, 2, …: languages share a number")
    language = models.CharField(max_length=5)
    sha256 = models.CharField(max_length=64, help_text="of the plain bytes: what is signed")
    size = models.PositiveIntegerField()
    key = models.ForeignKey(RegisterKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="the name of the file, and what changed")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_for = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ["-number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number", "language"], name="one_text_a_version_and_language"
            )
        ]
