"""What the author signed: who, to whom, under which label, and which ciphertexts.

HPKE in base mode says nothing about who wrote a thing, and the clear columns of a row can be
edited by a hand in the database. So each revision of an object carries a manifest signed
with its author's content key: with it, nobody turns RED into CLEAR, adds a recipient, swaps
a title, re-orders or hides a file, or puts an older revision back without being met on the page.

A manifest also says how long the key directory was when it was signed. So a signature by a key
that had been revoked by then is none, and one by a key that was revoked afterwards still holds.
Its maker could date it back; the journal, which has a line for every issue, dates it too.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.questions import Question
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.errors import CannotOpen
from vault.directory import PersonEntry, directory
from vault.models import DirectoryEntry, FileState, Manifest
from vault.objects import DataKey, Holder
from vault.sessions import Vault

LABEL = "iswg/v1/manifest"
# 1, which does not say so, had neither `as_of` nor `files`: it is read, and not written any more.
VERSION = 2

# A file as a reader sees it: its id, and its state. The order is theirs on the page.
SeenFile = tuple[str, str]


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
    files: Iterable[SeenFile] = (),
) -> Manifest:
    """Write and sign the manifest of this revision; `sealed` are the ciphertexts by field."""
    view = vault.directory()  # who has seen a longer one publishes nothing under a shorter one
    body = canonical(
        {
            "v": VERSION,
            "as_of": view.size,
            "files": [list(file) for file in files],
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
    files: Iterable[SeenFile] = (),
) -> Manifest:
    """The manifest, if what is stored is what its author signed; else SealBroken.

    `author` and `administration` are whose words the page is about to show them as: a genuine
    signature of somebody else is none. `holders` are the names (codes, `user:<id>`) that the
    rows claim; `files` are what the page would list, in its order.
    """
    manifest = stored_manifest(data_key.kind, data_key.object_id, data_key.revision)
    if manifest is None:
        raise SealBroken
    said = said_in(manifest)
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
    if not are_as_signed(said, files):
        raise SealBroken
    return manifest


_STORED = Question(
    lambda kind, object_id, revision: Manifest.objects.filter(
        kind=kind, object_id=object_id, revision=revision
    )
)


def stored_manifest(kind: str, object_id: UUID, revision: int) -> Manifest | None:
    """What lies there as the manifest of this revision, not checked; None if nothing does."""
    found = _STORED.models(kind=kind, object_id=object_id, revision=revision)
    return found[0] if found else None


def said_in(manifest: Manifest) -> dict[str, Any]:
    """What a manifest says, if it is genuine: signed by its author while that key was good.

    Whether it is about what is stored beside it is the caller's to compare.
    """
    body, signature = bytes(manifest.body), bytes(manifest.signature)
    if hashlib.sha256(body + signature).digest() != bytes(manifest.hash):
        raise SealBroken
    said = _parsed(body)
    entry = _signer(said, body, signature)
    _check_when(manifest, said, entry)
    return said


def are_as_signed(said: Mapping[str, Any], files: Iterable[SeenFile]) -> bool:
    """Whether these are the files that were signed, in that order, and none put aside since.

    One that waited for the scanner is released or refused by its answer; one that was ready
    stays ready.
    """
    if said.get("v") is None:
        return True
    signed, seen = said.get("files"), list(files)
    if not isinstance(signed, list) or [one[:1] for one in signed] != [[one[0]] for one in seen]:
        return False
    return all(
        was == now or was == FileState.SCAN_PENDING
        for (_id, was), (_same, now) in zip(signed, seen, strict=True)
    )


# What the rows of a kind say in clear, by object: the nouns tell, so that the first opening can
# compare it with what was signed.
Facts = Callable[[Iterable[UUID]], Mapping[UUID, Mapping[str, Any]]]
# When the journal says that the manifest of this hash was issued; None if it does not say so.
IssuedAt = Callable[[UUID, str], datetime.datetime | None]


@dataclass(frozen=True, slots=True)
class _Kind:
    facts: Facts
    issued_at: IssuedAt | None


_facts_of_kind: dict[str, _Kind] = {}


def register_facts(kind: str, facts: Facts, issued_at: IssuedAt | None = None) -> None:
    """From now on a box of this kind is only taken over if its author's signature vouches for it.

    `facts` gives, for objects by id, the clear facts of the rows; among them `origin` (the
    administration) and `author` (the person) that a page would show. `issued_at` is asked when
    the key that signed was revoked since: what is younger than that is nobody's word.
    """
    _facts_of_kind[kind] = _Kind(facts, issued_at)


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
    facts = _facts_of_kind[kind].facts(ids)
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
    try:
        said = said_in(row)
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


def _signer(said: Mapping[str, Any], body: bytes, signature: bytes) -> PersonEntry:
    """The signer must stand in the directory under that key, for that administration."""
    for entry in directory().history(_number(said.get("author"))):
        public = entry.public.content
        if public.to_bytes().hex() != said.get("key"):
            continue
        if entry.administration != said.get("administration"):
            continue
        try:
            public.verify(LABEL, body, signature)
        except CannotOpen:
            raise SealBroken from None
        return entry
    raise SealBroken


def _check_when(manifest: Manifest, said: Mapping[str, Any], entry: PersonEntry) -> None:
    """Somebody who left since then still wrote what was written; nobody writes after leaving."""
    version = said.get("v", 1)
    if version not in (1, VERSION):
        raise SealBroken
    if version == VERSION:
        as_of = _number(said.get("as_of"))
        if not entry.seq < as_of <= directory().size:
            raise SealBroken
        if entry.revoked_at is not None and as_of > entry.revoked_at:
            raise SealBroken
    if entry.revoked_at is not None:
        _check_journal(manifest, entry.revoked_at, is_needed=version == 1)


def _check_journal(manifest: Manifest, revoked_at: int, *, is_needed: bool) -> None:
    """The line of its issue must be older than the line that revoked its signer's key.

    The directory tells whole seconds. Objects whose kind has no such lines go by `as_of` alone.
    """
    kind = _facts_of_kind.get(manifest.kind)
    if kind is None or kind.issued_at is None:
        if is_needed:
            raise SealBroken
        return
    issued = kind.issued_at(manifest.object_id, bytes(manifest.hash).hex())
    line = read_canonical(bytes(DirectoryEntry.objects.get(seq=revoked_at).body))
    end = datetime.datetime.fromisoformat(line["at"]) + datetime.timedelta(seconds=1)
    if issued is None or issued >= end:
        raise SealBroken


def _number(value: Any) -> int:
    if type(value) is not int:
        raise SealBroken
    return value


def manifest_hash(kind: str, object_id: UUID, revision: int) -> str:
    """The hash that the journal's row of the publication must hold."""
    return bytes(Manifest.objects.get(kind=kind, object_id=object_id, revision=revision).hash).hex()
