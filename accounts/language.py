"""Which language and which clock a page speaks: the person's, else the visitor's browser's.

Guests choose by a cookie; for people the choice is kept with the account, so that it is the
same on every device. The address of a page is the same in both languages.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from access.prepared import Prepared, columns_of, models_from
from accounts.models import Administration, User

KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


class LanguageMiddleware:
    """Speaks the visitor's language at once, and the person's as soon as that is known.

    The session is read only after this middleware in the list, so the person's own choice is
    made in `process_view`; a page that is refused before any view speaks the cookie's language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The cookie, else what the browser asks for, else English.
        translation.activate(translation.get_language_from_request(request))
        try:
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        finally:
            timezone.deactivate()
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            speak_as(user, administration_in(request))
        request.LANGUAGE_CODE = translation.get_language() or "en"  # type: ignore[attr-defined]


OWN = Prepared(
    lambda actor: (
        Administration.objects.filter(pk=actor.administration)
        .order_by()
        .values_list(*columns_of(Administration))
    )
)


def administration_in(request: HttpRequest) -> Administration | None:
    """The administration that the reader acts for: read once for the whole of a page."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.administration:
        return None
    kept = request.__dict__
    if "_administration" not in kept:
        (kept["_administration"],) = models_from(Administration, OWN.rows(actor))
    found: Administration = kept["_administration"]
    return found


def speak_as(user: User, administration: Administration | None = None) -> None:
    """Activate a person's language and clock for what is drawn next."""
    translation.activate(user.language if user.language in KNOWN else settings.LANGUAGE_CODE)
    timezone.activate(zone_of(user, administration))


def zone_of(user: User, administration: Administration | None = None) -> zoneinfo.ZoneInfo:
    """A person's clock: the own choice, else that of the administration acted for."""
    name = user.zone or (administration.zone if administration is not None else "")
    return known_zone(name or "UTC")


def known_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; UTC for a name that this machine does not know."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


@lru_cache(maxsize=256)
def city_of(zone: str, tongue: str) -> str:
    """The zone's city as the language writes it; Babel is slow to wake, so only on first need."""
    from babel.dates import get_timezone, get_timezone_location

    return str(get_timezone_location(get_timezone(zone), locale=tongue, return_city=True))


def remember_language(response: HttpResponse, language: str) -> None:
    """For the sign-in page, and for pages that are refused before anybody is known."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
