"""What people change about their own account."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access.actors import Actor
from accounts.models import User
from accounts.sessions import end_sessions_of
from activity.events import Event
from activity.record import record

SETTINGS = frozenset({"language", "zone", "theme", "shortcuts", "mail_now", "presence"})


def choose_language(*, actor: Actor, language: str) -> None:
    """Not recorded: how a page looks to its reader concerns nobody else."""
    User.objects.filter(pk=actor.user_id).update(language=language)


def change_settings(*, actor: Actor, **chosen: Any) -> User:
    """Language, clock, look, keys and mail of the actor's own account."""
    assert set(chosen) <= SETTINGS
    person = User.objects.get(pk=actor.user_id)
    for name, value in chosen.items():
        setattr(person, name, value)
    person.save(update_fields=list(chosen))
    return person


@transaction.atomic
def end_other_sessions(*, actor: Actor) -> User:
    """Every session and open socket of the actor ends; the caller keeps the one it is in."""
    person = User.objects.select_for_update().get(pk=actor.user_id)
    end_sessions_of(person)
    record(actor, Event.SESSIONS_ENDED, person, topics=[f"person:{person.pk}"])
    return person
