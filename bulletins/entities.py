"""What bulletins name: as their pages draw it, and where else the same is named.

Nothing readable is left on the server for it. The bulletins that name anything at all are opened
while one waits, as for a search, and only those that this reader may open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef
from django.urls import reverse

from access.actors import Actor
from bulletins.content import Content, EntityFact
from bulletins.models import Bulletin, Entity
from bulletins.opening import open_contents
from bulletins.queries import rows_in_box
from vault.searching import BATCH, LIMIT, one_at_a_time
from vault.sessions import Vault
from wording.folding import fold
from wording.identifiers import EntityKind, Number, numbers_in

SHORTEST = 4  # letters of a name that says anything by being the same


@dataclass(frozen=True, slots=True)
class Named:
    """One thing, drawn. `url` is empty in a preview: it has no page before it is issued."""

    fact: EntityFact
    numbers: list[Number]
    url: str

    @property
    def kind(self) -> str:
        known = self.fact.kind in EntityKind.values
        return str(EntityKind(self.fact.kind).label) if known else ""


def named_in(content: Content, bulletin: Bulletin | None = None) -> list[Named]:
    """What a bulletin, or a draft, names, in the order in which its author did."""
    return [
        Named(one, numbers_in(one.kind, one.numbers), _page(bulletin, one))
        for one in content.entities
    ]


def _page(bulletin: Bulletin | None, fact: EntityFact) -> str:
    return reverse("bulletins:entity", args=[bulletin.ref, fact.id]) if bulletin else ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another bulletin that names the same. By a number, which is strong; or only by a name."""

    bulletin: Bulletin
    title: str
    language: str
    named: EntityFact
    number: str

    @property
    def url(self) -> str:
        return _page(self.bulletin, self.named)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, among how many bulletins; `complete` unless there were too many."""

    found: list[Elsewhere]
    looked_through: int
    complete: bool


def named_elsewhere(
    actor: Actor, vault: Vault | None, bulletin: Bulletin, fact: EntityFact
) -> Looked:
    """The other bulletins that name the same thing, newest first, among what the actor may open.

    StillSearching while this person's former look is under way.
    """
    with one_at_a_time("entities", actor.user_id):
        keys, name = _keys(fact), _name(fact)
        found, looked = [], 0
        for other, content in islice(_contents(actor, vault, bulletin), LIMIT):
            looked += 1
            for one in content.entities:
                number = next((n.typed for n in _numbers(one) if n.key in keys), "")
                if number or (name and one.kind == fact.kind and _name(one) == name):
                    found.append(Elsewhere(other, content.title, content.language, one, number))
        return Looked(found, looked, looked < LIMIT)


def _contents(
    actor: Actor, vault: Vault | None, but: Bulletin
) -> Iterator[tuple[Bulletin, Content]]:
    rows = rows_in_box(actor, "all").exclude(bulletin=but.pk)
    naming = rows.filter(Exists(Entity.objects.filter(bulletin=OuterRef("bulletin"))))
    shown = naming.iterator(chunk_size=BATCH)
    while batch := [row.bulletin for row in islice(shown, BATCH)]:
        yield from open_contents(vault, batch)


def _numbers(fact: EntityFact) -> list[Number]:
    return [one for one in numbers_in(fact.kind, fact.numbers) if one.key is not None]


def _keys(fact: EntityFact) -> set[tuple[str, str] | None]:
    return {one.key for one in _numbers(fact)}


def _name(fact: EntityFact) -> str:
    name = " ".join(fold(fact.name).split())
    return name if len(name) >= SHORTEST else ""


def words_of(fact: EntityFact) -> str:
    """Everything to be searched of it: as typed, and its numbers as one writes them together."""
    plain = [one.normal for one in numbers_in(fact.kind, fact.numbers) if one.normal != one.typed]
    return " ".join([fact.name, fact.numbers, fact.note, *plain])
