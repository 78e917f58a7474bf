"""Links that open a door, sealed while they wait to be mailed.

An invitation's token is kept as a hash. Until it is mailed somebody must know the token itself:
it lies in the outgoing row under the server's pepper, so that a copy of the database invites
nobody, and it is deleted with the sending.
"""

from __future__ import annotations

from django.conf import settings

from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen


def seal_link(link: str, *, address: str, kind: str) -> bytes:
    """The path, bound to the address that it is meant for."""
    newest = next(iter(settings.PEPPERS.values()))
    return seal(_key(newest), _context(address, kind), link.encode())


def open_link(sealed: bytes, *, address: str, kind: str) -> str:
    """The path again, under the current pepper or the one before it."""
    for pepper in settings.PEPPERS.values():
        try:
            return open_sealed(_key(pepper), _context(address, kind), sealed).decode()
        except CannotOpen:
            continue
    raise CannotOpen


def _key(pepper: bytes) -> bytes:
    return derive(pepper, "iswg/v1/waiting link")


def _context(address: str, kind: str) -> bytes:
    return context("iswg/v1/waiting link", kind, address)
