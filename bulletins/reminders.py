"""Which acknowledgements are still owed, for the reminders of `activity`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from access.policy import Action, people_who_can
from activity import reminders
from bulletins.models import Place, Recipient
from bulletins.queries import with_ledger
from bulletins.services import notice_facts, people_in, target_of

LOOK_AHEAD = datetime.timedelta(days=4)


def register_reminders() -> None:
    reminders.register(owed)


def owed(now: datetime.datetime) -> Iterator[reminders.Reminder]:
    """Every acknowledgement due within a few days or overdue, one line per administration."""
    rows = Recipient.objects.filter(
        place=Place.TO,
        acknowledged_at__isnull=True,
        bulletin__due_on__lte=(now + LOOK_AHEAD).date(),
    ).select_related("administration")
    bulletins = with_ledger().in_bulk({row.bulletin_id for row in rows})
    for row in rows:
        bulletin = bulletins[row.bulletin_id]
        yield reminders.Reminder(
            target=target_of(bulletin),
            administration=row.administration_id,
            audience=people_who_can(Action.READ_BULLETIN, bulletin)
            & people_in(row.administration_id),
            facts=notice_facts(bulletin),
            since=bulletin.issued_at,
            zone=row.administration.zone,
        )
