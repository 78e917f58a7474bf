"""Where a second factor is required, whoever has none sets one up before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.factors import is_protected
from accounts.models import User

KNOWN = "second_factor_known"
# What may be done without one: set one up, say the passphrase for it, choose a language, leave.
OPEN = frozenset(
    {
        "accounts:second_factor",
        "accounts:add_app",
        "accounts:add_passkey",
        "accounts:recovery_codes",
        "accounts:again",
        "account_logout",
        "set_language",
    }
)


class SecondFactorMiddleware:
    """Asks the database once in a session, and again only while there is no second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_args: Any
    ) -> HttpResponse | None:
        if not settings.REQUIRE_MFA or not request.user.is_authenticated:
            return None
        if KNOWN in request.session or _is_public(request, view):
            return None
        if is_protected(request.user):
            request.session[KNOWN] = True
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        return redirect("accounts:second_factor")


def _is_public(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    """Whether anybody at all may ask for this page.

    The composer and its files let the signed-out in, only to give back what was typed: what is
    open to nobody but its author is not open without a second factor either.
    """
    match = request.resolver_match
    return not getattr(view, "login_required", True) and (
        match is None or match.app_name != "bulletins"
    )


def is_owing(user: User, session: SessionBase) -> bool:
    """The same question for a socket: whether a second factor is still to be set up."""
    return settings.REQUIRE_MFA and KNOWN not in session and not is_protected(user)
