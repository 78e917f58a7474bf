"""Whether the rules and the keys say the same of every bulletin: for `verify_vault`.

The rows say who may ask, the key holders who can read, the manifest what the author signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bulletins.models import Bulletin
from bulletins.queries import with_ledger
from bulletins.services import KIND
from vault.models import KeyHolder, Manifest

BATCH = 500


def holders_fit(_view: Any) -> Iterator[str]:
    """A sentence for each bulletin whose recipients, keys and manifest differ."""
    last = 0
    while batch := list(with_ledger().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield from _batch(batch)


def _batch(bulletins: list[Bulletin]) -> Iterator[str]:
    ids = [one.uuid for one in bulletins]
    keys: dict[Any, set[str]] = {}
    for row in KeyHolder.objects.filter(kind=KIND, object_id__in=ids).only("object_id", "holder"):
        keys.setdefault(row.object_id, set()).add(row.holder)
    signed = {
        row.object_id: {name for name, *_ in json.loads(bytes(row.body)).get("holders", [])}
        for row in Manifest.objects.filter(kind=KIND, object_id__in=ids)
    }
    for one in bulletins:
        named = one.named_ids
        rows = set(one.holder_codes) if named is None else {f"user:{pk}" for pk in named}
        if rows != signed.get(one.uuid):
            yield f"The recipients of {one.ref} are not those that its author signed."
        elif not keys.get(one.uuid, set()) <= rows:
            yield f"Somebody holds a key of {one.ref} to whom it was not sent."
        elif rows - keys.get(one.uuid, set()):
            yield f"Somebody to whom {one.ref} was sent holds no key of it."
