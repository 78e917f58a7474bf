"""Which notices are also mailed, and when: rows that wait for the worker.

A row holds facts, not words; activity/mail.py draws it when it is sent, in the language its
reader has then.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from access.policy import people_in_standing
from activity import shapes
from activity.events import Event
from activity.models import Notice, OutgoingMail
from activity.ports import mail_kinds

MORNING = datetime.time(7, 0)
# How long a mail about a message waits even for who wants mails at once: what its reader has seen
# meanwhile, on a page that was open, needs none.
SETTLES = {
    Event.MESSAGE_POSTED: datetime.timedelta(minutes=10),
    Event.MENTIONED: datetime.timedelta(minutes=3),
}
URGENT = frozenset({"priority", "immediate"})

# What concerns a person enough to be told outside the portal. Everything else waits in the
# portal as a notice: an acknowledgement by each of 23 administrations is not 23 mails.
MAILED = frozenset(
    {
        Event.BULLETIN_ISSUED,
        Event.THREAD_OPENED,
        Event.PARTICIPANT_ADDED,
        Event.MENTIONED,
        Event.MESSAGE_POSTED,  # to who follows, and one for all that came since the last reading
        Event.ACKNOWLEDGEMENT_DUE,
        Event.ACKNOWLEDGEMENT_LATE,
        Event.KEY_GRANTED,
        Event.EPOCH_MADE,
        Event.PERSON_WOKEN,
        Event.PASSPHRASE_CHANGED,
        Event.RECOVERY_CODE_USED,
        Event.SECOND_FACTOR_CHANGED,
        Event.ENVELOPE_MADE,
        Event.ENVELOPE_OPENED,
        Event.NEW_START_DELAYED,
        Event.NEW_START_MADE,
        Event.BEGINNING_WITNESSED,
        Event.JOURNAL_BROKEN,
        Event.MEETING_REPLY_DUE,
        Event.MEETING_REPLY_LATE,
        Event.PAPER_DUE,
        Event.PAPER_LATE,
        Event.POLL_OPENED,
        Event.SILENCE_OPENED,
        Event.SILENCE_DUE,
        Event.SILENCE_BROKEN,
        Event.ACTION_TAKEN,
        Event.ACTION_DUE,
        Event.ACTION_LATE,
        Event.MINUTES_CIRCULATED,
        Event.WITHDRAWAL_TOLD,
        Event.INSTRUMENT_SIGNED,
        Event.NOTIFICATION_SENT,
        Event.STEP_NOTED,
        Event.STEP_CHASED,
    }
)

# Sent in the morning as it is, or about the safety of an account: these do not wait for another.
AT_ONCE = frozenset(
    {
        Event.ACKNOWLEDGEMENT_DUE,
        Event.ACKNOWLEDGEMENT_LATE,
        Event.MEETING_REPLY_DUE,
        Event.MEETING_REPLY_LATE,
        Event.PAPER_DUE,
        Event.PAPER_LATE,
        Event.SILENCE_DUE,
        Event.ACTION_DUE,
        Event.ACTION_LATE,
        Event.STEP_CHASED,
        Event.PASSPHRASE_CHANGED,
        Event.RECOVERY_CODE_USED,
        Event.SECOND_FACTOR_CHANGED,
        Event.ENVELOPE_OPENED,
        Event.NEW_START_DELAYED,
        Event.NEW_START_MADE,
    }
)
# Mails that stand on their own, beside those that an app above registers (activity/ports.py); the
# kind is the template's name. All others are notices, and those of one person that are due
# together are one mail.
ALONE = frozenset({"invitation", "checkpoint", "warning", "new_start"})


def stands_alone(kind: str) -> bool:
    return kind in ALONE or kind in mail_kinds()


def queue_for(event: Event, notices: Sequence[Notice], now: datetime.datetime) -> None:
    """Rows for the mails of these notices, each due at once or in its reader's morning."""
    if event not in MAILED or not notices:
        return
    patient = {n.recipient_id for n in notices if event not in AT_ONCE and not _is_now(n)}
    zones = home_zones(patient)
    settled = now + SETTLES.get(event, datetime.timedelta())
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            recipient=notice.recipient,
            language=notice.recipient.language,
            kind=event.value,
            notice=notice,
            made_at=now,
            not_before=max(settled, next_morning(now, zones.get(notice.recipient_id, "UTC")))
            if notice.recipient_id in patient
            else settled,
        )
        for notice in notices
    )


def queue_to_address(
    *, address: str, language: str, kind: str, facts: Mapping[str, Any], secret: bytes | None = None
) -> OutgoingMail:
    """A mail to somebody who has no account yet.

    `facts` are held to the shapes of the record; `facts["until"]`, a moment, says when sending
    it would be pointless. `secret` is the path of a door, from `seal_link`, gone once sent.
    """
    row = OutgoingMail(address=address, language=language, facts=shapes.plain(facts), secret=secret)
    return _queued(row, kind)


def queue_to_person(*, person: Any, kind: str, facts: Mapping[str, Any]) -> OutgoingMail:
    """A mail to a person, that is not a notice."""
    row = OutgoingMail(recipient=person, language=person.language, facts=shapes.plain(facts))
    return _queued(row, kind)


def queue_to_people(*, people: Iterable[Any], kind: str, facts: Mapping[str, Any]) -> None:
    """One mail each, with the same facts, in one write."""
    if not stands_alone(kind):
        raise ValueError(f"no mail of the kind {kind}")
    plain = shapes.plain(facts)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(recipient=one, language=one.language, kind=kind, facts=plain) for one in people
    )


def warn(*, person: Any, event: Event, network: str = "") -> OutgoingMail:
    """Tell a person by mail what was done with the own account, in case it was not that person.

    A notice would not do: an actor is not told of an own act, and whoever took the account
    over would read it.
    """
    facts = {"event": event, "network": network, "at": timezone.now()}
    return queue_to_person(person=person, kind="warning", facts=facts)


def _queued(row: OutgoingMail, kind: str) -> OutgoingMail:
    if not stands_alone(kind):
        raise ValueError(f"no mail of the kind {kind}: give it a template and name it in ALONE")
    row.kind = kind
    row.save(force_insert=True)
    return row


def _is_now(notice: Notice) -> bool:
    return notice.recipient.mail_now or notice.urgency in URGENT


def home_zones(people: Collection[int]) -> dict[int, str]:
    """Where each person's morning is: an own zone, else the administration's."""
    rows = (
        get_user_model()
        ._default_manager.filter(people_in_standing() & Q(pk__in=people))
        .values_list("pk", "zone", "appointments__administration__zone")
    )
    return {pk: own or home for pk, own, home in rows}


def next_morning(now: datetime.datetime, zone: str) -> datetime.datetime:
    """The coming 07:00 of that zone."""
    try:
        place = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        place = ZoneInfo("UTC")
    local = now.astimezone(place)
    day = local.date() if local.time() < MORNING else local.date() + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, MORNING, place).astimezone(datetime.UTC)
