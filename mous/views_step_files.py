"""The documents of a note on a step: as they arrive, and as they are fetched.

How files arrive is the same everywhere (vault/views/arriving_files.py); here stands whose steps
they are for.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.policy import Action, require
from mous.facts import DRAFT_KIND
from mous.found import found, found_party
from mous.frame import NAV
from mous.models import ActDraft, Party, StepNote
from mous.notes import notes_of
from mous.sealing import Locked
from mous.services import drafts
from mous.services import steps as services
from vault import files
from vault.crypto.errors import CannotOpen
from vault.http import unlocked
from vault.streaming import as_download
from vault.views.arriving_files import FilesOfDrafts

CONFLICT = 409


def own_steps(request: HttpRequest, slug: str, code: str) -> Party:
    """The participant whose steps this reader may read; 404 for who may not read the register,
    403 with a sentence for another administration."""
    party = found_party(found(request, slug), code)
    require(request.actor, Action.READ_STEPS, party)
    return party


class FilesOfNotes(FilesOfDrafts):
    """The documents of a note before it is written."""

    kind = DRAFT_KIND
    app = "mous"

    def find_or_begin(
        self, request: HttpRequest, *, slug: str, code: str, draft_id: UUID
    ) -> ActDraft:
        party = own_steps(request, slug, code)
        if StepNote.objects.filter(uuid=draft_id).exists():
            raise Http404
        return drafts.begin_draft(
            actor=request.actor, instrument=party.instrument, purpose=drafts.STEP, party=party,
            draft_id=draft_id,
        )  # fmt: skip

    def own(self, request: HttpRequest, *, slug: str, code: str, draft_id: UUID) -> UUID:
        party, actor = own_steps(request, slug, code), request.actor
        draft = get_object_or_404(
            ActDraft, pk=draft_id, author=actor.user_id, administration=actor.administration,
            party=party, purpose=drafts.STEP,
        )  # fmt: skip
        return draft.pk

    def page(self, *, slug: str, code: str, draft_id: UUID) -> str:
        return reverse("mous:steps", args=[slug, code])

    def address(self, view: str, **place: object) -> str:
        """Among the addresses of the register there are other files."""
        return reverse(f"mous:step_{view}", kwargs=place)


ARRIVING = FilesOfNotes()
start, piece, remove, again = ARRIVING.views()


# What is fetched ------------------------------------------------------------------------------


@require_safe
@unlocked
def download(
    request: HttpRequest, slug: str, code: str, note_id: UUID, file_id: UUID
) -> HttpResponseBase:
    """Always a download, never shown by us; every piece was verified before the first goes out."""
    party = own_steps(request, slug, code)
    note = get_object_or_404(notes_of(party), uuid=note_id)
    try:
        ready = services.open_document(
            actor=request.actor, vault=request.vault, note=note, file_id=file_id
        )
    except files.FileNotReleased as held:
        if held.just_now and held.refused:
            services.report_refused_document(actor=request.actor, note=note, file_id=file_id)
        return _trouble(request, party, "refused" if held.refused else "waiting")
    except Locked:
        return _trouble(request, party, "locked")
    except CannotOpen:
        services.report_broken_note(actor=request.actor, note=note)
        return _trouble(request, party, "damaged")
    return as_download(request, ready)


def _trouble(request: HttpRequest, party: Party, what: str) -> HttpResponse:
    """Why nothing was sent, in words."""
    context = {"nav_key": NAV, "instrument": party.instrument, "party": party, "what": what}
    response = render(request, "mous/step_trouble.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    return response
