"""Figures for the operator's monitoring, in the text format of Prometheus. Counts only."""

from __future__ import annotations

from django.utils import timezone

from activity import heartbeat
from activity.models import JournalEntry, OutgoingMail
from vault.models import VaultSession


def figures() -> str:
    waiting = OutgoingMail.objects.filter(sent_at=None, given_up_at=None).count()
    gauges = {
        "iswg_mail_waiting": waiting,
        "iswg_mail_given_up": OutgoingMail.objects.exclude(given_up_at=None).count(),
        "iswg_open_vaults": VaultSession.objects.filter(pending=False).count(),
        "iswg_journal_entries": JournalEntry.objects.count(),
        "iswg_worker_alive": int(heartbeat.is_alive(timezone.now())),
    }
    lines = [f"# TYPE {name} gauge\n{name} {value}" for name, value in gauges.items()]
    return "\n".join(lines) + "\n"
