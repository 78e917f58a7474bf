"""What the worker does for threads between mails."""

from __future__ import annotations

import datetime

from access.actors import Actor
from activity.chores import register
from discussions.services.threads import end_overdue


def register_chores() -> None:
    register("discussions that end", end_rooms)


def end_rooms(actor: Actor, now: datetime.datetime) -> int:
    """Close the rooms whose operation is over."""
    return end_overdue(actor=actor, now=now)
