"""The vault at the door of the pages: `request.vault`, its cookie, and `unlocked`.

`request.vault` is read when a view first asks for it, because many pages need no key. Asking
for it counts as use, except in requests that the page sends by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from vault import sessions
from vault.argon import Busy
from vault.directory_rules import DirectoryBroken
from vault.open_vault import Vault

BACKGROUND_HEADER = "X-Live"

Response = Callable[..., HttpResponse]


class Locked(PermissionDenied):
    """The keys are not open in this session; nothing that was sent has been done."""

    def __init__(self) -> None:
        self.reason = _("Your keys are locked. Open them with your passphrase and send it again.")
        super().__init__(self.reason)


def _vault(request: HttpRequest) -> Vault | None:
    if "_vault" not in request.__dict__:
        request._vault = _found(request)  # type: ignore[attr-defined]  # the property's cache
    vault: Vault | None = request._vault  # type: ignore[attr-defined]
    return vault


def _found(request: HttpRequest) -> Vault | None:
    if not hasattr(request, "session"):  # a request made by hand, outside the middleware
        return None
    vault = sessions.current(request, counts_as_use=is_act(request))
    actor = getattr(request, "actor", None)
    if vault is None or actor is None or not vault.administration:
        return vault
    # Who acts for another administration since the vault was opened holds keys of the former
    # one in it: they stay shut.
    return vault if vault.administration == actor.administration else None


def _set_vault(request: HttpRequest, vault: Vault | None) -> None:
    request._vault = vault  # type: ignore[attr-defined]  # the cache of this property


# The one attribute we add to Django's request: a property, so that it can wait until asked.
HttpRequest.vault = property(_vault, _set_vault)  # type: ignore[attr-defined]


def is_act(request: HttpRequest) -> bool:
    """Whether a person did this. What a page fetches by itself (live.js) says so in a header."""
    return BACKGROUND_HEADER not in request.headers


class VaultMiddleware:
    """Carries the vault's secret to the browser and back, and says "busy" in words."""

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        _write_cookie(request, response)
        _keep_out_of_caches(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Busy):
            reason = _("Many people are signing in at this moment. Try again in a few seconds.")
            response = render(request, "errors/503.html", {"reason": reason}, status=503)
            response["Retry-After"] = "5"
            return response
        if isinstance(exception, DirectoryBroken):
            facts = {"reason": exception.sentence}
            return render(request, "errors/409.html", facts, status=409)
        return None


def _write_cookie(request: HttpRequest, response: HttpResponse) -> None:
    name = settings.VAULT_COOKIE_NAME
    if hasattr(request, "_vault_secret") and request._vault_secret is not None:
        response.set_cookie(
            name,
            sessions.write_secret(request._vault_secret),
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif name in request.COOKIES and _is_useless(request):
        response.delete_cookie(name, path="/", samesite="Lax")


def _keep_out_of_caches(request: HttpRequest, response: HttpResponse) -> None:
    """What was drawn under an open vault is not kept by the browser, so that nobody who comes to
    it after the keys were locked turns back a page."""
    if request.__dict__.get("_vault") is not None:
        response.headers.setdefault("Cache-Control", "no-store")


def _is_useless(request: HttpRequest) -> bool:
    """The secret was taken away, or belongs to no session that could need it."""
    if hasattr(request, "_vault_secret"):
        return True
    session = request.session
    return SESSION_KEY not in session and sessions.PENDING_KEY not in session


def unlocked(view: Response | None = None, *, keeps_typed_work: bool = False) -> Any:
    """For views that need an open vault.

    A locked page is sent to the unlock page and comes back. A locked form is refused with a
    sentence; a view that shows the form again with everything typed says
    `keeps_typed_work=True`, and is then called with `request.vault` being None.
    """

    def decorate(wrapped: Response) -> Response:
        @wraps(wrapped)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.vault is not None:  # type: ignore[attr-defined]
                return wrapped(request, *args, **kwargs)
            if request.method in ("GET", "HEAD"):
                return _to_unlock(request)
            if keeps_typed_work:
                return wrapped(request, *args, **kwargs)
            raise Locked

        return inner

    return decorate(view) if view is not None else decorate


def unlock_address(next_path: str) -> str:
    return f"{reverse('vault:unlock')}?{urlencode({'next': next_path})}"


def _to_unlock(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment cannot show a page: the browser goes there, and comes back to its page.
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponseClientRedirect(unlock_address(here.path or "/"))
    return redirect(unlock_address(request.get_full_path()))
