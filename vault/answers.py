"""What the accounts layer asks about keys, answered from here (accounts/ports.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.ports import KeyState
from vault import pepper, sessions
from vault.believing import granted_keys
from vault.directory import DirectoryBroken, directory
from vault.models import KeyClaim, KeySlot
from vault.passphrases import Answers as PassphraseAnswers

__all__ = ["KeyAnswers", "PassphraseAnswers"]

SECOND_FACTOR = "second factor"


class KeyAnswers:
    """How far people have come with their keys, and the few acts accounts needs done."""

    def states(self, code: str, user_ids: Iterable[int]) -> dict[int, KeyState]:
        """Per person: no key yet, waiting for a colleague's grant, or holding the key."""
        wanted = list(user_ids)
        own = set(KeySlot.objects.filter(user__in=wanted).values_list("user_id", flat=True))
        own &= set(KeyClaim.objects.filter(user__in=wanted).values_list("user_id", flat=True))
        holding = self._holding(code)
        return {
            user_id: KeyState.HOLDS
            if user_id in holding
            else (KeyState.WAITING if user_id in own else KeyState.NONE)
            for user_id in wanted
        }

    def _holding(self, code: str) -> set[int]:
        try:
            view = directory()
        except DirectoryBroken:
            return set()
        epoch = view.epoch(code)
        granted = granted_keys(view, epoch) if epoch else set()
        return {entry.user_id for entry in view.people(code) if entry.key_id in granted}

    def ready(self) -> set[str]:
        """The administrations to which something can be sealed today."""
        try:
            view = directory()
        except DirectoryBroken:
            return set()
        return {code for code in view.codes if view.sealable_epoch(code)}

    def end_sessions(self, user: Any) -> None:
        sessions.end_all(user.pk)

    def seal_seed(self, seed: str) -> str:
        """The seed of a second factor, under the pepper; rotate_pepper finds it again."""
        return pepper.pepper_seal_text(SECOND_FACTOR, seed)

    def open_seed(self, sealed: str) -> str:
        return pepper.pepper_open_text(SECOND_FACTOR, sealed)
