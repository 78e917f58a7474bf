"""Refusals and failures, in words, with a reference that matches the log.

A refusal by the policy would vanish with its transaction, so it is written into the journal
here, at the door, after the roll-back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.policy import Refused
from accounts.language import administration_in, speak_as
from activity.record import record_refusal
from vault.crypto.errors import CannotOpen
from vault.keeping import kept_page

log = logging.getLogger("iswg.errors")

# Where people write at length.
KEPT = {
    "bulletins:new", "bulletins:draft", "discussions:new", "discussions:post", "discussions:edit",
    "meetings:room_notes", "meetings:room_propose", "meetings:room_reword", "meetings:room_action",
    "meetings:room_join",
}  # fmt: skip


def page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """A refusal in the language of whoever asked, which no view has set yet."""
    user = getattr(request, "user", None)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and user is not None and user.is_authenticated:
        speak_as(user, administration_in(request))
    return render(request, f"errors/{status}.html", {"status": status, **context}, status=status)


def failed(request: HttpRequest) -> HttpResponse:
    """Something of ours broke: the reference on the page is the one in the log."""
    reference = secrets.token_hex(4)
    log.error("page failed, reference %s", reference)
    return page(request, 500, reference=reference)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, reason=getattr(exception, "reason", ""))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The anti-forgery token did not match: usually a page left open over a sign-in.

    What was typed into a composer comes back to be sent again by hand; but only if the
    browser itself says that the form came from our own page, or a stranger's page could put
    words there and wait for a click.
    """
    match = request.resolver_match
    typed = match is not None and match.view_name in KEPT
    if typed and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}":
        return kept_page(request, door=settings.LOGIN_URL, stale=True)
    return page(request, 403, stale=True)


class RefusalMiddleware:
    """Turns a refusal into its page, and a broken seal into a sentence, never into a blank."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No database column takes a NUL, and no honest address holds one.
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return page(request, 400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            actor = getattr(request, "actor", None)
            if actor is not None:
                record_refusal(actor, exception.action.name.lower(), request.path[:60])
            return page(request, 403, reason=exception.reason)
        if isinstance(exception, CannotOpen):
            reference = secrets.token_hex(4)
            log.error("a seal did not open, reference %s", reference)
            return page(request, 409, sealed=True, reference=reference)
        return None
