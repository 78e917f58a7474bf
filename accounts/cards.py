"""One administration as the lists show it: who, where, what time it is there, who to turn to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.language import known_zone
from accounts.models import Administration, Appointment, Membership, Seat
from accounts.ports import keys
from accounts.queries import administrations_for, contact_points, today
from accounts.spoken import fold_name


@dataclass(frozen=True, slots=True)
class Card:
    administration: Administration
    contacts: list[Appointment]
    seat: Seat | None
    membership: Membership | None
    ready: bool
    clock: datetime.datetime

    @property
    def is_suspended(self) -> bool:
        on = self.administration.suspended_on
        return on is not None and on <= today()

    @property
    def state(self) -> str:
        """`done` things can be sealed to it; `part` people but no key yet; `none` nobody yet."""
        if self.ready:
            return "done"
        return "part" if self.contacts else "none"

    @property
    def state_words(self) -> str:
        return {
            "done": _("Keys ready"),
            "part": _("Keys not ready yet"),
            "none": _("Nobody has joined yet"),
        }[self.state]


def cards_for(actor: Actor) -> list[Card]:
    """What this actor may see, by name. Five queries, however many administrations."""
    rows = list(administrations_for(actor))
    contacts = contact_points([row.pk for row in rows])
    ready = keys().ready()
    cards = [_card(row, contacts.get(row.pk, []), row.pk in ready) for row in rows]
    return sorted(cards, key=lambda card: fold_name(card.administration.label))


def _card(administration: Administration, contacts: list[Appointment], ready: bool) -> Card:
    seats = getattr(administration, "seats_today", [])
    memberships = sorted(administration.memberships.all(), key=lambda row: row.since)
    return Card(
        administration=administration,
        contacts=contacts,
        seat=seats[0] if seats else None,
        membership=memberships[-1] if memberships else None,
        ready=ready,
        # The wall clock there: without a zone, so that a template does not move it to ours.
        clock=timezone.now().astimezone(known_zone(administration.zone)).replace(tzinfo=None),
    )


def map_points(cards: list[Card], own: str) -> list[dict[str, Any]]:
    return [
        {
            "code": card.administration.pk,
            "name": card.administration.label,
            "state": card.state,
            "words": card.state_words,
            "url": reverse("accounts:administration", args=[card.administration.pk]),
            "me": card.administration.pk == own,
        }
        for card in cards
    ]
