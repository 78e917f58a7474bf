"""Files of messages: who may add one to what is not sent yet."""

from __future__ import annotations

from uuid import UUID

from access.actors import Actor
from access.policy import Action, require
from discussions.facts import DRAFT_KIND
from discussions.models import ThreadDraft
from vault.ports import register_attachable


def register_message_drafts() -> None:
    """Called once, when Django is ready."""
    register_attachable(DRAFT_KIND, hold_draft)


def hold_draft(actor: Actor, draft_id: UUID) -> None:
    """Lock the draft and judge the locked row: while a file is added, nobody sends it."""
    draft = ThreadDraft.objects.select_for_update(of=("self",)).select_related("thread")
    require(actor, Action.EDIT_THREAD_DRAFT, draft.get(pk=draft_id))
