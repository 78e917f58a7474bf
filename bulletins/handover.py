"""What of the bulletins hangs on a person who leaves: for the page that shuts an account."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from access.actors import current_actor
from accounts.ports import Handover, add_handover
from bulletins import queries


def register_handovers() -> None:
    add_handover(drafts_of)
    add_handover(waiting_with)


def drafts_of(person: Any) -> Handover:
    """Drafts are sealed for their author: whoever leaves has to send or copy them first."""
    return Handover(_("Drafts that only this person can open"), person.drafts.count())


def waiting_with(person: Any) -> Handover:
    actor = current_actor(person.pk)
    count = queries.waiting_count(actor) if actor else 0
    return Handover(_("Bulletins that the administration has not acknowledged"), count)
