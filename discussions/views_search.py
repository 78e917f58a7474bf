"""What was found in one discussion; the search over everything is `iswg/views.py`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from discussions.models import Thread
from discussions.search import search_in
from vault.searching import StillSearching
from wording.markings import TLP_MEANING

LONGEST = 200


def found_in(request: HttpRequest, thread: Thread, typed: str) -> HttpResponse:
    """The page of a thread with `?q=`: the words typed are neither logged nor kept."""
    typed = typed.strip()[:LONGEST]
    try:
        found = search_in(request.actor, request.vault, thread, typed)
    except StillSearching:
        return render(request, "errors/429.html", {"status": 429, "seconds": 5}, status=429)
    context = {
        "nav_key": "discussions", "thread": thread, "typed": typed, "found": found,
        "meaning": TLP_MEANING[thread.tlp],
    }  # fmt: skip
    response = render(request, "discussions/search.html", context)
    response["Cache-Control"] = "no-store"
    return response
