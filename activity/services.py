"""What people do with the record: put notices aside, and take the journal away."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.models import Notice
from activity.record import record


def mark_read(*, actor: Actor, notice: Notice) -> None:
    """The actor has seen this notice; a mail about it that still waits is not sent."""
    require(actor, Action.READ_NOTICE, notice)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def mark_unread(*, actor: Actor, notice: Notice) -> None:
    """The actor wants to see this notice again."""
    require(actor, Action.READ_NOTICE, notice)
    Notice.objects.filter(pk=notice.pk).update(read_at=None)


def take_journal_away(*, actor: Actor, form: str) -> int:
    """Record that the journal of the actor's administration leaves the portal; up to which line.

    `form` is `csv` or `proof`. The lines themselves are read afterwards, so that the copy
    ends with the line that says it was taken.
    """
    require(actor, Action.READ_JOURNAL, actor.administration)
    with transaction.atomic():
        return record(actor, Event.JOURNAL_EXPORTED, detail={"as_proof": form == "proof"}).seq
