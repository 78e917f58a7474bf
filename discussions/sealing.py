"""The keys of a thread (vault/circles.py): the present one, and the next when somebody comes,
goes, or has a new key. The topic is sealed under each anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from access.actors import Actor
from discussions.asking import newest_two_keys
from discussions.facts import KIND, MESSAGE_KIND, epoch_facts
from discussions.models import Message, Thread, ThreadEpoch
from vault import circles
from vault.circles import Locked, OpenCircle
from vault.manifests import SealBroken
from vault.objects import TITLE_FLOOR, DataKey, clear_facts
from vault.sessions import Vault

__all__ = ["Locked", "OpenEpoch"]

OpenEpoch = OpenCircle[ThreadEpoch]


def message_key(opened: OpenEpoch, message: Message) -> DataKey:
    """The key of one message: its files hang on it, and it can be given away alone."""
    return opened.key.part(MESSAGE_KIND, message.uuid)


def open_epoch(vault: Vault | None, epoch: ThreadEpoch) -> OpenEpoch:
    """Open one key; Locked if it was not sealed for this session, SealBroken if it was spoilt."""
    return circles.open_one(vault, KIND, epoch)


def open_epochs(vault: Vault | None, epochs: Iterable[ThreadEpoch]) -> dict[int, OpenEpoch]:
    """Those of these keys that open, by row; in one query."""
    return circles.open_many(vault, KIND, epochs)


def topic_of(opened: OpenEpoch) -> str:
    binds = clear_facts(epoch_facts(opened.row))
    return opened.key.open_field("topic", bytes(opened.row.sealed_topic), binds=binds).decode()


def newest_epochs(thread: Thread) -> tuple[ThreadEpoch, ThreadEpoch | None]:
    """The present key's row, and the one before it."""
    rows = newest_two_keys(thread)
    if not rows:
        raise SealBroken
    for row in rows:
        row.thread = thread
    return rows[0], rows[1] if len(rows) > 1 else None


def open_present(vault: Vault | None, thread: Thread) -> OpenEpoch:
    """The present key, with everything checked that was signed about it."""
    present, former = newest_epochs(thread)
    opened = open_epoch(vault, present)
    sealed = {"topic": bytes(present.sealed_topic)}
    circles.check(opened, thread, clear=epoch_facts(present), sealed=sealed, former=former)
    circles.check_audience(present, thread)
    return opened


def make_epoch(
    actor: Actor, vault: Vault, thread: Thread, topic: str, former: ThreadEpoch | None
) -> OpenEpoch:
    """Begin a key for those who take part now, in the caller's transaction."""
    number = former.number + 1 if former else 1
    epoch = ThreadEpoch(thread=thread, number=number, after=thread.last_number)

    def seal(key: DataKey, row: ThreadEpoch) -> Mapping[str, bytes]:
        binds = clear_facts(epoch_facts(row))
        row.sealed_topic = key.seal_field("topic", topic.encode(), binds=binds, floor=TITLE_FLOOR)
        return {"topic": bytes(row.sealed_topic)}

    return circles.make(actor, vault, KIND, epoch, thread, clear=epoch_facts, seal=seal)


def epoch_to_write_under(actor: Actor, vault: Vault, thread: Thread) -> OpenEpoch:
    """The present key, or a new one if somebody who takes part has a new key since.

    For services that hold the thread locked. Locked if this session cannot open the present key:
    who cannot read what was said last does not write either.
    """
    opened = open_present(vault, thread)
    if circles.is_current(vault, opened, thread):
        return opened
    return make_epoch(actor, vault, thread, topic_of(opened), opened.row)
