"""Answers to a script: JSON with a sentence, also when something is refused or not there.

A script that is sent a page can only say "failed". So whatever would become a page of its own
for a person (signed out, refused, not found, a broken seal) is told here in one sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from access.policy import Refused
from activity.record import record_refusal
from vault.crypto.errors import CannotOpen
from vault.uploads import NotAccepted
from vault.views.asked import MemberRequest

log = logging.getLogger("iswg.errors")

View = Callable[..., HttpResponse]


def in_json(view: View) -> View:
    """For views that a script asks, with an open vault."""

    @wraps(view)
    def answered(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor is None or request.vault is None:
            return _said(
                401, _("You are signed out or locked. Sign in in another tab, then go on.")
            )
        try:
            return view(request, *args, **kwargs)
        except NotAccepted as refusal:
            return _said(refusal.status, refusal.sentence)
        except Refused as refusal:
            record_refusal(request.actor, refusal.action.name.lower(), request.path[:60])
            return _said(403, refusal.reason)
        except (Http404, ObjectDoesNotExist):
            return _said(404, _("This draft or file is not there any more."))
        except CannotOpen:
            log.error("a seal of a draft or its file did not open")
            return _said(409, _("This does not open with your keys, or it was damaged."))

    return answered


def _said(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
