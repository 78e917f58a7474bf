"""Checks the whole journal and signs it, and mails the signed figures to every administration.

A journal that does not verify is never signed: then those who look after the portal are told.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import people_in_standing
from access.roles import Role
from activity import chain
from activity.events import Event
from activity.models import Checkpoint, JournalEntry
from activity.outgoing import queue_to_person
from activity.queries import journal_report, newest_checkpoint
from activity.record import NoticeFacts, record
from vault.crypto.signing import SigningKey

log = logging.getLogger("iswg.journal")

KEEPERS = (Role.COORDINATOR, Role.SECRETARIAT, Role.HEAD, Role.CONTACT)


class JournalBroken(Exception):
    """The journal does not verify. Carries the report, which holds numbers only."""

    def __init__(self, report: chain.Report) -> None:
        super().__init__("the journal does not verify; run verify_journal")
        self.report = report


def make_checkpoint(actor: Actor, *, now: datetime.datetime | None = None) -> Checkpoint | None:
    """Verify everything, sign it, mail it; None if nothing was written since the last one."""
    moment = (now or timezone.now()).replace(second=0, microsecond=0)
    report = journal_report()
    if not report.is_whole:
        _raise_alarm(actor, report, moment)
        raise JournalBroken(report)
    if not report.size or Checkpoint.objects.filter(size=report.size).exists():
        return None
    statement = chain.Statement(report.size, report.head, report.root, moment)
    return _sign(actor, statement)


def is_due(now: datetime.datetime) -> bool:
    """Once a day (UTC) is the least. A clock that was ahead yesterday must not stop them."""
    newest = newest_checkpoint()
    return newest is None or newest.made_at.date() != now.astimezone(datetime.UTC).date()


def _sign(actor: Actor, statement: chain.Statement) -> Checkpoint | None:
    key = SigningKey.derive(settings.JOURNAL_KEY)
    checkpoint = Checkpoint(
        size=statement.size,
        root=statement.root,
        head=statement.head,
        made_at=statement.made_at,
        signature=chain.sign(key, statement),
    )
    figures = {"size": statement.size, "root": statement.root, "head": statement.head}
    try:
        with transaction.atomic():
            checkpoint.save(force_insert=True)
            _mail(checkpoint, figures)
            record(actor, Event.CHECKPOINT_MADE, detail=figures)
    except IntegrityError:  # another worker walked the journal at the same time
        return None
    return checkpoint


def _mail(checkpoint: Checkpoint, figures: dict[str, object]) -> None:
    facts = {
        **figures,
        "made_at": chain.utc_text(checkpoint.made_at),
        "signature": bytes(checkpoint.signature),
    }
    for person in get_user_model()._default_manager.filter(pk__in=_keepers()):
        queue_to_person(person=person, kind="checkpoint", facts=facts)


def _keepers() -> set[int]:
    """Whoever keeps the checkpoints of each administration: its coordinators, or, where there
    is none at present, the next in the order of `KEEPERS`."""
    people = get_user_model()._default_manager.filter(
        people_in_standing() & Q(appointments__role__in=KEEPERS)
    )
    holders: dict[str, dict[str, set[int]]] = {}
    for pk, code, role in people.values_list(
        "pk", "appointments__administration", "appointments__role"
    ):
        holders.setdefault(code, {}).setdefault(role, set()).add(pk)
    chosen = (next(at[role] for role in KEEPERS if role in at) for at in holders.values())
    return set().union(*chosen)


def _raise_alarm(actor: Actor, report: chain.Report, now: datetime.datetime) -> None:
    """Tell the Secretariat and the operators, once a day and not at every look."""
    log.error("the journal does not verify: %s", [(f.kind, f.seq) for f in report.faults])
    since = now - datetime.timedelta(days=1)
    if JournalEntry.objects.filter(event=Event.JOURNAL_BROKEN, at__gt=since).exists():
        return
    with transaction.atomic():
        record(
            actor,
            Event.JOURNAL_BROKEN,
            detail={"faults": len(report.faults), "first": report.faults[0].seq},
            audience=people_in_standing()
            & Q(appointments__role__in=[Role.SECRETARIAT, Role.OPERATOR]),
            notice=NoticeFacts(urgency="immediate"),
        )
