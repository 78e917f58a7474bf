"""Ending sessions: all of a person's, or all but the one they are in."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest

from accounts.models import User
from accounts.ports import keys


def end_sessions_of(person: User) -> None:
    """A new auth epoch: no session signed under the old one is believed any more.

    Sockets ask at their next frame, delivery or ping, and are closed by the answer.
    """
    User.objects.filter(pk=person.pk).update(auth_epoch=F("auth_epoch") + 1)
    person.refresh_from_db(fields=["auth_epoch"])
    keys().end_sessions(person)


def keep_this_session(request: HttpRequest, person: User) -> None:
    """Sign this session under the new auth epoch, with a new key, as the same line of the list.

    The vault was sealed for the old session, so its keys are closed until the next phrase.
    """
    former = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=former).update(session_key=request.session.session_key)
