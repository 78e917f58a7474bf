"""A new beginning, step by step: propose, be witnessed from a third administration, begin."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from access.policy import Action, require
from accounts.models import Administration
from accounts.queries import administration_of
from vault import sessions
from vault.colleagues import FingerprintChanged
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.directory import DirectoryBroken
from vault.forms import PhraseForm, VouchForm
from vault.models import Proposal
from vault.proposals import (
    KeyIsHeld,
    ProposalOver,
    finish_beginning,
    may_propose,
    open_proposal,
    propose_beginning,
    withdraw_proposal,
    witness_beginning,
    words_of,
)
from vault.views.asked import MemberRequest
from vault.views.own import status_of


@never_cache
def beginning(request: MemberRequest) -> HttpResponse:
    """One's own administration: where its new beginning stands, and the next step of it."""
    require(request.actor, Action.MAKE_EPOCH, request.actor.administration)
    proposal = open_proposal(request.actor.administration)
    form = PhraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if proposal is not None and proposal.signature and _is_mine(request, proposal):
            if _finished(request, form, proposal):
                return redirect("vault:keys")
        elif _proposed(request, form):
            return redirect("vault:new_beginning")
        proposal = open_proposal(request.actor.administration)
    context = {
        "form": form,
        "proposal": proposal,
        "words": words_of(proposal) if proposal else [],
        "is_mine": proposal is not None and _is_mine(request, proposal),
        "may_propose": may_propose(request.actor),
        "steps": _steps(proposal),
        "administration": administration_of(request.actor),
        "nav_key": "administrations",
    }
    return render(request, "vault/new_beginning.html", context, status=status_of(form))


def _is_mine(request: MemberRequest, proposal: Proposal) -> bool:
    return bool(proposal.proposer_id == request.user.pk)


def _steps(proposal: Proposal | None) -> list[dict[str, str]]:
    at = 0 if proposal is None else 2 if proposal.signature else 1
    labels = [_("Propose"), _("Be witnessed"), _("Begin again")]
    states = ["done" if i < at else "now" if i == at else "todo" for i in range(3)]
    return [
        {"label": label, "url": "", "state": state}
        for label, state in zip(labels, states, strict=True)
    ]


def _proposed(request: MemberRequest, form: PhraseForm) -> bool:
    keys = PersonKeys.derive(form.root)
    try:
        propose_beginning(actor=request.actor, keys=keys, root=form.root)
    except KeyIsHeld:
        form.add_error(None, _("A colleague holds the key: ask for it instead."))
        return False
    except CannotOpen:
        form.add_error(None, _("Nobody has vouched for your own key yet: that comes first."))
        return False
    messages.success(request, _("Everybody is told. Now call your witness."))
    return True


def _finished(request: MemberRequest, form: PhraseForm, proposal: Proposal) -> bool:
    keys = PersonKeys.derive(form.root)
    try:
        finish_beginning(actor=request.actor, keys=keys, root=form.root, proposal=proposal)
    except (ProposalOver, CannotOpen, DirectoryBroken):
        form.add_error(None, _("This does not hold together any more. Propose it anew."))
        return False
    sessions.unlock(request, request.user, form.root)
    messages.success(request, _("Your administration has a new key. Grant it to colleagues."))
    return True


@never_cache
def witness(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Somebody of a third administration hears eight words from the people concerned."""
    proposal = Proposal.objects.filter(pk=pk).select_related("proposer").first()
    if proposal is None:
        raise Http404
    require(request.actor, Action.WITNESS_EPOCH, proposal.administration)
    if proposal.ended_at is not None or proposal.witness_id is not None:
        messages.info(request, _("This new beginning has its witness, or was given up."))
        return redirect("vault:keys")
    words = " ".join(words_of(proposal))
    form = VouchForm(request.POST or None, user=request.user, initial={"words": words})
    if request.method == "POST" and form.is_valid() and _witnessed(request, form, proposal):
        return redirect("vault:keys")
    context = {
        "form": form,
        "proposal": proposal,
        "administration": Administration.objects.get(pk=proposal.administration),
        "words": words_of(proposal),
        "shown": words,
        "nav_key": "administrations",
    }
    return render(request, "vault/witness.html", context, status=status_of(form))


def _witnessed(request: MemberRequest, form: VouchForm, proposal: Proposal) -> bool:
    try:
        witness_beginning(
            actor=request.actor,
            keys=PersonKeys.derive(form.root),
            proposal=proposal,
            compared=form.cleaned_data["words"].split(),
        )
    except FingerprintChanged:
        form.add_error(None, _("The words have changed meanwhile. Compare them again by voice."))
        return False
    except ProposalOver:
        form.add_error(None, _("This new beginning was given up or replaced by another."))
        return False
    except CannotOpen:
        form.add_error(None, _("Nobody has vouched for your own key yet: that comes first."))
        return False
    messages.success(request, _("You are the witness. They finish it on their own page."))
    return True


@require_POST
def withdraw(request: MemberRequest) -> HttpResponse:
    """Give up what the own administration has under way."""
    require(request.actor, Action.MAKE_EPOCH, request.actor.administration)
    proposal = open_proposal(request.actor.administration)
    if proposal is not None:
        try:
            withdraw_proposal(actor=request.actor, proposal=proposal)
        except ProposalOver:
            messages.error(request, _("This new beginning was given up or replaced by another."))
        else:
            messages.success(request, _("The new beginning is given up. Nothing has changed."))
    return redirect("vault:new_beginning")
