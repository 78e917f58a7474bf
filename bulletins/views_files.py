"""Attachments of a draft as they arrive, and of a bulletin as they are fetched.

A script sends pieces and is answered in JSON, always with a sentence when something is refused;
a form without scripts brings small files whole and is answered with a page. docs/ui.md has the
protocol.
"""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.policy import Action, require
from bulletins import attachments, opening, queries, services
from bulletins.json_answers import in_json
from bulletins.models import Bulletin, Draft
from bulletins.quota import TooManyDrafts
from bulletins.streaming import in_pieces
from vault import files, uploads
from vault.crypto.stream import CHUNK
from vault.http import unlock_address, unlocked
from vault.models import FileState, SealedFile

LARGEST_IN_A_FORM = CHUNK


# What arrives, from a script ------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Announce a file (a script), or take small ones whole (a form)."""
    by_script = request.method == "GET" or "size" in request.POST
    return _announced(request, draft_id) if by_script else _brought(request, draft_id)


@in_json
def _announced(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    if request.method == "GET":
        return JsonResponse({"token": get_token(request)})
    draft = _draft(request, draft_id)
    file = uploads.begin(
        actor=request.actor,
        vault=request.vault,
        kind=services.DRAFT_KIND,
        object_id=draft.pk,
        name=request.POST.get("name", ""),
        size=_number(request.POST.get("size", "")) or 0,
    )
    # The page of a draft that has just been begun moves to its address: loaded again, it shows
    # the file, which goes on from there.
    page = reverse("bulletins:draft", args=[draft.pk])
    url = reverse("bulletins:piece", args=[draft.pk, file.id])
    answer = {"url": url, "offset": 0, "version": draft.version, "page": page}
    return JsonResponse(answer, status=201)


def _draft(request: HttpRequest, draft_id: UUID) -> Draft:
    """The draft that the file is for; a page that has not saved yet gets one now."""
    require(request.actor, Action.WRITE_DRAFT)
    for _attempt in (1, 2):
        try:
            with transaction.atomic():
                return _found_or_begun(request, draft_id)
        except IntegrityError:
            continue  # the same page began it at this very moment, with another file
    raise Http404


def _found_or_begun(request: HttpRequest, draft_id: UUID) -> Draft:
    draft = services.draft_of(request.actor, draft_id)
    if draft is not None:
        return draft
    if Bulletin.objects.filter(uuid=draft_id).exists() or Draft.objects.filter(pk=draft_id):
        raise Http404
    draft = services.start_draft(actor=request.actor, vault=request.vault, draft_id=draft_id)
    if draft.pk != draft_id:
        raise IntegrityError  # between two looks somebody else took the id: look once more
    return draft


def _number(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None


@login_not_required
@never_cache
@require_http_methods(["GET", "POST", "PUT", "DELETE"])
@in_json
def piece(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    """How far a file has come, and on with what is left to do; whether a file that was chosen
    again is the same; the next piece; or away with it."""
    file = _file(request, draft_id, file_id)
    if request.method == "DELETE":
        files.discard(file)
        return JsonResponse({"removed": True})
    if request.method == "GET":
        file = uploads.go_on(vault=request.vault, file=file)
        return JsonResponse({**_progress(request, draft_id, file), "token": get_token(request)})
    offset = _number(request.headers.get("Upload-Offset", ""))
    if offset is None:
        words = _("The piece does not say where it belongs (Upload-Offset).")
        return JsonResponse({"error": words}, status=400)
    try:
        if request.method == "POST":
            return _compared(request, file, offset)
        file = uploads.receive_piece(
            vault=request.vault, file=file, offset=offset, body=request.body
        )
    except uploads.OutOfStep as other:
        file = uploads.go_on(vault=request.vault, file=other.file)
        return JsonResponse(_progress(request, draft_id, file), status=409)
    return JsonResponse(_progress(request, draft_id, file))


def _compared(request: HttpRequest, file: SealedFile, offset: int) -> HttpResponse:
    same = uploads.begins_with(
        vault=request.vault, file=file, offset=offset, digest=request.POST.get("digest", "")
    )
    return JsonResponse({"same": same, "offset": file.received})


def _file(request: HttpRequest, draft_id: UUID, file_id: UUID) -> SealedFile:
    """Through the draft that was checked, never by its own id alone."""
    draft = get_object_or_404(queries.drafts_for(request.actor), pk=draft_id)
    return get_object_or_404(
        SealedFile, pk=file_id, kind=services.DRAFT_KIND, object_id=draft.pk,
        owner_id=request.actor.user_id,
    )  # fmt: skip


def _progress(request: HttpRequest, draft_id: UUID, file: SealedFile) -> dict:
    done = file.state != FileState.ARRIVING
    answer = {"offset": file.received, "done": done, "state": file.state}
    if done:
        shown = files.shown(request.vault, file)
        answer["html"] = render_to_string(
            "bulletins/_draft_file.html", {"file": shown, "draft_id": draft_id}, request
        )
        if shown["state"] == "refused":
            answer["error"] = shown["words"]
    return answer


# What arrives, from a form --------------------------------------------------------------------


def _brought(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    place = reverse("bulletins:draft", args=[draft_id])
    if request.actor is None or request.vault is None:
        return _to_the_door(request, place)
    try:
        draft = _draft(request, draft_id)
    except TooManyDrafts as full:
        messages.error(request, full.sentence)
        return redirect("/bulletins/?box=drafts")
    if not take_small_files(request, draft):
        messages.error(request, _without_a_file(request))
    return redirect(f"{place}#attachments")


def _to_the_door(request: HttpRequest, place: str) -> HttpResponse:
    words = _("The file was not sent, because you were signed out or locked. Choose it again.")
    messages.error(request, words)
    if request.actor is None:
        return redirect(f"{reverse('account_login')}?next={place}")
    return redirect(unlock_address(place))


def _without_a_file(request: HttpRequest) -> str:
    if (_number(request.META.get("CONTENT_LENGTH", "")) or 0) > LARGEST_IN_A_FORM:
        return _("A file above 64 KB needs JavaScript. Switch it on, or make the file smaller.")
    return _("Choose a file first.")


def take_small_files(request: HttpRequest, draft: Draft) -> int:
    """What came with a form, wholly or with a sentence; how many files there were."""
    brought = request.FILES.getlist("file")
    for upload in brought:
        try:
            file = uploads.receive_whole(
                actor=request.actor, vault=request.vault, kind=services.DRAFT_KIND,
                object_id=draft.pk, name=upload.name, body=upload.read(),
            )  # fmt: skip
        except uploads.NotAccepted as refusal:
            messages.error(request, refusal.sentence)
        else:
            _say(request, file)
    return len(brought)


def _say(request: HttpRequest, file: SealedFile) -> None:
    """Without the file's name: messages may lie in the session, and so in the database."""
    shown = files.shown(request.vault, file)
    if shown["state"] == "refused":
        messages.error(request, shown["words"])
    else:
        messages.success(request, _("The file is attached: %(words)s") % shown)


# What is done with one that is there ----------------------------------------------------------


@require_POST
@unlocked
def remove(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    files.discard(_file(request, draft_id, file_id))
    messages.success(request, _("The file is removed."))
    return redirect(reverse("bulletins:draft", args=[draft_id]) + "#attachments")


@require_POST
@unlocked
def again(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    """Go on with the checks: of a file that a crash left unchecked, or that was not scanned."""
    file = _file(request, draft_id, file_id)
    try:
        file = uploads.go_on(vault=request.vault, file=file, patience=uploads.PATIENCE_OF_A_FORM)
    except uploads.NotAccepted as refusal:
        messages.error(request, refusal.sentence)
    else:
        _say(request, file)
    return redirect(reverse("bulletins:draft", args=[draft_id]) + "#attachments")


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
    return _sent(request, ready)


def _sent(request: HttpRequest, ready: files.OpenFile) -> HttpResponseBase:
    kind = "application/octet-stream"
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=kind)
    else:
        response = StreamingHttpResponse(in_pieces(request, ready.pieces), content_type=kind)
    response["Content-Length"] = str(ready.size)
    # Every character that is not a plain letter or digit is escaped, so a name is only a name.
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(ready.name, safe='')}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def _trouble(request: HttpRequest, bulletin: Bulletin, what: str) -> HttpResponse:
    context = {"bulletin": bulletin, "what": what, "nav_key": "bulletins"}
    response = render(request, "bulletins/file_trouble.html", context, status=409)
    response["Cache-Control"] = "no-store"
    return response
