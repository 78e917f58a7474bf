"""The files of a paper that is being put together, and of one that was submitted.

How files arrive is the same everywhere (vault/views/arriving_files.py); here stands which paper
they are for.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings import queries
from meetings.facts import PAPER_DRAFT
from meetings.found import found, found_item
from meetings.models import AgendaItem, Paper, PaperDraft
from meetings.papers import submitted
from meetings.sealing import Locked
from meetings.services import papers as services
from vault import files
from vault.crypto.errors import CannotOpen
from vault.http import unlocked
from vault.streaming import as_download
from vault.uploads import NotAccepted
from vault.views.arriving_files import FilesOfDrafts

CONFLICT = 409


def draft_of(request: HttpRequest, item: AgendaItem) -> PaperDraft | None:
    """What this person is putting together for the item."""
    actor = request.actor
    rows = PaperDraft.objects.filter(item=item, author=actor.user_id)
    return rows.filter(administration=actor.administration).first()


class FilesOfPapers(FilesOfDrafts):
    """The files of a paper before it is submitted."""

    kind = PAPER_DRAFT
    app = "meetings"

    def find_or_begin(
        self, request: HttpRequest, *, ref: str, item_id: UUID, draft_id: UUID
    ) -> PaperDraft:
        item = found_item(request, ref, item_id)
        draft = draft_of(request, item)
        if draft is not None and draft.pk == draft_id:
            return draft
        taken = Paper.objects.filter(uuid=draft_id), PaperDraft.objects.filter(pk=draft_id)
        if any(rows.exists() for rows in taken):
            raise Http404
        if draft is not None:
            raise NotAccepted(
                _("Another window has begun a paper for this item. Load this page first."),
                CONFLICT,
            )
        return services.begin_paper(actor=request.actor, item=item, draft_id=draft_id)

    def own(self, request: HttpRequest, *, ref: str, item_id: UUID, draft_id: UUID) -> UUID:
        draft = draft_of(request, found_item(request, ref, item_id))
        if draft is None or draft.pk != draft_id:
            raise Http404
        return draft.pk

    def page(self, *, ref: str, item_id: UUID, draft_id: UUID) -> str:
        return reverse("meetings:submit", args=[ref, item_id])

    def told(self, draft: PaperDraft, **place: Any) -> dict[str, Any]:
        return {}


ARRIVING = FilesOfPapers()
start, piece, remove, again = ARRIVING.views()


# What is fetched ------------------------------------------------------------------------------


def found_paper(request: HttpRequest, ref: str, paper_id: UUID) -> Paper:
    """A paper through an item that this reader may read, never by its own id alone."""
    meeting = found(request, ref)
    items = queries.items_for(request.actor, meeting)
    paper = get_object_or_404(submitted(items), uuid=paper_id)
    paper.item = next(one for one in items if one.pk == paper.item_id)
    paper.key.meeting = meeting
    return paper


@require_safe
@unlocked
def download(request: HttpRequest, ref: str, paper_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Always a download, never shown by us; every piece was verified before the first goes out."""
    paper = found_paper(request, ref, paper_id)
    if paper.withdrawn_at is not None:
        raise Http404
    try:
        ready = services.open_file(
            actor=request.actor, vault=request.vault, paper=paper, file_id=file_id
        )
    except files.FileNotReleased as held:
        if held.just_now and held.refused:
            services.report_refused_file(actor=request.actor, paper=paper, file_id=file_id)
        return trouble(request, paper, "refused" if held.refused else "waiting")
    except Locked:
        return trouble(request, paper, "locked")
    except CannotOpen:
        services.report_broken_seal(actor=request.actor, meeting=paper.item.meeting)
        return trouble(request, paper, "damaged")
    return as_download(request, ready)


def trouble(request: HttpRequest, paper: Paper, what: str) -> HttpResponse:
    """Why nothing was sent, in words."""
    context = {
        "nav_key": "meetings",
        "meeting": paper.item.meeting,
        "paper": paper,
        "number": paper.item.number,  # type: ignore[attr-defined]  # items_for puts it there
        "what": what,
    }
    response = render(request, "meetings/file_trouble.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    return response
