"""What people do with the record: put notices aside, and take the journal away."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.models import Notice
from activity.record import record


def mark_read(*, actor: Actor, notices: Iterable[Notice]) -> int:
    """The actor has seen these; a mail about one of them that still waits is not sent.

    Not recorded: what a person has read of the own notices concerns nobody else.
    """
    unread = Notice.objects.filter(pk__in=_allowed(actor, notices), read_at=None)
    return unread.update(read_at=timezone.now())


def mark_unread(*, actor: Actor, notices: Iterable[Notice]) -> int:
    """The actor wants to see these again."""
    return Notice.objects.filter(pk__in=_allowed(actor, notices)).update(read_at=None)


def _allowed(actor: Actor, notices: Iterable[Notice]) -> list[int]:
    rows = list(notices)
    for notice in rows:
        require(actor, Action.READ_NOTICE, notice)
    return [notice.pk for notice in rows]


def take_journal_away(*, actor: Actor, as_proof: bool) -> int:
    """Record that the journal of the actor's administration leaves the portal; gives the line.

    The copy is made afterwards, so that it ends with the line that says it was taken.
    """
    require(actor, Action.READ_JOURNAL, actor.administration)
    with transaction.atomic():
        return record(actor, Event.JOURNAL_EXPORTED, detail={"as_proof": as_proof}).seq
