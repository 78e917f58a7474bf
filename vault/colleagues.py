"""Joining and leaving, as far as keys are concerned.

*Join*: a person makes keys of her own; somebody who may vouches for them in the directory,
after comparing eight words by voice, and hands over the administration's key.
*Leave*: revoked in the directory, every session ended, a new epoch for those who stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q

from access.actors import Actor, current_actor
from access.policy import Action, people_in_standing, require
from activity.events import Event
from activity.record import record
from vault import directory_lines as ledger
from vault import remembered
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys, PersonPublic
from vault.directory import EpochEntry, PersonEntry, directory
from vault.epochs import acting, grant_epoch, next_epoch
from vault.models import EpochGrant, KeyClaim, VaultSession
from vault.open_vault import Vault

if TYPE_CHECKING:
    from accounts.models import User
    from vault.models import EpochGrant as Grant


class FingerprintChanged(Exception):
    """The eight words that were compared are not those of the key to be entered. Nothing was."""


def claimed_keys(user: User) -> PersonPublic | None:
    """The public keys a person made, which nobody has vouched for yet (or which somebody has)."""
    claim = KeyClaim.objects.filter(user=user).first()
    return PersonPublic.from_bytes(bytes(claim.public)) if claim else None


@transaction.atomic
def enter_person(
    *, actor: Actor, keys: PersonKeys, person: User, compared: Sequence[str]
) -> PersonEntry:
    """Vouch for a person's keys. `compared` are the eight words that were read out.

    Somebody who began again (a forgotten phrase, no code) has another key under the same
    name: the former one is revoked in the same act, and colleagues are told.
    """
    view, facts = ledger.hold(), current_actor(person.pk)
    require(actor, Action.ENTER_KEY, facts)
    assert facts is not None
    acting(view, actor, keys)
    public = claimed_keys(person)
    if public is None or list(compared) != public.fingerprint:
        raise FingerprintChanged
    former = view.person(person.pk)
    if former is not None and former.key_id == public.key_id:
        return former
    if former is not None:
        ledger.revoke(keys, former.key_id)
        EpochGrant.objects.filter(user=person).delete()
    ledger.enter_user(keys, person.pk, facts.administration, public)
    record(
        actor,
        Event.KEY_ENTERED,
        f"accounts.user:{person.pk}",
        detail={
            "key": public.key_id,
            "replaced": former is not None,
            "former": former.key_id if former else None,
        },
        audience=_colleagues(facts.administration),
        topics=[f"person:{person.pk}", f"administration:{facts.administration}"],
    )
    entry = directory().person(person.pk)
    assert entry is not None
    return entry


@transaction.atomic
def welcome(*, actor: Actor, keys: PersonKeys, colleague: User, compared: Sequence[str]) -> Grant:
    """Vouch for a colleague and hand over the administration's key, in one act."""
    enter_person(actor=actor, keys=keys, person=colleague, compared=compared)
    return grant_epoch(actor=actor, keys=keys, colleague=colleague)


@transaction.atomic
def off_board(*, actor: Actor, keys: PersonKeys, leaver: User) -> EpochEntry | None:
    """End a person's keys: nothing sealed from now on opens for them, whatever they kept.

    A colleague who holds the present key makes the new epoch in the same act. Who does not
    (the Secretariat, for another administration) leaves the epoch behind
    (`Directory.is_behind`) until a colleague makes the next one.
    """
    view, facts = ledger.hold(), current_actor(leaver.pk)
    entry = view.person(leaver.pk)
    assert facts is not None
    # Judged for the administration whose key it is, even if the appointment has just ended.
    code = entry.administration if entry else facts.administration
    require(actor, Action.SUSPEND_PERSON, replace(facts, administration=code))
    acting(view, actor, keys)
    if entry is not None:
        ledger.revoke(keys, entry.key_id)
    end_keys_of(leaver)
    record(
        actor,
        Event.KEY_REVOKED,
        f"accounts.user:{leaver.pk}",
        detail={"key": entry.key_id if entry else ""},
        audience=_colleagues(code) if code else None,
        topics=[f"person:{leaver.pk}"],
    )
    if entry is None or code != actor.administration or view.epoch(code) is None:
        return None
    try:
        with transaction.atomic():
            return next_epoch(actor, keys)
    except CannotOpen:
        # Never granted the present key herself: a colleague who was makes the next one.
        return None


def end_keys_of(person: User) -> None:
    """Every grant and session of a person, at once; open pages and sockets are asked again."""
    EpochGrant.objects.filter(user=person).delete()
    VaultSession.objects.filter(user=person).delete()
    get_user_model()._default_manager.filter(pk=person.pk).update(auth_epoch=F("auth_epoch") + 1)


@transaction.atomic
def confirm_fingerprint(
    *, actor: Actor, vault: Vault, administration: str, compared: Sequence[str]
) -> None:
    """Note, for this person alone, that the eight words of an epoch were compared by voice.

    After a break nothing is sealed to the new epoch for 72 hours, except by who has done this.
    """
    require(actor, Action.READ_FINGERPRINTS)
    epoch = vault.directory().epoch(administration)
    if epoch is None or vault.user_id != actor.user_id:
        raise CannotOpen
    if list(compared) != epoch.fingerprint:
        raise FingerprintChanged
    memory = remembered.recall(vault.user_id, vault.remember_key)
    remembered.keep(vault.user_id, vault.remember_key, memory.with_confirmed(epoch.key_id))
    record(
        actor,
        Event.FINGERPRINTS_CONFIRMED,
        f"accounts.administration:{administration}",
        detail={"epoch": epoch.number, "key": epoch.key_id},
    )


def _colleagues(code: str) -> Q:
    return people_in_standing() & Q(appointments__administration=code)
