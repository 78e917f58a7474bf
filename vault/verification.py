"""Does what is stored still hold together, and do keys and policy agree? Opens nothing.

For the operator: every finding is a sentence with ids in it and no words of anybody. What only
a person's key could tell (whether a wrap opens) is met on that person's page instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.contrib.auth import get_user_model

from access.actors import current_actor
from access.policy import standing
from access.roles import READS
from vault import slots
from vault.believing import granted_keys
from vault.crypto.box import key_id_of
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonPublic
from vault.directory import Directory, DirectoryBroken, PersonEntry, directory
from vault.envelope_boxes import EnvelopeState, state_of
from vault.grants import check_grant
from vault.models import EpochGrant, EpochLink, KeyClaim, KeyHolder, KeySlot, Remembered

Check = Callable[[Directory], Iterator[str]]

# The nouns add their own: whether the holders of an object are those the policy lets read it.
_more: list[Check] = []


def add_check(check: Check) -> None:
    if check not in _more:
        _more.append(check)


def findings() -> Iterator[str]:
    """What is wrong, a sentence each; nothing if all is well."""
    try:
        view = directory()
    except DirectoryBroken as broken:
        line = f" at line {broken.seq}" if broken.seq is not None else ""
        yield f"The directory of keys does not hold together{line}, so nothing else was checked."
        return
    for check in (_slots, _claims, _grants, _links, _people, _epochs, _envelopes, _holders, *_more):
        yield from check(view)


def _slots(_view: Directory) -> Iterator[str]:
    remembering = set(Remembered.objects.values_list("user_id", flat=True))
    for slot in KeySlot.objects.all().iterator():
        if not slots.outer_layer_opens(slot):
            yield f"Key slot {slot.pk} of person {slot.user_id} does not open with any pepper."
        if slot.user_id not in remembering:
            yield f"Person {slot.user_id} has a key slot, and no memory of what was seen."


def _claims(view: Directory) -> Iterator[str]:
    for claim in KeyClaim.objects.all().iterator():
        try:
            public = PersonPublic.from_bytes(bytes(claim.public))
        except CannotOpen:
            yield f"The public keys that person {claim.user_id} made are damaged."
            continue
        entry = view.person_at(public.key_id)
        if entry is not None and entry.user_id != claim.user_id:
            yield f"Person {claim.user_id} claims a key that belongs to person {entry.user_id}."


def _grants(view: Directory) -> Iterator[str]:
    for grant in EpochGrant.objects.all().iterator():
        where = f"The grant of epoch {grant.epoch} of {grant.administration} to {grant.user_id}"
        try:
            check_grant(grant, view)
        except CannotOpen:
            yield f"{where} was not signed by a colleague who could."
        holder = view.person_at(bytes(grant.key_id))
        if holder is None or holder.user_id != grant.user_id:
            yield f"{where} is for a key that is not this person's."
        elif holder.revoked:
            yield f"{where} is for a key that was revoked."
    for code in sorted(view.codes):
        yield from _untraced(view, code)


def _untraced(view: Directory, code: str) -> Iterator[str]:
    """Grants of the present epoch that would not be followed by one of the next."""
    epoch = view.epoch(code)
    assert epoch is not None, "codes are those with an epoch"
    rows = EpochGrant.objects.filter(administration=code, epoch=epoch.number)
    known = granted_keys(view, epoch)
    for grant in rows:
        if bytes(grant.key_id) not in known:
            yield (
                f"The grant of epoch {epoch.number} of {code} to {grant.user_id} cannot be traced "
                "to where that epoch began."
            )


def _links(view: Directory) -> Iterator[str]:
    linked = set(EpochLink.objects.values_list("administration", "epoch"))
    for code in sorted(view.codes):
        for epoch in view.epochs(code)[1:]:
            if not epoch.broken and (code, epoch.number) not in linked:
                yield f"Epoch {epoch.number} of {code} has no link to the epoch before it."


def _people(view: Directory) -> Iterator[str]:
    """Who holds keys that the policy would not give."""
    for code in sorted(view.codes | {"OCO"}):
        for entry in view.people(code):
            if not _in_order(entry):
                yield (
                    f"Person {entry.user_id} stands in the directory for {code} and holds no "
                    "role that reads there: revoke the key, or mend the appointment."
                )


def _in_order(entry: PersonEntry) -> bool:
    facts = current_actor(entry.user_id)
    if facts is None or facts.administration != entry.administration:
        return False
    if _sleeps(entry.user_id):
        facts = replace(facts, is_active=True)
    return bool(standing(facts)) and facts.holds(READS)


def _sleeps(user_id: int) -> bool:
    """A colleague wakes a sleeping account as it was, so its keys stay where they are."""
    people = get_user_model()._default_manager
    return people.filter(pk=user_id, is_active=True, asleep_since__isnull=False).exists()


def _epochs(view: Directory) -> Iterator[str]:
    for code in sorted(view.codes):
        if view.is_behind(code):
            yield f"Somebody of {code} left since its key was made: a colleague makes the next one."


def _envelopes(view: Directory) -> Iterator[str]:
    for code in sorted(view.codes):
        if state_of(view, code) in {EnvelopeState.STALE, EnvelopeState.PARTED}:
            yield f"The envelope of {code} does not hold its present key: its people make another."


def _holders(view: Directory) -> Iterator[str]:
    for row in KeyHolder.objects.all().iterator():
        where = f"Key row {row.pk} of {row.kind} {row.object_id}, held by {row.holder},"
        if not _names_a_known_key(view, row):
            yield f"{where} names a key that is not the holder's."
        if row.box is not None and not _is_for(bytes(row.box), bytes(row.key_id)):
            yield f"{where} carries a box for another key."


def _names_a_known_key(view: Directory, row: KeyHolder) -> bool:
    if row.holder.startswith("user:"):
        history = view.history(int(row.holder.removeprefix("user:")))
        return any(e.public.personal.key_id == bytes(row.key_id) for e in history)
    epoch = view.epoch(row.holder, row.epoch)
    return epoch is not None and epoch.key_id == bytes(row.key_id)


def _is_for(box: bytes, key_id: bytes) -> bool:
    try:
        return key_id_of(box) == key_id
    except CannotOpen:
        return False
