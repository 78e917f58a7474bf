"""Small signed statements: who said this, of clear facts that stand in a row anyway.

A manifest keeps what was signed beside the object. A message is too small for that: what is
signed is put together again from its row, so every column of the statement is covered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vault.crypto.canonical import canonical
from vault.crypto.errors import CannotOpen
from vault.directory import Directory
from vault.manifests import SealBroken
from vault.sessions import Vault


def sign_statement(vault: Vault, label: str, facts: Mapping[str, Any]) -> bytes:
    """The author's signature over these facts; `label` says what it is given for."""
    return vault.content.sign(label, canonical(dict(facts)))


def check_statement(
    view: Directory,
    label: str,
    facts: Mapping[str, Any],
    signature: bytes,
    *,
    author: int,
    administration: str,
) -> None:
    """Return if this person, acting for this administration, said so; else SealBroken.

    Somebody who left since then still said what was said.
    """
    said = canonical(dict(facts))
    for entry in view.history(author):
        if entry.administration != administration:
            continue
        try:
            entry.public.content.verify(label, said, bytes(signature))
        except CannotOpen:
            continue
        return
    raise SealBroken
