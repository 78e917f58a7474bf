"""What may be looked up about people and administrations. Nothing here changes anything."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone, translation

from access.actors import Actor
from access.policy import Action, people_in_standing, visible
from access.roles import APPOINTS, PUBLISHES, Role
from accounts.models import (
    SECRETARIAT,
    Administration,
    AdministrationKind,
    Appointment,
    Invitation,
    Seat,
    User,
    in_force,
)
from accounts.spoken import fold_name

LARGEST_ID = 2**63 - 1


def today() -> datetime.date:
    return timezone.now().date()


def administration_of(actor: Actor) -> Administration:
    """The administration that this actor acts for. Pages: `language.administration_in`."""
    return Administration.objects.get(pk=actor.administration)


@cache
def _names() -> dict[str, tuple[str, str]]:
    return {
        code: (name, french)
        for code, name, french in Administration.objects.values_list("code", "name", "name_fr")
    }


def administration_label(code: str) -> str:
    """The name of an administration in the current language, for the lines of the journal.

    Remembered by each process: administrations come and are renamed once in years.
    """
    if code not in _names():
        _names.cache_clear()
    name, french = _names().get(code, (code, code))
    return french if translation.get_language() == "fr" and french else name


def members_on(day: datetime.date) -> QuerySet[Administration]:
    """The member administrations as of that day: 23 before May 2025, 24 since."""
    return Administration.objects.filter(
        in_force(day, "memberships__"), kind=AdministrationKind.MEMBER
    ).distinct()


def choosable_administrations() -> list[Administration]:
    """Whom something may be sent to, and who can be asked to take part, today: every member in
    standing, and the Secretariat, which comes last."""
    day = timezone.localdate()
    rows = Administration.objects.filter(
        Q(pk__in=members_on(day).values("pk")) | Q(pk=SECRETARIAT)
    ).exclude(suspended_on__lte=day)
    return sorted(rows, key=lambda one: (one.code == SECRETARIAT, fold_name(one.label)))


def seats_on(day: datetime.date) -> QuerySet[Seat]:
    """The seats of the working group as they were held that day."""
    return Seat.objects.filter(in_force(day)).select_related("administration", "alternate")


def administrations_for(actor: Actor) -> QuerySet[Administration]:
    """The administrations whose page this actor may see, by name, with today's seats."""
    seats = Prefetch("seats", Seat.objects.filter(in_force(today())), to_attr="seats_today")
    rows = visible(Administration.objects.all(), actor, Action.READ_ADMINISTRATION)
    return rows.prefetch_related(seats, "memberships")


def holders(roles: Iterable[Role], codes: Iterable[str] | None = None) -> QuerySet[Appointment]:
    """Appointments in force today, of people whose account is open."""
    rows = Appointment.objects.filter(
        in_force(today()), role__in=roles, user__is_active=True, user__asleep_since__isnull=True
    )
    if codes is not None:
        rows = rows.filter(administration__in=codes)
    return rows.select_related("user").order_by("administration", "user__name")


def contact_points(codes: Iterable[str] | None = None) -> dict[str, list[Appointment]]:
    """Who publishes and acknowledges for each administration."""
    found: dict[str, list[Appointment]] = {}
    for row in holders([role for role in PUBLISHES if role != Role.SECRETARIAT], codes):
        found.setdefault(row.administration_id, []).append(row)
    return found


def whom_to_ask(user: User) -> list[User]:
    """The colleagues who can help: the coordinators of the own administration, else the
    Secretariat. Nobody is turned away without a name."""
    codes = Appointment.objects.filter(user=user).values_list("administration", flat=True)
    for roles, where in ((APPOINTS, codes), ({Role.SECRETARIAT}, [SECRETARIAT])):
        held = Q(appointments__role__in=roles, appointments__administration__in=list(where))
        people = User.objects.filter(held & in_force(today(), "appointments__"))
        people = people.filter(people_in_standing()).exclude(pk=user.pk).distinct()
        if found := list(people.order_by("name")):
            return found
    return []


def people_of(administration: Administration) -> QuerySet[User]:
    """Everybody with an appointment there that has not ended, the suspended and asleep too."""
    current = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today()), administration=administration
    )
    return (
        User.objects.filter(appointments__in=current)
        .distinct()
        .prefetch_related(Prefetch("appointments", current, to_attr="appointments_here"))
        .order_by("name")
    )


def person_here(actor: Actor, person_id: int) -> User | None:
    """A person whose administration's people this actor may see; a stranger gets nothing."""
    if person_id > LARGEST_ID:
        return None  # an address typed by hand; the database would not even take the number
    codes = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today()), user=person_id
    ).values_list("administration", flat=True)
    if Role.SECRETARIAT not in actor.roles and actor.administration not in set(codes):
        return None
    return User.objects.filter(pk=person_id).first()


def open_invitations(code: str) -> QuerySet[Invitation]:
    """Invitations on their way: not accepted, not withdrawn; expired ones are shown as such."""
    return Invitation.objects.filter(
        administration=code, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).order_by("-made_at")


def invitation_here(actor: Actor, invitation_id: UUID) -> Invitation | None:
    """An invitation into an administration whose people this actor may see."""
    rows = Invitation.objects.filter(pk=invitation_id)
    if Role.SECRETARIAT not in actor.roles:
        rows = rows.filter(administration=actor.administration)
    return rows.first()


def with_second_factor(user_ids: Iterable[int]) -> set[int]:
    """Which of these people have set up a second factor."""
    from allauth.mfa.models import Authenticator

    rows = Authenticator.objects.filter(user__in=list(user_ids)).exclude(type="recovery_codes")
    return set(rows.values_list("user_id", flat=True))
