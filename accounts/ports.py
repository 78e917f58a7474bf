"""What accounts needs from the layers above it: filled by `iswg/wiring.py` at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
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


class KeyState(StrEnum):
    """How far a person has come towards reading what the administration receives."""

    NONE = "none"  # no key at all: the invitation is not accepted yet
    WAITING = "waiting"  # an own key, for which nobody has vouched yet
    VOUCHED = "vouched"  # somebody has; the administration's key is still to come
    HOLDS = "holds"


class Keys(Protocol):
    """Answers about keys, which accounts itself never touches."""

    def states(self, code: str, user_ids: Iterable[int]) -> dict[int, KeyState]: ...

    def ready(self) -> set[str]:
        """The administrations to which something can be sealed today."""
        ...

    def end_sessions(self, user: Any) -> None:
        """Drop every open vault of this person."""
        ...

    def seal_seed(self, seed: str) -> str:
        """The seed of a second factor under the server's pepper."""
        ...

    def open_seed(self, sealed: str) -> str: ...


_keys: Keys | None = None


def set_keys(answers: Keys) -> None:
    global _keys
    _keys = answers


def keys() -> Keys:
    assert _keys is not None, "the vault fills this port at start"
    return _keys


@dataclass(frozen=True, slots=True)
class Handover:
    """One line of what a leaver leaves behind: how many, in words, and where to see them."""

    label: str
    count: int


_handovers: list[Callable[[Any], Handover]] = []


def add_handover(count_for: Callable[[Any], Handover]) -> None:
    """The nouns say what of theirs hangs on a person: drafts, unacknowledged bulletins."""
    if count_for not in _handovers:
        _handovers.append(count_for)


def handover_of(person: Any) -> list[Handover]:
    return [count_for(person) for count_for in _handovers]
