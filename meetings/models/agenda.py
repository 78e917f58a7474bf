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
    """One version of a paper for an item: its title and its files, sealed under the key that the
    item had then, and signed by who submitted it (meetings/papers.py)."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField(help_text="of the paper within its item")
    version = models.PositiveSmallIntegerField(default=1)
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    key = models.ForeignKey("meetings.MeetingKey", models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="the title, and what each file is")
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number", "version"], name="each_version_of_a_paper_once"
            )
        ]


class PaperDraft(models.Model):
    """A paper that is being put together: what its files hang on until it is submitted."""

    id = models.UUIDField(primary_key=True)
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="paper_drafts")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "author", "administration"], name="one_paper_at_a_time"
            )
        ]


class PackTaken(models.Model):
    """A pack that somebody took away: which papers were in it, so that the next brings the rest."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="packs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    papers = models.JSONField(default=list, help_text="uuids")

    class Meta:
        indexes = [models.Index(fields=["meeting", "user", "taken_at"], name="packs_of_person")]


class Look(models.Model):
    """When a person last looked at a meeting; what is newer than `marked_since` is marked."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
    marked_since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="one_look_per_person")
        ]
