"""The server's pepper: a secret beside the database, never in it nor in its backups.

It is the *outer* layer of what it protects (key slots, seeds of second factors), so it can be
replaced with nobody present: whoever has the old and the new one changes the wrapping without
being able to look inside. Two peppers may live at a time, the first of `settings.PEPPERS`
seals, both open. What it buys: a stolen database or backup alone does not even allow guessing.
"""

from __future__ import annotations

import base64
import binascii

from django.conf import settings

from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen

_ID_LENGTH = 2


def current_pepper() -> int:
    """The number of the pepper that new things are sealed with."""
    return next(iter(settings.PEPPERS))


def seal_with(pepper_id: int, where: bytes, body: bytes) -> bytes:
    """For rows that keep the pepper's number in a column of their own."""
    return seal(_key(pepper_id), _where(pepper_id, where), body)


def open_with(pepper_id: int, where: bytes, sealed: bytes) -> bytes:
    return open_sealed(_key(pepper_id), _where(pepper_id, where), sealed)


def pepper_seal(label: str, body: bytes) -> bytes:
    """`body` under the current pepper, readable under this label only; carries the number."""
    number = current_pepper()
    return number.to_bytes(_ID_LENGTH, "big") + seal_with(number, _labelled(label), body)


def pepper_open(label: str, sealed: bytes) -> bytes:
    number = pepper_of(sealed)
    return open_with(number, _labelled(label), bytes(sealed)[_ID_LENGTH:])


def pepper_of(sealed: bytes) -> int:
    """The number of the pepper a value says it is under."""
    return int.from_bytes(bytes(sealed)[:_ID_LENGTH], "big")


def pepper_seal_text(label: str, text: str) -> str:
    """The same for libraries that keep text: seeds of second factors go through here."""
    return base64.b64encode(pepper_seal(label, text.encode())).decode()


def pepper_open_text(label: str, sealed: str) -> str:
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        raise CannotOpen from None
    return pepper_open(label, raw).decode()


def is_current_text(sealed: str) -> bool:
    return pepper_of(base64.b64decode(sealed)) == current_pepper()


def _key(pepper_id: int) -> bytes:
    pepper = settings.PEPPERS.get(pepper_id)
    if pepper is None:
        raise CannotOpen
    return derive(pepper, "iswg/v1/pepper/outer layer")


def _where(pepper_id: int, where: bytes) -> bytes:
    return context("iswg/v1/pepper", pepper_id, where)


def _labelled(label: str) -> bytes:
    return context("iswg/v1/pepper/value", label)
