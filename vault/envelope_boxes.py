"""What lies in an administration's envelope: the secret of its present epoch, in one box.

The box is for the key that the directory names, so a row that a hand put there is for nobody;
and the epoch signed it, so that one sees today whether it will open on the day it is needed.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from vault.crypto.box import open_box, seal_to
from vault.crypto.context import context
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys
from vault.crypto.recovery import envelope_key, read_recovery_code
from vault.directory import Directory, EnvelopeEntry, EpochEntry
from vault.models import EnvelopeBox

BOX_LABEL = "iswg/v1/envelope box"


class EnvelopeState(StrEnum):
    NONE = "none"
    READY = "ready"  # the sheet opens the present key
    PARTED = "parted"  # it does, until a next key is made: who made the sheet has left
    STALE = "stale"  # there is a sheet, and it does not open the present key


def fill(view: Directory, epoch: EpochEntry, keys: EpochKeys) -> None:
    """Seal an epoch to the administration's envelope, if there is one that nobody who left
    has read the code of."""
    envelope = view.envelope_in_force(epoch.administration)
    if envelope is None:
        return
    row = EnvelopeBox(
        administration=epoch.administration, epoch=epoch.number, key_id=envelope.key_id
    )
    row.box = seal_to(envelope.public, _place(row, epoch), keys.secret)
    row.signature = keys.signing.sign(BOX_LABEL, _statement(row, epoch))
    former = EnvelopeBox.objects.filter(administration=epoch.administration)
    former.exclude(key_id=envelope.key_id).delete()
    former.filter(epoch=epoch.number).delete()
    row.save(force_insert=True)


def state_of(view: Directory, code: str) -> EnvelopeState:
    """Whether the sheet in the safe opens the present key of this administration."""
    envelope, epoch = view.envelope(code), view.epoch(code)
    if envelope is None or epoch is None:
        return EnvelopeState.NONE
    if _genuine(envelope, epoch) is None:
        return EnvelopeState.STALE
    in_force = view.envelope_in_force(code) is not None
    return EnvelopeState.READY if in_force else EnvelopeState.PARTED


def open_with(view: Directory, code: str, typed: str) -> EpochKeys:
    """The present epoch, with the code as somebody typed it; CannotOpen if it is not in there.

    Also when whoever made the sheet has left: then this is the day it was made for.
    """
    envelope, epoch = view.envelope(code), view.epoch(code)
    row = _genuine(envelope, epoch) if envelope and epoch else None
    if envelope is None or epoch is None or row is None:
        raise CannotOpen
    key = envelope_key(read_recovery_code(typed), envelope.salt)
    if key.public != envelope.public:
        raise CannotOpen
    keys = EpochKeys.derive(open_box(key, _place(row, epoch), bytes(row.box)))
    if keys.public != epoch.public:
        raise CannotOpen
    return keys


def _genuine(envelope: EnvelopeEntry, epoch: EpochEntry) -> EnvelopeBox | None:
    """The row of this envelope and epoch, if the epoch itself signed it."""
    row = EnvelopeBox.objects.filter(
        administration=epoch.administration, epoch=epoch.number
    ).first()
    if row is None or bytes(row.key_id) != envelope.key_id:
        return None
    try:
        epoch.public.signing.verify(BOX_LABEL, _statement(row, epoch), bytes(row.signature))
    except CannotOpen:
        return None
    return row


def _place(row: EnvelopeBox, epoch: EpochEntry) -> bytes:
    return context(
        "iswg/v1/envelope", row.administration, row.epoch, epoch.key_id, bytes(row.key_id)
    )


def _statement(row: EnvelopeBox, epoch: EpochEntry) -> bytes:
    digest = hashlib.sha256(bytes(row.box)).digest()
    return context("iswg/v1/envelope box signed", _place(row, epoch), digest)
