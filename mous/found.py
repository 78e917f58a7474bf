"""Instruments and their participants as views fetch them: what this reader may read, or 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from mous.models import Instrument, Party
from mous.queries import instruments_for, parties_of


def found(request: HttpRequest, slug: str) -> Instrument:
    return get_object_or_404(instruments_for(request.actor), slug=slug)


def found_party(instrument: Instrument, code: str) -> Party:
    """A participant by its code, which stands in lower case in the address."""
    for party in parties_of(instrument):
        if party.code.lower() == code:
            return party
    raise Http404
