"""What remains of a meeting: numbered decisions, actions with an owner and a day, the minutes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.models.agenda import AgendaItem
from meetings.models.room import Proposal
from meetings.models.series import Meeting


class DecisionState(models.TextChoices):
    STANDS = "stands", _("Stands")
    SUPERSEDED = "superseded", pgettext_lazy("a decision", "Superseded")


class Decision(models.Model):
    """A numbered decision of the register; its words are those of the proposal, sealed."""

    number = models.CharField(max_length=16, unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="decisions")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision")
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.STANDS)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes")
    taken_at = models.DateTimeField(default=timezone.now)


class ActionState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("No longer wanted")


class ActionPoint(models.Model):
    """Something that an administration is to do by a day; carried over until it is done."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    number = models.CharField(max_length=16, unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="actions")
    owner = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=ActionState, default=ActionState.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "state", "due_on"], name="actions_of_owner")]


class MinutesState(models.TextChoices):
    """Kept at the meeting (`minutes_state`)."""

    NONE = "none", _("Not begun")
    DRAFT = "draft", pgettext_lazy("minutes", "Draft")
    CIRCULATED = "circulated", _("Circulated for comments")
    REVISED = "revised", _("Revised")
    ADOPTED = "adopted", _("Adopted")


class MinutesComment(models.Model):
    """What an administration asks to be changed in the minutes of an item; its words are sealed."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="comments")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)


class Adoption(models.Model):
    """The minutes as they were adopted: the hash of every text, signed, and never changed again."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="adoption")
    adopted_in = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="adoptions")
    at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    texts = models.JSONField(help_text="subject, field and hash of each text, in order")
    signature = models.BinaryField(max_length=64)
