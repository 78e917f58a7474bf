"""The two ways in for somebody who is not signed in: an invitation, and the printed code."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access.actors import current_actor
from access.policy import Refused
from accounts.models import Invitation, User
from accounts.queries import whom_to_ask
from accounts.services import CannotInvite
from accounts.tokens import hash_of, is_good
from vault import sessions
from vault.crypto.errors import CannotOpen
from vault.crypto.phrase import make_phrase
from vault.forms import JoinForm, RecoverForm
from vault.joining import Arrival, accept_invitation
from vault.passphrases import Beginning
from vault.passphrases import recover as recover_with_code
from vault.slots import open_recovery
from vault.views.own import status_of


@login_not_required
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites whom to what, and the passphrase that makes it so."""
    found = (
        Invitation.objects.filter(token_hash=hash_of(token))
        .select_related("administration", "made_by")
        .first()
    )
    if found is None:
        raise Http404
    if not is_good(found):
        return _refused(request, found, _why_not(found))
    if request.user.is_authenticated:
        return _refused(request, found, "signed_in", status=HTTPStatus.CONFLICT)
    if "language" not in request.GET and not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        translation.activate(found.language)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _join(request, found, form.cleaned_data["new_passphrase"])
    context = {"invitation": found, "form": form, "offered": make_phrase()}
    return render(request, "vault/invitation.html", context)


def _join(request: HttpRequest, found: Invitation, passphrase: str) -> HttpResponse:
    try:
        arrival = accept_invitation(invitation=found, passphrase=passphrase)
    except (CannotInvite, Refused):
        return _refused(request, found, "not_any_more")
    _sign_in(request, arrival)
    context = {
        "code": arrival.beginning.recovery_code,
        "name": arrival.person.name,
        "words": arrival.beginning.keys.public.fingerprint,
        "ask": whom_to_ask(arrival.person),
        "pin": arrival.pin,
        "is_new": True,
    }
    return render(request, "vault/code.html", context)


def _sign_in(request: HttpRequest, arrival: Arrival) -> None:
    """Straight in: the mail and the passphrase that was just chosen are all there is."""
    person = arrival.person
    sessions.prepare(request, person, arrival.beginning.root)
    perform_password_login(request, {"email": person.email}, Login(user=person))


def _why_not(found: Invitation) -> str:
    if found.accepted_at is not None:
        return "used"
    return "expired" if found.expires_at <= timezone.now() else "withdrawn"


def _refused(
    request: HttpRequest, found: Invitation, why: str, *, status: int = HTTPStatus.GONE
) -> HttpResponse:
    """An invitation that opens nothing, and whom to ask for another one."""
    context = {"why": why, "invitation": found, "ask": [found.made_by] if found.made_by else []}
    return render(request, "vault/invitation_refused.html", context, status=status)


@login_not_required
@never_cache
def recover(request: HttpRequest) -> HttpResponse:
    """A new passphrase with the printed code. The second factor is still asked at sign-in."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (found := _recovered(form)):
        person, beginning = found
        context = {"code": beginning.recovery_code, "name": person.name, "is_recovery": True}
        return render(request, "vault/code.html", context)
    context = {"form": form, "offered": make_phrase()}
    return render(request, "vault/recover.html", context, status=status_of(form))


def _recovered(form: RecoverForm) -> tuple[User, Beginning] | None:
    """One sentence for every reason: an unknown address, a wrong code, an account that is shut."""
    email = form.cleaned_data["login"].strip().lower()
    try:
        form.try_as(f"recover:{email}")
    except ValidationError as wait:
        form.add_error(None, wait)
        return None
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    code = form.cleaned_data["code"]
    try:
        # First only tried, because that costs the same for nobody as for somebody.
        open_recovery(person, code)
    except CannotOpen:
        form.add_error(None, _("This address and this code do not go together."))
        return None
    form.succeeded()
    actor = current_actor(person.pk) if person else None
    assert person is not None, "nobody's slot opens"
    assert actor is not None
    phrase = form.cleaned_data["new_passphrase"]
    return person, recover_with_code(actor=actor, user=person, code=code, passphrase=phrase)
