"""The keys of the register (vault/circles.py).

One is for every member and the Secretariat; of the others, each lies between one administration
and the Secretariat (its *desk*). The Secretariat opens the register, and renews its key when a
member comes or goes; in between anybody who writes renews it for who has a new key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.models import SECRETARIAT
from accounts.queries import members_on, today
from mous.facts import KIND, key_facts
from mous.models import RegisterKey
from vault import circles
from vault.circles import Locked, OpenCircle
from vault.objects import DataKey, hand_out
from vault.sessions import Vault

__all__ = ["Locked", "OpenKey"]

OpenKey = OpenCircle[RegisterKey]


class NotOpened(Exception):
    """The register has no key yet, or one that only the Secretariat may renew."""

    @property
    def sentence(self) -> str:
        return _("The Secretariat has to open the register once more before anything is written.")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads what is written at a desk, or in the register at large."""

    holder_codes: frozenset[str]
    origin_id: str = SECRETARIAT
    named_ids: frozenset[int] = field(default_factory=frozenset)


def readers_of(desk: str) -> Readers:
    if desk:
        return Readers(frozenset({desk, SECRETARIAT}))
    members = members_on(today()).values_list("code", flat=True)
    return Readers(frozenset({*members, SECRETARIAT}))


def _newest(desk: str) -> list[RegisterKey]:
    return list(RegisterKey.objects.filter(desk=desk).order_by("-number")[:2])


def open_keys(vault: Vault | None, rows: Iterable[RegisterKey]) -> dict[int, OpenKey]:
    """Those of these keys that open, by row; in one query."""
    return circles.open_many(vault, KIND, rows)


def open_present(vault: Vault | None, desk: str = "") -> OpenKey | None:
    """The present key, with what was signed about it checked; None before the first. Locked
    without the administration's key; SealBroken if a hand changed who is in it."""
    rows = _newest(desk)
    if not rows:
        return None
    opened = circles.open_one(vault, KIND, rows[0])
    former = rows[1] if len(rows) > 1 else None
    circles.check(
        opened, _as_judged(desk, rows[0]), clear=key_facts(rows[0]), sealed={}, former=former
    )
    return opened


def _as_judged(desk: str, row: RegisterKey) -> Readers:
    """A desk belongs to both sides: whoever of them made its key could. The audience is fixed."""
    readers = readers_of(desk)
    if desk:
        circles.check_audience(row, readers)
        return Readers(readers.holder_codes, row.administration_id)
    return readers


def key_to_write_under(actor: Actor, vault: Vault, desk: str = "") -> OpenKey:
    """The present key, or a new one if somebody's key is another since; in the caller's
    transaction. NotOpened if only the Secretariat may make the one that is wanted."""
    readers, opened = readers_of(desk), open_present(vault, desk)
    if opened is None:
        return _make(actor, vault, desk, readers, 0)
    kept = frozenset(opened.row.audience)
    if kept == readers.holder_codes:
        if circles.is_current(vault, opened, readers):
            return opened
        return _make(actor, vault, desk, readers, opened.row.number)
    if actor.administration == SECRETARIAT:
        return _renew(actor, vault, desk, readers, opened)
    if not kept <= readers.holder_codes:
        raise NotOpened  # somebody left who must not read what comes
    return opened  # a member who came reads it when the Secretariat hands the keys over


def _make(actor: Actor, vault: Vault, desk: str, readers: Readers, former: int) -> OpenKey:
    if not former and not desk and actor.administration != SECRETARIAT:
        raise NotOpened
    row = RegisterKey(desk=desk, number=former + 1)

    def seal(_key: DataKey, _row: RegisterKey) -> Mapping[str, bytes]:
        return {}

    return circles.make(actor, vault, KIND, row, readers, clear=key_facts, seal=seal)


def _renew(actor: Actor, vault: Vault, desk: str, readers: Readers, opened: OpenKey) -> OpenKey:
    """A key for who is in it now; who came reads what was written before as well."""
    came = readers.holder_codes - frozenset(opened.row.audience)
    made = _make(actor, vault, desk, readers, opened.row.number)
    holders = [one for one in circles.holders_of(vault, readers) if one.name in came]
    former = RegisterKey.objects.filter(desk=desk).exclude(pk=made.row.pk)
    for one in open_keys(vault, former).values():
        hand_out(one.key, holders)
    return made


def sealed_for(opened: OpenKey, kind: str, identity: UUID) -> DataKey:
    """The key of one entry; those of its documents hang on it."""
    return opened.key.part(kind, identity)


def checked_keys(vault: Vault | None, desks: Iterable[str]) -> dict[int, OpenKey]:
    """Every key of these desks that this session opens, by row."""
    return open_keys(vault, RegisterKey.objects.filter(desk__in=list(desks)))
