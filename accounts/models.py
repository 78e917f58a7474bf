"""Who: administrations, the people who act for them, and the seats of the working group.

Everything that changes hands is dated, because a page about last year must show who held
what then. Nothing here hangs on a person: files, meetings and threads belong to
administrations, and a person acts for one of them at a time.
"""

from __future__ import annotations

import datetime
import secrets
import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from access.roles import Role
from accounts.spoken import spoken, spoken_languages, with_article

SECRETARIAT = "OCO"


def in_force(day: datetime.date, prefix: str = "") -> Q:
    """A filter for dated rows (`since`, `until`): those that hold on `day`, both ends included."""
    return Q(**{f"{prefix}since__lte": day}) & (
        Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": day})
    )


class AdministrationKind(models.TextChoices):
    MEMBER = "member", _("Member administration")
    SECRETARIAT = "secretariat", _("Secretariat")
    PARTNER = "partner", _("Partner agency")


class Administration(models.Model):
    """One customs administration, the Secretariat, or a partner agency.

    The unit that owns, receives, acknowledges and signs. Known by its two-letter code;
    the Secretariat is `OCO` and is never counted among the 24.
    """

    code = models.CharField(max_length=8, primary_key=True)
    kind = models.CharField(max_length=12, choices=AdministrationKind)
    name = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    service = models.CharField(max_length=160, blank=True)
    service_fr = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=40, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    zone = models.CharField(max_length=40, default="UTC")
    zones = models.TextField(blank=True, help_text="every zone of its territory, one per line")
    suspended_on = models.DateField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_fr if translation.get_language() == "fr" and self.name_fr else self.name

    @property
    def service_label(self) -> str:
        french = translation.get_language() == "fr" and self.service_fr
        return self.service_fr if french else self.service or self.label

    @property
    def in_sentence(self) -> str:
        """The name after "for" and "by": French wants its article there."""
        return with_article(self.code, self.label)

    @property
    def city_label(self) -> str:
        return spoken(self.city)

    @property
    def region_label(self) -> str:
        return spoken(self.region)

    @property
    def languages_label(self) -> str:
        return spoken_languages(self.languages)

    @property
    def is_member(self) -> bool:
        return self.kind == AdministrationKind.MEMBER


class Membership(models.Model):
    """A stretch of time during which an administration belongs to the organisation."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    @property
    def source_label(self) -> str:
        return spoken(self.source)


class Seat(models.Model):
    """One of the six seats of the working group, for as long as an administration holds it."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="seats")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    elected = models.CharField(max_length=200, help_text="how it came about, in words")
    alternate = models.ForeignKey(
        Administration, models.PROTECT, null=True, blank=True, related_name="alternate_seats"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration"],
                condition=Q(until__isnull=True),
                name="an_administration_holds_one_open_seat",
            )
        ]

    @property
    def elected_label(self) -> str:
        return spoken(self.elected)


class People(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)

    def enter(self, *, email: str, name: str, **facts) -> User:
        """A new person without any passphrase: a key slot is made when they accept."""
        person = self.model(email=self.normalize_email(email).lower(), name=name, **facts)
        person.set_unusable_password()
        person.save()
        return person


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person with an account. Roles come from appointments, never from flags here.

    The password column stays unusable: the passphrase lives in a key slot (vault/slots.py),
    and `check_password` asks there, so that every library that asks gets a true answer.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    asleep_since = models.DateTimeField(null=True, blank=True)
    auth_epoch = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=5, default="en")
    zone = models.CharField(max_length=40, blank=True)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(default=True)
    presence = models.BooleanField(default=False)  # others see that this person reads, and writes
    mail_now = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    previous_visit = models.DateTimeField(null=True, blank=True)

    objects = People()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.name

    def has_usable_password(self) -> bool:
        """Whether a passphrase slot exists: asked by libraries that guard second factors."""
        from accounts.ports import passphrases

        return passphrases().has_passphrase(self)

    def check_password(self, raw_password: str) -> bool:
        from accounts.ports import passphrases

        return passphrases().check(self, raw_password)

    def get_session_auth_hash(self) -> str:
        """Changes with the auth epoch, which ends every session of this person."""
        from django.utils.crypto import salted_hmac

        return salted_hmac("accounts.session", f"{self.pk}:{self.auth_epoch}").hexdigest()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return self.get_session_auth_hash()

    def get_session_auth_fallback_hash(self):
        return iter(())


class Appointment(models.Model):
    """Who holds which role for which administration, from when until when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=12, choices=Role)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    alternate_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="alternates"
    )
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "until"], name="appointment_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "administration", "role"],
                condition=Q(until__isnull=True),
                name="one_open_appointment_per_role",
            )
        ]


def in_three_days() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=72)


class Invitation(models.Model):
    """A single-use way in, bound to an address, an administration and a role.

    Only the hash of the token is kept, so that a copy of the database invites nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token_hash = models.BinaryField(max_length=32, unique=True)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role)
    language = models.CharField(max_length=5, default="en")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_three_days)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    @staticmethod
    def make_token() -> str:
        return secrets.token_urlsafe(32)


class Attempt(models.Model):
    """How often something was tried of late (accounts/attempts.py). The key is a keyed hash."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    until = models.DateTimeField(db_index=True)


class RecipientGroup(models.Model):
    """A named set of administrations that the composer expands to names and freezes.

    Computed groups (all members, the six seats) live in accounts/groups.py; these are kept.
    """

    slug = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    administrations = models.ManyToManyField(Administration)

    @property
    def label(self) -> str:
        return self.name_fr if translation.get_language() == "fr" else self.name
