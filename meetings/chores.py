"""What the worker does for meetings between mails."""

from __future__ import annotations

import datetime

from access.actors import Actor
from activity.chores import register
from meetings.services.series import work_out_again


def register_chores() -> None:
    register("meetings by new zone rules", follow_zones)


def follow_zones(actor: Actor, now: datetime.datetime) -> int:
    """Meetings whose instant is another one under the zone rules of today."""
    return work_out_again(actor=actor, now=now)
