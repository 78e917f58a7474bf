"""The unlocked vault of a session, in two halves: a row here, and a secret in the browser.

    blob = env(cookie secret, context(vault id, user, session hash, auth epoch), contents)

Neither half opens anything alone. A row taken to another person, another session or another
day of the account does not open either: all of that is in the context. Between passphrase and
second factor the row is *pending*, and no page reads it; at the log-in it is opened once and
sealed again for the new session, under a new secret.

Whatever does not fit means "locked", in words, and never an error page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from access.actors import current_actor
from access.questions import Among, Question
from activity.events import Event
from activity.record import record
from vault.crypto.context import context
from vault.crypto.derive import make_secret
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.directory_rules import DirectoryBroken
from vault.epochs import open_vault
from vault.models import VaultSession
from vault.open_vault import Vault, from_bytes, to_bytes

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["Vault"]

# Sent whenever a session's vault is opened. Robust: what hangs on it never stops a log-in.
vault_opened = Signal()

TOUCH_EVERY = timedelta(minutes=1)
PENDING_FOR = timedelta(minutes=15)
PENDING_KEY = "vault_pending"
TROUBLE_KEY = "vault_trouble"


# From the phrase to the session ---------------------------------------------------------------


def prepare(request: HttpRequest, user: User, root: bytes) -> None:
    """Keep what the phrase opened until the second factor is given.

    A vault that cannot be filled (a damaged grant, a directory that does not hold) does not
    stop the log-in: the session begins locked, and the unlock page says why.
    """
    drop_pending(request)
    try:
        vault = open_vault(user, root)
    except (CannotOpen, DirectoryBroken) as trouble:
        _note_trouble(request, user, trouble)
        return
    request.session.pop(TROUBLE_KEY, None)
    row, secret = _new_row(user, _session_hash(_session_key(request)), vault, pending=True)
    request.session[PENDING_KEY] = str(row.pk)
    give_secret(request, secret)


def _note_trouble(request: HttpRequest, user: User, trouble: Exception) -> None:
    request.session[TROUBLE_KEY] = type(trouble).__name__
    actor = current_actor(user.pk)
    assert actor is not None
    detail = {"directory": isinstance(trouble, DirectoryBroken)}
    with transaction.atomic():
        record(actor, Event.SEAL_BROKEN, f"accounts.user:{user.pk}", detail=detail)


def settle(request: HttpRequest, user: User) -> None:
    """The log-in is complete: seal the pending vault for the new session, under a new secret."""
    secret, row = secret_of(request), _take_pending(request)
    in_time = row is not None and row.made_at > timezone.now() - PENDING_FOR
    vault = _opened(row, secret, user, pending=True) if row and secret and in_time else None
    if row is not None:
        row.delete()
    if vault is None:
        take_secret_away(request)
    else:
        _start(request, user, vault)


def unlock(request: HttpRequest, user: User, root: bytes) -> Vault:
    """Open the safe of a session that is signed in already.

    CannotOpen or DirectoryBroken if the keys do not fit; the page says so.
    """
    vault = open_vault(user, root)
    request.session.pop(TROUBLE_KEY, None)
    lock(request)
    return _start(request, user, vault)


def lock(request: HttpRequest) -> None:
    """Forget the vault of this session; the session itself goes on."""
    key = request.session.session_key
    if key:
        VaultSession.objects.filter(session_hash=_session_hash(key)).delete()
    take_secret_away(request)


def end_all(user_id: int) -> None:
    """Every vault of this person, in every session, pending ones too."""
    VaultSession.objects.filter(user_id=user_id).delete()


def end_session(session_key: str) -> None:
    """The session is gone, so its vault goes; a pending one has its own short life."""
    VaultSession.objects.filter(session_hash=_session_hash(session_key), pending=False).delete()


def _start(request: HttpRequest, user: User, vault: Vault) -> Vault:
    session_hash = _session_hash(_session_key(request))
    VaultSession.objects.filter(session_hash=session_hash).delete()
    row, secret = _new_row(user, session_hash, vault, pending=False)
    give_secret(request, secret)
    opened = from_bytes(to_bytes(vault), row.pk)
    request.vault = opened  # type: ignore[attr-defined]  # the attribute of vault/http.py
    vault_opened.send_robust(sender=Vault, vault=opened)
    return opened


def _new_row(
    user: User, session_hash: bytes, vault: Vault, *, pending: bool
) -> tuple[VaultSession, bytes]:
    row = VaultSession(
        user_id=user.pk, session_hash=session_hash, auth_epoch=user.auth_epoch, pending=pending
    )
    secret = make_secret()
    row.blob = seal(secret, _where(row), to_bytes(vault))
    row.save(force_insert=True)
    return row, secret


def _take_pending(request: HttpRequest) -> VaultSession | None:
    number = request.session.pop(PENDING_KEY, None)
    if not number:
        return None
    return VaultSession.objects.filter(pk=number, pending=True).first()


def drop_pending(request: HttpRequest) -> None:
    row = _take_pending(request)
    if row is not None:
        row.delete()


# Reading --------------------------------------------------------------------------------------


def current(request: HttpRequest, *, counts_as_use: bool = True) -> Vault | None:
    """The vault of this request, or None: locked."""
    key, secret = request.session.session_key, secret_of(request)
    if not key or secret is None or SESSION_KEY not in request.session:
        return None
    row = _row_of(key)
    if row is None:
        return None
    if not request.user.is_authenticated:
        return None
    vault = _opened(row, secret, request.user, pending=False)
    if vault is not None and counts_as_use:
        touch(row)
    return vault


def open_for_socket(
    cookies: Mapping[str, str], session_key: str | None, user: User
) -> Vault | None:
    """The same for the cookies of a handshake. Listening is not use, so nothing is touched."""
    secret = read_secret(cookies.get(settings.VAULT_COOKIE_NAME, ""))
    if secret is None or not session_key or not user.is_authenticated:
        return None
    row = _row_of(session_key)
    return _opened(row, secret, user, pending=False) if row else None


def still_open(session_ids: Set[UUID]) -> Set[UUID]:
    """Which of these vaults are neither locked nor run out (for open sockets)."""
    used, made = _bounds(timezone.now())
    return _STILL_OPEN.of(session_ids, used=used, made=made)


def trouble(request: HttpRequest) -> str:
    """Why the phrase was right and the vault stayed closed: a class name, or nothing."""
    return str(request.session.get(TROUBLE_KEY, ""))


def _opened(row: VaultSession, secret: bytes, user: User, *, pending: bool) -> Vault | None:
    fits = row.user_id == user.pk and row.auth_epoch == user.auth_epoch and user.is_active
    if not fits or row.pending is not pending:
        return None
    try:
        return from_bytes(open_sealed(secret, _where(row), bytes(row.blob)), row.pk)
    except CannotOpen:
        return None


def touch(row: VaultSession) -> None:
    """A person did something: the half hour begins again. Written at most once a minute."""
    now = timezone.now()
    if now - row.used_at >= TOUCH_EVERY:
        VaultSession.objects.filter(pk=row.pk).update(used_at=now)


def _living(used: datetime, made: datetime) -> QuerySet[VaultSession]:
    return VaultSession.objects.filter(used_at__gt=used, made_at__gt=made, pending=False)


def _row_of(session_key: str) -> VaultSession | None:
    used, made = _bounds(timezone.now())
    rows = _OF_SESSION.models(session_hash=_session_hash(session_key), used=used, made=made)
    return rows[0] if rows else None


def _in_time(now: datetime) -> Q:
    used, made = _bounds(now)
    return Q(used_at__gt=used, made_at__gt=made)


def _bounds(now: datetime) -> tuple[datetime, datetime]:
    """Since when a vault must have been used, and made, to be open still."""
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    whole = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return now - idle, now - whole


_OF_SESSION = Question(
    lambda session_hash, used, made: (
        _living(used, made).filter(session_hash=session_hash).order_by("-made_at")[:1]
    )
)
_STILL_OPEN = Among(lambda pks, used, made: _living(used, made).filter(pk__in=pks))


def sweep() -> int:
    """Delete what ran out; the worker calls it. Nothing reads such rows even before that."""
    now = timezone.now()
    done = Q(pending=True, made_at__lte=now - PENDING_FOR) | (Q(pending=False) & ~_in_time(now))
    return VaultSession.objects.filter(done).delete()[0]


# The secret in the browser --------------------------------------------------------------------
# It travels on the request object until VaultMiddleware writes the cookie, because a log-in
# without second factor prepares and settles within one request.


def give_secret(request: HttpRequest, secret: bytes) -> None:
    request._vault_secret = secret  # type: ignore[attr-defined]  # read by secret_of and http.py


def take_secret_away(request: HttpRequest) -> None:
    request._vault_secret = None  # type: ignore[attr-defined]  # read by secret_of and http.py
    request.vault = None  # type: ignore[attr-defined]  # the attribute of vault/http.py


def secret_of(request: HttpRequest) -> bytes | None:
    if hasattr(request, "_vault_secret"):
        given: bytes | None = request._vault_secret
        return given
    return read_secret(request.COOKIES.get(settings.VAULT_COOKIE_NAME, ""))


def write_secret(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def read_secret(written: str) -> bytes | None:
    """The 32 bytes of a cookie; None for whatever else a browser may send."""
    try:
        secret = base64.b64decode(written + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == 32 else None


def _session_key(request: HttpRequest) -> str:
    if not request.session.session_key:
        request.session.create()
    return str(request.session.session_key)


def _session_hash(session_key: str) -> bytes:
    # Of the key, never the key: who reads these rows cannot take a session over.
    return hashlib.sha256(context("iswg/v1/session", session_key)).digest()


def _where(row: VaultSession) -> bytes:
    return context(
        "iswg/v1/vault session",
        row.pk,
        row.user_id,
        bytes(row.session_hash),
        row.auth_epoch,
        int(row.pending),
    )
