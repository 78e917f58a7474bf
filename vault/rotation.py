"""A new pepper under everything that lies under the former one, with nobody present.

Set the new pepper first and keep the former second (`ISWG_PEPPER="2:… 1:…"`), restart, run
`manage.py rotate_pepper`, then drop the former. Each row has its own transaction, so it may be
stopped anywhere and run again; a person who signs in meanwhile notices nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from access.actors import Actor
from activity.events import Event
from activity.record import record
from vault import pepper, slots
from vault.answers import SECOND_FACTOR
from vault.models import KeySlot

# Where allauth keeps what our adapter sealed: by kind of factor, the names inside its data.
SEEDS = {"totp": ("secret",), "recovery_codes": ("seed",)}


def rotate_pepper(*, actor: Actor) -> int:
    """Put every slot and every second factor under the current pepper; how many there were.

    A command's act: the operator holds both peppers, and no person decides anything here.
    """
    current = pepper.current_pepper()
    former = KeySlot.objects.exclude(pepper_id=current).values_list("pk", flat=True)
    count = sum(slots.renew_pepper(pk) for pk in list(former))
    count += sum(_renew_seeds(pk) for pk in _authenticators())
    with transaction.atomic():
        detail = {"pepper": current, "rows": count}
        record(actor, Event.PEPPER_ROTATED, detail=detail)
    return count


def still_under_another() -> int:
    """How many rows need a pepper that is not the current one."""
    rows = KeySlot.objects.exclude(pepper_id=pepper.current_pepper()).count()
    factors = Authenticator.objects.filter(pk__in=list(_authenticators()))
    return rows + sum(any(True for _ in _stale(factor)) for factor in factors)


def _authenticators() -> Iterator[int]:
    return iter(list(Authenticator.objects.filter(type__in=SEEDS).values_list("pk", flat=True)))


@transaction.atomic
def _renew_seeds(pk: int) -> bool:
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:
        return False
    stale = dict(_stale(factor))
    for name, sealed in stale.items():
        seed = pepper.pepper_open_text(SECOND_FACTOR, sealed)
        factor.data[name] = pepper.pepper_seal_text(SECOND_FACTOR, seed)
    if stale:
        factor.save(update_fields=["data"])
    return bool(stale)


def _stale(factor: Any) -> Iterator[tuple[str, str]]:
    for name in SEEDS.get(factor.type, ()):
        sealed = factor.data.get(name)
        if sealed and not pepper.is_current_text(sealed):
            yield name, sealed
