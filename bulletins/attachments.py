"""Files of bulletins: who may add one to a draft, and what happens when a scanner refuses one."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from bulletins.models import Bulletin, Draft
from bulletins.services import DRAFT_KIND, target_of
from vault.ports import register_attachable


def register_drafts() -> None:
    """Called once, when Django is ready."""
    register_attachable(DRAFT_KIND, hold_draft)


def hold_draft(actor: Actor, draft_id: UUID) -> None:
    """Lock the draft and judge the locked row: while a file is added, nobody publishes it."""
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    require(actor, Action.EDIT_DRAFT, draft)


@transaction.atomic
def report_refused_file(*, actor: Actor, bulletin: Bulletin, file_id: UUID) -> None:
    """The scanner found something in an issued attachment, which is gone now: for the record."""
    require(actor, Action.READ_BULLETIN, bulletin)
    record(actor, Event.FILE_REFUSED, target_of(bulletin), detail={"file": str(file_id)})
