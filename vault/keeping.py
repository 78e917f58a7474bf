"""A page that outlived its session must not lose what was typed.

Reading such a page leads to sign-in or unlock and back. A form that was posted too late is
not thrown away: its fields come back on a page of their own, to be sent again once the
person has signed in in another tab. Nothing of it is stored meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from vault.views.asked import MemberRequest

View = Callable[..., HttpResponse]

# The fields that take long to type again: of a bulletin, a discussion, a message, a meeting.
SHOWN = ("title", "topic", "key_line", "body", "text", "words", "decision-words", "task-words")
SHOWN_ROWS = re.compile(r"entity-\d+-(name|numbers|note)")  # what a bulletin names


def keeps_what_was_typed(view: View) -> View:
    """For views that write under an open vault: signed out or locked, the typed text stays."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signed_in = request.user.is_authenticated
        if signed_in and request.vault is not None:
            return view(request, *args, **kwargs)
        door = reverse("vault:unlock") if signed_in else settings.LOGIN_URL
        address = f"{door}?{urlencode({'next': request.path})}"
        if request.method != "POST":
            return redirect(address)
        return kept_page(request, door=address, locked=signed_in)

    return guarded


def keeps_when_signed_out(view: View) -> View:
    """For views that show a locked person the form again by themselves: whoever was signed out
    gets the typed text back, and a script a sentence."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("Accept", "").startswith("application/json"):
            sentence = _("You are signed out or locked. Sign in in another tab, then go on.")
            return JsonResponse({"error": sentence}, status=401)
        address = f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}"
        if request.method != "POST":
            return redirect(address)
        return kept_page(request, door=address)

    return guarded


def _shown(request: MemberRequest) -> list[str]:
    rows = [name for name in request.POST if SHOWN_ROWS.fullmatch(name)]
    return [*(name for name in SHOWN if name in request.POST), *rows]


def kept_page(
    request: MemberRequest, *, door: str, locked: bool = False, stale: bool = False
) -> HttpResponse:
    """The typed fields again, hidden in a form that sends them once more, and shown to copy."""
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    response = render(
        request,
        "kept.html",
        {
            "hidden": hidden,
            "shown": {name: request.POST[name] for name in _shown(request)},
            "door": door,
            "locked": locked,
            "stale": stale,
            "address": request.path,
        },
        status=409 if locked or stale else 401,
    )
    response["Cache-Control"] = "no-store"
    return response
