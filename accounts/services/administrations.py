"""Entering the administrations that the portal is for."""

from __future__ import annotations

from django.db import transaction

from access.actors import Actor
from accounts.administrations_data import (
    SEATS_HOW,
    SEATS_SINCE,
    SECRETARIAT_FACTS,
    Facts,
    kept_groups,
    members,
)
from accounts.models import (
    SECRETARIAT,
    Administration,
    AdministrationKind,
    Membership,
    RecipientGroup,
    Seat,
)
from activity.events import Event
from activity.record import record


@transaction.atomic
def seed_administrations(*, actor: Actor) -> int:
    """Enter whoever is missing and say how many; what stands there already is left alone."""
    known = set(Administration.objects.values_list("code", flat=True))
    fresh = [facts for facts in members() if facts.code not in known]
    for facts in fresh:
        _enter(facts)
    if SECRETARIAT not in known:
        Administration.objects.create(
            code=SECRETARIAT, kind=AdministrationKind.SECRETARIAT, **SECRETARIAT_FACTS
        )
    for group in kept_groups():
        row, is_new = RecipientGroup.objects.get_or_create(
            slug=group.slug, defaults={"name": group.name, "name_fr": group.name_fr}
        )
        if is_new:
            row.administrations.set(group.codes)
    for code in [facts.code for facts in fresh] + [SECRETARIAT] * (SECRETARIAT not in known):
        record(actor, Event.ADMINISTRATION_FOUNDED, f"accounts.administration:{code}")
    return len(fresh) + (SECRETARIAT not in known)


def _enter(facts: Facts) -> None:
    administration = Administration.objects.create(
        code=facts.code, kind=AdministrationKind.MEMBER, **facts.columns
    )
    Membership.objects.create(
        administration=administration, since=facts.member_since, source=facts.source
    )
    if facts.has_seat:
        Seat.objects.create(administration=administration, since=SEATS_SINCE, elected=SEATS_HOW)
