"""When an administration has lost every key: a new epoch that the former one cannot vouch for.

A member of a *third* administration witnesses it, after speaking with the people concerned.
Everybody is told, and nothing is sealed to it for 72 hours, except by who has compared the
fingerprint. What was sealed before stays closed to it until its authors send it again.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, people_in_standing, require
from activity.events import Event
from activity.record import record
from vault import directory_lines as ledger
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, EpochPublic, PersonKeys, make_secret
from vault.directory import EpochEntry, directory
from vault.epochs import acting, hand_over

WITNESS_WITHIN = datetime.timedelta(hours=1)


@dataclass(frozen=True, repr=False)  # no repr: the secret does not get into tracebacks and logs
class NewBeginning:
    """A proposed epoch: its secret stays with the proposer, the statement goes to the witness."""

    secret: bytes
    statement: dict[str, Any]

    @property
    def fingerprint(self) -> list[str]:
        """The eight words that the witness is told by voice."""
        return EpochKeys.derive(self.secret).public.fingerprint


@dataclass(frozen=True)
class Witnessed:
    """A witness's signature under a statement, and whose it is."""

    key_id: bytes
    signature: bytes


def propose(*, actor: Actor, keys: PersonKeys) -> NewBeginning:
    """Make the secret of a new epoch and the statement about it. Nothing is kept yet."""
    require(actor, Action.MAKE_EPOCH, actor.administration)
    me = acting(directory(), actor, keys)
    secret = make_secret()
    public = EpochKeys.derive(secret).public
    return NewBeginning(secret, ledger.break_statement(keys, me.administration, public))


def witness(*, actor: Actor, keys: PersonKeys, statement: dict[str, Any]) -> Witnessed:
    """Sign as a member of a third administration. The time is in the statement, so it is checked:
    an old statement would let the 72 hours pass before anybody is told."""
    code = statement["administration"]
    require(actor, Action.WITNESS_EPOCH, code)
    acting(directory(), actor, keys)
    said = datetime.datetime.fromisoformat(statement["witnessed_at"])
    if abs(timezone.now() - said) > WITNESS_WITHIN:
        raise CannotOpen
    return Witnessed(keys.public.key_id, ledger.sign_as_witness(keys, statement))


def told_to_witness(statement: dict[str, Any]) -> list[str]:
    """The eight words of the key in a statement, for the witness to compare."""
    return EpochPublic.from_bytes(statement["public"]).fingerprint


@transaction.atomic
def begin_again(
    *, actor: Actor, keys: PersonKeys, beginning: NewBeginning, witnessed: Witnessed
) -> EpochEntry:
    """Enter the witnessed epoch, granted to the proposer alone; colleagues are granted by voice."""
    view = ledger.hold()
    require(actor, Action.MAKE_EPOCH, actor.administration)
    me = acting(view, actor, keys)
    ledger.enter_broken_epoch(keys, beginning.statement, witnessed.key_id, witnessed.signature)
    epoch = directory().epoch(me.administration)
    assert epoch is not None
    hand_over(actor, keys, epoch, beginning.secret, [me])
    record(
        actor,
        Event.EPOCH_MADE,
        f"accounts.administration:{me.administration}",
        detail={"epoch": epoch.number, "broken": True, "witness": witnessed.key_id},
        audience=people_in_standing(),
    )
    return epoch
