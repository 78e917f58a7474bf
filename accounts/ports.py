"""What accounts needs from the vault, which lies above it: filled by `iswg/apps.py`."""

from __future__ import annotations

from typing import Any, Protocol


class Passphrases(Protocol):
    """Answers about passphrases, which live in key slots."""

    def has_passphrase(self, user: Any) -> bool: ...

    def check(self, user: Any, passphrase: str) -> bool: ...


_passphrases: Passphrases | None = None


def set_passphrases(answers: Passphrases) -> None:
    global _passphrases
    _passphrases = answers


def passphrases() -> Passphrases:
    assert _passphrases is not None, "the vault fills this port at start"
    return _passphrases
