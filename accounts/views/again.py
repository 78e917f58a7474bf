"""The passphrase again, before anything that decides who can sign in."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts.destinations import HOME, asked_for
from accounts.forms import AgainForm

View = Callable[..., HttpResponse]


def was_said_lately(request: HttpRequest) -> bool:
    """Whether this session was given the passphrase in the last five minutes."""
    steps = get_authentication_records(request, request.user)
    latest = max((s["at"] for s in steps if s.get("method") == "password"), default=0.0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def phrase_again(view: View) -> View:
    """Lets a view go on if the passphrase was given lately, else asks for it.

    What was posted is not kept while asking: it may hold secrets, and sessions are rows.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if was_said_lately(request):
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('accounts:again')}?{urlencode({'next': request.path})}")

    return never_cache(asking)


@never_cache
def again(request: HttpRequest) -> HttpResponse:
    form = AgainForm(request.POST or None, user=request.user)
    wanted = asked_for(request, HOME)
    if request.method == "POST" and form.is_valid():
        reauthenticate_by_password(request)
        return redirect(wanted)
    status = HTTPStatus.TOO_MANY_REQUESTS if form.is_throttled else HTTPStatus.OK
    return render(request, "account/again.html", {"form": form, "next": wanted}, status=status)
