"""The page of something that a bulletin names: its numbers, where else it stands, what is said."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bulletins import entities, handling, opening
from bulletins.views import opened_first
from vault.http import unlocked
from vault.searching import StillSearching
from wording.markings import Tlp


@require_GET
@unlocked
@opened_first
def entity(request: HttpRequest, opened: opening.Opened, entity_id: UUID) -> HttpResponse:
    """Whoever reads it has opened the bulletin, and the ledger says so."""
    bulletin = opened.bulletin
    named = entities.named_in(opened.content, bulletin)
    shown = next((one for one in named if one.fact.id == str(entity_id)), None)
    if shown is None:
        raise Http404
    try:
        looked = entities.named_elsewhere(request.actor, request.vault, bulletin, shown.fact)
        marking = looked.strictest(bulletin)
    except StillSearching:
        looked, marking = None, Tlp(bulletin.tlp)
    response = render(request, "bulletins/entity.html", {
        "nav_key": "bulletins",
        "bulletin": bulletin,
        "content": opened.content,
        "marking": marking,
        "meaning": handling.TLP_MEANING[marking],
        "named": shown,
        "entity_id": entity_id,
        "looked": looked,
    })  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response
