"""The files of an act or of a text before it is entered, as they arrive.

How files arrive is the same everywhere (vault/views/arriving_files.py); here stands what they are
for. `code` is the participant in lower case, or "any" where it is chosen on the page.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from mous.facts import DRAFT_KIND
from mous.found import found, found_party
from mous.models import ActDraft, Instrument, Party
from mous.services import drafts as services
from vault import files
from vault.views.arriving_files import FilesOfDrafts

ANY = "any"
PAGES = {services.ACT: "mous:enter", services.TEXT: "mous:texts"}


class FilesOfEntries(FilesOfDrafts):
    """The files of what is being entered into the register."""

    kind = DRAFT_KIND
    app = "mous"

    def find_or_begin(
        self, request: HttpRequest, *, slug: str, purpose: str, code: str, draft_id: UUID
    ) -> ActDraft:
        instrument, party = _place(request, slug, purpose, code)
        return services.begin_draft(
            actor=request.actor, instrument=instrument, purpose=purpose, party=party,
            draft_id=draft_id,
        )  # fmt: skip

    def own(
        self, request: HttpRequest, *, slug: str, purpose: str, code: str, draft_id: UUID
    ) -> UUID:
        instrument, party = _place(request, slug, purpose, code)
        actor = request.actor
        draft = get_object_or_404(
            ActDraft, pk=draft_id, author=actor.user_id, administration=actor.administration,
            instrument=instrument, purpose=purpose, party=party,
        )  # fmt: skip
        return draft.pk

    def page(self, *, slug: str, purpose: str, code: str, draft_id: UUID) -> str:
        name = "mous:ceremony" if code != ANY else PAGES[purpose]
        return reverse(name, args=[slug])


ARRIVING = FilesOfEntries()
start, piece, remove, again = ARRIVING.views()


def _place(
    request: HttpRequest, slug: str, purpose: str, code: str
) -> tuple[Instrument, Party | None]:
    if purpose not in PAGES:
        raise Http404
    instrument = found(request, slug)
    return instrument, None if code == ANY else found_party(instrument, code)


def upload_address(slug: str, purpose: str, draft_id: object, code: str = ANY) -> str:
    """Where files of this draft go. The id comes back from a form, so it may be anything: a page
    that was sent without one is shown with its sentences, and takes files once it is loaded."""
    try:
        known = UUID(str(draft_id))
    except ValueError:
        known = uuid4()
    return reverse("mous:files", args=[slug, purpose, code, known])


def rows(request: HttpRequest, draft: ActDraft | None, code: str = ANY) -> list[dict[str, Any]]:
    """What was sent so far, as the page shows it."""
    if draft is None or request.vault is None:
        return []
    place = {"slug": draft.instrument.slug, "purpose": draft.purpose, "code": code}
    return ARRIVING.rows(request.vault, draft.pk, draft_id=draft.pk, **place)


def count(draft: ActDraft) -> int:
    """How many files hang on it."""
    return files.attached_to(DRAFT_KIND, draft.pk).count()
