"""Finding the date, inviting, answering; and the private calendar feeds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.series import Meeting


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    MAYBE = "maybe", _("If need be")
    NO = "no", _("No")


class Poll(models.Model):
    """Which of several times suits: asked of those who take part, until a day."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="poll")
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    chosen = models.ForeignKey("Candidate", models.SET_NULL, null=True, related_name="+")


class Candidate(models.Model):
    """One of the times of a poll, by the host's clock."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="candidates")
    local_date = models.DateField()
    local_time = models.TimeField()
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]


class PollAnswer(models.Model):
    """An administration's answer to one time; the last one given counts."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="answers")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    answer = models.CharField(max_length=5, choices=Answer)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "administration"], name="one_answer_to_a_candidate"
            )
        ]


class Reply(models.Model):
    """An administration's answer to the invitation. Names that are no accounts are sealed."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="replies")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    answer = models.CharField(max_length=5, choices=Answer)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_mail = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0, help_text="of the invitation it answers")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "administration"], name="one_reply_per_administration"
            )
        ]


class Delegate(models.Model):
    """Somebody with an account who comes for an administration."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="delegates")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_alternate = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "user"], name="each_delegate_once")]


class FeedKey(models.Model):
    """A person's private calendar address: only its hash is kept, and it can be taken back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_keys")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
