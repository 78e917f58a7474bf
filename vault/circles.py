"""A circle: those who share what is written in one place, under a key that follows who they are.

A thread and a meeting are circles: administrations, and people by name, who come and go. A
circle has one key at a time, sealed to the key of each administration and of each named person.
Whenever somebody comes, goes, or has a new key, the next key begins; so whoever has left reads
nothing that was written afterwards, whatever a rule may say. Each key's maker signs who is in
the circle, and only the administration it belongs to may change that.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from access.actors import Actor
from vault.crypto.errors import CannotOpen
from vault.manifests import SealBroken, check_manifest, sign_manifest, stored_manifest
from vault.models import KeyHolder
from vault.objects import DataKey, Holder, hand_out, is_sealed_to, open_key, open_keys
from vault.sessions import Vault


class Circle(Protocol):
    """What is asked of a thread or a meeting: who is in it now, and whose it is."""

    @property
    def holder_codes(self) -> frozenset[str]: ...
    @property
    def named_ids(self) -> frozenset[int]: ...
    @property
    def origin_id(self) -> str: ...


class CircleKey(models.Model):
    """The row of one key; the noun adds what it belongs to and what it seals beside."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    administration = models.ForeignKey("accounts.Administration", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    audience = models.JSONField(help_text="codes, and user:<id>: who is in it, as signed")

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=CircleKey)


class Locked(CannotOpen):
    """The reader's session holds no key of this circle: unlock, or ask for a grant."""


@dataclass(frozen=True, slots=True)
class OpenCircle(Generic[Row]):
    """A key of a circle that this session could open."""

    row: Row
    key: DataKey
    made: str = ""  # the hash of its manifest, for the journal, if it was made just now


def audience_of(circle: Circle) -> list[str]:
    """Who is in it now, as it is signed: codes, and `user:<id>` for people by name."""
    return sorted([*circle.holder_codes, *(f"user:{pk}" for pk in circle.named_ids)])


def holders_of(vault: Vault, circle: Circle) -> list[Holder]:
    """Whose keys it is to be sealed to now. Who has no usable key yet is left out, and is in
    from the first key after that."""
    epochs = vault.sealable_epochs(circle.holder_codes)
    holders = [
        Holder(code, epoch.number, epoch.public.box)
        for code, epoch in sorted(epochs.items())
        if epoch is not None
    ]
    if not circle.named_ids:
        return holders
    view = vault.directory()
    people = [(user_id, view.person(user_id)) for user_id in sorted(circle.named_ids)]
    return holders + [Holder.person(pk, one.public.personal) for pk, one in people if one]


# Opening --------------------------------------------------------------------------------------


def open_one(vault: Vault | None, kind: str, row: Row) -> OpenCircle[Row]:
    """Open one key; Locked if it was not sealed for this session, SealBroken if it was spoilt."""
    try:
        return OpenCircle(row, open_key(vault, kind, row.uuid, 1))
    except CannotOpen:
        spoilt = is_sealed_to(vault, kind, row.uuid, 1)
        raise (SealBroken if spoilt else Locked) from None


def open_many(vault: Vault | None, kind: str, rows: Iterable[Row]) -> dict[int, OpenCircle[Row]]:
    """Those of these keys that open, by row; in one query."""
    known = {row.uuid: row for row in rows}
    keys = open_keys(vault, kind, [(one, 1) for one in known])
    return {known[one].pk: OpenCircle(known[one], key) for (one, _), key in keys.items()}


def check(
    opened: OpenCircle[Any],
    circle: Circle,
    *,
    clear: Mapping[str, Any],
    sealed: Mapping[str, bytes],
    former: CircleKey | None,
) -> None:
    """The maker's signature over this key, its clear facts and its audience; else SealBroken.

    A key whose audience is another one than the former's must be made by the administration to
    which the circle belongs, whatever the rows say.
    """
    row = opened.row
    holders = [name for name, *_ in signed_holders(opened.key.kind, row)]
    check_manifest(
        opened.key,
        author=row.author_id,
        administration=row.administration_id,
        clear=clear,
        holders=holders,
        sealed=sealed,
    )
    before = former.audience if former else None
    ours = row.administration_id == circle.origin_id
    if not set(holders) <= set(row.audience) or (before != row.audience and not ours):
        raise SealBroken


def check_audience(row: CircleKey, circle: Circle) -> None:
    """Whether who is in it, by the rows, is who was signed for; else SealBroken.

    A hand in the database that adds somebody is met here, before anything is written or shown.
    """
    if sorted(row.audience) != audience_of(circle):
        raise SealBroken


def signed_holders(kind: str, row: CircleKey) -> list[list[Any]]:
    """Name, epoch and key id of each holder, as the manifest says (not checked here)."""
    manifest = stored_manifest(kind, row.uuid, 1)
    if manifest is None:
        raise SealBroken
    found: list[list[Any]] = json.loads(bytes(manifest.body)).get("holders", [])
    return found


def is_current(vault: Vault, opened: OpenCircle[Any], circle: Circle) -> bool:
    """Whether everybody in the circle still has the key that this one was sealed to."""
    wanted = sorted(holder.as_listed() for holder in holders_of(vault, circle))
    return sorted(signed_holders(opened.key.kind, opened.row)) == wanted


# Making ---------------------------------------------------------------------------------------


def make(
    actor: Actor,
    vault: Vault,
    kind: str,
    row: Row,
    circle: Circle,
    *,
    clear: Callable[[Row], Mapping[str, Any]],
    seal: Callable[[DataKey, Row], Mapping[str, bytes]],
) -> OpenCircle[Row]:
    """Begin a key for those who are in it now, in the caller's transaction.

    `seal` puts what is sealed beside it into the row and gives it for the signature.
    """
    assert actor.user_id is not None, "only people seal"
    row.author_id, row.administration_id = actor.user_id, actor.administration
    row.made_at, row.audience = timezone.now(), audience_of(circle)
    key = DataKey.make(kind, row.uuid)
    sealed = seal(key, row)
    row.save(force_insert=True)
    holders = holders_of(vault, circle)
    hand_out(key, holders)
    manifest = sign_manifest(vault, key, clear=clear(row), holders=holders, sealed=sealed)
    return OpenCircle(row, key, bytes(manifest.hash).hex())


def take_away(kind: str, keys: Iterable[uuid.UUID], name: str) -> None:
    """Destroy the boxes and wraps that this holder had of these keys."""
    KeyHolder.objects.filter(kind=kind, object_id__in=list(keys), holder=name).delete()
