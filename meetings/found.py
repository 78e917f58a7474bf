"""Meetings and items as views fetch them: through what this reader may read, or 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from meetings import queries
from meetings.models import AgendaItem, Meeting


def found(request: HttpRequest, ref: str) -> Meeting:
    return get_object_or_404(queries.meetings_for(request.actor), ref=ref)


def found_item(request: HttpRequest, ref: str, item_id: UUID) -> AgendaItem:
    """An item through the meeting that was checked, and only if this reader may read it."""
    meeting = found(request, ref)
    for item in queries.items_for(request.actor, meeting):
        if item.uuid == item_id:
            return item
    raise Http404
