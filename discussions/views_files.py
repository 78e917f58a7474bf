"""Attachments of a message that is being written, and of one that was sent.

How files arrive is the same everywhere (vault/views/arriving_files.py); here stands which
message they are for. The page that writes has chosen its id, and the draft bears it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from discussions import attachments, queries
from discussions.content import Words
from discussions.facts import DRAFT_KIND
from discussions.found import found, found_message
from discussions.models import Message, ThreadDraft
from discussions.sealing import Locked
from discussions.services.reading import keep_draft
from discussions.services.threads import report_broken_seal
from vault import files
from vault.crypto.errors import CannotOpen
from vault.http import unlocked
from vault.streaming import as_download
from vault.uploads import NotAccepted
from vault.views.arriving_files import FilesOfDrafts

CONFLICT = 409


class FilesOfMessages(FilesOfDrafts):
    """The files of a message that is being written."""

    kind = DRAFT_KIND
    app = "discussions"

    def find_or_begin(self, request: HttpRequest, *, ref: str, message_id: UUID) -> ThreadDraft:
        thread = found(request, ref)
        draft = queries.draft_of(request.actor, thread)
        if draft is not None and draft.pk == message_id:
            return draft
        taken = Message.objects.filter(uuid=message_id), ThreadDraft.objects.filter(pk=message_id)
        if any(rows.exists() for rows in taken):
            raise Http404
        if draft is not None:
            raise NotAccepted(
                _("Another window has begun a message in this discussion. Load this page first."),
                CONFLICT,
            )
        return keep_draft(
            actor=request.actor, vault=request.vault, thread=thread, draft_id=message_id,
            words=Words(language=get_language() or "en"), version=0,
        )  # fmt: skip

    def own(self, request: HttpRequest, *, ref: str, message_id: UUID) -> UUID:
        thread = found(request, ref)
        draft = queries.draft_of(request.actor, thread)
        if draft is None or draft.pk != message_id:
            raise Http404
        return draft.pk

    def page(self, *, ref: str, message_id: UUID) -> str:
        return reverse("discussions:thread", args=[ref])

    def told(self, draft: ThreadDraft, **place: Any) -> dict[str, Any]:
        return {"version": draft.version}


ARRIVING = FilesOfMessages()
start, piece, remove, again = ARRIVING.views()


# What is fetched ------------------------------------------------------------------------------


@require_safe
@unlocked
def download(request: HttpRequest, ref: str, number: int, file_id: UUID) -> HttpResponseBase:
    """Always a download, never shown by us; every piece was verified before the first goes out."""
    message = found_message(request, ref, number)
    if not attachments.has_file(message, file_id):
        raise Http404
    try:
        ready = attachments.open_file(
            actor=request.actor, vault=request.vault, message=message, file_id=file_id
        )
    except files.FileNotReleased as held:
        if held.just_now and held.refused:
            attachments.report_refused_file(actor=request.actor, message=message, file_id=file_id)
        return _trouble(request, message, "refused" if held.refused else "waiting")
    except Locked:
        facts = {"thread": message.thread, "what": "locked", "nav_key": "discussions"}
        return render(request, "discussions/closed_to.html", facts, status=409)
    except CannotOpen:
        report_broken_seal(actor=request.actor, thread=message.thread)
        return _trouble(request, message, "damaged")
    return as_download(request, ready)


def _trouble(request: HttpRequest, message: Message, what: str) -> HttpResponse:
    facts = {"thread": message.thread, "message": message, "what": what}
    context = {**facts, "nav_key": "discussions"}
    response = render(request, "discussions/file_trouble.html", context, status=409)
    response["Cache-Control"] = "no-store"
    return response
