"""Private calendar addresses: made and taken back by the person, kept as a hash alone."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from activity.events import Event
from activity.record import record
from meetings.models import FeedKey
from meetings.services.series import NotPossible

MOST = 5  # a telephone, a desk, and a few that were forgotten


@transaction.atomic
def make_feed(*, actor: Actor) -> str:
    """A new address for the actor's own calendar: its secret part, which is shown this once."""
    own = FeedKey.objects.select_for_update().filter(user=actor.user_id, revoked_at=None)
    if len(own) >= MOST:
        raise NotPossible({"feed": _("Take back an address that you no longer use first.")})
    assert actor.user_id is not None, "a command has no calendar"
    token = secrets.token_urlsafe(32)
    FeedKey.objects.create(user_id=actor.user_id, token_hash=hash_of(token))
    record(actor, Event.FEED_CHANGED, detail={"added": 1})
    return token


@transaction.atomic
def revoke_feed(*, actor: Actor, key_id: int) -> bool:
    """The address answers no more, from this moment on. Whether there was one of the actor's."""
    own = FeedKey.objects.filter(pk=key_id, user=actor.user_id, revoked_at=None)
    if not own.update(revoked_at=timezone.now()):
        return False
    record(actor, Event.FEED_CHANGED, detail={"added": 0})
    return True


def hash_of(token: str) -> bytes:
    """What is kept: the token is random enough that nobody finds it from this."""
    return hashlib.sha256(b"iswg/v1/calendar feed\n" + token.encode()).digest()
