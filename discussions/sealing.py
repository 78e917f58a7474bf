"""The keys of a thread: who is to hold them, the present one, and a new one when that changes.

A thread has one key at a time (`ThreadEpoch`), sealed to the key of each administration that
takes part, and to each officer who takes part by name. Whoever writes asks first whether those
are still the holders; if somebody came, went, or has a new key since, the message begins a new
one. So whoever has left reads nothing that was written afterwards, whatever a rule may say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from access.actors import Actor
from discussions.facts import KIND, epoch_facts
from discussions.models import Message, Thread, ThreadEpoch
from vault.crypto.errors import CannotOpen
from vault.manifests import SealBroken, check_manifest, sign_manifest
from vault.models import Manifest
from vault.objects import (
    TITLE_FLOOR,
    DataKey,
    Holder,
    clear_facts,
    hand_out,
    is_sealed_to,
    open_key,
    open_keys,
)
from vault.sessions import Vault


class Locked(CannotOpen):
    """The reader's session holds no key of this thread: unlock, or ask for a grant."""


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """A key of a thread that this session could open."""

    epoch: ThreadEpoch
    key: DataKey
    made: str = ""  # the hash of its manifest, for the journal, if it was made just now

    def message_key(self, message: Message) -> DataKey:
        """The key of one message: its files hang on it, and it can be given away alone."""
        return self.key.part("message", message.uuid)


def holders_of(vault: Vault, thread: Thread) -> tuple[list[Holder], list[str]]:
    """Whose keys a thread is to be sealed to now, and the administrations without a usable one."""
    epochs = vault.sealable_epochs(thread.holder_codes)
    holders = [
        Holder(code, epoch.number, epoch.public.box)
        for code, epoch in sorted(epochs.items())
        if epoch is not None
    ]
    unready = sorted(code for code, epoch in epochs.items() if epoch is None)
    view = vault.directory()
    people = [(user_id, view.person(user_id)) for user_id in sorted(thread.named_ids)]
    holders += [Holder.person(pk, entry.public.personal) for pk, entry in people if entry]
    return holders, unready


def open_epoch(vault: Vault | None, epoch: ThreadEpoch) -> OpenEpoch:
    """Open one key; Locked if it was not sealed for this session, SealBroken if it was spoilt."""
    try:
        return OpenEpoch(epoch, open_key(vault, KIND, epoch.uuid, 1))
    except CannotOpen:
        spoilt = is_sealed_to(vault, KIND, epoch.uuid, 1)
        raise (SealBroken if spoilt else Locked) from None


def open_epochs(vault: Vault | None, epochs: Iterable[ThreadEpoch]) -> dict[int, OpenEpoch]:
    """Those of these keys that open, by row; in one query."""
    rows = {epoch.uuid: epoch for epoch in epochs}
    keys = open_keys(vault, KIND, [(one, 1) for one in rows])
    return {rows[one].pk: OpenEpoch(rows[one], key) for (one, _), key in keys.items()}


def check_epoch(opened: OpenEpoch, former: ThreadEpoch | None) -> None:
    """The maker's signature over this key, its topic and its audience; else SealBroken.

    Only the administration that opened the thread changes who takes part: a key whose audience
    is another one than the former's must be made by it, whatever the rows say.
    """
    epoch, thread = opened.epoch, opened.epoch.thread
    holders = [name for name, *_ in signed_holders(epoch)]
    check_manifest(
        opened.key,
        author=epoch.author_id,
        administration=epoch.administration_id,
        clear=epoch_facts(epoch),
        holders=holders,
        sealed={"topic": bytes(epoch.sealed_topic)},
    )
    before = former.audience if former else None
    ours = epoch.administration_id == thread.origin_id
    if not set(holders) <= set(epoch.audience) or (before != epoch.audience and not ours):
        raise SealBroken


def check_audience(epoch: ThreadEpoch, thread: Thread) -> None:
    """Whether who takes part, by the rows, is who was signed for; else SealBroken.

    A hand in the database that adds a participant is met here, before anything is written or
    shown to it.
    """
    if sorted(epoch.audience) != thread.audience:
        raise SealBroken


def signed_holders(epoch: ThreadEpoch) -> list[list[Any]]:
    """Name, epoch and key id of each holder, as the manifest says (not checked here)."""
    row = Manifest.objects.filter(kind=KIND, object_id=epoch.uuid, revision=1).first()
    if row is None:
        raise SealBroken
    found: list[list[Any]] = json.loads(bytes(row.body)).get("holders", [])
    return found


def topic_of(opened: OpenEpoch) -> str:
    facts = clear_facts(epoch_facts(opened.epoch))
    return opened.key.open_field("topic", bytes(opened.epoch.sealed_topic), binds=facts).decode()


# Making ---------------------------------------------------------------------------------------


def make_epoch(
    actor: Actor, vault: Vault, thread: Thread, topic: str, former: ThreadEpoch | None
) -> OpenEpoch:
    """Begin a key for those who take part now, in the caller's transaction."""
    epoch = ThreadEpoch(
        thread=thread,
        number=former.number + 1 if former else 1,
        author_id=actor.user_id,
        administration_id=actor.administration,
        made_at=timezone.now(),
        after=thread.last_number,
        audience=thread.audience,
    )
    key = DataKey.make(KIND, epoch.uuid)
    clear = epoch_facts(epoch)
    epoch.sealed_topic = key.seal_field(
        "topic", topic.encode(), binds=clear_facts(clear), floor=TITLE_FLOOR
    )
    epoch.save(force_insert=True)
    holders, _unready = holders_of(vault, thread)
    hand_out(key, holders)
    manifest = sign_manifest(
        vault, key, clear=clear, holders=holders, sealed={"topic": bytes(epoch.sealed_topic)}
    )
    return OpenEpoch(epoch, key, bytes(manifest.hash).hex())


def newest_epochs(thread: Thread) -> tuple[ThreadEpoch, ThreadEpoch | None]:
    """The present key's row, and the one before it."""
    rows = list(thread.epochs.order_by("-number")[:2])
    if not rows:
        raise SealBroken
    for row in rows:
        row.thread = thread
    return rows[0], rows[1] if len(rows) > 1 else None


def open_present(vault: Vault | None, thread: Thread) -> OpenEpoch:
    """The present key, with everything checked that was signed about it."""
    present, former = newest_epochs(thread)
    opened = open_epoch(vault, present)
    check_epoch(opened, former)
    check_audience(present, thread)
    return opened


def epoch_to_write_under(actor: Actor, vault: Vault, thread: Thread) -> OpenEpoch:
    """The present key, or a new one if somebody who takes part has a new key since.

    For services that hold the thread locked. Locked if this session cannot open the present key:
    who cannot read what was said last does not write either.
    """
    opened = open_present(vault, thread)
    holders, _unready = holders_of(vault, thread)
    if sorted(signed_holders(opened.epoch)) == sorted(one.as_listed() for one in holders):
        return opened
    return make_epoch(actor, vault, thread, topic_of(opened), opened.epoch)
