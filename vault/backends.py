"""Signing in with e-mail and passphrase. One Argon2id run answers, and opens the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.db.models import QuerySet
from django.http import HttpRequest

from access.actors import Actor
from access.prepared import Prepared, columns_of, models_from
from vault import sessions
from vault.crypto.errors import CannotOpen
from vault.slots import keep_current, open_passphrase

if TYPE_CHECKING:
    from accounts.models import User


def _person(asked: Actor) -> QuerySet[Any, Any]:
    """Every page of a signed-in person begins with this."""
    assert asked.user_id is not None
    people = get_user_model()._default_manager.filter(pk=asked.user_id, is_active=True)
    return people.values_list(*columns_of(get_user_model()))


PERSON = Prepared(_person)


class PassphraseBackend(BaseBackend):
    """Finds the person by e-mail and tries the phrase on their slot.

    Unknown names, people without a slot and suspended people cost exactly the same work.
    Who knew the phrase of a suspended account is told that it is suspended (the adapter does),
    so the person is returned, but nothing is opened for them, and no session finds them again.
    Busy is not caught: the page answers 503, and no attempt is counted.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str | None = None,
        password: str | None = None,
        **_other: Any,
    ) -> User | None:
        if not email or password is None:
            return None
        person = get_user_model()._default_manager.filter(email__iexact=email.strip()).first()
        try:
            root = open_passphrase(person, password)
        except CannotOpen:
            return None
        assert person is not None, "nobody's slot opens"
        if request is not None and person.is_active and _is_signing_in(request):
            keep_current(person, password, root)
            sessions.prepare(request, person, root)
        return person

    def get_user(self, user_id: int) -> User | None:
        rows = PERSON.rows(Actor(user_id=user_id, administration=""))
        return next(iter(models_from(get_user_model(), rows)), None)


def _is_signing_in(request: HttpRequest) -> bool:
    """Whoever is signed in and only confirms the phrase keeps the vault they have."""
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return hasattr(request, "session") and not signed_in
