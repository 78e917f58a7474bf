"""Attachments of a draft as they arrive, and of a bulletin as they are fetched.

How files arrive is the same everywhere (vault/views/arriving_files.py); here stands which draft
they are for.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.policy import Action, require
from bulletins import attachments, opening, queries, services
from bulletins.models import Bulletin, Draft
from vault import files
from vault.http import unlocked
from vault.streaming import as_download
from vault.views.arriving_files import FilesOfDrafts, NotBegunYet


class FilesOfBulletins(FilesOfDrafts):
    """The files of a bulletin that is being written."""

    kind = services.DRAFT_KIND
    app = "bulletins"

    def find_or_begin(self, request: HttpRequest, *, draft_id: UUID) -> Draft:
        require(request.actor, Action.WRITE_DRAFT)
        draft = services.draft_of(request.actor, draft_id)
        if draft is not None:
            return draft
        if Bulletin.objects.filter(uuid=draft_id).exists() or Draft.objects.filter(pk=draft_id):
            raise Http404
        draft = services.start_draft(actor=request.actor, vault=request.vault, draft_id=draft_id)
        if draft.pk != draft_id:
            raise NotBegunYet  # between two looks somebody else took the id
        return draft

    def own(self, request: HttpRequest, *, draft_id: UUID) -> UUID:
        return get_object_or_404(queries.drafts_for(request.actor), pk=draft_id).pk

    def page(self, *, draft_id: UUID) -> str:
        return reverse("bulletins:draft", args=[draft_id])

    def instead(self, *, draft_id: UUID) -> str:
        return "/bulletins/?box=drafts"

    def told(self, draft: Draft, **place: Any) -> dict[str, Any]:
        # The page of a draft that has just been begun moves to its address: loaded again, it
        # shows the file, which goes on from there.
        return {"version": draft.version, "page": self.page(draft_id=draft.pk)}


ARRIVING = FilesOfBulletins()
start, piece, remove, again = ARRIVING.views()


# What is fetched ------------------------------------------------------------------------------


@require_safe
@unlocked
def download(request: HttpRequest, ref: str, file_id: UUID) -> HttpResponseBase:
    """Always a download, never shown by us; every piece was verified before the first goes out."""
    bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
    if not any(one.id == file_id for one in files.stored(services.KIND, bulletin.uuid)):
        raise Http404
    try:
        ready = opening.open_file(
            actor=request.actor, vault=request.vault, bulletin=bulletin, file_id=file_id
        )
    except files.FileNotReleased as held:
        if held.just_now and held.refused:
            attachments.report_refused_file(actor=request.actor, bulletin=bulletin, file_id=file_id)
        return _trouble(request, bulletin, "refused" if held.refused else "waiting")
    except opening.Locked:
        facts = {"bulletin": bulletin, "nav_key": "bulletins"}
        return render(request, "bulletins/locked.html", facts, status=409)
    except opening.CannotOpen:
        services.report_broken_seal(actor=request.actor, bulletin=bulletin)
        return _trouble(request, bulletin, "damaged")
    return as_download(request, ready)


def _trouble(request: HttpRequest, bulletin: Bulletin, what: str) -> HttpResponse:
    context = {"bulletin": bulletin, "what": what, "nav_key": "bulletins"}
    response = render(request, "bulletins/file_trouble.html", context, status=409)
    response["Cache-Control"] = "no-store"
    return response
