"""Sealing an object for its holders, and opening it again.

An object (a bulletin's revision, later a message or a minute) has one data key. At
publication the key is put into one box per holder's epoch; the first opening by a holder
wraps it under that epoch's own key and destroys the box in the same transaction, so that
nothing lies about which a stolen private key of later days could open.

Opening is a service, not a query: it writes. Whoever holds no key gets `None`, whatever the
rules above may have said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from access.questions import Question
from vault.crypto.box import BoxPublic, open_box, seal_to
from vault.crypto.canonical import canonical
from vault.crypto.context import context
from vault.crypto.derive import derive, derive_for, make_secret
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import pad, unpad
from vault.models import KeyHolder
from vault.sessions import Vault

TITLE_FLOOR = 160


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to hold the key of an object: an administration's epoch, or one named person."""

    name: str  # administration code, or `user:<id>`
    epoch: int
    public: BoxPublic

    @classmethod
    def person(cls, user_id: int, public: BoxPublic) -> Holder:
        return cls(f"user:{user_id}", 0, public)

    def as_listed(self) -> list[Any]:
        return [self.name, self.epoch, self.public.key_id.hex()]


class DataKey:
    """The opened key of one revision of one object. Lives for a request, never at rest."""

    __slots__ = ("_secret", "kind", "object_id", "revision")

    def __init__(self, kind: str, object_id: UUID, revision: int, secret: bytes) -> None:
        self.kind, self.object_id, self.revision = kind, object_id, revision
        self._secret = secret

    @classmethod
    def make(cls, kind: str, object_id: UUID, revision: int = 1) -> DataKey:
        return cls(kind, object_id, revision, make_secret())

    def seal_field(self, field: str, body: bytes, *, binds: bytes = b"", floor: int = 64) -> bytes:
        """`binds` ties the field to clear facts: change one of them and it does not open."""
        return seal(self._secret, self._context(field, binds), pad(body, floor=floor))

    def open_field(self, field: str, sealed: bytes, *, binds: bytes = b"") -> bytes:
        return unpad(open_sealed(self._secret, self._context(field, binds), bytes(sealed)))

    def seal_data(self, field: str, data: Mapping[str, Any]) -> bytes:
        return self.seal_field(field, json.dumps(data, ensure_ascii=False).encode())

    def open_data(self, field: str, sealed: bytes) -> dict[str, Any]:
        found = json.loads(self.open_field(field, sealed))
        if not isinstance(found, dict):
            raise CannotOpen
        return found

    def part(self, kind: str, object_id: UUID) -> DataKey:
        """The key of one thing inside this one (a message of a thread): whoever opens the whole
        opens it, and giving a part away gives nothing else away."""
        where = context(
            "iswg/v1/object part", self.kind, self.object_id, self.revision, kind, object_id
        )
        return DataKey(kind, object_id, 1, derive_for(self._secret, where))

    @property
    def commitment(self) -> bytes:
        """Binds a manifest to this key without telling anything about it."""
        return derive(self._secret, "iswg/v1/object/commitment")

    def _context(self, field: str, binds: bytes) -> bytes:
        return context(
            "iswg/v1/object field", self.kind, self.object_id, self.revision, field, binds
        )

    def _holder_context(self, purpose: str, name: str, epoch: int, key_id: bytes) -> bytes:
        return context(purpose, self.kind, self.object_id, self.revision, name, epoch, key_id)

    def box_for(self, holder: Holder) -> bytes:
        where = self._holder_context(
            "iswg/v1/object box", holder.name, holder.epoch, holder.public.key_id
        )
        return seal_to(holder.public, where, self._secret)


def clear_facts(facts: Mapping[str, Any]) -> bytes:
    """The clear fields of an object in one form, for manifests and for what a title binds."""
    return canonical(dict(facts))


@transaction.atomic
def hand_out(data_key: DataKey, holders: Iterable[Holder]) -> None:
    """One box per holder. Call it in the transaction that creates the object."""
    KeyHolder.objects.bulk_create(
        KeyHolder(
            kind=data_key.kind,
            object_id=data_key.object_id,
            revision=data_key.revision,
            key_id=holder.public.key_id,
            holder=holder.name,
            epoch=holder.epoch,
            box=data_key.box_for(holder),
        )
        for holder in holders
    )


def open_key(vault: Vault | None, kind: str, object_id: UUID, revision: int) -> DataKey:
    """The data key of one object, or CannotOpen."""
    found = open_keys(vault, kind, [(object_id, revision)]).get((object_id, revision))
    if found is None:
        raise CannotOpen
    return found


def is_sealed_to(vault: Vault | None, kind: str, object_id: UUID, revision: int) -> bool:
    """Whether there is a row for one of this vault's keys, whatever it may be worth."""
    return (
        vault is not None
        and KeyHolder.objects.filter(
            kind=kind, object_id=object_id, revision=revision, key_id__in=list(vault.key_ids)
        ).exists()
    )


class HolderFacts(NamedTuple):
    """What a row of KeyHolder holds. A page opens fifty: no models."""

    pk: int
    kind: str
    object_id: UUID
    revision: int
    key_id: bytes
    holder: str
    epoch: int
    box: bytes | None
    wrap: bytes | None


_HOLDERS = Question(
    lambda kind, objects, keys: KeyHolder.objects.filter(
        kind=kind, object_id__in=objects, key_id__in=keys
    ).values_list(*HolderFacts._fields)
)


def open_keys(
    vault: Vault | None, kind: str, wanted: Iterable[tuple[UUID, int]]
) -> dict[tuple[UUID, int], DataKey]:
    """The data keys of many objects in one query; what cannot be opened is left out.

    Boxes met on the way are wrapped and destroyed. One damaged row never hides the others.
    """
    revisions = dict(wanted)
    if vault is None or not revisions:
        return {}
    asked = {"kind": kind, "objects": list(revisions), "keys": vault.key_ids}
    rows = [HolderFacts._make(row) for row in _HOLDERS.rows(**asked)]
    found: dict[tuple[UUID, int], DataKey] = {}
    boxed: list[tuple[Any, DataKey]] = []
    for row in rows:
        if revisions[row.object_id] != row.revision:
            continue
        try:
            key = open_row(vault, row)
        except CannotOpen:
            continue
        if row.box is None:
            found[row.object_id, row.revision] = key
        else:
            boxed.append((row, key))
    if boxed:
        genuine = believed(boxed)
        _wrap(vault, genuine)
        found |= {(row.object_id, row.revision): key for row, key in genuine}
    return found


def believed(boxed: Sequence[tuple[Any, DataKey]]) -> list[tuple[Any, DataKey]]:
    """The freshly unboxed keys for which an author's signature vouches (vault/manifests.py)."""
    from vault.manifests import vouched  # it is built on this module

    known = vouched([key for _row, key in boxed])
    return [(row, key) for row, key in boxed if (key.object_id, key.revision) in known]


def open_row(vault: Vault, row: Any) -> DataKey:
    """The data key that this row (or its facts) holds, by wrap or by box; else CannotOpen."""
    shell = DataKey(row.kind, row.object_id, row.revision, bytes(32))
    key_id = bytes(row.key_id)
    if row.wrap is not None:
        where = shell._holder_context("iswg/v1/object wrap", row.holder, row.epoch, key_id)
        secret = open_sealed(vault.wrap_key(key_id), where, bytes(row.wrap))
    else:
        where = shell._holder_context("iswg/v1/object box", row.holder, row.epoch, key_id)
        secret = open_box(vault.box_key(key_id), where, bytes(row.box or b""))
    return DataKey(row.kind, row.object_id, row.revision, secret)


@transaction.atomic
def _wrap(vault: Vault, boxed: Sequence[tuple[Any, DataKey]]) -> None:
    # Two colleagues may open at once: the second finds the box gone, and that is fine.
    for row, key in boxed:
        wrap = wrapped(vault, key, row)
        KeyHolder.objects.filter(pk=row.pk, box__isnull=False).update(box=None, wrap=wrap)


def wrapped(vault: Vault, key: DataKey, row: Any) -> bytes:
    """The data key under the wrap key that the row names: its holder, epoch and key id."""
    key_id = bytes(row.key_id)
    where = key._holder_context("iswg/v1/object wrap", row.holder, row.epoch, key_id)
    return seal(vault.wrap_key(key_id), where, key._secret)


def first_holders(kind: str, object_id: UUID, revision: int) -> dict[str, bool]:
    """Per holder: whether the key has arrived (its box has been opened by somebody there)."""
    rows = KeyHolder.objects.filter(kind=kind, object_id=object_id, revision=revision)
    return {row.holder: row.wrap is not None for row in rows.only("holder", "wrap", "box")}
