"""Key slots: a person's root, locked with a passphrase or with a printed code.

    blob = env(pepper, salt 16 | verifier 32 | env(slot key, root))

One Argon2id run gives the verifier that answers a log-in and the key that opens the slot. The
pepper is the outer layer (see pepper.py). Whoever has no slot, or no account, costs the server
exactly as much as whoever mistyped: the same row is gone through, with nothing in it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from vault import remembered
from vault.argon import stretch_in_turn
from vault.crypto.context import context
from vault.crypto.derive import make_secret
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.phrase import (
    SALT_LENGTH,
    ArgonCost,
    Stretched,
    make_salt,
    read_recovery_code,
    stretch_code,
)
from vault.models import KeySlot, SlotKind
from vault.pepper import current_pepper, open_with, seal_with

if TYPE_CHECKING:
    from accounts.models import User

_VERIFIER_LENGTH = 32


@dataclass(frozen=True, repr=False)  # no repr: secrets do not get into tracebacks and logs
class Lock:
    """What a new slot will be locked with: the slow half, made before anything is written."""

    kind: SlotKind
    salt: bytes
    cost: ArgonCost
    stretched: Stretched


def make_lock(kind: SlotKind, secret: str) -> Lock:
    """Stretch a secret for a new slot. Outside a transaction: on SQLite nobody else could write
    meanwhile, and this may stand in a queue."""
    cost, salt = settings.ARGON_COST, make_salt()
    return Lock(kind, salt, cost, _stretched(kind, secret, salt, cost))


@transaction.atomic
def make_slot(*, user: User, lock: Lock, root: bytes) -> KeySlot:
    """Lock `root` with it; the person's former slot of the kind is gone."""
    former = KeySlot.objects.select_for_update().filter(user=user, kind=lock.kind)
    serial = serials(user).get(lock.kind, 0) + 1
    former.delete()
    slot = KeySlot(user_id=user.pk, kind=lock.kind, serial=serial, pepper_id=current_pepper())
    _set_cost(slot, lock.cost)
    slot.blob = _locked(slot, lock.salt, lock.stretched, root)
    slot.save(force_insert=True)
    remembered.keep_slot(slot, root)
    return slot


def serials(user: User) -> dict[str, int]:
    """Which slots a person has now: another answer later means that somebody changed one."""
    return dict(KeySlot.objects.filter(user=user).values_list("kind", "serial"))


def open_passphrase(user: User | None, passphrase: str) -> bytes:
    """The root of this person; CannotOpen if the phrase is wrong, Busy if too many wait."""
    return _open(user, SlotKind.PASSPHRASE, passphrase)


def open_recovery(user: User | None, code: str) -> bytes:
    """The same with the printed code, however it was typed."""
    return _open(user, SlotKind.RECOVERY, code)


def is_passphrase(user: User | None, passphrase: str) -> bool:
    try:
        open_passphrase(user, passphrase)
    except CannotOpen:
        return False
    return True


def _open(user: User | None, kind: SlotKind, secret: str) -> bytes:
    slot = _slot_of(user, kind) or _empty_slot(kind)
    body = open_with(slot.pepper_id, _where(slot), bytes(slot.blob))
    salt = body[:SALT_LENGTH]
    verifier = body[SALT_LENGTH : SALT_LENGTH + _VERIFIER_LENGTH]
    stretched = _stretched(slot.kind, secret, salt, _cost(slot))
    if not hmac.compare_digest(verifier, stretched.verifier):
        raise CannotOpen
    root = open_sealed(stretched.kek, _where(slot), body[SALT_LENGTH + _VERIFIER_LENGTH :])
    remembered.refuse_former_slot(slot, root)
    return root


def _slot_of(user: User | None, kind: SlotKind) -> KeySlot | None:
    # For nobody the table is asked too: the time of a query is a hint as well.
    return KeySlot.objects.filter(user_id=user.pk if user else 0, kind=kind).first()


def _empty_slot(kind: SlotKind) -> KeySlot:
    """A slot of nobody that no secret opens, made like any other but for the Argon2id run."""
    slot = KeySlot(user_id=0, kind=kind, serial=0, pepper_id=current_pepper())
    _set_cost(slot, settings.ARGON_COST)
    random = Stretched(kek=make_secret(), verifier=make_secret())
    slot.blob = _locked(slot, make_salt(), random, make_secret())
    return slot


def _locked(slot: KeySlot, salt: bytes, stretched: Stretched, root: bytes) -> bytes:
    inner = seal(stretched.kek, _where(slot), root)
    return seal_with(slot.pepper_id, _where(slot), salt + stretched.verifier + inner)


def _stretched(kind: str, secret: str, salt: bytes, cost: ArgonCost) -> Stretched:
    if kind == SlotKind.RECOVERY:
        # 160 random bits need no slowing down, and recovery must not queue with the log-ins.
        return stretch_code(read_recovery_code(secret), salt)
    return stretch_in_turn(secret, salt, cost)


def _where(slot: KeySlot) -> bytes:
    """Whose slot, of which kind, and how it was stretched: none of it can be exchanged."""
    cost = (slot.memory_kib, slot.passes, slot.lanes)
    return context("iswg/v1/slot", slot.user_id, slot.kind, slot.serial, *cost)


def _set_cost(slot: KeySlot, cost: ArgonCost) -> None:
    slot.memory_kib, slot.passes, slot.lanes = cost.memory_kib, cost.passes, cost.lanes


def _cost(slot: KeySlot) -> ArgonCost:
    try:
        return ArgonCost(slot.memory_kib, slot.passes, slot.lanes)
    except ValueError:
        raise CannotOpen from None


def keep_current(user: User, passphrase: str, root: bytes) -> None:
    """At a log-in, when phrase and root are both there: a slot of an older price is made again.

    Until then the time of an answer tells such a person from a name nobody has; raise the
    price when few remain who never sign in.
    """
    slot = _slot_of(user, SlotKind.PASSPHRASE)
    if slot is not None and _cost(slot) != settings.ARGON_COST:
        make_slot(user=user, lock=make_lock(SlotKind.PASSPHRASE, passphrase), root=root)


@transaction.atomic
def renew_pepper(slot_id: int) -> bool:
    """Put one slot under the current pepper, without opening what is inside."""
    slot = KeySlot.objects.select_for_update().filter(pk=slot_id).first()
    if slot is None or slot.pepper_id == current_pepper():
        return False
    body = open_with(slot.pepper_id, _where(slot), bytes(slot.blob))
    slot.pepper_id = current_pepper()
    slot.blob = seal_with(slot.pepper_id, _where(slot), body)
    slot.save(update_fields=["pepper_id", "blob"])
    return True


def outer_layer_opens(slot: KeySlot) -> bool:
    """Whether a pepper of ours fits this row as it stands; says nothing about what is inside."""
    try:
        open_with(slot.pepper_id, _where(slot), bytes(slot.blob))
    except CannotOpen:
        return False
    return True
