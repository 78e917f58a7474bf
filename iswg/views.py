"""Pages that cross the nouns: home, search, help, and what machines ask."""

from __future__ import annotations

import datetime
import hmac
import ipaddress
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.policy import Action, can
from access.roles import READS
from accounts.language import administration_in
from accounts.queries import members_on
from activity import heartbeat
from activity.queries import latest_live_id
from bulletins import handling, opening, queries
from bulletins.granted import granted
from bulletins.presentation import drawn_rows
from bulletins.search import search as search_bulletins
from discussions.search import search_threads
from iswg import errors
from iswg.clocks import clocks, date_line
from iswg.mou_card import mou_card
from iswg.needs import needs_of
from meetings.cards import next_meeting_card
from mous.queries import instruments_called
from vault.http import unlocked
from vault.searching import StillSearching

NEW_SHOWN = 8


@require_GET
@unlocked
@granted
def home(request: HttpRequest) -> HttpResponse:
    """The heading is the answer: what needs my administration, and what is new."""
    actor, since = request.actor, latest_live_id()
    if not actor.holds(READS):
        return render(request, "iswg/home_observer.html", {"nav_key": "home"})
    needs = needs_of(actor, request.vault)
    visit = request.user.previous_visit or timezone.now() - datetime.timedelta(days=14)
    rows = list(queries.rows_since(actor, visit)[:NEW_SHOWN])
    titles = opening.open_titles(request.vault, [row.bulletin for row in rows])
    return render(
        request,
        "iswg/home.html",
        {
            "nav_key": "home",
            "needs": needs,
            "heading": _heading(len(needs), request),
            "new_since": visit,
            "rows": drawn_rows(rows, titles),
            "may_write": can(actor, Action.WRITE_DRAFT),
            "live_since": since,
            "next_meeting": next_meeting_card(request),
            "mou": mou_card(request),
            **_pacific(request),
        },
    )


def _pacific(request: HttpRequest) -> dict[str, object]:
    """The clocks and the map beside the list."""
    now = timezone.now()
    own = administration_in(request)
    zone = request.user.zone or own.zone
    members = list(members_on(timezone.localdate()))
    return {
        "now": now,
        "clocks": clocks(now, own, zone),
        "date_line": date_line(now, zone, members),
        "members": [
            {"code": a.code, "name": a.label, "state": "done", "words": "", "me": a == own}
            for a in members
        ],
    }


def _heading(count: int, request: HttpRequest) -> str:
    name = administration_in(request).label
    if count == 0:
        return _("Nothing needs %(name)s today") % {"name": name}
    words = NUMBERS.get(count)
    shown = str(words()) if words else str(count)
    return ngettext("%(n)s thing needs %(name)s", "%(n)s things need %(name)s", count) % {
        "n": shown,
        "name": name,
    }


NUMBERS = {
    1: lambda: _("One"), 2: lambda: _("Two"), 3: lambda: _("Three"), 4: lambda: _("Four"),
    5: lambda: _("Five"), 6: lambda: _("Six"), 7: lambda: _("Seven"), 8: lambda: _("Eight"),
    9: lambda: _("Nine"),
}  # fmt: skip


@require_GET
@unlocked
@granted
def search(request: HttpRequest) -> HttpResponse:
    """Everything the reader may open; the words typed are neither logged nor kept."""
    typed = request.GET.get("q", "").strip()[:200]
    try:
        found = search_bulletins(request.actor, request.vault, typed) if typed else None
        said = search_threads(request.actor, request.vault, typed) if typed else None
        instruments = instruments_called(request.actor, typed) if typed else []
    except StillSearching:
        return errors.page(request, 429, seconds=5)
    context = {"typed": typed, "found": found, "said": said, "instruments": instruments}
    response = render(request, "iswg/search.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "iswg/help.html", {"words": help_words(get_language())})


@cache
def help_words(language: str) -> SafeString:
    """The words of the help are the same for every reader of a language."""
    return render_to_string(
        "iswg/_help_words.html",
        {
            "tlp": [(label, handling.TLP_MEANING[label]) for label in handling.TLP_ORDER],
            "pap": handling.PAP_MEANING.items(),
            "reliability": handling.RELIABILITY.items(),
            "credibility": handling.CREDIBILITY.items(),
            "likelihood": [
                (words, *handling.LIKELIHOOD_RANGE[key])
                for key, words in handling.LIKELIHOOD.items()
            ],
        },
    )


# What machines ask -----------------------------------------------------------------------------


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@require_GET
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the database, the worker and (where there is one) Redis answer.

    Which of them does not is for the operator: a stranger learns whether to come back, no more.
    """
    parts = {"database": _database(), "worker": heartbeat.is_alive(timezone.now())}
    if settings.REDIS_URL:
        parts["redis"] = _redis()
    ok = all(parts.values())
    told = {"ok": ok, **parts} if _for_the_operator(request) else {"ok": ok}
    return JsonResponse(told, status=200 if ok else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False


@require_GET
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for the operator, from this machine or with the token; to anybody else: nothing."""
    if not _for_the_operator(request):
        raise Http404
    from iswg.figures import figures

    return HttpResponse(figures(), content_type="text/plain; version=0.0.4")


def _for_the_operator(request: HttpRequest) -> bool:
    return _is_local(request) or _has_token(request)


def _is_local(request: HttpRequest) -> bool:
    if settings.PRODUCTION and request.headers.get("X-Forwarded-For"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    )


@require_GET
@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    expires = (timezone.now() + datetime.timedelta(days=180)).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: en, fr",
        f"Canonical: {settings.ORIGIN}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_GET
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
