"""The numbers of decisions and actions: by meeting, without gaps, for ever."""

from __future__ import annotations

from django.utils import timezone

from meetings.models import ActionPoint, Decision, Meeting, Proposal


def next_number(letter: str, meeting: Meeting) -> str:
    """`D-2627-Q2-03`: decision or action, the meeting, the next in it. The meeting is held."""
    year, _dash, part = meeting.ref.rpartition("-")
    stem = f"{letter}-{year[2:4]}{year[-2:]}-{part}-"
    model = Decision if letter == "D" else ActionPoint
    taken = model.objects.filter(number__startswith=stem).count()
    return f"{stem}{taken + 1:02d}"


def enter_decision(proposal: Proposal) -> Decision:
    """What was agreed, under the next number, in the caller's transaction."""
    return Decision.objects.create(
        number=next_number("D", proposal.meeting),
        meeting=proposal.meeting,
        item=proposal.item,
        proposal=proposal,
        taken_at=proposal.closed_at or timezone.now(),
    )
