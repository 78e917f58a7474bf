"""Whom an item of the agenda is for, changed while nothing was said about it yet.

Its title and lead text are written anew under the key of those who read it from then on, and what
was sealed for the others before is destroyed. What they read while it was theirs they have read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, people_in_standing, require
from access.roles import READS
from accounts.models import User
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import KIND, target_of, topics_of
from meetings.holding import held, held_item
from meetings.models import AgendaItem, Field, ItemState, Meeting, MeetingKey, Writing
from meetings.sealing import Locked, make_key, newest_keys
from meetings.services.series import NotPossible, must_be_held
from vault.manifests import SealBroken
from vault.models import KeyHolder
from vault.sessions import Vault

OWN_WORDS = (Field.TITLE, Field.LEAD)


def is_untouched(item: AgendaItem) -> bool:
    """Whether it was only put on the agenda: not called, nothing noted, submitted, decided."""
    if item.state != ItemState.WAITING or item.started_at is not None:
        return False
    others = Writing.objects.filter(subject=item.uuid).exclude(field__in=OWN_WORDS)
    rows = (item.papers, item.proposals, item.actions, item.comments)
    return not others.exists() and not any(one.exists() for one in rows)


def audience_with(meeting: Meeting, closed_to: Iterable[str]) -> list[str]:
    """For whom the item would be, as it is stored: nobody named is everybody."""
    codes = set(closed_to) & meeting.holder_codes
    return sorted(codes | {meeting.origin_id}) if codes else []


def readers_with(meeting: Meeting, closed_to: Iterable[str]) -> tuple[list[str], int]:
    """The administrations that would read the item, and how many people that is."""
    codes = audience_with(meeting, closed_to) or sorted(meeting.holder_codes)
    people = User.objects.filter(appointed(READS, codes) & people_in_standing())
    return codes, people.distinct().count()


@transaction.atomic
def change_audience(
    *, actor: Actor, vault: Vault, item: AgendaItem, closed_to: Iterable[str]
) -> AgendaItem:
    """From now on the item is for these and for who prepares the meeting; for none named, it is
    open to all who take part. NotPossible once anything was said about it."""
    meeting = held(item.meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    must_be_held(meeting)
    row = held_item(item, meeting)
    require(actor, Action.READ_ITEM, row)
    wanted = audience_with(meeting, closed_to)
    _check(meeting, row, set(closed_to), wanted)
    if wanted == row.closed_to:
        return row
    words = _taken_out(vault, meeting, row)
    former = [] if not row.closed_to else newest_keys(meeting, row)
    row = _closed_to(row, meeting, wanted)
    detail: dict[str, Any] = {"agenda_item": row.uuid, "closed_to": wanted}
    if wanted:
        last = newest_keys(meeting, row)
        number = last[0].number if last else 0
        detail["key"] = make_key(actor, vault, meeting, row, number).made
    _destroy(former)
    for field, text in words.items():
        writings.write(actor, vault, meeting, row.uuid, field, text, base=0, item=row)
    record(
        actor, Event.AGENDA_CHANGED, target_of(meeting), detail=detail, topics=topics_of(meeting)
    )
    return row


def _check(meeting: Meeting, item: AgendaItem, asked: set[str], wanted: list[str]) -> None:
    faults = {}
    if meeting.is_over or item.dropped_at is not None or not is_untouched(item):
        faults["closed_to"] = _("Something was said about this item already. Put a new one there.")
    elif not asked <= meeting.holder_codes:
        faults["closed_to"] = _("Choose among those who take part.")
    elif wanted and item.presenter_id and item.presenter_id not in wanted:
        faults["closed_to"] = _("Who presents a closed item must be one of those it is for.")
    if faults:
        raise NotPossible(faults)


def _taken_out(vault: Vault, meeting: Meeting, item: AgendaItem) -> dict[str, str]:
    """The words as they stand, and no row of them any more: they were sealed for others."""
    texts = writings.read(vault, meeting, fields=OWN_WORDS, subjects=[item.uuid])
    if any(text.broken for text in texts.values()):
        raise SealBroken
    if any(text.locked for text in texts.values()):
        raise Locked
    Writing.objects.filter(meeting=meeting, subject=item.uuid, field__in=OWN_WORDS).delete()
    return {field: text.words for (_subject, field), text in texts.items() if text.words}


def _closed_to(item: AgendaItem, meeting: Meeting, wanted: list[str]) -> AgendaItem:
    item.closed_to = wanted
    item.save(update_fields=["closed_to"])
    fresh = AgendaItem.objects.get(pk=item.pk)  # who holds its key is kept with the object
    fresh.meeting = meeting
    return fresh


def _destroy(former: Iterable[MeetingKey]) -> None:
    """What was sealed under these is gone; so is every box and wrap of them."""
    ids = [one.uuid for one in former]
    KeyHolder.objects.filter(kind=KIND, object_id__in=ids).delete()
