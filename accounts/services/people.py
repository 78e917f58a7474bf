"""What is done to people: appointed, suspended, woken, put to sleep.

Acting on a person takes a higher rank than that person's own, in every path; the policy says
so, and each service here asks it about the facts as of now, under a lock on the person.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from access.roles import Role
from accounts.actors import find_actor
from accounts.appointments import enter_appointment, facts_of, held_today
from accounts.models import Administration, Appointment, User
from accounts.queries import whom_to_ask
from accounts.sessions import end_sessions_of
from activity.events import Event
from activity.record import record

SLEEPS_AFTER = datetime.timedelta(days=90)


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
    enter_appointment(appointment)
    record(actor, Event.APPOINTED, person, detail=facts_of(appointment))
    return appointment


@transaction.atomic
def suspend(*, actor: Actor, person: User) -> User:
    """Shut an account at once: sessions, sockets and vaults end with this transaction.

    The keys are a second matter: vault/joining.py revokes them in the same transaction.
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
    """Nightly: accounts unused for 90 days sleep until a colleague wakes them.

    Whoever nobody could wake stays awake: a portal left alone for a season must open again.
    """
    unused_since = (now or timezone.now()) - SLEEPS_AFTER
    sleepers = User.objects.select_for_update().filter(
        Q(last_login__lt=unused_since) | Q(last_login__isnull=True, joined_at__lt=unused_since),
        is_active=True,
        asleep_since__isnull=True,
    )
    return sum(_put_to_sleep(actor, person, now or timezone.now()) for person in sleepers)


def _put_to_sleep(actor: Actor, person: User, now: datetime.datetime) -> bool:
    can_wake = [colleague.pk for colleague in whom_to_ask(person)]
    if not can_wake:
        return False
    person.asleep_since = now
    person.save(update_fields=["asleep_since"])
    end_sessions_of(person)
    record(actor, Event.PERSON_SLEEPS, person, audience=Q(pk__in=can_wake))
    return True
