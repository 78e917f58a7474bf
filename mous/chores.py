"""What the worker does for the register."""

from __future__ import annotations

import datetime

from access.actors import Actor
from activity.chores import register
from mous.services.drafts import sweep_drafts
from mous.services.instruments import admit_new_members
from mous.services.leaving import tell_of_withdrawals


def register_chores() -> None:
    """Called once, when Django is ready."""
    register("new members of the register", admit)
    register("withdrawals from instruments", tell)
    register("abandoned entries of the register", forget_drafts)


def admit(actor: Actor, _now: datetime.datetime) -> int:
    """Who has become a member is a participant of what is for members."""
    return admit_new_members(actor=actor)


def forget_drafts(actor: Actor, now: datetime.datetime) -> int:
    """Acts and texts that were begun and never entered: their files, too."""
    return sweep_drafts(actor=actor, now=now)


def tell(actor: Actor, now: datetime.datetime) -> int:
    """Who has withdrawn: those who shared with it hear of it on that day."""
    return tell_of_withdrawals(actor=actor, now=now)
