"""Whose grants of an epoch are believed, so that they are handed the next one in passing.

Opening a grant proves itself: a false secret is met by the directory. Handing on proves nothing,
so here every grant is traced to where the epoch began:

* its signer made the epoch, or holds a believed grant of it, and still stands in the directory;
* or the signer has left since. Then the epoch itself must have vouched for the grant, *and* the
  journal must have known of it before it knew of the leaving: whoever left still has her keys
  and the epoch's secret, and could date a grant back, but cannot write into a past that
  checkpoints have been mailed about.

So neither a ghost in the directory (who holds no grant), nor somebody who left, nor both of
them with a hand in the database, come to a grant that is believed.
"""

from __future__ import annotations

import logging
from typing import Any

from activity.events import Event
from activity.models import JournalEntry
from vault.crypto.canonical import read_canonical
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, EpochEntry, PersonEntry
from vault.grants import VOUCHER_LABEL, check_grant, grant_statement
from vault.models import EpochGrant

log = logging.getLogger("iswg.vault")


def granted_keys(view: Directory, epoch: EpochEntry) -> set[bytes]:
    """The ids of the keys with a grant of this epoch that is believed."""
    return {bytes(grant.key_id) for grant in believed_grants(view, epoch)}


def believed_grants(view: Directory, epoch: EpochEntry) -> list[EpochGrant]:
    """The grants themselves; the others of that epoch are rows that prove nothing."""
    rows = EpochGrant.objects.filter(administration=epoch.administration, epoch=epoch.number)
    waiting = [grant for grant in rows.order_by("pk") if _holds_together(grant, view, epoch)]
    believed: list[EpochGrant] = []
    holding = {epoch.made_by}
    while found := [g for g in waiting if _is_traced(g, view, epoch, holding)]:
        believed += found
        holding |= {bytes(grant.key_id) for grant in found}
        waiting = [grant for grant in waiting if grant not in found]
    for grant in waiting:
        log.error("grant %s of epoch %s of %s proves nothing", grant.pk, grant.epoch, view.size)
    return believed


def _holds_together(grant: EpochGrant, view: Directory, epoch: EpochEntry) -> bool:
    try:
        check_grant(grant, view)
        if grant.voucher:
            epoch.public.signing.verify(VOUCHER_LABEL, grant_statement(grant), bytes(grant.voucher))
    except CannotOpen:
        log.error("a grant of epoch %s of %s is false", epoch.number, epoch.administration)
        return False
    return True


def _is_traced(grant: EpochGrant, view: Directory, epoch: EpochEntry, holding: set[bytes]) -> bool:
    signer = view.person_at(bytes(grant.granter_key))
    assert signer is not None, "check_grant has seen the line"
    if not signer.revoked:
        return signer.key_id in holding
    # A row of before there were vouchers is believed of the one who made the epoch.
    vouched = bool(grant.voucher) or signer.key_id == epoch.made_by
    return vouched and _was_known_in_time(grant, signer)


def _was_known_in_time(grant: EpochGrant, signer: PersonEntry) -> bool:
    """Whether the journal tells of this grant before it tells that its signer's key ended."""
    ended = _ending(signer)
    if ended is None:
        return False
    places = [f"accounts.user:{grant.user_id}", f"accounts.administration:{grant.administration}"]
    rows = JournalEntry.objects.filter(
        seq__lt=ended, target__in=places, event__in=[Event.KEY_GRANTED, Event.EPOCH_MADE]
    )
    return any(_tells_of(grant, row) for row in rows)


def _ending(signer: PersonEntry) -> int | None:
    """The number of the journal's line about the end of this key."""
    rows = JournalEntry.objects.filter(
        target=f"accounts.user:{signer.user_id}",
        event__in=[Event.KEY_REVOKED, Event.KEY_ENTERED],
    )
    for row in rows.order_by("seq"):
        detail = _entry(row)["detail"]
        former = detail.get("key" if row.event == Event.KEY_REVOKED else "former")
        # A line of before `former` was written says only that some key was replaced.
        if former == signer.key_id.hex() or (former is None and detail.get("replaced")):
            return int(row.seq)
    return None


def _tells_of(grant: EpochGrant, row: JournalEntry) -> bool:
    entry = _entry(row)
    detail = entry["detail"]
    if entry["actor"] != grant.granter_id or detail.get("epoch") != grant.epoch:
        return False
    if row.event == Event.EPOCH_MADE:
        return grant.user_id in detail.get("granted", ())
    return bool(detail.get("key") == bytes(grant.key_id).hex())


def _entry(row: JournalEntry) -> dict[str, Any]:
    return read_canonical(bytes(row.entry))
