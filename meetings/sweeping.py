"""Papers that were put together and never submitted do not lie about for ever, nor do their files.

Needs no key: dates and states only, as vault/finishing.py does it for what a crash left.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q

from meetings.facts import PAPER_DRAFT
from meetings.holding import held
from meetings.models import PaperDraft, State
from vault import files

KEPT = datetime.timedelta(days=30)


def sweep_drafts(now: datetime.datetime) -> int:
    """A month after they were begun, or as soon as their meeting takes none any more; how many."""
    over = Q(item__meeting__state__in=[State.HELD, State.CANCELLED])
    old = Q(made_at__lt=now - KEPT) | over | Q(item__dropped_at__isnull=False)
    rows = PaperDraft.objects.filter(old).select_related("item__meeting")
    return sum(_swept(draft) for draft in rows)


@transaction.atomic
def _swept(draft: PaperDraft) -> bool:
    """Unless somebody submitted it meanwhile; the meeting is held, as by whoever does."""
    held(draft.item.meeting)
    if not PaperDraft.objects.select_for_update().filter(pk=draft.pk).exists():
        return False
    files.discard_all(PAPER_DRAFT, draft.pk)
    PaperDraft.objects.filter(pk=draft.pk).delete()
    return True
