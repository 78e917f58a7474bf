"""What the author signed: who, to whom, under which label, and which ciphertexts.

HPKE in base mode says nothing about who wrote a thing, and the clear columns of a row can be
edited by a hand in the database. So each revision of an object carries a manifest signed
with its author's content key: with it, nobody turns RED into CLEAR, adds a recipient, swaps
a title, or puts an older revision back without being met on the page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from vault.crypto.canonical import canonical
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import Manifest
from vault.objects import DataKey, Holder
from vault.sessions import Vault

LABEL = "iswg/v1/manifest"


class SealBroken(CannotOpen):
    """What is stored is not what the author signed. Says nothing more, on purpose."""


def sign_manifest(
    vault: Vault,
    data_key: DataKey,
    *,
    clear: Mapping[str, Any],
    holders: Iterable[Holder],
    sealed: Mapping[str, bytes],
    previous: Manifest | None = None,
) -> Manifest:
    """Write and sign the manifest of this revision; `sealed` are the ciphertexts by field."""
    vault.directory()  # who has seen a longer directory publishes nothing under a shorter one
    body = canonical(
        {
            "kind": data_key.kind,
            "object": data_key.object_id.hex,
            "revision": data_key.revision,
            "author": vault.user_id,
            "administration": vault.administration,
            "key": vault.content.public.to_bytes().hex(),
            "clear": dict(clear),
            "holders": sorted(holder.as_listed() for holder in holders),
            "sealed": {field: digest(blob) for field, blob in sealed.items()},
            "commitment": data_key.commitment.hex(),
            "previous": bytes(previous.hash).hex() if previous else "",
        }
    )
    signature = vault.content.sign(LABEL, body)
    return Manifest.objects.create(
        kind=data_key.kind,
        object_id=data_key.object_id,
        revision=data_key.revision,
        author_id=vault.user_id,
        body=body,
        signature=signature,
        hash=hashlib.sha256(body + signature).digest(),
    )


def check_manifest(
    data_key: DataKey,
    *,
    author: int,
    administration: str,
    clear: Mapping[str, Any],
    holders: Iterable[str],
    sealed: Mapping[str, bytes],
) -> Manifest:
    """The manifest, if what is stored is what its author signed; else SealBroken.

    `author` and `administration` are whose words the page is about to show them as: a genuine
    signature of somebody else is none. `holders` are the names (codes, `user:<id>`) that the
    rows claim.
    """
    manifest = Manifest.objects.filter(
        kind=data_key.kind, object_id=data_key.object_id, revision=data_key.revision
    ).first()
    if manifest is None:
        raise SealBroken
    body, signature = bytes(manifest.body), bytes(manifest.signature)
    said = _parsed(body)
    _check_author(said, body, signature)
    expected = {
        "kind": data_key.kind,
        "object": data_key.object_id.hex,
        "revision": data_key.revision,
        "author": author,
        "administration": administration,
        "clear": json.loads(canonical(dict(clear))),
        "sealed": {field: digest(blob) for field, blob in sealed.items()},
        "commitment": data_key.commitment.hex(),
    }
    same = all(said.get(name) == value for name, value in expected.items())
    names = sorted(name for name, *_rest in said.get("holders", []))
    if not same or names != sorted(holders) or said.get("author") != manifest.author_id:
        raise SealBroken
    if hashlib.sha256(body + signature).digest() != bytes(manifest.hash):
        raise SealBroken
    return manifest


# What the rows of a kind say in clear, by object: the nouns tell, so that the first opening can
# compare it with what was signed.
Facts = Callable[[Iterable[UUID]], Mapping[UUID, Mapping[str, Any]]]
_facts_of_kind: dict[str, Facts] = {}


def register_facts(kind: str, facts: Facts) -> None:
    """From now on a box of this kind is only taken over if its author's signature vouches for it.

    `facts` gives, for objects by id, the clear facts of the rows; among them `origin` (the
    administration) and `author` (the person) that a page would show.
    """
    _facts_of_kind[kind] = facts


def vouched(keys: Sequence[DataKey]) -> set[tuple[UUID, int]]:
    """Which of these freshly unboxed keys belong to something that was really signed.

    Anybody who can write to the database can seal a key of their own to an epoch's public key
    and put a made-up row beside it. So a key that comes out of a box is believed only if a
    manifest commits to this very key, is signed by somebody in the directory, and says what
    the row says. Once it is wrapped, the wrap is the proof: nobody else could have made it.
    """
    checked = [key for key in keys if key.kind in _facts_of_kind]
    known = {(key.object_id, key.revision) for key in keys if key.kind not in _facts_of_kind}
    for kind in {key.kind for key in checked}:
        known |= _vouched_of_kind(kind, [key for key in checked if key.kind == kind])
    return known


def _vouched_of_kind(kind: str, keys: list[DataKey]) -> set[tuple[UUID, int]]:
    ids = [key.object_id for key in keys]
    facts = _facts_of_kind[kind](ids)
    rows = Manifest.objects.filter(kind=kind, object_id__in=ids)
    signed = {(row.object_id, row.revision): row for row in rows}
    return {
        place
        for key in keys
        if (row := signed.get(place := (key.object_id, key.revision)))
        and _says(row, key, facts.get(key.object_id))
    }


def _says(row: Manifest, key: DataKey, clear: Mapping[str, Any] | None) -> bool:
    """Whether this manifest is genuine, and about this key and these facts."""
    body = bytes(row.body)
    try:
        said = _parsed(body)
        _check_author(said, body, bytes(row.signature))
    except CannotOpen:
        return False
    if clear is None:
        return False
    expected = {
        "kind": key.kind,
        "object": key.object_id.hex,
        "revision": key.revision,
        "author": clear.get("author"),
        "administration": clear.get("origin"),
        "clear": json.loads(canonical(dict(clear))),
        "commitment": key.commitment.hex(),
    }
    return all(said.get(name) == value for name, value in expected.items())


def digest(sealed: bytes) -> str:
    return hashlib.sha256(bytes(sealed)).hexdigest()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise SealBroken from None
    if not isinstance(said, dict):
        raise SealBroken
    return said


def _check_author(said: Mapping[str, Any], body: bytes, signature: bytes) -> None:
    """The signer must stand in the directory under that key, for that administration.

    Somebody who left since then still wrote what was written: revocation ends new acts, and
    the journal dates the old ones.
    """
    entries = directory().history(int(said.get("author", 0)))
    for entry in entries:
        public = entry.public.content
        if public.to_bytes().hex() != said.get("key"):
            continue
        if entry.administration != said.get("administration"):
            continue
        try:
            public.verify(LABEL, body, signature)
        except CannotOpen:
            raise SealBroken from None
        return
    raise SealBroken


def manifest_hash(kind: str, object_id: UUID, revision: int) -> str:
    """The hash that the journal's row of the publication must hold."""
    return bytes(Manifest.objects.get(kind=kind, object_id=object_id, revision=revision).hash).hex()
