"""Colleagues whose keys are made, and who wait for somebody to grant them the administration's."""

from __future__ import annotations

from access.actors import Actor, current_actor
from access.policy import Action, can, people_in_standing
from access.roles import READS
from accounts.models import User
from vault.directory import directory, is_founded
from vault.epochs import holds_grant
from vault.models import KeyClaim


def waiting_for_key(actor: Actor) -> list[User]:
    """The people whom this actor may grant the key, and who have made theirs."""
    if not is_founded():
        return []
    view = directory()
    people = (
        User.objects.filter(
            people_in_standing(),
            appointments__administration=actor.administration,
            appointments__role__in=READS,
            pk__in=KeyClaim.objects.values("user"),
        )
        .distinct()
        .order_by("name")
    )
    waiting = []
    for person in people:
        entry = view.person(person.pk)
        if entry is not None and holds_grant(view, entry):
            continue
        if can(actor, Action.GRANT_KEYS, current_actor(person.pk)):
            waiting.append(person)
    return waiting
