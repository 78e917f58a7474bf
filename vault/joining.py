"""Where people and keys meet: coming in by an invitation, opening up, and being shut out.

Each act here is one transaction over both halves. A person without keys, keys without a
person, or an account that is shut while its key still counts would each be half an act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest

from access.actors import Actor, current_actor
from access.policy import Action, can
from accounts.services import enter_invited, suspend
from accounts.tokens import voucher_of
from activity.events import Event
from activity.record import record
from vault import passphrases, sessions
from vault.colleagues import end_keys_of, enter_person, off_board, welcome
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.directory import DirectoryBroken, directory, is_founded
from vault.epochs import make_first_epoch, rotate_epoch

if TYPE_CHECKING:
    from accounts.models import Invitation, User
    from vault.open_vault import Vault
    from vault.passphrases import Beginning
    from vault.slots import Lock


@dataclass(frozen=True, repr=False)  # no repr: it holds the root and the printed code
class Arrival:
    """Somebody who has just come in. `pin` is there for the very first person only."""

    person: User
    beginning: Beginning
    pin: str = ""


def accept_invitation(*, invitation: Invitation, passphrase: str) -> Arrival:
    """A person, a role and keys of their own, from one good invitation.

    Nobody signs for the new key yet: a colleague does, after comparing words. Only the first
    person of all signs for herself, because there is nobody else.
    """
    # The slow half first: nobody shall wait for a stretched passphrase behind a database lock.
    lock = passphrases.lock_for(passphrase)
    with transaction.atomic():
        return _arrive(invitation, lock)


def _arrive(invitation: Invitation, lock: Lock) -> Arrival:
    person = enter_invited(actor=voucher_of(invitation), invitation=invitation)
    actor = _facts_of(person)
    beginning = passphrases.begin(actor=actor, user=person, passphrase=lock)
    pin = ""
    if not is_founded():
        pin = passphrases.found_directory(actor=actor, keys=beginning.keys)
    return Arrival(person, beginning, pin)


def open_up(*, actor: Actor, request: HttpRequest, user: User, root: bytes) -> Vault:
    """Open this session's vault, and do what waited for somebody with this key to come by.

    CannotOpen or DirectoryBroken if the keys do not fit together; nothing is changed then.
    """
    finish_waiting(actor=actor, keys=PersonKeys.derive(root))
    vault = sessions.unlock(request, user, root)
    with transaction.atomic():
        record(actor, Event.VAULT_UNLOCKED, user, detail={"granted": vault.is_granted})
    return vault


def finish_waiting(*, actor: Actor, keys: PersonKeys) -> None:
    """The administration's first key, once its first officer was vouched for; or the next one,
    after the Secretariat (who holds no key of ours) shut somebody's account."""
    code = actor.administration
    if not code or not can(actor, Action.MAKE_EPOCH, code):
        return
    view = directory()
    me = view.person(actor.user_id or 0)
    if me is None or me.administration != code or me.public != keys.public:
        return
    if view.epoch(code) is None:
        make_first_epoch(actor=actor, keys=keys)
    elif view.is_behind(code):
        _catch_up(actor, keys)


def _catch_up(actor: Actor, keys: PersonKeys) -> None:
    try:
        rotate_epoch(actor=actor, keys=keys)
    except CannotOpen:
        # Not granted the present key: the next colleague who is will do it.
        return


@transaction.atomic
def vouch(*, actor: Actor, keys: PersonKeys, person: User, compared: Sequence[str]) -> bool:
    """Enter a person's key, and hand over the administration's if it is the actor's to give.

    The Secretariat vouches for an administration's first officer and holds no key to hand
    over; whether one was handed over is the answer.
    """
    facts = current_actor(person.pk)
    if facts is not None and facts.administration == actor.administration:
        welcome(actor=actor, keys=keys, colleague=person, compared=compared)
        return True
    enter_person(actor=actor, keys=keys, person=person, compared=compared)
    return False


@transaction.atomic
def shut_out(*, actor: Actor, keys: PersonKeys, person: User) -> bool:
    """Suspend somebody and end their keys. Whether the administration has its new key at once.

    The account is shut in any case. If the actor cannot make the next key (the Secretariat, or
    a coordinator who was never granted the present one), the next colleague who unlocks does.
    """
    suspend(actor=actor, person=person)
    try:
        with transaction.atomic():
            made = off_board(actor=actor, keys=keys, leaver=person)
    except (CannotOpen, DirectoryBroken):
        end_keys_of(person)
        return False
    return made is not None


def _facts_of(person: User) -> Actor:
    facts = current_actor(person.pk)
    assert facts is not None
    return facts
