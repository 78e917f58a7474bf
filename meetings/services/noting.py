"""Notes that several people type at once, and how to join the meeting by video or telephone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import target_of, topics_of
from meetings.holding import held, held_item
from meetings.merging import lines_of, merge
from meetings.models import AgendaItem, Field, Meeting, Writing
from vault.sessions import Vault

ANOTHER = -1  # no revision is this one: what was typed is always put together with what is there


@dataclass(frozen=True, slots=True)
class Kept:
    """The notes as they stand now: what was typed, with what others wrote meanwhile."""

    words: str
    revision: int


class Collision(Exception):
    """Somebody changed the same lines meanwhile. `now` is what is there, `both` holds both."""

    def __init__(self, now: writings.Text, both: str) -> None:
        super().__init__()
        self.now, self.both = now, both


@transaction.atomic
def keep_notes(
    *,
    actor: Actor,
    vault: Vault,
    item: AgendaItem,
    words: str,
    base: int,
    former: str | None = None,
) -> Kept:
    """What this person typed, over the notes of revision `base`. Lines that others wrote since
    stay; Collision if the same lines were changed, and then nothing is written.

    `former` is what the page had before this was typed, where that is not revision `base`:
    somebody who goes on typing while a merged text is on its way to the page.
    """
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.TAKE_NOTES, row)
    words = "\n".join(lines_of(words))

    def write(text: str, at: int) -> Writing | None:
        return writings.write(actor, vault, meeting, row.uuid, Field.NOTES, text, base=at, item=row)

    try:
        written = write(words, base if former is None else ANOTHER)
    except writings.Overtaken as overtaken:
        words = _together(overtaken.now, _words_at(vault, row, base, former), words)
        written = write(words, overtaken.now.revision)
    if written is None:
        return Kept(words, _newest(row))
    record(
        actor,
        Event.NOTES_WRITTEN,
        target_of(meeting),
        detail={"item": row.uuid, "revision": written.revision},
        topics=topics_of(meeting)[:1],
    )
    return Kept(words, written.revision)


def _together(now: writings.Text, former: str, words: str) -> str:
    """What was typed over `former`, with what is there now; or Collision."""
    if now.broken or now.locked:
        raise Collision(now, words)
    merged = merge(former, words, now.words)
    if not merged.clean:
        raise Collision(now, merged.words)
    return merged.words


def _words_at(vault: Vault, item: AgendaItem, revision: int, former: str | None) -> str:
    """How the notes stood then, unless the page says; nothing before the first revision."""
    if former is not None:
        return former
    rows = Writing.objects.select_related("key", "key__item", "author", "administration").filter(
        subject=item.uuid, field=Field.NOTES, revision=revision
    )
    return "".join(text.words for text in writings.read_rows(vault, item.meeting, list(rows)))


def _newest(item: AgendaItem) -> int:
    rows = Writing.objects.filter(subject=item.uuid, field=Field.NOTES).order_by("-revision")
    return rows.values_list("revision", flat=True).first() or 0


@transaction.atomic
def write_join_details(
    *, actor: Actor, vault: Vault, meeting: Meeting, words: str, base: int
) -> Writing | None:
    """The link and the telephone numbers. writings.Overtaken if somebody wrote since `base`."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    written = writings.write(
        actor, vault, meeting, meeting.uuid, Field.JOIN, words.strip(), base=base
    )
    if written is not None:
        record(
            actor,
            Event.AGENDA_CHANGED,
            target_of(meeting),
            detail={"join": True, "revision": written.revision},
            topics=topics_of(meeting)[:1],
        )
    return written
