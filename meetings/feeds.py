"""Who asks with a private calendar address, and what that person's calendar shows."""

from __future__ import annotations

import datetime

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor, current_actor
from access.policy import standing
from accounts.models import User
from meetings.models import FeedKey, Meeting, State
from meetings.queries import meetings_for
from meetings.services.feeds import hash_of

SHOWN = (State.INVITED, State.LIVE, State.HELD)
KEPT = datetime.timedelta(days=180)
CANCELLED_FOR = datetime.timedelta(days=30)

# Calendars ask every few hours; a program that asks each minute is told to wait.
PER_HOUR = 60
WRONG_PER_HOUR = 30
HOUR = 3600


def too_often(name: str, limit: int) -> bool:
    """Count one more; whether that is too many within the hour."""
    key = f"calendar feed {name}"
    if cache.add(key, 1, HOUR):
        return False
    try:
        return bool(cache.incr(key) > limit)
    except ValueError:  # its hour ended in between
        return False


def reader_behind(token: str) -> tuple[User, Actor] | None:
    """The person with this address, if it was not taken back and the person is in standing now."""
    key = (
        FeedKey.objects.select_related("user")
        .filter(token_hash=hash_of(token), revoked_at=None)
        .first()
    )
    actor = current_actor(key.user_id) if key else None
    if key is None or actor is None or not standing(actor):
        return None
    today = timezone.localdate()
    FeedKey.objects.filter(pk=key.pk).exclude(used_on=today).update(used_on=today)
    return key.user, actor


def meetings_of_feed(actor: Actor, now: datetime.datetime) -> list[Meeting]:
    """What this person is invited to, half a year back, and what was cancelled of late."""
    cancelled = Q(
        state=State.CANCELLED,
        participants__invited_at__isnull=False,
        starts_at__gte=now - CANCELLED_FOR,
    )
    rows = meetings_for(actor).filter(Q(state__in=SHOWN) | cancelled, starts_at__isnull=False)
    return list(rows.filter(starts_at__gte=now - KEPT).order_by("starts_at", "pk").distinct())


def own_feeds(actor: Actor) -> list[FeedKey]:
    return list(FeedKey.objects.filter(user=actor.user_id, revoked_at=None).order_by("-made_at"))
