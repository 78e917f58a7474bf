"""What the worker does for meetings between mails."""

from __future__ import annotations

import datetime

from access.actors import Actor
from activity.chores import register
from meetings.services.series import work_out_again
from meetings.services.silence import close_silences
from meetings.sweeping import sweep_drafts


def register_chores() -> None:
    register("meetings by new zone rules", follow_zones)
    register("decisions out of session", end_silences)
    register("abandoned papers", forget_drafts)


def follow_zones(actor: Actor, now: datetime.datetime) -> int:
    """Meetings whose instant is another one under the zone rules of today."""
    return work_out_again(actor=actor, now=now)


def end_silences(actor: Actor, now: datetime.datetime) -> int:
    """Texts that nobody objected to until their deadline: they stand."""
    return close_silences(actor=actor, now=now)


def forget_drafts(_actor: Actor, now: datetime.datetime) -> int:
    """Papers that were begun and can be, or will be, submitted no more: their files, too."""
    return sweep_drafts(now)
