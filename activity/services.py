"""What people do with the record: put notices aside, and take the journal away."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
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


def forget_about(target: str, allowed: Q) -> int:
    """Whoever is not (any more) among these people is told nothing of this: unread notices are
    gone, with the mails of them that wait. For services that have just changed who may see it."""
    people = get_user_model()._default_manager.filter(allowed)
    stale = Notice.objects.filter(target=target, read_at=None).exclude(
        recipient__in=people.values("pk")
    )
    return stale.delete()[0]


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
