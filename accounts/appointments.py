"""Whether an appointment fits, and how it is entered. Who may make it, services ask before."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from access.actors import Actor
from access.roles import Role
from accounts.actors import find_actor
from accounts.models import SECRETARIAT, Administration, AdministrationKind, Appointment, User


class CannotAppoint(ValueError):
    """An appointment that the rules of membership exclude; the message is for the person."""


def enter_appointment(appointment: Appointment) -> Appointment:
    """Save it if it fits: a person acts for one administration at a time."""
    refuse_misfit(appointment.administration, Role(appointment.role))
    elsewhere = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=appointment.since), user=appointment.user
    ).exclude(administration=appointment.administration)
    if elsewhere.exists():
        raise CannotAppoint(_("This person still acts for another administration."))
    appointment.save()
    return appointment


def refuse_misfit(administration: Administration, role: Role) -> None:
    """A partner's people observe; Secretariat officers work for the Secretariat."""
    if administration.kind == AdministrationKind.PARTNER and role != Role.OBSERVER:
        raise CannotAppoint(_("People of a partner agency are observers."))
    if role == Role.SECRETARIAT and administration.pk != SECRETARIAT:
        raise CannotAppoint(_("Only the Secretariat itself has Secretariat officers."))


def held_today(person: User) -> Actor | None:
    """The person's facts, if they hold any role; else there is nobody to outrank."""
    facts = find_actor(person.pk)
    return facts if facts is not None and facts.roles else None


def facts_of(appointment: Appointment) -> dict[str, str]:
    """What the journal says about an appointment."""
    return {"role": appointment.role, "for": appointment.administration_id}
