"""The depositary tells every participant, in numbered notifications."""

from __future__ import annotations

from access.actors import Actor
from access.faces import appointed
from access.roles import PUBLISHES, Role
from accounts.queries import members_on, today
from activity.events import Event
from activity.record import record
from mous.facts import notice_facts, topics_of
from mous.models import Act, Instrument, Notification, Receipt


def notification_target(notification: Notification) -> str:
    return f"mous.notification:{notification.uuid}"


def told(instrument: Instrument) -> list[str]:
    """Who is notified: every participant that may take part today, and the depositary."""
    codes = set(
        instrument.parties.exclude(administration=None).values_list("administration", flat=True)
    )
    if instrument.for_members:
        codes &= set(members_on(today()).values_list("code", flat=True))
    return sorted(codes | {instrument.depositary_id})


def notify(actor: Actor, act: Act) -> Notification:
    """The next notification, of an act that was just confirmed; in the caller's transaction,
    which holds the instrument locked."""
    instrument = act.instrument
    last = Notification.objects.filter(instrument=instrument).order_by("-number").first()
    notification = Notification.objects.create(
        instrument=instrument,
        number=(last.number if last else 0) + 1,
        act=act,
        sent_by_id=actor.user_id,
    )
    codes = told(instrument)
    Receipt.objects.bulk_create(
        Receipt(notification=notification, administration_id=code) for code in codes
    )
    record(
        actor,
        Event.NOTIFICATION_SENT,
        notification_target(notification),
        detail={"number": notification.number, "act": str(act.uuid), "participants": codes},
        audience=appointed(PUBLISHES | {Role.HEAD}, codes),
        notice=notice_facts(instrument, about=notification_target(notification)),
        topics=topics_of(instrument),
    )
    return notification
