"""What happened, as it may be looked up. Nothing here changes anything."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from access.actors import Actor
from access.policy import Action, visible
from activity.models import LiveEvent, Notice


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """A person's notices, newest first."""
    return visible(Notice.objects.all(), actor, Action.READ_NOTICE).order_by("-id")


def unread_notice_count(actor: Actor) -> int:
    return notices_for(actor).filter(read_at=None).count()


def latest_live_id() -> int:
    """The number up to which a page drawn now is true."""
    return LiveEvent.objects.aggregate(newest=Max("id"))["newest"] or 0
