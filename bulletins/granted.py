"""A colleague who has not been granted the key yet is told so, instead of shown empty lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.roles import READS
from accounts.queries import whom_to_ask
from vault.colleagues import claimed_keys

View = Callable[..., HttpResponse]


def granted(view: View) -> View:
    """For views that show sealed things, inside `unlocked`: the vault must hold a key at all."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reads = request.actor is not None and request.actor.holds(READS)
        if not reads or request.vault is None or request.vault.is_granted:
            return view(request, *args, **kwargs)
        claimed = claimed_keys(request.user)
        context = {
            "ask": whom_to_ask(request.user),
            "words": claimed.fingerprint if claimed else [],
            "nav_key": "bulletins",
        }
        return render(request, "bulletins/not_granted.html", context)

    return inner
