"""What happens while a meeting is under way: who is there, who speaks, what is decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.models.agenda import AgendaItem
from meetings.models.series import Meeting


class Part(models.TextChoices):
    """In what capacity somebody attends."""

    SEAT = "seat", _("For a seat")
    ALTERNATE = "alternate", _("Alternate for a seat")
    DELEGATE = "delegate", _("Delegate")
    OBSERVER = "observer", _("Observer")
    SECRETARIAT = "secretariat", _("Secretariat")


class Attendance(models.Model):
    """A stretch of time during which somebody was there; who comes back has another row.

    With `apology` the administration said that it would not come, and there are no times.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    part = models.CharField(max_length=12, choices=Part)
    for_seat = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    apology = models.BooleanField(default=False)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["meeting", "administration"], name="attendance_of_meeting")]


class Hand(models.Model):
    """A wish to speak. Points of order come first, then the order in which hands went up."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="hands")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    point_of_order = models.BooleanField(default=False)
    raised_at = models.DateTimeField(default=timezone.now)
    called_at = models.DateTimeField(null=True)
    lowered_at = models.DateTimeField(null=True)


class Method(models.TextChoices):
    CONSENSUS = "consensus", _("Consensus")
    VOTE = "vote", _("Vote")
    SILENCE = "silence", _("Silence procedure")


class Result(models.TextChoices):
    AGREED = "agreed", pgettext_lazy("a decision", "Agreed")
    REJECTED = "rejected", _("Not agreed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    BROKEN = "broken", _("Silence broken")


class Proposal(models.Model):
    """The text of a decision put on the screen, and what became of it. Its words are sealed."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="proposals")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="proposals")
    method = models.CharField(max_length=10, choices=Method)
    opened_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(null=True, help_text="of a silence procedure")
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    seats = models.JSONField(default=list, help_text="codes of those who vote in it")
    present = models.JSONField(default=list, help_text="of these, who was there when it closed")

    @property
    def seat_codes(self) -> frozenset[str]:
        return frozenset(self.seats)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Choice(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    ABSTAIN = "abstain", _("Abstain")
    OBJECT = "object", _("Objects")


class Ballot(models.Model):
    """How a seat voted, or who broke the silence. Named, and in the record."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="ballots")
    seat = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "seat"], name="one_ballot_per_seat")
        ]
