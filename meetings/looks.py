"""What is new for a person since the last look at a meeting. Nobody else learns of it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from meetings.models import Look, Meeting
from vault.http import is_act

# Whoever comes back within the same sitting still sees what was marked when it began.
SITTING = datetime.timedelta(minutes=30)


def look(request: HttpRequest, meeting: Meeting) -> datetime.datetime:
    """Note that this person looks now; since when things are to be marked as new."""
    now, user_id = timezone.now(), request.actor.user_id
    if not is_act(request):
        known = Look.objects.filter(meeting=meeting, user=user_id).first()
        return known.marked_since if known else now
    with transaction.atomic():
        mark, _fresh = Look.objects.select_for_update().get_or_create(
            meeting=meeting, user_id=user_id, defaults={"seen_at": now, "marked_since": now}
        )
        if now - mark.seen_at > SITTING:
            mark.marked_since = mark.seen_at
        mark.seen_at = now
        mark.save(update_fields=["seen_at", "marked_since"])
    return mark.marked_since
