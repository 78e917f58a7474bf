"""The key of an administration, one epoch after another.

Each epoch has a secret, sealed to every colleague who may read (grants.py). A new epoch seals
the one before it, so that the new opens the old and never the reverse. Here stands who makes
an epoch, who is handed it, and what a person's root opens today.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from access.actors import Actor, current_actor
from access.policy import Action, can, people_in_standing, require, standing
from access.roles import READS
from activity.events import Event
from activity.record import record
from vault import directory_lines as ledger
from vault import envelope_boxes, remembered
from vault.believing import granted_keys
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, PersonKeys, make_secret
from vault.directory import Directory, EpochEntry, PersonEntry, directory
from vault.grants import open_epochs, write_grant, write_link
from vault.models import EpochGrant, VaultSession
from vault.open_vault import Vault, fill

if TYPE_CHECKING:
    from accounts.models import User

# Opening --------------------------------------------------------------------------------------


def open_vault(user: User, root: bytes) -> Vault:
    """Everything a person's root opens today; without a grant, only what is her own.

    CannotOpen if a grant was tampered with, or is older than the one she has opened before.
    """
    keys, remember = PersonKeys.derive(root), remembered.remember_key(root)
    view = remembered.directory_for(user.pk, remember)
    me = member(view, user.pk, keys)
    epochs = open_epochs(me, keys, view) if me else []
    if me and epochs:
        _remember_epoch(user.pk, remember, me.administration, epochs[0][0])
    return fill(user.pk, me.administration if me else "", root, keys, epochs)


def member(view: Directory, user_id: int, keys: PersonKeys) -> PersonEntry | None:
    """The person's line, if these are her keys and she still acts for that administration."""
    me, facts = view.person(user_id), current_actor(user_id)
    if me is None or facts is None or me.public != keys.public:
        return None
    return me if facts.administration == me.administration else None


def _remember_epoch(user_id: int, key: bytes, code: str, number: int) -> None:
    memory = remembered.recall(user_id, key)
    highest = memory.epochs.get(code, 0)
    if number < highest:
        raise CannotOpen
    if number > highest:
        remembered.keep(user_id, key, memory.with_epoch(code, number))


# Who holds it ---------------------------------------------------------------------------------


def key_holders(codes: Iterable[str]) -> dict[str, int]:
    """How many people of each administration hold its present key and a role that reads."""
    view, codes = directory(), list(codes)
    present = Q(pk__in=[])
    for code in codes:
        if epoch := view.epoch(code):
            present |= Q(administration=code, epoch=epoch.number)
    rows = (
        EpochGrant.objects.filter(present)
        .filter(
            people_in_standing(prefix="user__"),
            user__appointments__role__in=READS,
            user__appointments__administration=F("administration"),
        )
        .values_list("administration", "user_id", "key_id")
        .distinct()
    )
    counts = dict.fromkeys(codes, 0)
    for code, user_id, key_id in rows:
        entry = view.person(user_id)
        if entry and entry.key_id == bytes(key_id) and entry.administration == code:
            counts[code] += 1
    return counts


def readers(code: str) -> int:
    """The same for one administration."""
    return key_holders([code])[code]


def holds_grant(view: Directory, entry: PersonEntry) -> bool:
    """Whether this person was granted the present epoch, by somebody who could."""
    epoch = view.epoch(entry.administration)
    return epoch is not None and entry.key_id in granted_keys(view, epoch)


def holders(view: Directory, code: str) -> list[PersonEntry]:
    """Who of this administration holds its present key by a believed grant, and may read."""
    epoch = view.epoch(code)
    granted = granted_keys(view, epoch) if epoch else set()
    return [p for p in view.people(code) if p.key_id in granted and _may_hold(p)]


# Making ---------------------------------------------------------------------------------------


@transaction.atomic
def make_first_epoch(*, actor: Actor, keys: PersonKeys) -> EpochEntry:
    """The first key of the actor's administration, granted to the actor."""
    view = ledger.hold()
    require(actor, Action.MAKE_EPOCH, actor.administration)
    me = acting(view, actor, keys)
    if view.epoch(me.administration) is not None:
        raise CannotOpen
    return add_epoch(actor, keys, make_secret(), [me])


@transaction.atomic
def rotate_epoch(*, actor: Actor, keys: PersonKeys) -> EpochEntry:
    """A new key for the administration, granted to everybody who holds the present one."""
    ledger.hold()
    require(actor, Action.MAKE_EPOCH, actor.administration)
    return next_epoch(actor, keys)


def next_epoch(actor: Actor, keys: PersonKeys) -> EpochEntry:
    """For services that have asked already (rotation, off-boarding)."""
    view = directory()
    me = acting(view, actor, keys)
    present = view.epoch(me.administration)
    opened = open_epochs(me, keys, view)
    if present is None or not opened or opened[0][0] != present.number:
        raise CannotOpen
    staying = _staying(view, me, present)
    return add_epoch(actor, keys, make_secret(), staying, former=opened[0][1])


def _staying(view: Directory, me: PersonEntry, present: EpochEntry) -> list[PersonEntry]:
    """Colleagues who hold the present epoch *by a genuine grant* and may still read.

    Not simply everybody in the directory: a false colleague entered there holds no grant, and
    must not be handed one in passing.
    """
    others = [p for p in holders(view, present.administration) if p.user_id != me.user_id]
    return [me, *others]


def _may_hold(entry: PersonEntry) -> bool:
    facts = current_actor(entry.user_id)
    if facts is None or facts.administration != entry.administration:
        return False
    return bool(standing(facts)) and facts.holds(READS)


def add_epoch(
    actor: Actor,
    keys: PersonKeys,
    secret: bytes,
    people: Iterable[PersonEntry],
    *,
    former: EpochKeys | None = None,
) -> EpochEntry:
    """Enter the epoch, link the former one to it, grant it, and ask open sessions to unlock."""
    new, code = EpochKeys.derive(secret), actor.administration
    ledger.enter_epoch(keys, code, new.public, former=former.signing if former else None)
    view = directory()
    epoch = view.epoch(code)
    assert epoch is not None
    if former is not None:
        write_link(code, epoch.number, new, former)
    envelope_boxes.fill(view, epoch, new)
    return hand_over(actor, keys, epoch, secret, people)


def hand_over(
    actor: Actor,
    keys: PersonKeys,
    epoch: EpochEntry,
    secret: bytes,
    people: Iterable[PersonEntry],
) -> EpochEntry:
    """Grant a new epoch to these people and record it."""
    code, people = epoch.administration, list(people)
    for person in people:
        write_grant(actor, keys, epoch, secret, person)
    # A vault opened before does not hold the new key: the phrase is asked for again.
    VaultSession.objects.filter(
        user__in=[entry.user_id for entry in directory().people(code)]
    ).delete()
    record(
        actor,
        Event.EPOCH_MADE,
        f"accounts.administration:{code}",
        detail={
            "epoch": epoch.number,
            "key": epoch.key_id,
            "broken": epoch.broken,
            "granted": sorted(person.user_id for person in people),
        },
        topics=[f"administration:{code}", *(f"person:{p.user_id}" for p in people)],
    )
    return epoch


def acting(view: Directory, actor: Actor, keys: PersonKeys) -> PersonEntry:
    """The actor's own line; whoever signs with keys that are not in the directory is stopped."""
    me = member(view, actor.user_id or 0, keys)
    if me is None or me.administration != actor.administration:
        raise CannotOpen
    return me


# Granting -------------------------------------------------------------------------------------


@transaction.atomic
def grant_epoch(*, actor: Actor, keys: PersonKeys, colleague: User) -> EpochGrant:
    """Hand the administration's present key to a colleague who is in the directory."""
    view, facts = ledger.hold(), current_actor(colleague.pk)
    require(actor, Action.GRANT_KEYS, facts)
    me, entry = acting(view, actor, keys), view.person(colleague.pk)
    epoch = view.epoch(me.administration)
    opened = open_epochs(me, keys, view)
    if entry is None or entry.administration != me.administration or epoch is None:
        raise CannotOpen
    if not opened or opened[0][0] != epoch.number:
        raise CannotOpen
    grant = write_grant(actor, keys, epoch, opened[0][1].secret, entry)
    VaultSession.objects.filter(user=colleague).delete()
    record(
        actor,
        Event.KEY_GRANTED,
        f"accounts.user:{colleague.pk}",
        detail={"epoch": epoch.number, "key": entry.key_id},
        topics=[f"person:{colleague.pk}", f"administration:{me.administration}"],
    )
    return grant


def may_grant(actor: Actor, colleague: User) -> bool:
    """For pages: whether the button is to be shown."""
    return bool(can(actor, Action.GRANT_KEYS, current_actor(colleague.pk)))
