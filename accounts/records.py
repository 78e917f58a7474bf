"""What signing in and out leaves behind: a line in the journal, and when the last visit was.

Called from allauth's hooks and Django's signals, which know a request and no actor; what is
written is who, how, and from which network, never what was typed.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access.actors import Actor, current_actor
from access.addresses import shortened
from accounts.models import User
from activity.events import Event
from activity.record import record

DOOR = "sign_in"


def keep_previous_visit(user: User) -> None:
    """So that Home can say what is new since then; `last_login` is about to be now."""
    user.previous_visit = user.last_login
    user.save(update_fields=["previous_visit"])


@transaction.atomic
def signed_in(user: User, address: str, *, by_passkey: bool) -> None:
    record(_actor(user), Event.SIGNED_IN, user, detail={**_network(address), "passkey": by_passkey})


@transaction.atomic
def signed_out(user: User, address: str) -> None:
    record(_actor(user), Event.SIGNED_OUT, user, detail=_network(address))


@transaction.atomic
def sign_in_failed(email: str, address: str, *, second_factor: bool = False) -> None:
    """What was typed is looked up and not kept: it may be a passphrase in the wrong box."""
    person = User.objects.filter(email__iexact=email).first()
    detail = {**_network(address), "second_factor": second_factor}
    record(Actor.command(DOOR), Event.SIGN_IN_FAILED, person or "", detail=detail)


def _actor(user: User) -> Actor:
    actor = current_actor(user.pk)
    assert actor is not None
    return actor


def _network(address: str) -> dict[str, Any]:
    return {"network": shortened(address)}
