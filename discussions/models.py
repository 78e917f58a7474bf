"""Threads: who is in them, under which keys, and what was said in which order.

Clear: reference, label, subject, state, dates, numbers, who wrote when, who takes part. Sealed:
the topic, every word, and every file. The policy decides who may ask; the keys, who can read.
"""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from access.grants import PersonalGrant
from vault.circles import CircleKey, audience_of
from wording.markings import Tlp

EDIT_WITHIN = datetime.timedelta(minutes=15)


class State(models.TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class History(models.TextChoices):
    """What somebody who joins later reads."""

    START = "start", _("From the start")
    JOINING = "joining", _("From their joining on")


class Thread(models.Model):
    """One discussion. `last_number` and `last_hash` are the end of its chain of messages."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    ref = models.CharField(max_length=12, unique=True)
    tlp = models.CharField(max_length=20, choices=Tlp)
    origin = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    history = models.CharField(max_length=10, choices=History, default=History.START)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.UUIDField(null=True)
    ends_on = models.DateField(null=True)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.BinaryField(max_length=32, default=b"")
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-last_at"], name="threads_by_last"),
            models.Index(fields=["subject_kind", "subject_id"], name="threads_about"),
        ]

    def __str__(self) -> str:
        return self.ref

    # What the policy looks at. Both lists are read once per object, or prefetched by a query.

    @cached_property
    def holder_codes(self) -> frozenset[str]:
        """The administrations all of whose readers take part."""
        rows = self.participants.all()
        return frozenset(row.administration_id for row in rows if not row.named_only)

    @cached_property
    def named_ids(self) -> frozenset[int]:
        """The people who take part by name: for TLP:RED, and invited observers."""
        return frozenset(grant.user_id for grant in self.named_officers.all())

    @property
    def audience(self) -> list[str]:
        """Who takes part now: codes, and `user:<id>` for people by name."""
        return audience_of(self)

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED


class Participant(models.Model):
    """An administration that takes part now. Having a row means being in.

    `reads_from`: the messages after that number are theirs to read. `seen`: the furthest that
    somebody there has read. `named_only`: only the officers named (ThreadOfficer) take part.
    """

    pk = models.CompositePrimaryKey("administration_id", "thread_id")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, db_index=False)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="participants")
    named_only = models.BooleanField(default=False)
    reads_from = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(default=timezone.now)


class ThreadEpoch(CircleKey):
    """One key of a thread (vault/circles.py); the topic is sealed under each anew."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="epochs")
    after = models.PositiveIntegerField(help_text="the messages after this number are under it")
    sealed_topic = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="one_epoch_of_a_number")
        ]


class Kind(models.TextChoices):
    """A message, or one of the notes that the thread itself keeps about its audience and state."""

    MESSAGE = "message", _("Message")
    JOINED = "joined", _("Joined")
    LEFT = "left", _("Left")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")


class Message(models.Model):
    """What stands at one number of a thread. `uuid` is chosen by the page that sends it.

    `prev` and `hash` chain the numbers as they were first written; `revision`, `digest` and
    `signature` are of the newest revision, the former ones are in `FormerRevision`. What was
    withdrawn keeps its place, its hash and its signatures, and loses its words.
    """

    uuid = models.UUIDField(unique=True)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    number = models.PositiveIntegerField()
    epoch = models.ForeignKey(ThreadEpoch, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MESSAGE)
    about = models.CharField(max_length=8, blank=True, help_text="of a note: which administration")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    revision = models.PositiveIntegerField(default=1)
    revised_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32, help_text="of `sealed`; stays when that is gone")
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="one_message_of_a_number")
        ]

    @property
    def is_note(self) -> bool:
        return self.kind != Kind.MESSAGE

    @property
    def may_change_until(self) -> datetime.datetime:
        return self.sent_at + EDIT_WITHIN


class FormerRevision(models.Model):
    """A message as it stood before an edit; its words go when the message is withdrawn."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="former")
    revision = models.PositiveIntegerField()
    revised_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "revision"], name="each_former_once")
        ]


class Meaning(models.TextChoices):
    """The short list of answers that need no words."""

    NOTED = "noted", _("Noted")
    AGREE = "agree", _("Agreed")
    CANNOT = "cannot", _("Cannot")
    SEEN_HERE = "seen_here", _("Seen here too")


class Reaction(models.Model):
    """A person's answer to a message, for the administration named. One of each meaning."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    meaning = models.CharField(max_length=10, choices=Meaning)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "meaning"], name="each_meaning_once")
        ]


class Attention(models.TextChoices):
    USUAL = "usual", _("Usual")
    FOLLOWING = "following", _("Following")
    MUTED = "muted", _("Muted")


class Bookmark(models.Model):
    """How far a person has read a thread, and how much of it that person wants to be told."""

    pk = models.CompositePrimaryKey("user_id", "thread_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="bookmarks")
    position = models.PositiveIntegerField(default=0)
    attention = models.CharField(max_length=10, choices=Attention, default=Attention.USUAL)


class Mention(models.Model):
    """Somebody whom a message names: a person, or every reader of an administration."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    administration = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )


class ThreadDraft(models.Model):
    """What a person has typed in a thread and not sent yet. `id` becomes the message's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "author"], name="one_draft_per_thread")
        ]


class ThreadOfficer(PersonalGrant):
    """An officer who takes part by name."""

    content_object = models.ForeignKey(Thread, models.CASCADE, related_name="named_officers")
