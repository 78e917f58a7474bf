"""What happened, who must know, and what is on its way to them.

No row here holds a title, a text, a file name or anything typed by a person.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class JournalEntry(models.Model):
    """One line of the tamper-evident record: see activity/chain.py for what the hash covers."""

    seq = models.BigIntegerField(primary_key=True)
    prev = models.BinaryField(max_length=32)
    entry = models.BinaryField()
    hash = models.BinaryField(max_length=32)
    # Taken out of `entry` to be found again; the entry, not these, is what the chain protects.
    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    administration = models.CharField(max_length=8, blank=True)
    user_id = models.BigIntegerField(null=True)
    target = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["target", "event"], name="journal_by_target"),
            models.Index(fields=["administration", "seq"], name="journal_by_administration"),
        ]


class JournalHead(models.Model):
    """The one row that a writer locks, so that the chain has one writer at a time."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)


class Checkpoint(models.Model):
    """A signed statement of how long the journal was and what its Merkle root was."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    head = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)


class LiveEvent(models.Model):
    """What open pages may have to redraw. Ids only; kept for a day, for those who reconnect."""

    topic = models.CharField(max_length=60)
    event = models.CharField(max_length=60)
    target = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="live_by_topic")]


class Notice(models.Model):
    """Something a person should know: a kind and a reference, never a word of it."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    event = models.CharField(max_length=60)
    target = models.CharField(max_length=80)
    reference = models.CharField(max_length=20, blank=True)
    origin = models.CharField(max_length=8, blank=True)
    marking = models.CharField(max_length=20, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    due_on = models.DateField(null=True)
    journal_seq = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-id"], name="notices_of_person")]


class OutgoingMail(models.Model):
    """A mail that waits for the worker, kept as facts: it is drawn when it is sent."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    address = models.EmailField(blank=True, help_text="for invitations, before there is a person")
    language = models.CharField(max_length=5, default="en")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="mails")
    made_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    secret = models.BinaryField(null=True, help_text="a sealed link, gone once the mail is sent")

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="mail_waiting",
            )
        ]


class SentReminder(models.Model):
    """A reminder that went out, so that each goes out once however many workers there are."""

    target = models.CharField(max_length=80)
    administration = models.CharField(max_length=8)
    due_on = models.DateField()
    days = models.SmallIntegerField(help_text="before the deadline; negative: after it")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "administration", "due_on", "days"], name="each_reminder_once"
            )
        ]
