"""What the worker does for who is waited for: see services/chasing.py."""

from __future__ import annotations

import datetime

from access.actors import Actor
from activity.chores import register
from mous.services.chasing import chase_by_itself


def register_step_reminders() -> None:
    """Called once, when Django is ready."""
    register("reminders of steps towards an instrument", remind)


def remind(actor: Actor, now: datetime.datetime) -> int:
    """Administrations whose next step has not moved for long."""
    return chase_by_itself(actor=actor, now=now)
