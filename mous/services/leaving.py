"""Who has withdrawn: those who shared with it are told, once, on the day it takes effect.

What was shared stays as it was. An author may still want to ask for destruction, or write anew.
"""

from __future__ import annotations

import datetime

from django.db import transaction

from access.actors import Actor
from access.faces import appointed
from access.roles import PUBLISHES
from access.switchboard import senders_to
from activity.events import Event
from activity.record import NoticeFacts, record
from mous.facts import target_of, topics_of
from mous.holding import held
from mous.lifecycle import State
from mous.switchboard import since_when
from mous.trusted import Trusted, gating, lines


@transaction.atomic
def tell_of_withdrawals(*, actor: Actor, now: datetime.datetime) -> int:
    """For the worker. Each withdrawal is told once: the journal knows which were."""
    day, count = now.date(), 0
    for trusted in gating():
        gone = [code for code, state in trusted.picture.states(day).items()
                if state == State.WITHDRAWN]  # fmt: skip
        count += sum(_told(actor, trusted, code, day) for code in gone)
    return count


def _told(actor: Actor, trusted: Trusted, code: str, day: datetime.date) -> bool:
    instrument = held(trusted.instrument)
    since = since_when(trusted.picture, code, day) or day
    target, about = target_of(instrument), (code, since.isoformat())
    known = lines([target], [Event.WITHDRAWAL_TOLD])
    if about in {(one["detail"]["party"], one["detail"]["since"]) for one in known}:
        return False
    senders = sorted(senders_to(code, day) - {code})
    record(
        actor,
        Event.WITHDRAWAL_TOLD,
        target,
        detail={"party": code, "since": since, "participants": senders},
        audience=appointed(PUBLISHES, senders) if senders else None,
        notice=NoticeFacts(origin=code, about=target),
        topics=topics_of(instrument),
    )
    return True
