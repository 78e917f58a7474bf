"""The envelope in an administration's own safe: a code on paper that opens its key.

For the day on which nobody of the administration holds the key any more. Whoever holds it makes
the sheet; the public key of the code stands in the directory, countersigned by the present
epoch, so that neither a ghost nor a hand in the database puts another in its place; and every
later epoch is sealed to it in passing. Opening it makes the next epoch at once, because a code
that was typed in has been seen, and prints another sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from access.actors import Actor
from access.policy import Action, can, people_in_standing, require
from activity.events import Event
from activity.record import NoticeFacts, record
from vault import directory_lines as ledger
from vault import envelope_boxes
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, PersonKeys, make_secret
from vault.crypto.phrase import make_recovery_code, make_salt, read_recovery_code
from vault.crypto.recovery import envelope_key
from vault.directory import SECRETARIAT, Directory, EpochEntry, directory
from vault.envelope_boxes import EnvelopeState
from vault.epochs import acting, add_epoch, holders, next_epoch
from vault.grants import open_epochs


@dataclass(frozen=True, slots=True)
class Safe:
    """The facts about an administration's safe that the policy judges by."""

    administration: str
    founder: int | None  # who made the first key
    is_held: bool  # whether anybody who may holds the present key


class Opened(NamedTuple):
    """What opening gave: the next epoch, and the code of the sheet that replaces the former."""

    epoch: EpochEntry
    code: str


def safe_of(code: str) -> Safe:
    view = directory()
    first = view.epoch(code, 1)
    maker = view.person_at(first.made_by) if first else None
    return Safe(code, maker.user_id if maker else None, bool(holders(view, code)))


def may_seal(actor: Actor) -> bool:
    """For pages: whether the button is to be shown."""
    return bool(can(actor, Action.SEAL_ENVELOPE, safe_of(actor.administration)))


def may_open(actor: Actor) -> bool:
    """For pages: whether the field for the code is to be shown."""
    code = actor.administration
    has_one = directory().envelope(code) is not None
    return has_one and bool(can(actor, Action.OPEN_ENVELOPE, safe_of(code)))


def envelope_state(code: str) -> EnvelopeState:
    return envelope_boxes.state_of(directory(), code)


@transaction.atomic
def make_envelope(*, actor: Actor, keys: PersonKeys) -> str:
    """A new sheet for the safe; the former one opens nothing from now on. Returns the code.

    CannotOpen for whoever does not hold the administration's key.
    """
    view = ledger.hold()
    require(actor, Action.SEAL_ENVELOPE, safe_of(actor.administration))
    me = acting(view, actor, keys)
    if view.is_behind(me.administration):
        # Somebody who left still knows the present epoch, and could vouch for a sheet.
        next_epoch(actor, keys)
        view = directory()
    opened, present = open_epochs(me, keys, view), view.epoch(me.administration)
    if present is None or not opened or opened[0][0] != present.number:
        raise CannotOpen
    replaced = view.envelope(me.administration) is not None
    code = _new_sheet(keys, present, opened[0][1])
    record(
        actor,
        Event.ENVELOPE_MADE,
        f"accounts.administration:{me.administration}",
        detail={**_facts(me.administration), "replaced": replaced},
        audience=_people_of(me.administration),
        topics=[f"administration:{me.administration}"],
    )
    return code


@transaction.atomic
def open_envelope(*, actor: Actor, keys: PersonKeys, typed: str) -> Opened:
    """Take the key out of the envelope: for an officer in the directory, when nobody else of
    the administration holds it. CannotOpen if the code is not that of the sheet.

    What comes out countersigns the next epoch, which the officer grants herself.
    """
    view = ledger.hold()
    require(actor, Action.OPEN_ENVELOPE, safe_of(actor.administration))
    me = acting(view, actor, keys)
    former = envelope_boxes.open_with(view, me.administration, typed)
    secret = make_secret()
    epoch = add_epoch(actor, keys, secret, [me], former=former)
    code = _new_sheet(keys, epoch, EpochKeys.derive(secret))
    record(
        actor,
        Event.ENVELOPE_OPENED,
        f"accounts.administration:{me.administration}",
        detail=_facts(me.administration),
        audience=_people_of(me.administration, SECRETARIAT),
        notice=NoticeFacts(origin=me.administration),
        topics=[f"administration:{me.administration}"],
    )
    return Opened(epoch, code)


def _new_sheet(keys: PersonKeys, epoch: EpochEntry, epoch_keys: EpochKeys) -> str:
    code, salt = make_recovery_code(), make_salt()
    public = envelope_key(read_recovery_code(code), salt).public
    ledger.enter_envelope(keys, epoch.administration, public, salt, epoch_keys.signing)
    envelope_boxes.fill(directory(), epoch, epoch_keys)
    return code


def _facts(code: str) -> dict[str, object]:
    view: Directory = directory()
    envelope = view.envelope(code)
    assert envelope is not None, "it was just made"
    return {"envelope": envelope.number, "epoch": envelope.epoch, "key": envelope.key_id}


def _people_of(*codes: str) -> Q:
    return people_in_standing() & Q(appointments__administration__in=codes)
