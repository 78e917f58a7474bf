"""Small choices that any page may post: the language, and staying signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.destinations import HOME, asked_for
from accounts.language import KNOWN, remember_language
from accounts.services import choose_language


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """English or French; back to the same page, which has the same address in both."""
    response = redirect(asked_for(request, HOME))
    chosen = request.POST.get("language", "")
    if chosen not in KNOWN:
        return response
    if request.user.is_authenticated:
        choose_language(actor=request.actor, language=chosen)
    remember_language(response, chosen)
    return response


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody pressed "stay signed in": an act of a person, so it reads the open vault, whose
    clock begins again. Without an open vault there is nothing to keep, and the page is told."""
    return HttpResponse(status=204 if request.vault is not None else 409)
