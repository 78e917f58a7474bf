"""Private calendar addresses: the page on which they are made, and the feed itself."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings import calendars, feeds
from meetings.found import found
from meetings.services.feeds import hash_of, make_feed, revoke_feed
from meetings.services.series import NotPossible


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """A person's own addresses; a new one is shown once, in the answer that made it."""
    made = ""
    if request.method == "POST":
        try:
            token = make_feed(actor=request.actor)
        except NotPossible as problem:
            messages.error(request, " ".join(problem.faults.values()))
            return redirect("meetings:calendar")
        made = settings.ORIGIN + reverse("calendar_feed", args=[token])
    context = {"nav_key": "meetings", "made": made, "own": feeds.own_feeds(request.actor)}
    response = render(request, "meetings/calendar.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    if not revoke_feed(actor=request.actor, key_id=pk):
        raise Http404
    messages.success(request, _("That address answers no more."))
    return redirect("meetings:calendar")


@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One meeting as a file for a calendar; it follows no change, unlike the private address."""
    meeting = found(request, ref)
    if meeting.starts_at is None:
        raise Http404
    response = HttpResponse(
        calendars.feed([meeting], timezone.now()), "text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{meeting.ref}.ics"'
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a private address, for programs that hold no session. Whoever has no
    standing any more, took the address back or guesses, gets the same nothing."""
    reader = None if len(token) > 80 else feeds.reader_behind(token)
    if reader is None:
        wrong = feeds.too_often(f"wrong {request.META['REMOTE_ADDR']}", feeds.WRONG_PER_HOUR)
        return _plain(429 if wrong else 404)
    if feeds.too_often(hash_of(token).hex(), feeds.PER_HOUR):
        return _plain(429)
    user, actor = reader
    with translation.override(user.language):
        now = timezone.now()
        rows = feeds.meetings_of_feed(actor, now)
        tag = quote_etag(calendars.feed_tag(rows, user.language))
        response = HttpResponse(calendars.feed(rows, now), "text/calendar; charset=utf-8")
    response["ETag"] = tag
    # Kept by the program that asks, and by nobody between.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="iswg.ics"'
    return get_conditional_response(request, etag=tag, response=response) or response


def _plain(status: int) -> HttpResponse:
    """A word for a program; a person who opened it by hand reads it too."""
    words = {404: "There is no such calendar.", 429: "Too often. Ask again in an hour."}
    response = HttpResponse(words[status], "text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    if status == 429:
        response["Retry-After"] = str(feeds.HOUR)
    return response
