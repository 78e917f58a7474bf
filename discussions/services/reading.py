"""Keeping track: how far one has read, what one follows, what one has begun to write."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from activity.queries import notices_about
from activity.services import mark_read
from discussions.content import Words
from discussions.facts import DRAFT_KIND, target_of
from discussions.models import Attention, Bookmark, Participant, Thread, ThreadDraft
from vault import files
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import pad, unpad
from vault.sessions import Vault

# How far one has read ---------------------------------------------------------------------------


@transaction.atomic
def read_up_to(*, actor: Actor, thread: Thread, number: int) -> bool:
    """This person has read as far as `number`; never backwards. Whether the administration
    came further by it, which the others may be shown."""
    require(actor, Action.READ_THREAD, thread)
    number = max(0, min(number, thread.last_number))
    mark, fresh = Bookmark.objects.get_or_create(
        user_id=actor.user_id, thread=thread, defaults={"position": number}
    )
    if not fresh and mark.position < number:
        Bookmark.objects.filter(user=actor.user_id, thread=thread, position__lt=number).update(
            position=number
        )
    if number >= thread.last_number:
        mark_read(actor=actor, notices=notices_about(actor, target_of(thread)))
    moved = Participant.objects.filter(
        thread=thread, administration=actor.administration, seen__lt=number
    ).update(seen=number)
    return bool(moved)


@transaction.atomic
def mark_unread_from(*, actor: Actor, thread: Thread, number: int) -> None:
    """For this person alone, `number` and what follows is new again."""
    require(actor, Action.READ_THREAD, thread)
    Bookmark.objects.update_or_create(
        user_id=actor.user_id,
        thread=thread,
        defaults={"position": max(0, min(number, thread.last_number) - 1)},
    )


@transaction.atomic
def pay_attention(*, actor: Actor, thread: Thread, attention: str) -> None:
    """Follow it, mute it, or neither: what this person is told about."""
    require(actor, Action.READ_THREAD, thread)
    Bookmark.objects.update_or_create(
        user_id=actor.user_id,
        thread=thread,
        defaults={"attention": Attention(attention).value},
        create_defaults={
            "attention": Attention(attention).value,
            "position": thread.last_number,
        },
    )
    if attention == Attention.MUTED:  # what waits to be mailed is not sent either
        mark_read(actor=actor, notices=notices_about(actor, target_of(thread)))


# What one has begun to write --------------------------------------------------------------------


class DraftChanged(Exception):
    """Saved meanwhile in another window."""

    def __init__(self, draft: ThreadDraft) -> None:
        super().__init__()
        self.draft = draft


def _context(draft: ThreadDraft) -> bytes:
    return context(
        "iswg/v1/message draft", draft.id, draft.thread_id, draft.author_id, draft.version
    )


def open_draft(vault: Vault, draft: ThreadDraft) -> Words:
    """The words of one's own draft; CannotOpen if it is not one's own or was tampered with."""
    raw = unpad(open_sealed(vault.draft_key, _context(draft), bytes(draft.sealed)))
    return Words.from_bytes(raw)


def open_draft_or_none(vault: Vault | None, draft: ThreadDraft | None) -> Words | None:
    if vault is None or draft is None:
        return None
    try:
        return open_draft(vault, draft)
    except CannotOpen:
        return None


@transaction.atomic
def keep_draft(
    *, actor: Actor, vault: Vault, thread: Thread, draft_id: UUID, words: Words, version: int
) -> ThreadDraft:
    """Keep what was typed in this thread. `version` is that of the page: DraftChanged if another
    window saved something else since."""
    mine = {"thread": thread, "author_id": actor.user_id}
    draft = ThreadDraft.objects.select_for_update().filter(**mine).first()
    if draft is None:
        draft = ThreadDraft(
            id=draft_id, administration_id=actor.administration, version=0, sealed=b"", **mine
        )
    require(actor, Action.EDIT_THREAD_DRAFT, draft)
    if draft.version != version and draft.sealed:
        kept = open_draft_or_none(vault, draft)
        if kept == words:
            return draft
        if kept is not None and kept.text:
            raise DraftChanged(draft)
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.sealed = seal(vault.draft_key, _context(draft), pad(words.to_bytes(), floor=1024))
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, draft: ThreadDraft) -> None:
    draft = ThreadDraft.objects.select_for_update().select_related("thread").get(pk=draft.pk)
    require(actor, Action.EDIT_THREAD_DRAFT, draft)
    files.discard_all(DRAFT_KIND, draft.id)
    draft.delete()
