"""Who is asking, as plain facts taken at the moment of asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from access.roles import RANK, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one administration, or a command acting under its own name.

    Frozen: a change of role or standing makes a new Actor at the next request, frame or
    delivery, never a quiet change of this one.
    """

    user_id: int | None
    administration: str
    roles: frozenset[Role] = frozenset()
    is_active: bool = True
    standing: bool = True  # the administration is a member (or the Secretariat, or a partner)
    name: str = ""  # of a command; people are named from their account

    @property
    def rank(self) -> int:
        return max((RANK[role] for role in self.roles), default=-1)

    def holds(self, wanted: frozenset[Role]) -> bool:
        return not self.roles.isdisjoint(wanted)

    @classmethod
    def command(cls, name: str) -> Actor:
        """The actor of a management command or the worker: it has no roles, and its own name."""
        return cls(user_id=None, administration="", name=name)


# Filled by accounts at start: this package has no models, so it cannot look anybody up.
_finder: Callable[[int], Actor | None] | None = None


def set_actor_finder(finder: Callable[[int], Actor | None]) -> None:
    global _finder
    _finder = finder


def current_actor(user_id: int) -> Actor | None:
    """The facts about a person as of now, or None if there is no such person."""
    assert _finder is not None, "accounts fills this port at start"
    return _finder(user_id)


def actor_of(user: Any) -> Actor | None:
    return current_actor(user.pk) if user is not None and user.is_authenticated else None
