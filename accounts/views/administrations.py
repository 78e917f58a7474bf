"""The administrations: who they are, what time it is there, and whom to turn to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from access.policy import Action, require
from access.roles import READS
from accounts.cards import cards_for, map_points
from accounts.models import Administration, AdministrationKind


def administrations(request: HttpRequest) -> HttpResponse:
    """All of them; whoever only observes sees the own one."""
    own = Administration.objects.filter(pk=request.actor.administration).first()
    require(request.actor, Action.READ_ADMINISTRATION, own)
    cards = cards_for(request.actor)
    members = [card for card in cards if card.administration.is_member]
    context = {
        "members": members,
        "others": [card for card in cards if not card.administration.is_member],
        "points": map_points(members, request.actor.administration),
        "ready": sum(card.ready for card in members),
        "seats": [card for card in members if card.seat],
        "is_list": request.actor.holds(READS),
        "map_words": _("Map of the member administrations"),
        "nav_key": "administrations",
    }
    return render(request, "accounts/administrations.html", context)


def administration(request: HttpRequest, code: str) -> HttpResponse:
    found = [card for card in cards_for(request.actor) if card.administration.pk == code]
    if not found:
        raise Http404
    card = found[0]
    context = {
        "card": card,
        "memberships": card.administration.memberships.order_by("since"),
        "seats": card.administration.seats.order_by("-since"),
        "zones": card.administration.zones.split(),
        "is_own": code == request.actor.administration,
        "is_secretariat": card.administration.kind == AdministrationKind.SECRETARIAT,
        "sees_keys": request.actor.holds(READS),
        "nav_key": "administrations",
    }
    return render(request, "accounts/administration.html", context)
