"""After a new epoch: every data key that a former one holds, wrapped again under the newest.

Nothing happens in the background, because the worker holds no keys: the first colleague who
opens a vault afterwards does it in passing. Until then the rows are *pending*, and the leaver,
with a copy of the database, could still open what lay there before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from vault import objects
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import KeyHolder
from vault.open_vault import Vault

log = logging.getLogger("iswg.vault")

BATCH = 500
CHANGED = ["key_id", "epoch", "box", "wrap"]


def pending_rows(code: str) -> QuerySet[KeyHolder]:
    """What an administration still holds under a former epoch."""
    epoch = directory().epoch(code)
    if epoch is None:
        return KeyHolder.objects.none()
    return KeyHolder.objects.filter(holder=code, epoch__lt=epoch.number)


def could_have_read(code: str, user_id: int) -> QuerySet[KeyHolder]:
    """What lay open to a leaver: everything of the administration, and what named them."""
    return KeyHolder.objects.filter(holder__in=[code, f"user:{user_id}"]).order_by("pk")


def rewrap_pending(vault: Vault) -> int:
    """Wrap everything under the newest epoch this vault opens; how many rows it was.

    In batches with a transaction each, so that it may be cut off anywhere and goes on at the
    next log-in. A damaged row is left as it is, for the page that meets it to say so.
    """
    newest = vault.epoch_key_id(vault.newest)
    if newest is None:
        return 0
    former = [key_id for key_id in vault.key_ids if key_id not in (newest, vault.personal_id)]
    if not former:
        return 0
    done, after = 0, 0
    rows = KeyHolder.objects.filter(holder=vault.administration, key_id__in=former).order_by("pk")
    while batch := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        done += _rewrap(vault, newest, batch)
        after = batch[-1]
    return done


@transaction.atomic
def _rewrap(vault: Vault, newest: bytes, pks: list[int]) -> int:
    rows = list(KeyHolder.objects.select_for_update().filter(pk__in=pks))
    held = _held_already(newest, rows)
    moved = []
    for row in rows:
        if (row.object_id, row.kind, row.revision) in held:
            row.delete()
        elif _moved(vault, row, newest):
            moved.append(row)
    # One statement for the batch; `bulk_update` would write a CASE of five hundred arms.
    KeyHolder.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED
    )
    return len(moved)


def _held_already(newest: bytes, rows: Iterable[KeyHolder]) -> set[tuple[UUID, str, int]]:
    """Objects that were sealed to the newest epoch as well: their former row is superfluous."""
    ids = [row.object_id for row in rows]
    found = KeyHolder.objects.filter(key_id=newest, object_id__in=ids)
    return set(found.values_list("object_id", "kind", "revision"))


def _moved(vault: Vault, row: KeyHolder, newest: bytes) -> bool:
    try:
        key = objects.open_row(vault, row)
    except CannotOpen:
        log.error("holder row %s does not open and stays under its former epoch", row.pk)
        return False
    row.key_id, row.epoch, row.box = newest, vault.newest, None
    row.wrap = objects.wrapped(vault, key, row)
    return True
