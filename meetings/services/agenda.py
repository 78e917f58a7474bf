"""The agenda: items put on it, changed, moved, taken off; and the next one from the last."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import target_of, topics_of
from meetings.holding import held, held_item
from meetings.models import AgendaItem, Field, ItemKind, ItemState, Kind, Meeting
from meetings.sealing import make_key
from meetings.services.series import NotPossible, must_be_held
from vault.sessions import Vault

TITLE_LIMIT = 150

# What every quarterly meeting has: kind, minutes, title in the source language.
STANDING = (
    (ItemKind.OPENING, 10, "Opening, apologies, adoption of the agenda"),
    (ItemKind.MINUTES, 10, "Minutes of the last meeting"),
    (ItemKind.ACTIONS, 15, "Open actions"),
    (ItemKind.INFORMATION, 15, "MOU signature: state of play"),
    (ItemKind.DISCUSSION, 25, "Intelligence picture and products of the quarter"),
    (ItemKind.DISCUSSION, 15, "Small craft: records, watch list, quality"),
    (ItemKind.ANY_OTHER, 10, "Any other business"),
    (ItemKind.INFORMATION, 5, "Next meeting"),
)

# The kinds of which each meeting has one.
STANDING_KINDS = frozenset(
    {ItemKind.OPENING, ItemKind.MINUTES, ItemKind.ACTIONS, ItemKind.ANY_OTHER}
)


def _standing_title(title: str) -> str:
    """In the preparer's language; the words are marked for translation here."""
    return {
        "Opening, apologies, adoption of the agenda": _(
            "Opening, apologies, adoption of the agenda"
        ),
        "Minutes of the last meeting": _("Minutes of the last meeting"),
        "Open actions": _("Open actions"),
        "MOU signature: state of play": _("MOU signature: state of play"),
        "Intelligence picture and products of the quarter": _(
            "Intelligence picture and products of the quarter"
        ),
        "Small craft: records, watch list, quality": _("Small craft: records, watch list, quality"),
        "Any other business": _("Any other business"),
        "Next meeting": _("Next meeting"),
    }[title]


@transaction.atomic
def add_item(
    *,
    actor: Actor,
    vault: Vault,
    meeting: Meeting,
    title: str,
    kind: str = ItemKind.DISCUSSION,
    minutes: int = 15,
    presenter: str = "",
    lead: str = "",
    closed_to: Iterable[str] = (),
    item_id: UUID | None = None,
) -> AgendaItem:
    """Put an item at the end of the agenda. A closed one is sealed to those named, and to who
    prepares the meeting. Asked twice with one id, the second time finds it."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    known = AgendaItem.objects.filter(uuid=item_id, meeting=meeting).first() if item_id else None
    if known is not None:
        return known
    _check(meeting, title, minutes, kind)
    _check_presenter(meeting, presenter, closed_to)
    closed = sorted(set(closed_to) | {meeting.origin_id}) if set(closed_to) else []
    last = meeting.items.order_by("-position").values_list("position", flat=True).first()
    item = AgendaItem.objects.create(
        uuid=item_id or uuid4(),
        meeting=meeting,
        position=(last or 0) + 1,
        kind=kind,
        minutes=minutes,
        presenter_id=presenter or None,
        closed_to=closed,
    )
    if closed:
        make_key(actor, vault, meeting, item, 0)
    writings.write(actor, vault, meeting, item.uuid, Field.TITLE, title.strip(), base=0, item=item)
    if lead.strip():
        writings.write(
            actor, vault, meeting, item.uuid, Field.LEAD, lead.strip(), base=0, item=item
        )
    _changed(actor, meeting, item)
    return item


def _check(meeting: Meeting, title: str, minutes: int, kind: str) -> None:
    faults = {}
    if not title.strip():
        faults["title"] = _("Give the item a title.")
    if len(title.strip()) > TITLE_LIMIT:
        faults["title"] = _("Shorten the title to %(limit)d characters.") % {"limit": TITLE_LIMIT}
    if not 1 <= minutes <= 600:
        faults["minutes"] = _("An item takes between 1 and 600 minutes.")
    if kind not in ItemKind.values:
        faults["kind"] = _("Choose one of the list.")
    if meeting.is_over:
        faults["title"] = _("This meeting is over.")
    elif meeting.kind == Kind.CIRCULATION:
        faults["title"] = _("A decision out of session has no agenda.")
    if faults:
        raise NotPossible(faults)


def _check_presenter(meeting: Meeting, presenter: str, closed_to: Iterable[str]) -> None:
    codes = set(closed_to)
    if presenter and codes and presenter not in codes | {meeting.origin_id}:
        sentence = _("Who presents a closed item must be one of those it is for.")
        raise NotPossible({"presenter": sentence})


def _must_be_ahead(meeting: Meeting) -> None:
    """The numbers of items stand in the minutes, and deadlines in the year's figures."""
    must_be_held(meeting)
    if meeting.is_over:
        raise NotPossible({"order": _("This meeting is over.")})


@transaction.atomic
def change_item(
    *,
    actor: Actor,
    vault: Vault,
    item: AgendaItem,
    title: str,
    kind: str,
    minutes: int,
    presenter: str,
    lead: str,
    bases: tuple[int, int],
) -> AgendaItem:
    """Other words, another length, another presenter. `bases` are the revisions of title and lead
    text that were on the page; writings.Overtaken if somebody else saved meanwhile."""
    meeting = held(item.meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    _check(meeting, title, minutes, kind)
    row = held_item(item, meeting)
    _check_presenter(meeting, presenter, row.closed_to)
    texts = ((Field.TITLE, title.strip(), bases[0]), (Field.LEAD, lead.strip(), bases[1]))
    for field, words, base in texts:
        if words or base:
            writings.write(actor, vault, meeting, row.uuid, field, words, base=base, item=row)
    row.kind, row.minutes, row.presenter_id = kind, minutes, presenter or None
    row.save(update_fields=["kind", "minutes", "presenter"])
    _changed(actor, meeting, row)
    return row


@transaction.atomic
def order_items(*, actor: Actor, meeting: Meeting, order: Sequence[UUID]) -> None:
    """The items in this order; NotPossible if the agenda is another one by now."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    _must_be_ahead(meeting)
    rows = {row.uuid: row for row in meeting.items.select_for_update().filter(dropped_at=None)}
    if set(rows) != set(order) or len(order) != len(rows):
        raise NotPossible({"order": _("The agenda was changed in another window. Here it is.")})
    for position, one in enumerate(order, 1):
        AgendaItem.objects.filter(pk=rows[one].pk).update(position=position)
    _changed(actor, meeting)


@transaction.atomic
def drop_item(*, actor: Actor, item: AgendaItem) -> None:
    """Take an item off the agenda; what was written about it stays in the record."""
    meeting = held(item.meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    row = held_item(item, meeting)
    if meeting.is_over or row.state != ItemState.WAITING:
        raise NotPossible({"item": _("This item was dealt with already.")})
    row.dropped_at = timezone.now()
    row.save(update_fields=["dropped_at"])
    _changed(actor, meeting, row)


@transaction.atomic
def put_standing_items(*, actor: Actor, vault: Vault, meeting: Meeting) -> None:
    """What every quarterly meeting has, on an empty agenda, in the preparer's language."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    _must_be_ahead(meeting)
    if meeting.items.filter(dropped_at=None).exists():
        raise NotPossible({"order": _("There is an agenda already.")})
    for position, (kind, minutes, title) in enumerate(STANDING, 1):
        item = AgendaItem.objects.create(
            meeting=meeting, position=position, kind=kind, minutes=minutes
        )
        words = _standing_title(title)
        writings.write(actor, vault, meeting, item.uuid, Field.TITLE, words, base=0)
    _changed(actor, meeting)


@transaction.atomic
def copy_standing_items(*, actor: Actor, vault: Vault, meeting: Meeting, previous: Meeting) -> None:
    """What returns each time, on an empty agenda, as it was last time: titles, lengths, who
    presents. Closed items and what was put on once are left behind."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    require(actor, Action.READ_MEETING, previous)
    _must_be_ahead(meeting)
    if meeting.items.filter(dropped_at=None).exists():
        raise NotPossible({"order": _("There is an agenda already.")})
    rows = previous.items.filter(dropped_at=None, closed_to=[])
    texts = writings.read(vault, previous, fields=[Field.TITLE])
    position = 0
    for row in rows:
        text = texts.get((row.uuid, Field.TITLE))
        if text is None or not text.words or not _returns(row, text.words):
            continue
        position += 1
        presenter = row.presenter_id if row.presenter_id in meeting.holder_codes else None
        item = AgendaItem.objects.create(
            meeting=meeting,
            position=position,
            kind=row.kind,
            minutes=row.minutes,
            presenter_id=presenter,
        )
        writings.write(actor, vault, meeting, item.uuid, Field.TITLE, text.words, base=0)
    _changed(actor, meeting)


def _returns(item: AgendaItem, title: str) -> bool:
    """Whether it stands on every agenda: by its kind, or by its title in either language."""
    if item.kind in STANDING_KINDS:
        return True
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if title in {_standing_title(words) for _kind, _minutes, words in STANDING}:
                return True
    return False


@transaction.atomic
def set_paper_deadline(*, actor: Actor, meeting: Meeting, day: datetime.date | None) -> Meeting:
    """Until when papers are wanted."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    _must_be_ahead(meeting)
    meeting.papers_due_on = day
    meeting.save(update_fields=["papers_due_on"])
    _changed(actor, meeting)
    return meeting


def _changed(actor: Actor, meeting: Meeting, item: AgendaItem | None = None) -> None:
    detail = {"item": item.uuid} if item is not None else {}
    record(
        actor, Event.AGENDA_CHANGED, target_of(meeting), detail=detail, topics=topics_of(meeting)
    )
