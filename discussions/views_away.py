"""A thread to take away: as plain text, and as a PDF."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from discussions.found import found
from discussions.models import Thread
from discussions.sealing import Locked
from discussions.services.threads import report_broken_seal
from discussions.taking_away import Sheet, as_paper, as_text, take_away
from papers.printing import NotPrinted, print_paper
from vault.http import unlocked
from vault.manifests import SealBroken
from vault.streaming import guard


@require_GET
@unlocked
def text(request: HttpRequest, ref: str) -> HttpResponse:
    return _taken(request, ref, as_text, "txt", "text/plain; charset=utf-8")


@require_GET
@unlocked
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    def draw(sheet: Sheet) -> bytes:
        return print_paper(as_paper(sheet))

    return _taken(request, ref, draw, "pdf", "application/pdf")


def _taken(
    request: HttpRequest, ref: str, draw: Callable[[Sheet], bytes], ending: str, kind: str
) -> HttpResponse:
    thread = found(request, ref)
    try:
        drawn = take_away(
            actor=request.actor, vault=request.vault, thread=thread, draw=draw,
            as_pdf=ending == "pdf",
        )  # fmt: skip
    except NotPrinted:
        words = _("The PDF could not be made. Try again in a minute, or take it as text.")
        messages.error(request, words)
        return redirect("discussions:thread", ref=thread.ref)
    except Locked:
        return _closed_to(request, thread, "locked")
    except SealBroken:
        report_broken_seal(actor=request.actor, thread=thread)
        return _closed_to(request, thread, "broken")
    response = HttpResponse(drawn, content_type=kind)
    guard(response, f"{thread.ref}.{ending}")
    return response


def _closed_to(request: HttpRequest, thread: Thread, what: str) -> HttpResponse:
    facts = {"thread": thread, "what": what, "nav_key": "discussions"}
    return render(request, "discussions/closed_to.html", facts, status=409)
