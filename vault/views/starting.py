"""Starting anew by a link in a mail, for somebody who lost passphrase and printed code."""

from __future__ import annotations

from http import HTTPStatus

from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from access.actors import Actor, current_actor
from accounts import factors
from accounts.forms import PasskeyForm, SecondFactorForm
from accounts.models import User
from accounts.queries import whom_to_ask
from vault.crypto.phrase import make_phrase
from vault.forms import AskNewStartForm, NewStartForm
from vault.models import NewStart
from vault.new_starts import NotGoodAnyMore, ask_for_link, find, is_good, start_anew, wait_a_day
from vault.passphrases import lock_for
from vault.views.own import status_of

PROVED = "new_start_proved"
COMMAND = "new_start"


@login_not_required
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """One answer for every address, whoever has it or not."""
    form = AskNewStartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["login"].strip().lower()
        try:
            form.try_as(f"new_start:{email}")
        except ValidationError as wait:
            form.add_error(None, wait)
        else:
            ask_for_link(actor=Actor.command(COMMAND), email=email)
            return render(request, "vault/new_start_asked.html")
    return render(request, "vault/new_start_ask.html", {"form": form}, status=status_of(form))


@login_not_required
@never_cache
def new_start(request: HttpRequest, token: str) -> HttpResponse:
    """First the second factor (or a day's wait without one), then a new passphrase."""
    start = find(token)
    if start is None:
        raise Http404
    if not is_good(start):
        return render(request, "vault/new_start_gone.html", status=HTTPStatus.GONE)
    if request.user.is_authenticated:
        facts = {"signed_in": True}
        return render(request, "vault/new_start_gone.html", facts, status=HTTPStatus.CONFLICT)
    assert start.user is not None, "only those of a person are found"
    if not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        translation.activate(start.user.language)
    if start.opens_at > timezone.now():
        return render(request, "vault/new_start_wait.html", {"start": start})
    if start.factor_lost or request.session.get(PROVED) == str(start.pk):
        return _phrase_step(request, start, start.user)
    return _factor_step(request, start, start.user)


def _factor_step(request: HttpRequest, start: NewStart, person: User) -> HttpResponse:
    kinds = factors.kinds_of(person)
    if request.method == "POST" and "lost" in request.POST:
        return _lost(request, start, person)
    with_passkey = "credential" in request.POST
    data = request.POST or None
    code_form = SecondFactorForm(None if with_passkey else data, user=person)
    passkey_form = PasskeyForm(data if with_passkey else None, user=person)
    tried = passkey_form if with_passkey else code_form
    if request.method == "POST" and kinds and tried.is_valid():
        request.session[PROVED] = str(start.pk)
        return redirect(request.path)
    has_passkey = "webauthn" in kinds
    context = {
        "form": code_form,
        "webauthn_form": passkey_form,
        "has_factor": bool(kinds - {"recovery_codes"}),
        "has_passkey": has_passkey,
        "takes_codes": bool(kinds - {"webauthn"}),
        "options": webauthn.begin_authentication(user=person) if has_passkey else None,
        "ask": whom_to_ask(person),
    }
    return render(request, "vault/new_start_factor.html", context)


def _lost(request: HttpRequest, start: NewStart, person: User) -> HttpResponse:
    actor = current_actor(person.pk)
    assert actor is not None, "people are never deleted"
    try:
        waiting = wait_a_day(actor=actor, user=person, start=start)
    except NotGoodAnyMore:
        return render(request, "vault/new_start_gone.html", status=HTTPStatus.GONE)
    return render(request, "vault/new_start_wait.html", {"start": waiting, "is_new": True})


def _phrase_step(request: HttpRequest, start: NewStart, person: User) -> HttpResponse:
    form = NewStartForm(request.POST if "new_passphrase" in request.POST else None)
    if form.is_bound and form.is_valid():
        return _started(request, start, person, form.cleaned_data["new_passphrase"])
    context = {"form": form, "offered": make_phrase(), "ask": whom_to_ask(person), "start": start}
    return render(request, "vault/new_start.html", context)


def _started(request: HttpRequest, start: NewStart, person: User, phrase: str) -> HttpResponse:
    actor = current_actor(person.pk)
    assert actor is not None, "people are never deleted"
    try:
        # The slow half first: nobody waits for a stretched passphrase behind a database lock.
        beginning = start_anew(actor=actor, user=person, start=start, lock=lock_for(phrase))
    except NotGoodAnyMore:
        return render(request, "vault/new_start_gone.html", status=HTTPStatus.GONE)
    request.session.pop(PROVED, None)
    context = {
        "code": beginning.recovery_code,
        "name": person.name,
        "words": beginning.keys.public.fingerprint,
        "ask": whom_to_ask(person),
        "is_recovery": True,
    }
    return render(request, "vault/code.html", context)
