"""What is sealed of a meeting: each text with all its revisions, under the meeting's keys."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.series import Meeting
from vault.circles import CircleKey


class MeetingKey(CircleKey):
    """One key of a meeting, or of one closed item of it (vault/circles.py)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="keys")
    item = models.ForeignKey("meetings.AgendaItem", models.PROTECT, null=True, related_name="keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "item", "number"],
                name="one_meeting_key_of_a_number",
                nulls_distinct=False,
            )
        ]


class Field(models.TextChoices):
    """Which text of a thing this is."""

    TITLE = "title", _("Title")
    LEAD = "lead", _("Lead text")
    JOIN = "join", _("Link and telephone numbers")
    DELEGATES = "delegates", _("Delegates")
    NOTES = "notes", _("Notes")
    PROPOSAL = "proposal", _("Text of the decision")
    ACTION = "action", _("Action")
    PROGRESS = "progress", _("Progress")
    MINUTES_EN = "minutes_en", _("Minutes in English")
    MINUTES_FR = "minutes_fr", _("Minutes in French")
    COMMENT = "comment", _("Comment")
    OBJECTION = "objection", _("Objection")
    COMMUNIQUE = "communique", _("Communiqué")


class Writing(models.Model):
    """One revision of one text. Rows are added, never changed: the newest is what holds.

    `subject` is the thing it belongs to (a meeting, an item, an action…), by its own uuid.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="writings")
    subject = models.UUIDField()
    field = models.CharField(max_length=12, choices=Field)
    revision = models.PositiveIntegerField()
    key = models.ForeignKey(MeetingKey, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    sealed = models.BinaryField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "field", "revision"], name="each_revision_once"
            )
        ]
        indexes = [models.Index(fields=["meeting", "field"], name="writings_of_meeting")]
