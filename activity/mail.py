"""Sends what waits in the outgoing table, and in development writes it into a folder instead.

At least once: a row is claimed, sent, and marked as sent. A worker that dies between the last
two sends it again after a while; one that dies before loses nothing.
"""

from __future__ import annotations

import logging
import secrets
import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from access.actors import Actor
from access.policy import people_in_standing
from access.roles import APPOINTS
from activity.drawing import draw
from activity.events import Event
from activity.models import OutgoingMail
from activity.outgoing import home_zones, stands_alone
from activity.ports import mail_kinds
from activity.record import record

log = logging.getLogger("iswg.mail")

# How long to wait after each attempt; after the last, somebody is told instead.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
BATCH = 500
PATIENCE = 20


@dataclass(slots=True)
class Delivered:
    """What one round came to."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(*, now: datetime | None = None) -> Delivered:
    """Send every mail that is due, one to each reader, and say what came of it.

    With no mail server to be had nothing is claimed, so that a server which is away for a day
    costs no mail its attempts.
    """
    moment = now or timezone.now()
    done = Delivered()
    rows = _due(moment)
    done.dropped = _drop(rows, moment)
    rows = [row for row in rows if row.pk is not None]
    connection = _opened() if rows else None
    if connection is None:
        done.failed = len(rows)
        return done
    zones = home_zones([row.recipient_id for row in rows if row.recipient_id])
    try:
        for group in _by_reader(rows):
            _deliver_group(group, zones.get(group[0].recipient_id, "UTC"), connection, moment, done)
    finally:
        _close(connection)
    return done


def _due(now: datetime) -> list[OutgoingMail]:
    waiting = OutgoingMail.objects.filter(sent_at=None, given_up_at=None, not_before__lte=now)
    return list(waiting.select_related("notice", "recipient").order_by("pk")[:BATCH])


def _drop(rows: list[OutgoingMail], now: datetime) -> int:
    """Take out what need not or must not be sent any more; the rows lose their key."""
    readers = {row.recipient_id for row in rows if row.recipient_id}
    people = get_user_model()._default_manager.filter(people_in_standing() & Q(pk__in=readers))
    standing = set(people.values_list("pk", flat=True))
    overtaken = _overtaken(rows)
    idle = [row for row in rows if row.pk in overtaken or _is_pointless(row, standing, now)]
    OutgoingMail.objects.filter(pk__in=[row.pk for row in idle]).delete()
    for row in idle:
        row.pk = None
    return len(idle)


def _overtaken(rows: list[OutgoingMail]) -> set[int]:
    """What the app above, whose kind of mail it is, does not want sent any more."""
    found: set[int] = set()
    for kind, drawing in mail_kinds().items():
        if own := [row for row in rows if row.kind == kind]:
            found |= drawing.pointless(own)
    return found


def _is_pointless(row: OutgoingMail, standing: set[int], now: datetime) -> bool:
    """Read in the portal meanwhile, too late, or for somebody who may not be told any more."""
    if row.notice and row.notice.read_at:
        return True
    until = row.facts.get("until")
    if until and datetime.fromisoformat(until) <= now:
        return True
    return row.recipient_id is not None and row.recipient_id not in standing


def _by_reader(rows: list[OutgoingMail]) -> Iterable[list[OutgoingMail]]:
    together: dict[int, list[OutgoingMail]] = {}
    for row in rows:
        if stands_alone(row.kind) or row.recipient_id is None:
            yield [row]
        else:
            together.setdefault(row.recipient_id, []).append(row)
    yield from together.values()


def _deliver_group(
    group: list[OutgoingMail], zone: str, connection: Any, now: datetime, done: Delivered
) -> None:
    if not _claim(group, now):
        return
    keys = [row.pk for row in group]
    try:
        connection.send_messages([draw(group, zone=zone, now=now)])
    except Exception as problem:  # whatever the mail server does, the other mails go on
        log.warning("mail %s was not sent: %s", keys, type(problem).__name__)
        _close(connection)
        _after_failure(group, problem, now, done)
        return
    OutgoingMail.objects.filter(pk__in=keys).update(sent_at=now, secret=None)
    done.sent += 1


@transaction.atomic
def _claim(group: list[OutgoingMail], now: datetime) -> bool:
    """Take these rows for ourselves, or none: another worker may have been quicker."""
    for row in group:
        attempts = row.attempts
        pause = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
        mine = OutgoingMail.objects.filter(
            pk=row.pk, attempts=attempts, sent_at=None, given_up_at=None
        ).update(attempts=F("attempts") + 1, not_before=now + pause)
        if not mine:
            transaction.set_rollback(True)
            return False
        row.attempts = attempts + 1
    return True


def _after_failure(
    group: Sequence[OutgoingMail], problem: Exception, now: datetime, done: Delivered
) -> None:
    lost = [row for row in group if row.attempts > len(BACK_OFF) or _is_final(problem)]
    done.failed += len(group) - len(lost)
    for row in lost:
        _give_up(row, now)
        done.given_up += 1


def _is_final(problem: Exception) -> bool:
    """The server knows this address and will never take mail for it (RFC 5321: 550 to 553)."""
    return isinstance(problem, smtplib.SMTPRecipientsRefused) and all(
        550 <= code <= 553 for code, _words in problem.recipients.values()
    )


def _give_up(row: OutgoingMail, now: datetime) -> None:
    """Stop trying, and tell the coordinators of the person's administration."""
    home = _home_of(row.recipient_id) if row.recipient else row.facts.get("administration", "")
    actor = Actor(user_id=None, administration=home, name="deliver_mail")
    with transaction.atomic():
        OutgoingMail.objects.filter(pk=row.pk).update(given_up_at=now, secret=None)
        record(
            actor,
            Event.MAIL_GIVEN_UP,
            row.recipient,
            detail={"attempts": row.attempts},
            audience=_coordinators(home),
        )


def _home_of(user_id: int | None) -> str:
    people = get_user_model()._default_manager.filter(people_in_standing() & Q(pk=user_id))
    return people.values_list("appointments__administration", flat=True).first() or ""


def _coordinators(code: str) -> Q:
    return people_in_standing() & Q(
        appointments__role__in=APPOINTS, appointments__administration=code
    )


def _opened() -> Any:
    """A connection to the mail server, or None while there is none to be had."""
    connection = get_connection(timeout=PATIENCE)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as problem:
        log.warning("the mail server cannot be reached: %s", type(problem).__name__)
        return None
    return connection


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception as problem:  # it may be the very thing that broke
        log.info("mail connection did not close: %s", type(problem).__name__)


class EmlFileBackend(BaseEmailBackend):
    """Development's mail server: each mail is a file in `settings.MAIL_DIR`, shown at /mail/."""

    def __init__(self, fail_silently: bool = False, **_ignored: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            self._write(folder, mail.message())
        return len(email_messages)

    def _write(self, folder: Path, message: Message) -> None:
        """Whole or not at all: a reader of the folder never sees half a mail."""
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}.eml"
        part = folder / f"{name}.part"
        part.write_bytes(message.as_bytes())
        part.rename(folder / name)
