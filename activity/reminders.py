"""Reminders: three days before something is due, one day, on the day, and each week after.

The nouns register a source; this decides when, and sends each once.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from access.actors import Actor
from activity.events import Event
from activity.models import SentReminder
from activity.outgoing import MORNING
from activity.record import NoticeFacts, record

AHEAD = (3, 1, 0)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that an administration still has to do, and whom to remind of it."""

    target: str
    administration: str
    audience: Q
    facts: NoticeFacts
    since: datetime.datetime  # when it was asked: nobody is reminded of what was just sent
    zone: str = "UTC"
    due_event: Event = Event.ACKNOWLEDGEMENT_DUE
    late_event: Event = Event.ACKNOWLEDGEMENT_LATE


Source = Callable[[datetime.datetime], Iterable[Reminder]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(now)` gives all that is still open and due within a few days or overdue."""
    if source not in _sources:
        _sources.append(source)


def stage(
    due_on: datetime.date, since: datetime.datetime, now: datetime.datetime, zone: str
) -> int | None:
    """Days before the deadline (negative: after) of the reminder that should be out by now.

    Counted in the reader's own days, from that zone's morning on. A worker that was away sends
    the latest that was missed, not all of them.
    """
    place = ZoneInfo(zone or "UTC")
    local = now.astimezone(place)
    today = local.date() if local.time() >= MORNING else local.date() - datetime.timedelta(days=1)
    days = _nearest((due_on - today).days)
    if days is None or due_on - datetime.timedelta(days=days) <= since.astimezone(place).date():
        return None
    return days


def _nearest(left: int) -> int | None:
    """The latest stage at `left` days before the deadline: 3, 1, 0, then -7, -14, …"""
    if left > AHEAD[0]:
        return None
    if left > 0:
        return min(days for days in AHEAD if days >= left)
    return -(-left // WEEK) * WEEK


def send_due(actor: Actor, now: datetime.datetime) -> int:
    """Record every reminder that should be out and is not yet; how many there were."""
    return sum(_send(actor, reminder, now) for source in _sources for reminder in source(now))


def _send(actor: Actor, reminder: Reminder, now: datetime.datetime) -> bool:
    assert reminder.facts.due_on, "a reminder is about a day"
    days = stage(reminder.facts.due_on, reminder.since, now, reminder.zone)
    if days is None:
        return False
    event = reminder.due_event if days >= 0 else reminder.late_event
    acting = Actor(user_id=None, administration=reminder.administration, name=actor.name)
    with transaction.atomic():
        if not _is_first(reminder, days, now):
            return False
        record(
            acting,
            event,
            reminder.target,
            detail={"days": days},
            audience=reminder.audience,
            notice=reminder.facts,
            topics=[f"administration:{reminder.administration}"],
        )
    return True


def _is_first(reminder: Reminder, days: int, now: datetime.datetime) -> bool:
    """Put this one down as sent, unless it is; the unique key settles a race."""
    row = SentReminder(
        target=reminder.target,
        administration=reminder.administration,
        due_on=reminder.facts.due_on,
        days=days,
        at=now,
    )
    if SentReminder.objects.filter(
        target=row.target, administration=row.administration, due_on=row.due_on, days=days
    ).exists():
        return False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
