"""The session somebody is in, when every other one of theirs has just ended."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from accounts.models import User


def keep_this_session(request: HttpRequest, person: User) -> None:
    """Sign this session under the new auth epoch, with a new key, as the same line of the list.

    The vault was sealed for the old session, so its keys are closed until the next phrase.
    """
    former = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=former).update(session_key=request.session.session_key)
