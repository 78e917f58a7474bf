"""Second factors of one's own account: what is set up, add, remove, recovery codes."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import factors
from accounts.forms import AddPasskeyForm, AppCodeForm
from accounts.ports import keys
from accounts.services import (
    CannotRemove,
    add_app,
    add_passkey,
    make_recovery_codes,
    remove_factor,
    show_recovery_codes,
)
from accounts.views.again import phrase_again

PENDING = "second_factor_app"


def overview(request: HttpRequest) -> HttpResponse:
    rows = Authenticator.objects.filter(user=request.user).order_by("created_at")
    context = {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": factors.codes_left(request.user),
        "protected": factors.is_protected(request.user),
        "required": settings.REQUIRE_MFA,
    }
    return render(request, "mfa/index.html", context)


@phrase_again
def app(request: HttpRequest) -> HttpResponse:
    """Show a seed as a picture and as letters, and keep it once a code of it was right.

    Until then the seed waits in the session, sealed: sessions are rows of the database.
    """
    if request.method == "POST" and PENDING in request.session:
        secret = keys().open_seed(request.session[PENDING])
        form = AppCodeForm(request.POST, user=request.user, secret=secret)
        if form.is_valid():
            return _keep_app(request, secret, form.cleaned_data["code"])
    else:
        secret = generate_totp_secret()
        request.session[PENDING] = keys().seal_seed(secret)
        form = AppCodeForm(user=request.user, secret=secret)
    return render(request, "mfa/totp/activate_form.html", {"form": form, **_seed(request, secret)})


def _keep_app(request: HttpRequest, secret: str, counter: int) -> HttpResponse:
    add_app(actor=request.actor, secret=secret, counter=counter)
    del request.session[PENDING]
    messages.success(request, _("Your authenticator app is set up."))
    return redirect("accounts:recovery_codes")


def _seed(request: HttpRequest, secret: str) -> dict[str, Any]:
    adapter = get_adapter()
    address = adapter.build_totp_url(request.user, secret)
    picture = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return {
        "picture": f"data:image/svg+xml;base64,{picture}",
        "letters": " ".join(groups),
        "address": address,
    }


@phrase_again
def passkey(request: HttpRequest) -> HttpResponse:
    """Every passkey here proves its owner by itself (finger, face or PIN), so that it is good
    both as a second factor and as a way to say who one is. Decided here, for all of them."""
    form = AddPasskeyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        add_passkey(
            actor=request.actor,
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
        )
        messages.success(request, _("Your passkey is set up."))
        return redirect("accounts:recovery_codes")
    options = webauthn.begin_registration(request.user, True)
    return render(request, "mfa/webauthn/add_form.html", {"form": form, "options": options})


@phrase_again
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, because it is the only thing between a lost phrase and the account."""
    rows = Authenticator.objects.filter(user=request.user, pk=pk)
    factor = rows.exclude(type=Authenticator.Type.RECOVERY_CODES).first()
    if factor is None:
        raise Http404
    if request.method == "POST":
        try:
            remove_factor(actor=request.actor, authenticator_id=factor.pk)
        except CannotRemove as stays:
            messages.error(request, str(stays))
        else:
            messages.success(request, _("The second factor is removed."))
        return redirect("accounts:second_factor")
    return render(request, "mfa/remove.html", {"factor": factor})


@phrase_again
def recovery_codes(request: HttpRequest) -> HttpResponse:
    context = {
        "codes": show_recovery_codes(actor=request.actor),
        "left": factors.codes_left(request.user),
        "protected": factors.is_protected(request.user),
    }
    return render(request, "mfa/recovery_codes/index.html", context)


@phrase_again
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    if factors.is_protected(request.user):
        make_recovery_codes(actor=request.actor)
    return redirect("accounts:recovery_codes")
