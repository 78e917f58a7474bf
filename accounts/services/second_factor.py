"""One's own second factors: an authenticator app, passkeys, and recovery codes beside them.

The views have asked for the passphrase again before any of these: an unlocked device that
somebody left behind must not be enough to change how its owner signs in.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.models import User
from activity.events import Event
from activity.outgoing import warn
from activity.record import record

Kind = Authenticator.Type  # short, for the lines below


class CannotRemove(ValueError):
    """A second factor that has to stay; the message is for the person."""


@transaction.atomic
def add_app(*, actor: Actor, secret: str, counter: int) -> None:
    """Keep the seed of an authenticator app, sealed; `counter` is of the code that proved it."""
    person = _locked(actor)
    Authenticator.objects.filter(user=person, type=Kind.TOTP).delete()
    data = {"secret": encrypt(secret), "last_counter": counter}
    Authenticator.objects.create(user=person, type=Kind.TOTP, data=data)
    RecoveryCodes.activate(person)
    _record(actor, person, Kind.TOTP, added=True)


@transaction.atomic
def add_passkey(*, actor: Actor, name: str, credential: dict[str, Any]) -> None:
    """Keep the public half of a passkey, and how its owner calls it."""
    person = _locked(actor)
    WebAuthn.add(person, name[:40], credential)
    RecoveryCodes.activate(person)
    _record(actor, person, Kind.WEBAUTHN, added=True)


@transaction.atomic
def remove_factor(*, actor: Actor, authenticator_id: int) -> None:
    """Take away an app or a passkey; recovery codes go with the last one they stood beside."""
    person = _locked(actor)
    row = Authenticator.objects.exclude(type=Kind.RECOVERY_CODES).get(
        pk=authenticator_id, user=person
    )
    if not get_adapter().can_delete_authenticator(row):
        raise CannotRemove(_("Everybody needs a second factor here: add another one first."))
    kind = row.type
    row.delete()
    left = Authenticator.objects.filter(user=person)
    if not left.exclude(type=Kind.RECOVERY_CODES).exists():
        left.delete()
    _record(actor, person, kind, added=False)


@transaction.atomic
def make_recovery_codes(*, actor: Actor) -> None:
    """Ten new recovery codes; the former ones are worth nothing from now on."""
    person = _locked(actor)
    Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)
    _record(actor, person, Kind.RECOVERY_CODES, added=True)


@transaction.atomic
def show_recovery_codes(*, actor: Actor) -> list[str]:
    """The codes, once; afterwards only how many are left can be seen."""
    row = Authenticator.objects.select_for_update().filter(
        user=actor.user_id, type=Kind.RECOVERY_CODES
    )
    codes = RecoveryCodes(row.get()) if row.exists() else None
    if codes is None or codes.did_view:
        return []
    codes.mark_as_viewed()
    return codes.get_unused_codes()


def _locked(actor: Actor) -> User:
    return User.objects.select_for_update().get(pk=actor.user_id)


def _record(actor: Actor, person: User, kind: str, *, added: bool) -> None:
    detail = {"kind": str(kind), "added": added}
    warn(person=person, event=Event.SECOND_FACTOR_CHANGED)
    record(actor, Event.SECOND_FACTOR_CHANGED, person, detail=detail)
