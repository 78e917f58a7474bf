"""Events in closed items, for open pages: whoever the item is not for is not told that anything
happened at all, because the kind of an event alone would say it.

Which item an event was in stands in the journal, by id; only meetings that have a closed item are
looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from access.sockets import Member
from activity.events import Event
from activity.models import LiveEvent
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, MinutesComment, Proposal

Shown = Mapping[Member, bytes | None]

# The next item is called for everybody: whatever was on the screen is there no longer.
FOR_ALL = frozenset({Event.ITEM_CALLED})


def confine(
    meeting: Meeting, events: Sequence[LiveEvent], shown: Shown, details_of: Any
) -> list[Shown]:
    """For each event the members who are told of it, of those who read the meeting."""
    closed = AgendaItem.objects.filter(meeting=meeting).exclude(closed_to=[])
    items = {one.pk: one for one in closed}
    if not items:
        return [shown] * len(events)
    for one in items.values():
        one.meeting = meeting
    return [_of(event, items, shown, details_of) for event in events]


def _of(event: LiveEvent, items: Mapping[int, AgendaItem], shown: Shown, details_of: Any) -> Shown:
    if event.event in FOR_ALL:
        return shown
    details = list(details_of(event))
    places = [_place(detail, items) for detail in details]
    if not places or None in places:  # one of them concerns everybody
        return shown
    codes = frozenset[str]().union(*(items[pk].holder_codes for pk in places if pk is not None))
    return {member: key for member, key in shown.items() if member.administration in codes}


def _place(detail: Mapping[str, Any], items: Iterable[int]) -> int | None:
    """The closed item that a line of the journal is about, if it is about one."""
    for name, rows, field in (
        ("item", AgendaItem.objects.filter(pk__in=items), "uuid"),
        ("proposal", Proposal.objects.filter(item__in=items), "uuid"),
        ("comment", MinutesComment.objects.filter(item__in=items), "uuid"),
    ):
        if detail.get(name):
            pk = "pk" if name == "item" else "item"
            return rows.filter(**{field: detail[name]}).values_list(pk, flat=True).first()
    number = detail.get("number")
    if not isinstance(number, str):
        return None
    return _numbered(number, items)


def _numbered(number: str, items: Iterable[int]) -> int | None:
    for model in (ActionPoint, Decision):
        rows = model._default_manager.filter(Q(item__in=items), number=number)
        found: int | None = rows.values_list("item", flat=True).first()
        if found is not None:
            return found
    return None
