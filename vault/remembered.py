"""What a person has seen, kept for her where only she can read and write it.

A pin on the first line of the directory accepts a shortened directory: one from last month,
say, before somebody was revoked. So the longest directory, the newest epoch, the newest slots
and the last checkpoint that a person met are kept, sealed under a key that grows from her
root. What does not extend them is refused for her, and the page says why. A roll-back of
*everything* together, this row included, shows only against the mailed checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from access.questions import Question
from activity.models import Checkpoint
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, DirectoryShortened, directory
from vault.models import Remembered

if TYPE_CHECKING:
    from vault.models import KeySlot


_BLOB = Question(lambda user_id: Remembered.objects.filter(user_id=user_id).values_list("blob"))
_NEWEST = Question(lambda size: Checkpoint.objects.filter(size__gte=size).order_by("-size")[:1])
_THAT_ONE = Question(lambda size: Checkpoint.objects.filter(size=size))


@dataclass(frozen=True)
class Memory:
    """The highest of everything this person has met."""

    size: int = 0
    head: str = ""
    epochs: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    checkpoint_size: int = 0
    checkpoint_root: str = ""
    confirmed: tuple[str, ...] = ()  # epochs whose fingerprint she has compared, by key id
    drafts: dict[str, int] = field(default_factory=dict)  # the version she saved last, by id

    def seen(self, view: Directory) -> Memory:
        """With what there is to see now; DirectoryShortened if that is less than before."""
        if not view.extends(self.size, bytes.fromhex(self.head)):
            raise DirectoryShortened
        newest = self._checkpoint()
        if view.size == self.size and newest is None:
            return self
        found = replace(self, size=view.size, head=view.head.hex())
        if newest is not None:
            found = replace(
                found, checkpoint_size=newest.size, checkpoint_root=bytes(newest.root).hex()
            )
        return found

    def _checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint if it is news; the one remembered must still be there."""
        found = _NEWEST.models(size=self.checkpoint_size)
        newest: Checkpoint | None = found[0] if found else None
        if self.checkpoint_size:
            kept = next(iter(_THAT_ONE.models(size=self.checkpoint_size)), None)
            if kept is None or bytes(kept.root).hex() != self.checkpoint_root:
                raise DirectoryShortened
        return newest if newest and newest.size > self.checkpoint_size else None

    def with_slot(self, slot: KeySlot) -> Memory:
        return replace(self, slots={**self.slots, slot.kind: slot.serial})

    def with_epoch(self, code: str, number: int) -> Memory:
        return replace(self, epochs={**self.epochs, code: number})

    def with_confirmed(self, key_id: bytes) -> Memory:
        return replace(self, confirmed=tuple(sorted({*self.confirmed, key_id.hex()})))


def remember_key(root: bytes) -> bytes:
    """The key of this row alone; it may lie in an unlocked session."""
    return derive(root, "iswg/v1/person/remembered")


def begin(user_id: int, key: bytes) -> None:
    """A new root begins with an empty memory; the former one could not be read anyway."""
    Remembered.objects.filter(user_id=user_id).delete()
    Remembered.objects.create(user_id=user_id, blob=_sealed(user_id, key, Memory()))


def recall(user_id: int, key: bytes) -> Memory:
    """What this person remembers; CannotOpen if the row is gone, old or somebody else's.

    The row is made together with the first slot, so that its absence is never innocent.
    """
    found = _BLOB.column(user_id=user_id)
    if not found:
        raise CannotOpen
    return _opened(user_id, key, bytes(found[0]))


@transaction.atomic
def keep(user_id: int, key: bytes, memory: Memory) -> None:
    """Remember this, merged with what another window remembered meanwhile."""
    row = Remembered.objects.select_for_update().get(user_id=user_id)
    stored = _opened(user_id, key, bytes(row.blob))
    row.blob = _sealed(user_id, key, _higher(stored, memory))
    row.save(update_fields=["blob"])


@transaction.atomic
def keep_draft(user_id: int, key: bytes, draft_id: UUID, version: int) -> None:
    """The version of a draft that was saved just now; 0 when it is sent or thrown away.

    In the transaction of the draft: both are kept, or neither.
    """
    row = Remembered.objects.select_for_update().get(user_id=user_id)
    stored = _opened(user_id, key, bytes(row.blob))
    drafts = {**stored.drafts, draft_id.hex: version}
    drafts = {name: number for name, number in drafts.items() if number}
    row.blob = _sealed(user_id, key, replace(stored, drafts=drafts))
    row.save(update_fields=["blob"])


def keep_slot(slot: KeySlot, root: bytes) -> None:
    key = remember_key(root)
    keep(slot.user_id, key, recall(slot.user_id, key).with_slot(slot))


def refuse_former_slot(slot: KeySlot, root: bytes) -> None:
    """A slot that was replaced, and put back by hand with its old phrase, opens nothing."""
    if recall(slot.user_id, remember_key(root)).slots.get(slot.kind) != slot.serial:
        raise CannotOpen


def directory_for(user_id: int, key: bytes) -> Directory:
    """The directory, if it extends the longest one this person has seen."""
    return directory_and_memory(user_id, key)[0]


def directory_and_memory(user_id: int, key: bytes) -> tuple[Directory, Memory]:
    """The same, with what this person remembers."""
    view = directory()
    memory = recall(user_id, key)
    seen = memory.seen(view)
    if seen != memory:
        keep(user_id, key, seen)
    return view, seen


def confirmed_keys(memory: Memory) -> frozenset[bytes]:
    return frozenset(bytes.fromhex(key_id) for key_id in memory.confirmed)


def _higher(one: Memory, other: Memory) -> Memory:
    longer = max(one, other, key=lambda m: m.size)
    later = max(one, other, key=lambda m: m.checkpoint_size)
    return Memory(
        size=longer.size,
        head=longer.head,
        epochs=_highest(one.epochs, other.epochs),
        slots=_highest(one.slots, other.slots),
        checkpoint_size=later.checkpoint_size,
        checkpoint_root=later.checkpoint_root,
        confirmed=tuple(sorted({*one.confirmed, *other.confirmed})),
        drafts=_highest(one.drafts, other.drafts),
    )


def _highest(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {*one, *other}}


def _where(user_id: int) -> bytes:
    return context("iswg/v1/remembered", user_id)


def _sealed(user_id: int, key: bytes, memory: Memory) -> bytes:
    facts: dict[str, Any] = {"v": 1, **memory.__dict__}
    return seal(key, _where(user_id), canonical(facts))


def _opened(user_id: int, key: bytes, blob: bytes) -> Memory:
    facts = read_canonical(open_sealed(key, _where(user_id), blob))
    try:
        facts.pop("v")
        return Memory(**{**facts, "confirmed": tuple(facts["confirmed"])})
    except (KeyError, TypeError):
        raise CannotOpen from None
