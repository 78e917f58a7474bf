"""Which meeting, of whom, when: the series by fiscal year and quarter, and everything else."""

from __future__ import annotations

import datetime
import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.grants import PersonalGrant
from vault.circles import audience_of


class Counting(models.TextChoices):
    """Who counts for the quorum of a group."""

    SEATS = "seats", _("The elected seats")
    MEMBERS = "members", _("All member administrations")
    LISTED = "listed", _("The administrations invited")


class Group(models.Model):
    """A body that meets: the working group, or a committee of the organisation."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    counting = models.CharField(max_length=8, choices=Counting, default=Counting.SEATS)
    quorum = models.PositiveSmallIntegerField(
        null=True, help_text="how many of those who count; empty: more than half"
    )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_fr if translation.get_language() == "fr" else self.name


class Kind(models.TextChoices):
    QUARTERLY = "quarterly", _("Quarterly meeting")
    EXTRAORDINARY = "extraordinary", _("Extraordinary session")
    CIRCULATION = "circulation", _("Decision out of session")
    COURSE = "course", pgettext_lazy("training", "Course")
    MISSION = "mission", _("Mission")
    COMMITTEE = "committee", _("Committee")


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    INVITED = "invited", _("Invited")
    LIVE = "live", _("Under way")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Format(models.TextChoices):
    VIRTUAL = "virtual", _("By video")
    IN_PERSON = "in_person", _("In person")
    HYBRID = "hybrid", _("In person and by video")


class Meeting(models.Model):
    """One meeting. Its time is kept as its host's wall clock and zone; `starts_at` follows from
    them and from the zone rules of `zone_rules`, and is worked out again when those change."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    ref = models.CharField(max_length=12, unique=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=14, choices=Kind)
    fiscal_year = models.CharField(max_length=7)
    quarter = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    origin = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    host = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    chair = models.ForeignKey(
        "accounts.Administration", models.PROTECT, null=True, related_name="+"
    )
    format = models.CharField(max_length=10, choices=Format, default=Format.VIRTUAL)
    zone = models.CharField(max_length=40)
    local_date = models.DateField(null=True)
    local_time = models.TimeField(null=True)
    minutes = models.PositiveSmallIntegerField(default=120)
    starts_at = models.DateTimeField(null=True)
    zone_rules = models.CharField(max_length=12, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    time_sequence = models.PositiveIntegerField(
        default=0, help_text="the sequence since which its time is what it is: older answers lapse"
    )
    replies_due_on = models.DateField(null=True)
    papers_due_on = models.DateField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="following")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    current_item = models.ForeignKey(
        "meetings.AgendaItem", models.SET_NULL, null=True, related_name="+"
    )
    minutes_state = models.CharField(max_length=10, default="none")
    comments_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-starts_at"], name="meetings_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "fiscal_year", "quarter"],
                condition=models.Q(kind="quarterly"),
                name="one_meeting_a_quarter",
            )
        ]

    def __str__(self) -> str:
        return self.ref

    # What the policy looks at. Both lists are read once per object, or prefetched by a query.

    @cached_property
    def holder_codes(self) -> frozenset[str]:
        """The administrations that take part, the one that prepares it among them."""
        return frozenset(row.administration_id for row in self.participants.all())

    @cached_property
    def named_ids(self) -> frozenset[int]:
        """Invited observers, by name."""
        return frozenset(grant.user_id for grant in self.named_officers.all())

    @property
    def audience(self) -> list[str]:
        return audience_of(self)

    @property
    def ends_at(self) -> datetime.datetime | None:
        return self.starts_at + datetime.timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def uid(self) -> str:
        """What calendars know it by, for ever."""
        return f"{self.uuid}@iswg"

    @property
    def is_live(self) -> bool:
        return self.state == State.LIVE

    @property
    def takes_comments(self) -> bool:
        return self.minutes_state == "circulated"

    @property
    def is_over(self) -> bool:
        return self.state in {State.HELD, State.CANCELLED}


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")


class Participant(models.Model):
    """An administration that takes part in a meeting. Having a row means being in."""

    pk = models.CompositePrimaryKey("administration_id", "meeting_id")
    administration = models.ForeignKey(
        "accounts.Administration", models.PROTECT, db_index=False, related_name="+"
    )
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    invited_at = models.DateTimeField(null=True)


class MeetingOfficer(PersonalGrant):
    """An observer who takes part by name."""

    content_object = models.ForeignKey(Meeting, models.CASCADE, related_name="named_officers")
