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
from bulletins.opening import open_rows
from bulletins.queries import rows_in_box
from bulletins.same import Mention
from vault.searching import LIMIT, SHOWN, one_at_a_time
from vault.sessions import Vault
from wording.identifiers import EntityKind, Number, numbers_in
from wording.markings import TLP_ORDER, Tlp


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
        if one.title
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
    """What was found, one for each bulletin, and among how many; `complete` unless there was too
    much to look through or to show."""

    found: list[Elsewhere]
    looked_through: int
    complete: bool

    def strictest(self, bulletin: Bulletin) -> Tlp:
        """The label of a page that shows them beside the bulletin's own words."""
        shown = {bulletin.tlp, *(one.bulletin.tlp for one in self.found)}
        return next(tlp for tlp in TLP_ORDER if tlp in shown)


def named_elsewhere(
    actor: Actor, vault: Vault | None, bulletin: Bulletin, fact: EntityFact
) -> Looked:
    """The other bulletins that name the same thing, newest first, among what the actor may open.

    StillSearching while this person's former look is under way.
    """
    with one_at_a_time("entities", actor.user_id):
        mention, found, looked = Mention.of(fact), [], 0
        for other, content in islice(_contents(actor, vault, bulletin), LIMIT):
            looked += 1
            if met := mention.met_in(content.entities):
                found.append(Elsewhere(other, content.title, content.language, *met))
            if len(found) == SHOWN:
                break
        return Looked(found, looked, len(found) < SHOWN and looked < LIMIT)


def _contents(
    actor: Actor, vault: Vault | None, but: Bulletin
) -> Iterator[tuple[Bulletin, Content]]:
    rows = rows_in_box(actor, "all").exclude(bulletin=but.pk)
    naming = rows.filter(Exists(Entity.objects.filter(bulletin=OuterRef("bulletin"))))
    return open_rows(vault, naming)


def words_of(fact: EntityFact) -> str:
    """Everything to be searched of it: as typed, and its numbers as one writes them together."""
    plain = [one.normal for one in numbers_in(fact.kind, fact.numbers) if one.normal != one.typed]
    return " ".join([fact.name, fact.numbers, fact.note, *plain])
