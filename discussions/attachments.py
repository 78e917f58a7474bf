"""Files of messages: who may add one to what is not sent yet, and how one is opened.

A message's words name each of its files with the sum of its bytes, and its author signed the
words. So a file is what its author sent only if what lies here comes to that very sum: whoever
holds the key of the thread could seal other bytes, and put them in its place.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from discussions.facts import DRAFT_KIND, MESSAGE_KIND, message_target
from discussions.models import Message, ThreadDraft
from discussions.opening import open_messages
from discussions.sealing import message_key, open_epoch
from vault import files
from vault.manifests import SealBroken
from vault.ports import register_attachable
from vault.sessions import Vault


def register_message_drafts() -> None:
    """Called once, when Django is ready."""
    register_attachable(DRAFT_KIND, hold_draft)


def hold_draft(actor: Actor, draft_id: UUID) -> None:
    """Lock the draft and judge the locked row: while a file is added, nobody sends it."""
    draft = ThreadDraft.objects.select_for_update(of=("self",)).select_related("thread")
    require(actor, Action.EDIT_THREAD_DRAFT, draft.get(pk=draft_id))


def has_file(message: Message, file_id: UUID) -> bool:
    """Whether a row says so; what its author says is asked when it is opened."""
    return any(one.id == file_id for one in files.stored(MESSAGE_KIND, message.uuid))


def open_file(
    *, actor: Actor, vault: Vault | None, message: Message, file_id: UUID
) -> files.OpenFile:
    """An attachment, every piece verified before the first byte goes out; recorded.

    Locked without the key; SealBroken if the message or the file is not what its author sent.
    """
    require(actor, Action.READ_THREAD, message.thread)
    ready = _verified(vault, message, file_id)
    with transaction.atomic():
        record(
            actor,
            Event.THREAD_FILE_DOWNLOADED,
            message_target(message),
            detail={"thread": message.thread.ref, "number": message.number, "file": str(file_id)},
        )
    return ready


def _verified(vault: Vault | None, message: Message, file_id: UUID) -> files.OpenFile:
    opened = open_epoch(vault, message.epoch)
    shown = open_messages(vault, message.thread, [message])[0]
    named = {one.id: one for one in shown.words.files} if shown.words else {}
    stored = {one.id: one for one in files.stored(MESSAGE_KIND, message.uuid)}
    fact = named.get(str(file_id))
    if fact is None or file_id not in stored:
        raise SealBroken
    ready = files.open_for_reading(message_key(opened, message), stored[file_id])
    said = fact.name, fact.size, fact.media_type, fact.sha256
    if said != (ready.name, ready.size, ready.media_type, ready.sha256):
        raise SealBroken
    return ready


@transaction.atomic
def report_refused_file(*, actor: Actor, message: Message, file_id: UUID) -> None:
    """The scanner found something in an attachment that was sent, now gone: for the record."""
    require(actor, Action.READ_THREAD, message.thread)
    record(actor, Event.FILE_REFUSED, message_target(message), detail={"file": str(file_id)})
