"""The numbers of decisions and actions: by meeting, without gaps, for ever."""

from __future__ import annotations

from django.utils import timezone

from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, Proposal


def next_number(letter: str, meeting: Meeting, item: AgendaItem | None) -> str:
    """`D-2627-Q2-03`: decision or action, the meeting, the next in it. The meeting is held.

    Of a closed item it is `D-2627-Q2-C01`, counted by itself: nobody shall learn from a gap that
    there is something.
    """
    year, _dash, part = meeting.ref.rpartition("-")
    stem = f"{letter}-{year[2:4]}{year[-2:]}-{part}-"
    stem += "C" if item is not None and item.is_closed else ""
    model = Decision if letter == "D" else ActionPoint
    taken = model.objects.filter(number__regex=rf"^{stem}[0-9]+$").count()
    return f"{stem}{taken + 1:02d}"


def enter_decision(proposal: Proposal) -> Decision:
    """What was agreed, under the next number, in the caller's transaction."""
    return Decision.objects.create(
        number=next_number("D", proposal.meeting, proposal.item),
        meeting=proposal.meeting,
        item=proposal.item,
        proposal=proposal,
        taken_at=proposal.closed_at or timezone.now(),
    )
