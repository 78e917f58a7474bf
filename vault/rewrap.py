"""After a new epoch: every data key that a former one holds, wrapped again under the newest.

Nothing happens in the background, because the worker holds no keys: the first colleague who
opens a vault afterwards does it in passing. Until then the rows are *pending*, and the leaver,
with a copy of the database, could still open what lay there before.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from vault import objects
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import KeyHolder
from vault.open_vault import Vault

log = logging.getLogger("iswg.vault")

Place = tuple[UUID, str, int]

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
        done += _rewrap(vault, newest, rows.filter(pk__in=batch))
        after = batch[-1]
    return done


@transaction.atomic
def _rewrap(vault: Vault, newest: bytes, former: QuerySet[KeyHolder]) -> int:
    # Two colleagues may come at once: the second waits for the lock, and then finds that these
    # rows are not under a former epoch any more, which `former` asks again.
    rows = list(former.select_for_update())
    twins = _twins(newest, rows)
    moved = []
    for row in rows:
        twin = twins.get(_place(row))
        if twin is None:
            moved += [row] if _moved(vault, row, newest) else []
        elif _opens(vault, twin):
            row.delete()
    # One statement for the batch; `bulk_update` would write a CASE of five hundred arms.
    KeyHolder.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED
    )
    return len(moved)


def _twins(newest: bytes, rows: list[KeyHolder]) -> dict[Place, KeyHolder]:
    """What was sealed to the newest epoch as well. If that row opens, the former one is
    superfluous; if not, the former stays, because it may be the only genuine one."""
    ids = [row.object_id for row in rows]
    found = KeyHolder.objects.filter(key_id=newest, object_id__in=ids)
    return {_place(twin): twin for twin in found}


def _place(row: KeyHolder) -> Place:
    return row.object_id, row.kind, row.revision


def _opens(vault: Vault, row: KeyHolder) -> bool:
    try:
        objects.open_row(vault, row)
    except CannotOpen:
        log.error("holder row %s does not open", row.pk)
        return False
    return True


def _moved(vault: Vault, row: KeyHolder, newest: bytes) -> bool:
    try:
        key = objects.open_row(vault, row)
    except CannotOpen:
        log.error("holder row %s does not open and stays under its former epoch", row.pk)
        return False
    if row.box is not None and not objects.believed([(row, key)]):
        log.error("holder row %s is vouched for by nobody and stays in its box", row.pk)
        return False
    row.key_id, row.epoch, row.box = newest, vault.newest, None
    row.wrap = objects.wrapped(vault, key, row)
    return True
