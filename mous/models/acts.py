"""Acts: what was done, dated twice, entered by one person and confirmed by another."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mous.lifecycle import STEPS, Kind
from mous.models.instruments import Instrument, Party
from mous.models.kept import Kept
from mous.models.words import RegisterKey


class ActState(models.TextChoices):
    """An act counts once it is confirmed. One that was declined stays visible, with the reason."""

    ENTERED = "entered", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


class Act(Kept):
    """One act of a participant. What was entered never changes; a mistake is corrected by a
    further act, which names this one.

    `sealed` holds what was typed (mous/content.py). Chained in the instrument by `prev`; the
    signature covers every clear column of the entry, the sealed words and `prev`.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="acts")
    party = models.ForeignKey(Party, models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField(help_text="its place in the register of the instrument")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in Kind])
    done_on = models.DateField()
    received_on = models.DateField(null=True, help_text="by the depositary")
    effective_on = models.DateField()
    electronic = models.BooleanField(default=False, help_text="signed here, by the head's own key")
    taken_over = models.BooleanField(
        default=False, help_text="from the register on paper: the participants were told then"
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    corrected_kind = models.CharField(
        max_length=24, blank=True, help_text="what holds instead; empty in a correction: annulled"
    )
    text = models.ForeignKey(
        "mous.TextVersion", models.PROTECT, null=True, related_name="+", help_text="what was signed"
    )
    key = models.ForeignKey(RegisterKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_for = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    state = models.CharField(max_length=10, choices=ActState, default=ActState.ENTERED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_for = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_signature = models.BinaryField(max_length=64, null=True)
    decision_sealed = models.BinaryField(null=True, help_text="why it was declined")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="one_act_of_a_number"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("entered_by")),
                name="an_act_is_confirmed_by_somebody_else",
            ),
        ]
        indexes = [models.Index(fields=["instrument", "party"], name="acts_of_a_party")]

    # What the policy looks at.

    @property
    def party_code(self) -> str:
        return str(self.party.code)

    @property
    def depositary_id(self) -> str:
        return str(self.instrument.depositary_id)

    @property
    def is_step(self) -> bool:
        """One of the steps before a signature, or a correction of one into one."""
        if self.corrects is not None:
            return self.corrects.is_step and self.corrected_kind in {"", *STEPS}
        return self.kind in STEPS

    @property
    def what(self) -> Kind:
        return Kind(self.kind)

    @property
    def is_confirmed(self) -> bool:
        return self.state == ActState.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == ActState.ENTERED


class ActDraft(models.Model):
    """What the files of an act, a step or a text hang on until it is entered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=8, help_text="act, step or text")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
