"""The small card of the home page: how many take part, and where on the map."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from mous.queries import Picture, instruments_for
from mous.standing import Glance
from mous.vocabulary import LOOKS


def mou_card(request: HttpRequest) -> dict[str, Any] | None:
    """Of the instrument that decides who may receive what, else of the first; or nothing."""
    instrument = instruments_for(request.actor).order_by("-gates", "opened_on").first()
    if instrument is None:
        return None
    picture = Picture(instrument)
    glance = Glance(picture, picture.states(timezone.localdate()))
    return {
        "instrument": instrument,
        "answer": glance.short_answer,
        "words": _("Map: %(answer)s") % {"answer": glance.answer},
        "points": [
            {
                "code": party.code,
                "name": party.label,
                "state": LOOKS[glance.states[party.code]],
                "me": party.code == request.actor.administration,
            }
            for party in picture.parties
        ],
    }
