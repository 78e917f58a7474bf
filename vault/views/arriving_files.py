"""Attachments of a draft as they arrive: one piece for bulletins, messages and what comes later.

A script sends pieces and is answered in JSON, always with a sentence when something is refused;
a form without scripts brings small files whole and is answered with a page. docs/ui.md has the
protocol. Which draft a file is for, and who may touch it, says the app (`FilesOfDrafts`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vault import files, uploads
from vault.crypto.stream import CHUNK
from vault.http import unlock_address, unlocked
from vault.json_answers import in_json
from vault.models import FileState, SealedFile
from vault.sessions import Vault
from vault.views.asked import OpenRequest

LARGEST_IN_A_FORM = CHUNK

View = Callable[..., HttpResponse]


class NotBegunYet(Exception):
    """The same page began the draft at this very moment, with another file: look once more."""


class FilesOfDrafts(ABC):
    """What an app says of its drafts. `place` are the words of the address, without the file's."""

    kind: str  # what the files hang on until it is sent (vault/ports.py)
    app: str  # the namespace of its addresses `files`, `piece`, `remove_file`, `file_again`

    @abstractmethod
    def find_or_begin(self, request: OpenRequest, **place: Any) -> Any:
        """The draft, begun if the page has not saved yet. Http404, a refusal, or NotBegunYet."""

    @abstractmethod
    def own(self, request: OpenRequest, **place: Any) -> UUID:
        """The id of a draft of one's own that is there; else Http404."""

    @abstractmethod
    def page(self, **place: Any) -> str:
        """The page of the draft."""

    def instead(self, **place: Any) -> str:
        """Where somebody is led who may begin no further draft (NotAccepted from above)."""
        return self.page(**place)

    def told(self, draft: Any, **place: Any) -> dict[str, Any]:
        """What else the page is told when a file begins."""
        return {}

    # Used by the pages, and below.

    def rows(self, vault: Vault, draft: UUID, /, **place: Any) -> list[dict[str, Any]]:
        """The files of one's own draft as `_draft_file.html` wants them."""
        return [self.row(vault, f, **place) for f in files.attached_to(self.kind, draft)]

    def row(self, vault: Vault, file: SealedFile, **place: Any) -> dict[str, Any]:
        urls = {
            f"{name}_url": self.address(view, file_id=file.id, **place)
            for name, view in (
                ("piece", "piece"),
                ("remove", "remove_file"),
                ("again", "file_again"),
            )
        }
        return {**files.shown(vault, file), **urls}

    def address(self, view: str, **place: Any) -> str:
        return reverse(f"{self.app}:{view}", kwargs=place)

    def back(self, **place: Any) -> str:
        return f"{self.page(**place)}#attachments"

    def draft(self, request: OpenRequest, **place: Any) -> Any:
        for _attempt in (1, 2, 3):
            try:
                with transaction.atomic():
                    return self.find_or_begin(request, **place)
            except (NotBegunYet, IntegrityError):
                continue
        raise Http404

    def file(self, request: OpenRequest, file_id: UUID, **place: Any) -> SealedFile:
        """Through the draft that was checked, never by its own id alone."""
        draft_id = self.own(request, **place)
        return get_object_or_404(
            SealedFile, pk=file_id, kind=self.kind, object_id=draft_id,
            owner_id=request.actor.user_id,
        )  # fmt: skip

    def views(self) -> tuple[View, View, View, View]:
        """`files`, `piece`, `remove_file` and `file_again`, for the app's addresses."""
        return _start(self), _piece(self), _remove(self), _again(self)


# What arrives, from a script ------------------------------------------------------------------


def _start(drafts: FilesOfDrafts) -> View:
    @login_not_required
    @never_cache
    @require_http_methods(["GET", "POST"])
    def start(request: OpenRequest, **place: Any) -> HttpResponse:
        """Announce a file (a script), or take small ones whole (a form)."""
        by_script = request.method == "GET" or "size" in request.POST
        return announced(request, **place) if by_script else _brought(drafts, request, **place)

    @in_json
    def announced(request: OpenRequest, **place: Any) -> HttpResponse:
        if request.method == "GET":
            return JsonResponse({"token": get_token(request)})
        draft = drafts.draft(request, **place)
        file = uploads.begin(
            actor=request.actor,
            vault=request.vault,
            kind=drafts.kind,
            object_id=draft.pk,
            name=request.POST.get("name", ""),
            size=_number(request.POST.get("size", "")) or 0,
        )
        url = drafts.address("piece", file_id=file.id, **place)
        answer = {"url": url, "offset": 0, **drafts.told(draft, **place)}
        return JsonResponse(answer, status=201)

    return start


def _number(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None


def _piece(drafts: FilesOfDrafts) -> View:
    @login_not_required
    @never_cache
    @require_http_methods(["GET", "POST", "PUT", "DELETE"])
    @in_json
    def piece(request: OpenRequest, file_id: UUID, **place: Any) -> HttpResponse:
        """How far a file has come, and on with what is left to do; whether a file that was chosen
        again is the same; the next piece; or away with it."""
        file = drafts.file(request, file_id, **place)
        if request.method == "DELETE":
            files.discard(file)
            return JsonResponse({"removed": True})
        if request.method == "GET":
            file = uploads.go_on(vault=request.vault, file=file)
            said = _progress(drafts, request, file, **place)
            return JsonResponse({**said, "token": get_token(request)})
        offset = _number(request.headers.get("Upload-Offset", ""))
        if offset is None:
            words = _("The piece does not say where it belongs (Upload-Offset).")
            return JsonResponse({"error": words}, status=400)
        return _received(drafts, request, file, offset, **place)

    return piece


def _received(
    drafts: FilesOfDrafts, request: OpenRequest, file: SealedFile, offset: int, **place: Any
) -> HttpResponse:
    try:
        if request.method == "POST":
            return _compared(request, file, offset)
        file = uploads.receive_piece(
            vault=request.vault, file=file, offset=offset, body=request.body
        )
    except uploads.OutOfStep as other:
        file = uploads.go_on(vault=request.vault, file=other.file)
        return JsonResponse(_progress(drafts, request, file, **place), status=409)
    return JsonResponse(_progress(drafts, request, file, **place))


def _compared(request: OpenRequest, file: SealedFile, offset: int) -> HttpResponse:
    same = uploads.begins_with(
        vault=request.vault, file=file, offset=offset, digest=request.POST.get("digest", "")
    )
    return JsonResponse({"same": same, "offset": file.received})


def _progress(
    drafts: FilesOfDrafts, request: OpenRequest, file: SealedFile, **place: Any
) -> dict[str, Any]:
    done = file.state != FileState.ARRIVING
    answer: dict[str, Any] = {"offset": file.received, "done": done, "state": file.state}
    if done:
        shown = drafts.row(request.vault, file, **place)
        answer["html"] = render_to_string("_draft_file.html", {"file": shown}, request)
        if shown["state"] == "refused":
            answer["error"] = shown["words"]
    return answer


# What arrives, from a form --------------------------------------------------------------------


def _brought(drafts: FilesOfDrafts, request: OpenRequest, **place: Any) -> HttpResponse:
    if request.actor is None or request.vault is None:
        return _to_the_door(request, drafts.page(**place))
    try:
        draft = drafts.draft(request, **place)
    except uploads.NotAccepted as refusal:
        messages.error(request, refusal.sentence)
        return redirect(drafts.instead(**place))
    if not take_small_files(request, drafts.kind, draft.pk):
        messages.error(request, _without_a_file(request))
    return redirect(drafts.back(**place))


def _to_the_door(request: OpenRequest, place: str) -> HttpResponse:
    words = _("The file was not sent, because you were signed out or locked. Choose it again.")
    messages.error(request, words)
    if request.actor is None:
        return redirect(f"{reverse('account_login')}?next={place}")
    return redirect(unlock_address(place))


def _without_a_file(request: OpenRequest) -> str:
    if (_number(request.META.get("CONTENT_LENGTH", "")) or 0) > LARGEST_IN_A_FORM:
        return _("A file above 64 KB needs JavaScript. Switch it on, or make the file smaller.")
    return _("Choose a file first.")


def take_small_files(request: OpenRequest, kind: str, draft_id: UUID) -> int:
    """What came with a form, wholly or with a sentence; how many files there were."""
    brought = request.FILES.getlist("file")
    for upload in brought:
        try:
            file = uploads.receive_whole(
                actor=request.actor, vault=request.vault, kind=kind, object_id=draft_id,
                name=upload.name or "", body=upload.read(),
            )  # fmt: skip
        except uploads.NotAccepted as refusal:
            messages.error(request, refusal.sentence)
        else:
            _say(request, file)
    return len(brought)


def _say(request: OpenRequest, file: SealedFile) -> None:
    """Without the file's name: messages may lie in the session, and so in the database."""
    shown = files.shown(request.vault, file)
    if shown["state"] == "refused":
        messages.error(request, shown["words"])
    else:
        messages.success(request, _("The file is attached: %(words)s") % shown)


# What is done with one that is there ----------------------------------------------------------


def _remove(drafts: FilesOfDrafts) -> View:
    @require_POST
    @unlocked
    def remove(request: OpenRequest, file_id: UUID, **place: Any) -> HttpResponse:
        files.discard(drafts.file(request, file_id, **place))
        messages.success(request, _("The file is removed."))
        return redirect(drafts.back(**place))

    view: View = remove
    return view


def _again(drafts: FilesOfDrafts) -> View:
    @require_POST
    @unlocked
    def again(request: OpenRequest, file_id: UUID, **place: Any) -> HttpResponse:
        """Go on with the checks: of a file that a crash left unchecked, or that was not scanned."""
        file = drafts.file(request, file_id, **place)
        try:
            file = uploads.go_on(
                vault=request.vault, file=file, patience=uploads.PATIENCE_OF_A_FORM
            )
        except uploads.NotAccepted as refusal:
            messages.error(request, refusal.sentence)
        else:
            _say(request, file)
        return redirect(drafts.back(**place))

    view: View = again
    return view
