"""Figures for the operator's monitoring, in the text format of Prometheus. Counts only."""

from __future__ import annotations

from django.utils import timezone

from activity import gauges, heartbeat
from activity.models import JournalEntry, OutgoingMail
from vault.models import FileState, SealedFile, VaultSession

# How it stands in this process, 0 until it happened for the first time.
OF_THIS_PROCESS = ("sockets", "pages_waiting", "hub_delay_seconds")


def figures() -> str:
    """What this process counts itself, and what waits in the tables that all share."""
    shown = gauges.shown()
    lines = [_line(name, "gauge", shown.get(name, 0)) for name in OF_THIS_PROCESS]
    lines += [_line(name, "gauge", value) for name, value in _in_the_tables().items()]
    counted = sorted(gauges.counted().items())
    lines += [_line(f"{name}_total", "counter", value) for name, value in counted]
    return "\n".join(lines) + "\n"


def _in_the_tables() -> dict[str, float]:
    now = timezone.now()
    mails = OutgoingMail.objects.filter(sent_at=None, given_up_at=None)
    oldest = mails.filter(not_before__lte=now).order_by("not_before").first()
    newest = JournalEntry.objects.order_by("-seq").first()
    return {
        "mail_waiting": mails.count(),
        "mail_late_seconds": round((now - oldest.not_before).total_seconds()) if oldest else 0,
        "mail_given_up": OutgoingMail.objects.exclude(given_up_at=None).count(),
        "files_to_scan": SealedFile.objects.filter(state=FileState.SCAN_PENDING).count(),
        "open_vaults": VaultSession.objects.filter(pending=False).count(),
        "journal_entries": newest.seq if newest else 0,
        "worker_alive": int(heartbeat.is_alive(now)),
    }


def _line(name: str, kind: str, value: float) -> str:
    return f"# TYPE iswg_{name} {kind}\niswg_{name} {value}"
