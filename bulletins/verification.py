"""Whether the rules and the keys say the same of every bulletin: for `verify_vault`.

The rows say who may ask, the key holders who can read, the manifest what the author signed,
and the journal what happened to it since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from activity.events import Event
from bulletins.facts import KIND, facts_of, target_of
from bulletins.ledger_check import ledger_differs, lines_about
from bulletins.models import Bulletin
from bulletins.queries import with_ledger
from vault.manifests import SealBroken, are_as_signed, said_in
from vault.models import KeyHolder, Manifest, SealedFile
from vault.objects import clear_facts

BATCH = 500
ORDER = ("position", "made_at")  # as their pages list them


def holders_fit(_view: Any) -> Iterator[str]:
    """A sentence for each bulletin whose recipients, keys, manifest and journal differ."""
    last = 0
    while batch := list(with_ledger().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield from _batch(batch)


def _batch(bulletins: list[Bulletin]) -> Iterator[str]:
    ids = [one.uuid for one in bulletins]
    keys: dict[Any, set[str]] = {}
    for row in KeyHolder.objects.filter(kind=KIND, object_id__in=ids).only("object_id", "holder"):
        keys.setdefault(row.object_id, set()).add(row.holder)
    manifests = {
        row.object_id: row
        for row in Manifest.objects.filter(kind=KIND, object_id__in=ids).order_by("revision")
    }
    signed = {
        key: {name for name, *_ in json.loads(bytes(row.body)).get("holders", [])}
        for key, row in manifests.items()
    }
    files: dict[Any, list[SealedFile]] = {}
    for file in SealedFile.objects.filter(kind=KIND, object_id__in=ids).order_by(*ORDER):
        files.setdefault(file.object_id, []).append(file)
    lines = lines_about(bulletins)
    for one in bulletins:
        about = lines.get(target_of(one), [])
        yield from _as_signed(one, manifests.get(one.uuid), files.get(one.uuid, []), about)
        yield from ledger_differs(one, about)
        named = one.named_ids
        rows = set(one.holder_codes) if named is None else {f"user:{pk}" for pk in named}
        if rows != signed.get(one.uuid):
            yield f"The recipients of {one.ref} are not those that its author signed."
        elif not keys.get(one.uuid, set()) <= rows:
            yield f"Somebody holds a key of {one.ref} to whom it was not sent."
        elif rows - keys.get(one.uuid, set()):
            yield f"Somebody to whom {one.ref} was sent holds no key of it."


def _as_signed(
    bulletin: Bulletin, manifest: Manifest | None, files: list[SealedFile], lines: list[Any]
) -> Iterator[str]:
    """What no key is needed for: the signature, the clear facts, the files, the journal's line."""
    if manifest is None:
        return  # told already: then nobody signed its recipients
    try:
        said = said_in(manifest)
    except SealBroken:
        yield f"The manifest of {bulletin.ref} is not by its author."
        return
    if said.get("clear") != json.loads(clear_facts(facts_of(bulletin))):
        yield f"The clear facts of {bulletin.ref} are not those that its author signed."
    if not are_as_signed(said, [(str(one.id), one.state) for one in files]):
        yield f"The files of {bulletin.ref} are not those that its author signed."
    issues = [line for line in lines if line["event"] == Event.BULLETIN_ISSUED]
    if not issues or issues[-1]["detail"].get("manifest") != bytes(manifest.hash).hex():
        yield f"The journal does not name the manifest of {bulletin.ref}."
