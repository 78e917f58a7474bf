"""Who takes part, and the changes that whoever opened the discussion makes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, can
from accounts.queries import choosable_administrations
from discussions.audience import choosable_officers, in_words
from discussions.found import found
from discussions.lawful import bases_of_newcomer, warnings_in
from discussions.models import Thread
from discussions.sealing import Locked
from discussions.services.messages import NotSent
from discussions.services.participants import add_participant, remove_participant
from vault.http import unlocked
from vault.manifests import SealBroken
from wording.markings import TLP_MEANING


@require_http_methods(["GET", "POST"])
@unlocked
def participants(request: HttpRequest, ref: str) -> HttpResponse:
    """By name; `?add=` and `?remove=` say in words what the change will mean, and ask."""
    thread = found(request, ref)
    if request.method == "POST":
        return _changed(request, thread)
    members, choosable = _members(thread), _choosable(thread)
    adding = _named(request, "add", choosable)
    context = {
        "nav_key": "discussions",
        "thread": thread,
        "audience": in_words(thread, request.actor.administration),
        "meaning": TLP_MEANING[thread.tlp],
        "members": members,
        "may_change": can(request.actor, Action.CHANGE_AUDIENCE, thread),
        "choosable": choosable,
        "adding": adding,
        "warnings": _warnings(request, thread, adding["name"]) if adding else [],
        "removing": _named(request, "remove", [one for one in members if not one["stays"]]),
    }
    return render(request, "discussions/participants.html", context)


def _warnings(request: HttpRequest, thread: Thread, name: str) -> list[str]:
    return warnings_in(bases_of_newcomer(request.actor, request.vault, thread, name))


def _members(thread: Thread) -> list[dict[str, Any]]:
    rows = [
        {
            "name": row.administration_id,
            "code": row.administration_id,
            "label": row.administration.label,
            "since": row.joined_at,
            "stays": row.administration_id == thread.origin_id,
        }
        for row in thread.participants.all()
        if not row.named_only
    ]
    return rows + [
        {
            "name": f"user:{grant.user_id}",
            "code": "",
            "label": grant.user.name,
            "since": None,
            "stays": grant.user_id == thread.author_id,
        }
        for grant in thread.named_officers.all()
    ]


def _choosable(thread: Thread) -> list[dict[str, Any]]:
    codes, named = thread.holder_codes, thread.named_ids
    places = [
        {"name": one.code, "code": one.code, "label": one.label}
        for one in choosable_administrations()
        if one.code not in codes
    ]
    return places + [
        {"name": f"user:{one.pk}", "code": "", "label": one.name}
        for one in choosable_officers()
        if one.pk not in named
    ]


def _named(request: HttpRequest, what: str, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    wanted = request.GET.get(what)
    return next((row for row in rows if row["name"] == wanted), None)


def _changed(request: HttpRequest, thread: Thread) -> HttpResponse:
    adding = request.POST.get("change") != "remove"
    name = request.POST.get("participant", "")
    service = add_participant if adding else remove_participant
    try:
        service(actor=request.actor, vault=request.vault, thread=thread, name=name)
    except NotSent as refusal:
        messages.error(request, " ".join(refusal.faults.values()))
    except (Locked, SealBroken):
        messages.error(request, _("This discussion does not open with your keys."))
    else:
        messages.success(request, _("Added.") if adding else _("Removed, from this moment on."))
    return redirect("discussions:participants", ref=thread.ref)
