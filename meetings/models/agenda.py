"""The agenda: items in their order, and the papers that belong to them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from meetings.models.series import Meeting


class ItemKind(models.TextChoices):
    OPENING = "opening", _("Opening")
    MINUTES = "minutes", _("Minutes of the last meeting")
    ACTIONS = "actions", _("Open actions")
    INFORMATION = "information", _("For information")
    DISCUSSION = "discussion", _("For discussion")
    DECISION = "decision", _("For decision")
    ANY_OTHER = "any_other", _("Any other business")
    BREAK = "break", _("Break")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("To come")
    CURRENT = "current", _("Now")
    DONE = "done", _("Done")


class AgendaItem(models.Model):
    """One item. A closed one is sealed to those in `closed_to` alone."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ItemKind, default=ItemKind.DISCUSSION)
    minutes = models.PositiveSmallIntegerField(default=15)
    presenter = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )
    closed_to = models.JSONField(default=list, help_text="codes; empty: open to all who take part")
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.WAITING)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]

    @property
    def is_closed(self) -> bool:
        return bool(self.closed_to)

    # What vault/circles.py asks of a closed item.

    @cached_property
    def holder_codes(self) -> frozenset[str]:
        if not self.is_closed:
            return self.meeting.holder_codes
        return frozenset(self.closed_to) & self.meeting.holder_codes

    @property
    def named_ids(self) -> frozenset[int]:
        """Observers take part in what is open to all."""
        return frozenset() if self.is_closed else self.meeting.named_ids

    @property
    def origin_id(self) -> str:
        return str(self.meeting.origin_id)


class Paper(models.Model):
    """One version of a paper for an item; its title is the file's name, sealed with the file."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField(help_text="of the paper within its item")
    version = models.PositiveSmallIntegerField(default=1)
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number", "version"], name="each_version_of_a_paper_once"
            )
        ]
