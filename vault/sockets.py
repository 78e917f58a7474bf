"""The doorkeeper of the sockets: whose cookies these are, and whether that still holds.

Fills the port of `access/sockets.py`. Everything is read from the database at each question,
because a socket may outlive its session, its vault, a role or a membership.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone

from access.actors import current_actor
from access.policy import people_in_standing
from access.questions import Question
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
        store = SessionStore(key or None)
        user: Any = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
        if not key or not user.is_authenticated:
            return None
        if not openings.allowed(key):
            raise TooManyOpened
        actor = current_actor(user.pk)
        administration = actor.administration if actor else ""
        vault = None if is_owing(user, store) else sessions.open_for_socket(cookies, key, user)
        zone = Administration.objects.filter(pk=administration).values_list("zone", flat=True)
        return MemberFacts(
            user_id=user.pk,
            session_hash=_Seat(user.auth_epoch, key, vault.session_id if vault else None).facts(),
            administration=administration,
            language=_language(cookies, user),
            zone=user.zone or zone.first() or "UTC",
            vault=vault,
        )

    def changes(self, members: Sequence[Member]) -> Mapping[Member, Change]:
        """Four small queries for all members together; whoever is absent may go on.

        Pages of one session stand or fall together, so each session is asked about once.
        """
        together: dict[bytes, list[Member]] = defaultdict(list)
        for member in members:
            together[member.session_hash].append(member)
        seats = {facts: _read_seat(facts) for facts in together}
        living = _living_sessions(seat.key for seat in seats.values())
        ids = {ones[0].user_id for ones in together.values()}
        epochs: dict[int, int] = dict(_EPOCHS.rows(people=ids))
        in_standing = set(_IN_STANDING.column(people=ids))
        vaults = sessions.still_open(seat.vault for seat in seats.values() if seat.vault)
        found: dict[Member, Change] = {}
        for facts, ones in together.items():
            seat, user_id = seats[facts], ones[0].user_id
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


def _living_sessions(keys: Iterable[str]) -> set[str]:
    return set(_LIVING.column(keys=set(keys), now=timezone.now()))


_ROW = Question(lambda number: VaultSession.objects.filter(pk=number))
_LIVING = Question(
    lambda keys, now: Session.objects.filter(pk__in=keys, expire_date__gt=now).values_list("pk")
)
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


class _Seat(NamedTuple):
    """What a socket is asked about later: its session, the epoch of sign-ins that it belongs to,
    and the row its vault was opened from. A session is one person's.

    In memory only, for as long as the socket; as bytes, which are compared quickly.
    """

    auth_epoch: int
    key: str
    vault: UUID | None

    def facts(self) -> bytes:
        return f"{self.auth_epoch}:{self.vault.hex if self.vault else ''}:{self.key}".encode()


def _read_seat(facts: bytes) -> _Seat:
    epoch, vault, key = facts.decode().split(":", 2)
    return _Seat(int(epoch), key, UUID(vault) if vault else None)
