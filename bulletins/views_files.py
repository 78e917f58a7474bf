"""Attachments of a draft as they arrive, and of a bulletin as they are fetched."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.policy import Action, require
from bulletins import opening, queries, services
from bulletins.models import Bulletin, Draft
from bulletins.streaming import in_pieces
from vault import files, uploads
from vault.http import unlocked
from vault.models import SealedFile


def _draft(request: HttpRequest, draft_id: UUID) -> Draft:
    """The draft that the file is for; a page that has not saved yet gets one now."""
    draft = services.draft_of(request.actor, draft_id)
    if draft is not None:
        return draft
    if Bulletin.objects.filter(uuid=draft_id).exists() or Draft.objects.filter(pk=draft_id):
        raise Http404
    return services.start_draft(actor=request.actor, vault=request.vault, draft_id=draft_id)


def _closed(request: HttpRequest) -> JsonResponse | None:
    if request.actor is None or request.vault is None:
        words = _("You are signed out or locked. Sign in in another tab, then go on.")
        return JsonResponse({"error": words}, status=401)
    return None


@login_not_required
@require_POST
def start(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Announce a file (JSON for the script), or take a small one whole (a form)."""
    if closed := _closed(request):
        return closed
    require(request.actor, Action.WRITE_DRAFT)
    draft = _draft(request, draft_id)
    if "file" in request.FILES:
        return _whole(request, draft)
    try:
        file = uploads.begin(
            actor=request.actor,
            vault=request.vault,
            kind=services.DRAFT_KIND,
            object_id=draft.pk,
            name=request.POST.get("name", ""),
            size=_number(request.POST.get("size", "")),
        )
    except uploads.NotAccepted as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)
    url = reverse("bulletins:piece", args=[draft.pk, file.id])
    return JsonResponse({"url": url, "offset": 0, "version": draft.version}, status=201)


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else 0


def _whole(request: HttpRequest, draft: Draft) -> HttpResponse:
    upload = request.FILES["file"]
    try:
        file = uploads.receive_whole(
            actor=request.actor,
            vault=request.vault,
            kind=services.DRAFT_KIND,
            object_id=draft.pk,
            name=upload.name,
            body=upload.read(),
        )
    except uploads.NotAccepted as refusal:
        messages.error(request, refusal.sentence)
    else:
        shown = files.shown(request.vault, file) or {}
        refused = shown.get("state") == "refused"
        words = shown.get("words", "") if refused else _("The file is attached.")
        (messages.error if refused else messages.success)(request, words)
    return redirect(reverse("bulletins:draft", args=[draft.pk]) + "#attachments")


@login_not_required
@require_http_methods(["GET", "PUT", "DELETE"])
def piece(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    """How far a file has come; the next piece of it; or away with it."""
    if closed := _closed(request):
        return closed
    file = _file(request, draft_id, file_id)
    if request.method == "GET":
        return JsonResponse({"offset": file.received, "done": file.state != "arriving"})
    if request.method == "DELETE":
        files.discard(file)
        return JsonResponse({"removed": True})
    try:
        file = uploads.receive_piece(
            vault=request.vault,
            file=file,
            offset=_number(request.headers.get("Upload-Offset", "")),
            body=request.body,
        )
    except uploads.OutOfStep as other:
        return JsonResponse({"offset": other.offset}, status=409)
    except uploads.NotAccepted as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)
    return JsonResponse(_progress(request, draft_id, file))


def _file(request: HttpRequest, draft_id: UUID, file_id: UUID) -> SealedFile:
    """Through the draft that was checked, never by its own id alone."""
    draft = get_object_or_404(queries.drafts_for(request.actor), pk=draft_id)
    return get_object_or_404(
        SealedFile, pk=file_id, kind=services.DRAFT_KIND, object_id=draft.pk,
        owner_id=request.actor.user_id,
    )  # fmt: skip


def _progress(request: HttpRequest, draft_id: UUID, file: SealedFile) -> dict:
    done = file.state != "arriving"
    answer = {"offset": file.received, "done": done, "state": file.state}
    if done and (shown := files.shown(request.vault, file)):
        answer["html"] = render_to_string(
            "bulletins/_draft_file.html", {"file": shown, "draft_id": draft_id}, request
        )
        if shown["state"] == "refused":
            answer["error"] = shown["words"]
    return answer


@require_POST
@unlocked
def remove(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    files.discard(_file(request, draft_id, file_id))
    messages.success(request, _("The file is removed."))
    return redirect(reverse("bulletins:draft", args=[draft_id]) + "#attachments")


@require_GET
@unlocked
def download(request: HttpRequest, ref: str, file_id: UUID) -> HttpResponseBase:
    """Always a download, never shown by us; every piece was verified before the first goes out."""
    bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
    if not any(str(one.id) == str(file_id) for one in files.stored("bulletin", bulletin.uuid)):
        raise Http404
    try:
        ready = opening.open_file(
            actor=request.actor, vault=request.vault, bulletin=bulletin, file_id=file_id
        )
    except files.FileNotReleased:
        return _trouble(request, bulletin, waiting=True)
    except opening.CannotOpen:
        services.report_broken_seal(actor=request.actor, bulletin=bulletin)
        return _trouble(request, bulletin, waiting=False)
    response = StreamingHttpResponse(
        in_pieces(request, ready.pieces), content_type="application/octet-stream"
    )
    response["Content-Length"] = str(ready.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(ready.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def _trouble(request: HttpRequest, bulletin: Bulletin, *, waiting: bool) -> HttpResponse:
    context = {"bulletin": bulletin, "waiting": waiting, "nav_key": "bulletins"}
    return render(request, "bulletins/file_trouble.html", context, status=409)
