"""The doorkeeper of the sockets: whose cookies these are, and whether that still holds.

Fills the port of `access/sockets.py`. Everything is read from the database at each question,
because a socket may outlive its session, its vault, a role or a membership.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
from weakref import WeakValueDictionary

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone

from access.actors import current_actor
from access.policy import people_in_standing
from access.questions import Among, Question
from access.sockets import Change, Member, MemberFacts, Scope, TooManyOpened
from accounts.attempts import openings
from accounts.language import KNOWN
from accounts.models import Administration
from accounts.requirement import is_owing
from vault import sessions
from vault.models import VaultSession
from vault.open_vault import Vault


class Doorkeeper:
    """Answers for sessions, standing and vaults, as of now."""

    def open_socket_vault(self, scope: Scope) -> MemberFacts | None:
        """Whose socket this is, with the vault opened; None without a living session."""
        cookies = _cookies(scope)
        key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        store = _Sessions(key or None)
        user: Any = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
        if not key or not user.is_authenticated:
            return None
        if not openings.allowed(key):
            raise TooManyOpened
        actor = current_actor(user.pk)
        administration = actor.administration if actor else ""
        vault = None if is_owing(user, store) else sessions.open_for_socket(cookies, key, user)
        zones = _ZONE.column(code=administration)
        return MemberFacts(
            user_id=user.pk,
            session=seat_of(user.auth_epoch, key, vault.session_id if vault else None),
            administration=administration,
            language=_language(cookies, user),
            zone=user.zone or next(iter(zones), "") or "UTC",
            vault=vault,
        )

    def changes(self, members: Sequence[Member]) -> Mapping[Member, Change]:
        """Four small queries for all members together; whoever is absent may go on.

        Pages of one session stand or fall together, so each session is asked about once. Mostly
        all of them go on, so two questions ask how many; only then which.
        """
        together: dict[Seat, list[Member]] = defaultdict(list)
        for member in members:
            together[cast(Seat, member.session)].append(member)
        seats = list(together)
        living = _LIVING.of({seat.key for seat in seats}, now=timezone.now())
        vaults = sessions.still_open({seat.vault for seat in seats if seat.vault})
        people = {ones[0].user_id for ones in together.values()}
        epochs: dict[int, int] = dict(_EPOCHS.rows(people=people))
        in_standing = set(_IN_STANDING.column(people=people))
        found: dict[Member, Change] = {}
        for seat in seats:
            ones = together[seat]
            user_id = ones[0].user_id
            if seat.key not in living or epochs.get(user_id) != seat.auth_epoch:
                found |= dict.fromkeys(ones, Change.SIGNED_OUT)
            elif user_id not in in_standing:
                found |= dict.fromkeys(ones, Change.NOT_ALLOWED)
            elif seat.vault not in vaults:
                locked = (member for member in ones if member.vault is not None)
                found |= dict.fromkeys(locked, Change.VAULT_LOCKED)
        return found

    def used(self, member: Member) -> None:
        """An act over the socket is use of the session, like an act on a page."""
        number = _vault_session(member)
        for row in _ROW.models(number=number) if number else ():
            sessions.touch(row)


def _vault_session(member: Member) -> UUID | None:
    """Which row the socket's vault was opened from."""
    return member.vault.session_id if isinstance(member.vault, Vault) else None


def _cookies(scope: Scope) -> dict[str, str]:
    raw = b"; ".join(value for name, value in scope.get("headers", []) if name == b"cookie")
    # As pages read them: the standard library drops all for one that it does not like.
    return parse_cookie(raw.decode("latin1"))


def _language(cookies: Mapping[str, str], user: Any) -> str:
    """One of ours: a catalogue is kept in memory for each name that was ever asked for."""
    asked = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return asked if asked in KNOWN else str(user.language)


_ROW = Question(lambda number: VaultSession.objects.filter(pk=number))
_SESSION = Question(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))
_LIVING = Among(lambda pks, now: Session.objects.filter(pk__in=pks, expire_date__gt=now))
_ZONE = Question(lambda code: Administration.objects.filter(pk=code).values_list("zone"))
_EPOCHS = Question(
    lambda people: (
        get_user_model()._default_manager.filter(pk__in=people).values_list("pk", "auth_epoch")
    )
)
_IN_STANDING = Question(
    lambda people: (
        get_user_model()
        ._default_manager.filter(people_in_standing(), pk__in=people)
        .values_list("pk")
    )
)


class _Sessions(SessionStore):
    """Sessions of pages, read with a question that is written once."""

    # Django signs a session under the name of its class.
    key_salt = SessionStore().key_salt

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.models(key=self.session_key, now=timezone.now())
        return found[0] if found else None


class Seat:
    """What a socket is asked about later: its session, the epoch of sign-ins that it belongs to,
    and the row its vault was opened from. A session is one person's.

    All pages of a session hold the very same seat, and it is gone with the last of them.
    """

    __slots__ = ("__weakref__", "auth_epoch", "key", "vault")

    def __init__(self, auth_epoch: int, key: str, vault: UUID | None) -> None:
        self.auth_epoch, self.key, self.vault = auth_epoch, key, vault


_seats: WeakValueDictionary[tuple[int, str, UUID | None], Seat] = WeakValueDictionary()


def seat_of(auth_epoch: int, key: str, vault: UUID | None) -> Seat:
    """The seat of these facts, the same as long as somebody holds it."""
    facts = (auth_epoch, key, vault)
    return _seats.get(facts) or _seats.setdefault(facts, Seat(*facts))
