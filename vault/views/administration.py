"""The administration's own key: make a new one, and keep one on paper in the safe."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access.policy import Action, require
from accounts.queries import administration_of, whom_to_ask
from vault import sessions
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.directory import directory
from vault.envelopes import (
    envelope_state,
    make_envelope,
    may_open,
    may_seal,
    open_envelope,
    safe_of,
)
from vault.epochs import rotate_epoch
from vault.forms import EnvelopeForm, PhraseForm
from vault.views.asked import MemberRequest
from vault.views.own import status_of


@never_cache
def renew(request: MemberRequest) -> HttpResponse:
    """A new key for the administration, for everybody who holds the present one."""
    require(request.actor, Action.MAKE_EPOCH, request.actor.administration)
    form = PhraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and _renewed(request, form):
        return redirect("vault:keys")
    context = {
        "form": form,
        "administration": administration_of(request.actor),
        "nav_key": "administrations",
    }
    return render(request, "vault/renew.html", context, status=status_of(form))


def _renewed(request: MemberRequest, form: PhraseForm) -> bool:
    try:
        epoch = rotate_epoch(actor=request.actor, keys=PersonKeys.derive(form.root))
    except CannotOpen:
        form.add_error(None, _("You do not hold the administration's key yet, so you cannot."))
        return False
    # The new key closed every open vault of the administration; this phrase was just given.
    sessions.unlock(request, request.user, form.root)
    messages.success(
        request, _("Key %(n)d is made. Colleagues unlock to take it up.") % {"n": epoch.number}
    )
    return True


@never_cache
def envelope(request: MemberRequest) -> HttpResponse:
    """What the sheet in the safe opens today, and what this person may do about it."""
    require(request.actor, Action.READ_FINGERPRINTS)
    form = PhraseForm(request.POST or None, user=request.user)
    if request.method == "POST":
        require(request.actor, Action.SEAL_ENVELOPE, safe_of(request.actor.administration))
        if form.is_valid() and (code := _sealed(request, form)):
            return _sheet(request, code, opened=False)
    return _envelope_page(request, form, EnvelopeForm(user=request.user))


@never_cache
def open_safe(request: MemberRequest) -> HttpResponse:
    """The code of the sheet and the own phrase: the key comes out, and another sheet."""
    if request.method != "POST":
        return redirect("vault:envelope")
    require(request.actor, Action.OPEN_ENVELOPE, safe_of(request.actor.administration))
    form = EnvelopeForm(request.POST, user=request.user)
    if form.is_valid() and (code := _taken_out(request, form)):
        return _sheet(request, code, opened=True)
    return _envelope_page(request, PhraseForm(user=request.user), form)


def _envelope_page(
    request: MemberRequest, seal_form: PhraseForm, open_form: EnvelopeForm
) -> HttpResponse:
    code, view = request.actor.administration, directory()
    me = view.person(request.user.pk)
    context = {
        "administration": administration_of(request.actor),
        "state": str(envelope_state(code)),
        "envelope": view.envelope(code),
        "epoch": view.epoch(code),
        "may_seal": may_seal(request.actor),
        "is_held": safe_of(code).is_held,
        "may_open": may_open(request.actor),
        "vouched": me is not None and me.administration == code,
        "seal_form": seal_form,
        "open_form": open_form,
        "ask": whom_to_ask(request.user),
        "nav_key": "administrations",
    }
    status = max(status_of(seal_form), status_of(open_form))
    return render(request, "vault/envelope.html", context, status=status)


def _sealed(request: MemberRequest, form: PhraseForm) -> str:
    try:
        code = make_envelope(actor=request.actor, keys=PersonKeys.derive(form.root))
    except CannotOpen:
        form.add_error(None, _("You do not hold the administration's key yet, so you cannot."))
        return ""
    sessions.unlock(request, request.user, form.root)
    return code


def _taken_out(request: MemberRequest, form: EnvelopeForm) -> str:
    """The code of the next sheet, or nothing and the sentence beside the field."""
    try:
        form.try_as(f"envelope:{request.actor.administration}")
        keys = PersonKeys.derive(form.root)
        opened = open_envelope(actor=request.actor, keys=keys, typed=form.cleaned_data["code"])
    except ValidationError as wait:
        form.add_error("code", wait)
        return ""
    except CannotOpen:
        sentence = _("This code does not open the envelope, or your own key is not vouched for.")
        form.add_error("code", sentence)
        return ""
    form.succeeded()
    sessions.unlock(request, request.user, form.root)
    return opened.code


def _sheet(request: MemberRequest, code: str, *, opened: bool) -> HttpResponse:
    """Shown once: in this answer and nowhere else."""
    context = {
        "code": code,
        "opened": opened,
        "administration": administration_of(request.actor),
        "envelope": directory().envelope(request.actor.administration),
    }
    return render(request, "vault/envelope_code.html", context)
