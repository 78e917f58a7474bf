"""What the accounts layer asks about keys, answered from here (accounts/ports.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.ports import KeyState
from vault import pepper, sessions
from vault.believing import granted_keys
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonPublic
from vault.directory import DirectoryBroken, directory
from vault.models import KeyClaim, KeySlot
from vault.passphrases import Answers as PassphraseAnswers

__all__ = ["KeyAnswers", "PassphraseAnswers"]

SECOND_FACTOR = "second factor"


class KeyAnswers:
    """How far people have come with their keys, and the few acts accounts needs done."""

    def states(self, code: str, user_ids: Iterable[int]) -> dict[int, KeyState]:
        """Per person: no key yet, waiting for somebody who vouches, vouched for, or holding the
        administration's."""
        wanted = list(user_ids)
        own = set(KeySlot.objects.filter(user__in=wanted).values_list("user_id", flat=True))
        claims = KeyClaim.objects.filter(user__in=own).values_list("user_id", "public")
        states = dict.fromkeys(wanted, KeyState.NONE)
        states |= {user_id: KeyState.WAITING for user_id, _public in claims}
        for user_id, key_id, holds in self._entered(code):
            if user_id in states and holds:
                states[user_id] = KeyState.HOLDS
            elif states.get(user_id) == KeyState.WAITING and key_id == _claimed(claims, user_id):
                states[user_id] = KeyState.VOUCHED
        return states

    def _entered(self, code: str) -> list[tuple[int, bytes, bool]]:
        """Who stands in the directory there, with which key, and whether it opens the epoch."""
        try:
            view = directory()
        except DirectoryBroken:
            return []
        epoch = view.epoch(code)
        granted = granted_keys(view, epoch) if epoch else set()
        return [(one.user_id, one.key_id, one.key_id in granted) for one in view.people(code)]

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


def _claimed(claims: Iterable[tuple[int, Any]], user_id: int) -> bytes:
    """The id of the key that a person made; empty if it is damaged."""
    public = next(public for claimant, public in claims if claimant == user_id)
    try:
        return PersonPublic.from_bytes(bytes(public)).key_id
    except CannotOpen:
        return b""
