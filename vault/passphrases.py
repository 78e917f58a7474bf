"""Passphrases and printed codes, as people use them: begin, change, recover, begin again.

Every act here is about the person's own key, so the question is not a role but whether it is
their own (`_own`). A phrase is asked for again each time; nothing here reads a session.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q

from access.actors import Actor
from activity.events import Event
from activity.outgoing import warn
from activity.record import record
from vault import directory_lines as ledger
from vault import remembered, slots
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys, make_secret
from vault.crypto.phrase import make_recovery_code, weak_reason
from vault.directory import is_founded, keep_pin
from vault.directory_rules import SECRETARIAT
from vault.models import EpochGrant, KeyClaim, KeySlot, SlotKind, VaultSession
from vault.slots import Lock

if TYPE_CHECKING:
    from accounts.models import User


log = logging.getLogger("iswg.vault")


class WeakPhrase(ValueError):
    """This passphrase would be guessed: `reason` is 'short' or 'common'."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, repr=False)  # no repr: secrets do not get into tracebacks and logs
class Beginning:
    """A person's new root, and the code that is shown once, to be printed."""

    root: bytes
    recovery_code: str

    @property
    def keys(self) -> PersonKeys:
        return PersonKeys.derive(self.root)


class Answers:
    """Answers the questions that libraries ask a user about passwords (accounts/ports.py)."""

    def has_passphrase(self, user: Any) -> bool:
        return KeySlot.objects.filter(user_id=user.pk, kind=SlotKind.PASSPHRASE).exists()

    def check(self, user: Any, passphrase: str) -> bool:
        return slots.is_passphrase(user, passphrase)


def person_keys(user: User, passphrase: str) -> PersonKeys:
    """The person's keys, for an act that asks for the phrase again; CannotOpen if it is wrong."""
    return PersonKeys.derive(slots.open_passphrase(user, passphrase))


def lock_for(passphrase: str) -> Lock:
    """Stretch a new phrase before a transaction begins; WeakPhrase if it would be guessed."""
    reason = weak_reason(passphrase)
    if reason:
        raise WeakPhrase(reason)
    return slots.make_lock(SlotKind.PASSPHRASE, passphrase)


def begin(*, actor: Actor, user: User, passphrase: str | Lock) -> Beginning:
    """Make a person's keys: two slots, and the public part that waits to be vouched for.

    Also after everything was lost: the former root, and drafts sealed under it, are gone.
    Within a transaction of the caller's, bring what `lock_for` made before it.
    """
    _own(actor, user)
    phrase_lock = lock_for(passphrase) if isinstance(passphrase, str) else passphrase
    beginning = Beginning(make_secret(), make_recovery_code())
    with transaction.atomic():
        remembered.begin(user.pk, remembered.remember_key(beginning.root))
        _make_slots(user, beginning, phrase_lock)
        public = beginning.keys.public.to_bytes()
        KeyClaim.objects.update_or_create(user=user, defaults={"public": public})
        EpochGrant.objects.filter(user=user).delete()
        _end_sessions(user)
        detail = {"first": True}
        record(actor, Event.RECOVERY_CODE_MADE, f"accounts.user:{user.pk}", detail=detail)
    return beginning


@transaction.atomic
def found_directory(*, actor: Actor, keys: PersonKeys) -> str:
    """Begin the directory: the first Secretariat officer signs her own line. Returns the pin."""
    if actor.user_id is None or actor.administration != SECRETARIAT or is_founded():
        raise PermissionDenied
    value = ledger.first_line(actor.user_id, actor.administration, keys)
    record(
        actor,
        Event.KEY_ENTERED,
        f"accounts.user:{actor.user_id}",
        detail={"key": keys.public.key_id, "pin": value},
    )
    transaction.on_commit(lambda: _show_pin(value))
    return value


def _show_pin(value: str) -> None:
    """Where the settings cannot hold it by themselves, the operator puts it there."""
    if not keep_pin(value):
        log.warning("the directory is founded: set ISWG_DIRECTORY_PIN=%s and start again", value)


def change_passphrase(*, actor: Actor, user: User, old: str, new: str) -> bytes:
    """A new phrase for the same keys; every session ends. Returns the root, to unlock this one.

    Whoever copied the database before and learns the former phrase can still open that copy:
    a phrase that somebody else knows asks for new keys (`begin`), not for a new phrase.
    """
    _own(actor, user)
    before, lock = slots.serials(user), lock_for(new)
    root = slots.open_passphrase(user, old)
    with transaction.atomic():
        _refuse_if_changed(user, before)
        slots.make_slot(user=user, lock=lock, root=root)
        _end_sessions(user)
        warn(person=user, event=Event.PASSPHRASE_CHANGED)
        record(actor, Event.PASSPHRASE_CHANGED, f"accounts.user:{user.pk}")
    return root


def recover(*, actor: Actor, user: User, code: str, passphrase: str) -> Beginning:
    """A new phrase with the printed code, which is used up: a new one comes back."""
    _own(actor, user)
    before, lock = slots.serials(user), lock_for(passphrase)
    beginning = Beginning(slots.open_recovery(user, code), make_recovery_code())
    with transaction.atomic():
        _refuse_if_changed(user, before)
        _make_slots(user, beginning, lock)
        _end_sessions(user)
        warn(person=user, event=Event.RECOVERY_CODE_USED)
        record(actor, Event.RECOVERY_CODE_USED, f"accounts.user:{user.pk}")
    return beginning


def renew_recovery_code(*, actor: Actor, user: User, passphrase: str) -> str:
    """A new printed code; the former one opens nothing any more."""
    _own(actor, user)
    before, code = slots.serials(user), make_recovery_code()
    root = slots.open_passphrase(user, passphrase)
    with transaction.atomic():
        _refuse_if_changed(user, before)
        lock = slots.make_lock(SlotKind.RECOVERY, code)
        slots.make_slot(user=user, lock=lock, root=root)
        detail = {"first": False}
        warn(person=user, event=Event.RECOVERY_CODE_MADE)
        record(actor, Event.RECOVERY_CODE_MADE, f"accounts.user:{user.pk}", detail=detail)
    return code


def _own(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise PermissionDenied


def _refuse_if_changed(user: User, before: dict[str, int]) -> None:
    """Lock the person's row, and stop if another window was quicker: a code is good once."""
    get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    if slots.serials(user) != before:
        raise CannotOpen


def _make_slots(user: User, beginning: Beginning, phrase_lock: Lock) -> None:
    code_lock = slots.make_lock(SlotKind.RECOVERY, beginning.recovery_code)
    for lock in (phrase_lock, code_lock):
        slots.make_slot(user=user, lock=lock, root=beginning.root)


def _end_sessions(user: User) -> None:
    """Every vault and every session of the person; the caller's own page signs in afresh."""
    VaultSession.objects.filter(user=user).delete()
    people = get_user_model()._default_manager.filter(Q(pk=user.pk))
    people.update(auth_epoch=F("auth_epoch") + 1)
    user.refresh_from_db(fields=["auth_epoch"])
