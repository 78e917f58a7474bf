"""What is done to people: appointed, suspended, woken, put to sleep.

Acting on a person takes a higher rank than that person's own, in every path; the policy says
so, and each service here asks it about the facts as of now, under a lock on the person.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from access.roles import Role
from accounts.actors import find_actor
from accounts.models import SECRETARIAT, Administration, AdministrationKind, Appointment, User
from accounts.queries import whom_to_ask
from accounts.services.own import end_sessions_of
from activity.events import Event
from activity.record import record

SLEEPS_AFTER = datetime.timedelta(days=90)


class CannotAppoint(ValueError):
    """An appointment that the rules of membership exclude; the message is for the person."""


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    person: User,
    administration: Administration,
    role: Role,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Appointment:
    """Give `person` a role; they act for one administration at a time."""
    person = User.objects.select_for_update().get(pk=person.pk)
    appointment = Appointment(
        user=person,
        administration=administration,
        role=role,
        since=since or timezone.now().date(),
        until=until,
        made_by_id=actor.user_id,
    )
    require(actor, Action.INVITE, appointment)
    if current := held_today(person):
        require(actor, Action.SUSPEND_PERSON, current)
    return enter_appointment(actor, appointment)


def enter_appointment(actor: Actor, appointment: Appointment) -> Appointment:
    """Save an appointment that somebody was entitled to make, if it fits."""
    refuse_misfit(appointment.administration, Role(appointment.role))
    elsewhere = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=appointment.since), user=appointment.user
    ).exclude(administration=appointment.administration)
    if elsewhere.exists():
        raise CannotAppoint(_("This person still acts for another administration."))
    appointment.save()
    detail = {"role": appointment.role, "for": appointment.administration_id}
    record(actor, Event.APPOINTED, appointment.user, detail=detail)
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


@transaction.atomic
def suspend(*, actor: Actor, person: User) -> User:
    """Shut an account at once: sessions, sockets and vaults end with this transaction.

    The keys are a second matter: vault/leaving.py revokes them in the same transaction.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    require(actor, Action.SUSPEND_PERSON, find_actor(person.pk))
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions_of(person)
    record(actor, Event.PERSON_SUSPENDED, person, topics=[f"person:{person.pk}"])
    return person


@transaction.atomic
def wake(*, actor: Actor, person: User) -> User:
    """Open a sleeping account again; nothing was lost, so nothing has to be given back."""
    person = User.objects.select_for_update().get(pk=person.pk)
    require(actor, Action.WAKE_PERSON, find_actor(person.pk))
    person.asleep_since = None
    person.last_login = timezone.now()
    person.save(update_fields=["asleep_since", "last_login"])
    record(actor, Event.PERSON_WOKEN, person, audience=Q(pk=person.pk))
    return person


@transaction.atomic
def put_to_sleep(*, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Nightly: accounts unused for 90 days sleep until a colleague wakes them."""
    unused_since = (now or timezone.now()) - SLEEPS_AFTER
    sleepers = User.objects.select_for_update().filter(
        Q(last_login__lt=unused_since) | Q(last_login__isnull=True, joined_at__lt=unused_since),
        is_active=True,
        asleep_since__isnull=True,
    )
    for person in sleepers:
        person.asleep_since = now or timezone.now()
        person.save(update_fields=["asleep_since"])
        end_sessions_of(person)
        can_wake = Q(pk__in=[colleague.pk for colleague in whom_to_ask(person)])
        record(actor, Event.PERSON_SLEEPS, person, audience=can_wake)
    return len(sleepers)
