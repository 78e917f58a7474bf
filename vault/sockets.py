"""The doorkeeper of the sockets: whose cookies these are, and whether that still holds.

Fills the port of `access/sockets.py`. Everything is read from the database at each question,
because a socket may outlive its session, its vault, a role or a membership.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone

from access.actors import current_actor
from access.policy import people_in_standing
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
        zone = Administration.objects.filter(pk=administration).values_list("zone", flat=True)
        return MemberFacts(
            user_id=user.pk,
            session_hash=_session_facts(key, user.auth_epoch),
            administration=administration,
            language=_language(cookies, user),
            zone=user.zone or zone.first() or "UTC",
            vault=None if is_owing(user, store) else sessions.open_for_socket(cookies, key, user),
        )

    def changes(self, members: Sequence[Member]) -> Mapping[Member, Change]:
        """Three small queries for all members together; whoever is absent may go on."""
        living = _living_sessions(members)
        people = get_user_model()._default_manager.filter(pk__in={m.user_id for m in members})
        epochs = dict(people.values_list("pk", "auth_epoch"))
        in_standing = set(people.filter(people_in_standing()).values_list("pk", flat=True))
        vaults = sessions.still_open(filter(None, map(_vault_session, members)))
        found: dict[Member, Change] = {}
        for member in members:
            key, epoch = _read_session_facts(member.session_hash)
            if key not in living or epochs.get(member.user_id) != epoch:
                found[member] = Change.SIGNED_OUT
            elif member.user_id not in in_standing:
                found[member] = Change.NOT_ALLOWED
            elif member.vault is not None and _vault_session(member) not in vaults:
                found[member] = Change.VAULT_LOCKED
        return found

    def used(self, member: Member) -> None:
        """An act over the socket is use of the session, like an act on a page."""
        number = _vault_session(member)
        row = VaultSession.objects.filter(pk=number).first() if number else None
        if row is not None:
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


def _living_sessions(members: Sequence[Member]) -> set[str]:
    keys = {_read_session_facts(m.session_hash)[0] for m in members}
    rows = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return set(rows.values_list("pk", flat=True))


def _session_facts(key: str, auth_epoch: int) -> bytes:
    """What a socket is asked about later: its session, and the epoch of sign-ins it belongs to.

    In memory only, for as long as the socket.
    """
    return f"{auth_epoch}:{key}".encode()


def _read_session_facts(facts: bytes) -> tuple[str, int]:
    epoch, _, key = facts.decode().partition(":")
    return key, int(epoch)
