"""What the worker does between mails: `tick` does everything once, and can be run at any time.

Each chore looks for itself whether there is anything to do, so a second run changes nothing.
One that fails is reported and does not keep the others from their turn.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable

from django.utils import timezone

from access.actors import Actor
from activity import checkpoints, reminders
from activity.models import LiveEvent, OutgoingMail, SentReminder

log = logging.getLogger("iswg.tick")

FAILED = -1
LIVE_FOR = datetime.timedelta(days=1)
MAIL_KEPT = datetime.timedelta(days=30)
REMINDERS_KEPT = datetime.timedelta(days=400)

Chore = Callable[[Actor, datetime.datetime], int]
_registered: dict[str, Chore] = {}


def register(name: str, chore: Chore) -> None:
    """A chore of an app above: `chore(actor, now)` says how many things it did."""
    _registered[name] = chore


def tick(*, now: datetime.datetime | None = None) -> dict[str, int]:
    """Everything once; how much each chore did, or FAILED."""
    actor, moment = Actor.command("tick"), now or timezone.now()
    return {
        name: _done(name, chore, actor, moment) for name, chore in {**OWN, **_registered}.items()
    }


def _done(name: str, chore: Chore, actor: Actor, now: datetime.datetime) -> int:
    try:
        return chore(actor, now)
    except Exception:  # the other chores must have their turn
        log.exception("%s failed", name)
        return FAILED


def _daily_checkpoint(actor: Actor, now: datetime.datetime) -> int:
    made = checkpoints.make_checkpoint(actor, now=now) if checkpoints.is_due(now) else None
    return int(made is not None)


def _forget_live_events(_actor: Actor, now: datetime.datetime) -> int:
    return LiveEvent.objects.filter(at__lt=now - LIVE_FOR).delete()[0]


def _forget_mails(_actor: Actor, now: datetime.datetime) -> int:
    """Sent mails after a month; one that was given up stays until then too, to be seen."""
    old = now - MAIL_KEPT
    sent = OutgoingMail.objects.filter(sent_at__lt=old).delete()[0]
    return sent + OutgoingMail.objects.filter(given_up_at__lt=old).delete()[0]


def _forget_reminders(_actor: Actor, now: datetime.datetime) -> int:
    return SentReminder.objects.filter(at__lt=now - REMINDERS_KEPT).delete()[0]


OWN: dict[str, Chore] = {
    "checkpoint": _daily_checkpoint,
    "reminders": reminders.send_due,
    "live events": _forget_live_events,
    "old mails": _forget_mails,
    "old reminders": _forget_reminders,
}
