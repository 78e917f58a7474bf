"""What a thread may be about: a port that each noun fills for its own kind of thing.

A thread never knows a bulletin; it knows that there is something with a label, an audience and
a page, which this reader may see or may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from access.actors import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing, as far as it is clear. `named_ids` as in the policy: people, or None for all."""

    kind: str
    id: UUID
    reference: str
    url: str
    marking: str
    codes: frozenset[str]
    named_ids: frozenset[int] | None = None


class SubjectKind(Protocol):
    """What the noun answers. `noun` is what people call such a thing, in their language."""

    noun: Any
    letter: str

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        """Those of these things that the actor may read, in one query."""

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        """The same, by what people write: `B-7KQF2`."""

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """What they are called, where `vault` opens it."""


_kinds: dict[str, SubjectKind] = {}


def register_subject(name: str, kind: SubjectKind) -> None:
    _kinds[name] = kind


def subject_kind(name: str) -> SubjectKind | None:
    return _kinds.get(name)


def subject_names() -> list[str]:
    return list(_kinds)


def subject_seen_by(actor: Actor, name: str, identity: UUID) -> Subject | None:
    """The thing, if there is such a kind and the actor may read it."""
    kind = subject_kind(name)
    return kind.seen_by(actor, [identity]).get(identity) if kind else None


def subjects_written(actor: Actor, references: Iterable[str]) -> dict[str, Subject]:
    """What the actor may open of the references that stand in a text."""
    wanted = set(references)
    found: dict[str, Subject] = {}
    for kind in _kinds.values():
        own = [one for one in wanted if one.startswith(f"{kind.letter}-")]
        if own:
            found.update(kind.by_reference(actor, own))
    return found
