"""Second factors: a code is good once, on every process of the portal.

The last counter of an app's codes stands in the database, under a row lock. allauth keeps used
codes in the process's own memory, where a second process would take the same code again.
"""

from __future__ import annotations

import time

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts.models import User

# A phone's clock may be a little off, and a code takes time over a satellite: one step each way.
STEPS = (0, -1, 1)


def accept_code(user: User, code: str) -> Authenticator | None:
    """The authenticator that this code opens, with the code used up; None if it opens none."""
    for authenticator in _typed(user):
        if authenticator.type == Authenticator.Type.TOTP:
            good = _accept_app_code(authenticator.pk, code)
        else:
            good = authenticator.wrap().validate_code(code)
        if good:
            return Authenticator.objects.get(pk=authenticator.pk)
    return None


def main_authenticator(user: User) -> Authenticator | None:
    """The one that a wrong code is counted against."""
    return next(iter(_typed(user)), None)


def matching_counter(secret: str, code: str, *, after: int = -1) -> int | None:
    """The time step for which `code` is right, if it is later than the last one used."""
    now = int(time.time()) // app_settings.TOTP_PERIOD
    for counter in (now + step for step in STEPS):
        right = format_hotp_value(hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=right):
            return counter
    return None


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


def is_protected(user: User) -> bool:
    """Whether a second factor is set up; recovery codes alone are none."""
    return bool(kinds_of(user) - {"recovery_codes"})


def kinds_of(user: User) -> set[str]:
    """`totp`, `webauthn`, `recovery_codes`: what this person has set up."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


@transaction.atomic
def _accept_app_code(pk: int, code: str) -> bool:
    row = Authenticator.objects.select_for_update().get(pk=pk)
    secret = decrypt(row.data["secret"])
    counter = matching_counter(secret, code, after=row.data.get("last_counter", -1))
    if counter is None:
        return False
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
    return True


def _typed(user: User) -> list[Authenticator]:
    """Those that take a typed code, the app before the recovery codes."""
    rows = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    return sorted(rows, key=lambda row: row.type != Authenticator.Type.TOTP)
