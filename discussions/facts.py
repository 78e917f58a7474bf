"""What is said of threads and messages in clear: to signatures, the journal and open pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from activity.record import NoticeFacts
from discussions.models import FormerRevision, Message, Thread, ThreadEpoch

KIND = "thread"
MESSAGE_KIND = "message"
DRAFT_KIND = "message draft"
LABEL = "iswg/v1/message"
EVERY_THREAD = "threads:all"


def target_of(thread: Thread) -> str:
    return f"discussions.thread:{thread.uuid}"


def message_target(message: Message) -> str:
    return f"discussions.message:{message.uuid}"


def topics_of(thread: Thread) -> list[str]:
    """The page of the thread, and the lists and figures of everybody who takes part."""
    return [f"thread:{thread.uuid}", EVERY_THREAD]


def notice_facts(thread: Thread, origin: str, *, merged: bool = False) -> NoticeFacts:
    return NoticeFacts(
        reference=thread.ref,
        origin=origin,
        marking=thread.tlp,
        about=target_of(thread),
        merged=merged,
    )


def epoch_facts(epoch: ThreadEpoch) -> dict[str, Any]:
    """The clear facts of a thread and of one of its keys, which the key's maker signs."""
    thread = epoch.thread
    return {
        "thread": thread.uuid.hex,
        "ref": thread.ref,
        "tlp": thread.tlp,
        "history": thread.history,
        "subject_kind": thread.subject_kind,
        "subject": thread.subject_id.hex if thread.subject_id else "",
        "opened_by": thread.origin_id,
        "number": epoch.number,
        "after": epoch.after,
        "audience": sorted(epoch.audience),
        "made_at": epoch.made_at.isoformat(timespec="microseconds"),
        "author": epoch.author_id,
        "origin": epoch.administration_id,
    }


def epoch_facts_by_id(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """For the first opening of their boxes (vault.manifests.register_facts)."""
    rows = ThreadEpoch.objects.select_related("thread").filter(uuid__in=list(ids))
    return {one.uuid: epoch_facts(one) for one in rows}


def digest(sealed: bytes | None) -> bytes:
    return hashlib.sha256(bytes(sealed or b"")).digest()


def statement(message: Message) -> dict[str, Any]:
    """What the author of the newest revision signed."""
    return _statement(message, message.revision, message.revised_at, bytes(message.digest))


def former_statement(message: Message, former: FormerRevision) -> dict[str, Any]:
    return _statement(message, former.revision, former.revised_at, bytes(former.digest))


def _statement(message: Message, revision: int, revised_at: Any, digest: bytes) -> dict[str, Any]:
    gone = message.withdrawn and revision == message.revision
    # Who withdraws signs for it: the author, or a contact point of the same administration.
    by = message.withdrawn_by_id if gone else message.author_id
    return {
        "v": 1,
        "thread": message.thread.uuid.hex,
        "message": message.uuid.hex,
        "number": message.number,
        "prev": bytes(message.prev).hex(),
        "epoch": message.epoch.uuid.hex,
        "kind": message.kind,
        "about": message.about,
        "author": message.author_id,
        "administration": message.administration_id,
        "sent_at": message.sent_at.isoformat(timespec="microseconds"),
        "revision": revision,
        "revised_at": revised_at.isoformat(timespec="microseconds") if revised_at else "",
        "withdrawn": gone,
        "by": by,
        "digest": digest.hex(),
    }
