"""Bulletins: what is clear about them, what is sealed, and who received them.

Clear: product type, label, urgency, dates, state, revision, recipients. Everything else is
sealed in `Revision`; the policy decides who may ask for it, and the keys who can read it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from access.grants import PersonalGrant
from bulletins.content import ENTITY_LIMIT
from wording.markings import Tlp


class ProductType(models.TextChoices):
    ALERT = "alert", _("Alert")
    BULLETIN = "bulletin", _("Intelligence bulletin")
    PROFILE = "profile", _("Profile")
    MO = "mo", _("Modus operandi report")
    RFI = "rfi", _("Request for information")
    SEIZURE = "seizure", _("Seizure report")
    THREAT = "threat", _("Threat assessment")
    OPS = "ops", _("Operation report")


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("Routine")
    PRIORITY = "priority", _("Priority")
    IMMEDIATE = "immediate", _("Immediate")


class State(models.TextChoices):
    ISSUED = "issued", _("Issued")
    SUPERSEDED = "superseded", _("Superseded")
    RECALLED = "recalled", _("Recalled")


class Bulletin(models.Model):
    """One issued product. `id` orders by issue; `uuid` is what seals bind; `ref` is read aloud."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    ref = models.CharField(max_length=12, unique=True)
    product_type = models.CharField(max_length=10, choices=ProductType)
    tlp = models.CharField(max_length=20, choices=Tlp)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    origin = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.ISSUED)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["origin", "-id"], name="bulletins_of_origin"),
        ]

    def __str__(self) -> str:
        return self.ref

    # What the policy looks at. Both lists are read once per object, or prefetched by a query.

    @cached_property
    def holder_codes(self) -> frozenset[str]:
        """Every administration that holds it, the originator among them."""
        return frozenset(row.administration_id for row in self.recipients.all())

    @cached_property
    def addressee_codes(self) -> frozenset[str]:
        return frozenset(
            row.administration_id for row in self.recipients.all() if row.place == Place.TO
        )

    @cached_property
    def named_ids(self) -> frozenset[int] | None:
        """For TLP:RED, the people it was addressed to (and its author); otherwise None."""
        if self.tlp != Tlp.RED:
            return None
        return frozenset(grant.user_id for grant in self.named_officers.all())


class Revision(models.Model):
    """The sealed words of one revision."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    sealed_title = models.BinaryField()
    sealed_content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="one_row_per_revision")
        ]


class Entity(models.Model):
    """That a bulletin names something: how many things, and under which id a discussion is about
    one. What it is lies sealed among the words (`content.EntityFact`).

    The id follows from the bulletin's own: a row that a hand puts to another bulletin names
    nothing there, which is seen without a key."""

    uuid = models.UUIDField(unique=True)
    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="entities")

    @property
    def is_genuine(self) -> bool:
        places = range(ENTITY_LIMIT)
        return any(self.uuid == entity_id(self.bulletin.uuid, place) for place in places)


def entity_id(bulletin: uuid.UUID, place: int) -> uuid.UUID:
    """The id of the thing that stands at a place (from 0) among those that a bulletin names."""
    return uuid.uuid5(bulletin, f"entity {place}")


class Place(models.TextChoices):
    TO = "to", _("Recipient")
    ORIGIN = "origin", _("Originator")


class Outcome(models.TextChoices):
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACTED = "acted", _("Acted on")
    NOTHING = "nothing", _("Nothing to report")


class Recipient(models.Model):
    """An administration that holds a bulletin, frozen at publication, and its ledger.

    `named_only` marks the administrations of TLP:RED: there the named officers read, and
    nobody else (bulletins.NamedOfficer). The originator has a row too (`place`), so that one
    index answers every list.
    """

    pk = models.CompositePrimaryKey("administration_id", "bulletin_id")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, db_index=False)
    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="recipients")
    place = models.CharField(max_length=6, choices=Place, default=Place.TO)
    named_only = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["administration", "place", "-bulletin"], name="recipients_in_a_box"
            ),
            models.Index(
                fields=["administration", "-bulletin"],
                condition=models.Q(place="to", acknowledged_at=None),
                name="recipients_waiting",
            ),
        ]


class ReadMark(models.Model):
    """This person has opened this bulletin (for the dot in the list; the ledger is Recipient)."""

    pk = models.CompositePrimaryKey("user_id", "bulletin_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    bulletin = models.ForeignKey(Bulletin, models.CASCADE, db_index=False)


class AdministrationCount(models.Model):
    """How many bulletins an administration has received (not those for named officers)."""

    administration = models.OneToOneField(
        "accounts.Administration", models.CASCADE, primary_key=True
    )
    received = models.BigIntegerField(default=0)


class PersonCount(models.Model):
    """How many of the bulletins received a person has read, and how many name that person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    administration = models.ForeignKey("accounts.Administration", models.CASCADE)
    read = models.BigIntegerField(default=0)
    named = models.BigIntegerField(default=0)


class Draft(models.Model):
    """Work in progress, sealed for its author alone, kept on the server as one types."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["author", "-saved_at"], name="drafts_of_author")]


class NamedOfficer(PersonalGrant):
    """An officer to whom a TLP:RED bulletin was addressed by name."""

    content_object = models.ForeignKey(Bulletin, models.CASCADE, related_name="named_officers")
