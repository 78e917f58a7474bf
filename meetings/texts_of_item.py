"""The two texts of an item being edited: only what was changed is saved, nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass

from access.actors import Actor
from meetings import writings
from meetings.adopted import MINUTES
from meetings.models import AgendaItem, Writing
from meetings.services.minutes import write_minutes
from meetings.writings import Overtaken, Text
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed in one language, over which revision."""

    language: str
    words: str
    base: int


def save_texts(
    actor: Actor, vault: Vault, item: AgendaItem, typed: list[Typed]
) -> tuple[int, dict[str, Text]]:
    """Save what was changed; how many were, and by language what others saved meanwhile.

    A text that its editor left as it was is not saved, so nobody is told of a conflict about
    words they never touched.
    """
    saved, overtaken = 0, {}
    for one in typed:
        if one.words == _words_at(vault, item, one):
            continue
        try:
            written = write_minutes(
                actor=actor,
                vault=vault,
                item=item,
                language=one.language,
                words=one.words,
                base=one.base,
            )
        except Overtaken as problem:
            overtaken[one.language] = problem.now
        else:
            saved += written is not None
    return saved, overtaken


def _words_at(vault: Vault, item: AgendaItem, typed: Typed) -> str:
    """The words of the revision that was on the editor's page."""
    rows = Writing.objects.filter(
        meeting=item.meeting, subject=item.uuid, field=MINUTES[typed.language], revision=typed.base
    ).select_related("key", "key__item", "author", "administration")
    texts = writings.read_rows(vault, item.meeting, list(rows))
    return texts[0].words.strip() if texts and not texts[0].broken else ""
