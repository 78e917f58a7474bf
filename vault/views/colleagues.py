"""Colleagues' keys: vouch for one and hand over the administration's, or end somebody's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access.actors import Actor, current_actor
from access.policy import Action, require
from accounts.models import User
from accounts.ports import handover_of
from accounts.queries import person_here
from accounts.views.people import people_url
from vault import sessions
from vault.colleagues import FingerprintChanged, claimed_keys
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.forms import PhraseForm, VouchForm
from vault.joining import shut_out, vouch
from vault.views.asked import MemberRequest
from vault.views.own import status_of


def _person(request: MemberRequest, pk: int) -> tuple[User, Actor]:
    """Somebody whose people this actor may see, with the facts about them; else not found."""
    person = person_here(request.actor, pk)
    facts = current_actor(pk) if person else None
    if person is None or facts is None:
        raise Http404
    return person, facts


@never_cache
def grant(request: MemberRequest, pk: int) -> HttpResponse:
    """Compare eight words by voice, then sign with the own passphrase."""
    person, facts = _person(request, pk)
    is_colleague = facts.administration == request.actor.administration
    require(request.actor, Action.GRANT_KEYS if is_colleague else Action.ENTER_KEY, facts)
    claimed = claimed_keys(person)
    if claimed is None:
        messages.error(request, _("This person has made no key yet: the invitation comes first."))
        return redirect(people_url(request.actor, facts.administration))
    words = " ".join(claimed.fingerprint)
    form = VouchForm(request.POST or None, user=request.user, initial={"words": words})
    if request.method == "POST" and form.is_valid() and _vouched(request, form, person):
        return redirect(people_url(request.actor, facts.administration))
    context = {
        "form": form,
        "person": person,
        "words": claimed.fingerprint,
        "shown": words,
        "is_colleague": is_colleague,
        "nav_key": "administrations",
    }
    return render(request, "vault/grant.html", context, status=status_of(form))


def _vouched(request: MemberRequest, form: VouchForm, person: User) -> bool:
    keys = PersonKeys.derive(form.root)
    compared = form.cleaned_data["words"].split()
    try:
        granted = vouch(actor=request.actor, keys=keys, person=person, compared=compared)
    except FingerprintChanged:
        form.add_error(None, _("The words have changed meanwhile. Compare them again by voice."))
        return False
    except CannotOpen:
        form.add_error(None, _("You do not hold the administration's key yet, so you cannot."))
        return False
    facts: dict[str, Any] = {"name": person.name}
    if granted:
        messages.success(request, _("%(name)s holds the administration's key now.") % facts)
    else:
        messages.success(request, _("You have vouched for the key of %(name)s.") % facts)
    return True


@never_cache
def suspend_person(request: MemberRequest, pk: int) -> HttpResponse:
    """Shut an account, with what it leaves behind, and give those who stay a new key."""
    person, facts = _person(request, pk)
    require(request.actor, Action.SUSPEND_PERSON, facts)
    form = PhraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        _shut_out(request, form, person)
        return redirect(people_url(request.actor, facts.administration))
    context = {
        "form": form,
        "person": person,
        "handover": handover_of(person),
        "is_colleague": facts.administration == request.actor.administration,
        "nav_key": "administrations",
    }
    return render(request, "vault/suspend.html", context, status=status_of(form))


def _shut_out(request: MemberRequest, form: PhraseForm, person: User) -> None:
    renewed = shut_out(actor=request.actor, keys=PersonKeys.derive(form.root), person=person)
    name = {"name": person.name}
    messages.success(request, _("The account of %(name)s is shut, everywhere, now.") % name)
    if renewed:
        # The new key closed every open vault of the administration; this phrase was just given.
        sessions.unlock(request, request.user, form.root)
    else:
        messages.warning(
            request,
            _("A new key follows as soon as a colleague who holds the present one unlocks."),
        )
