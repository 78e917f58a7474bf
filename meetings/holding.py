"""A meeting, held still while a service judges and changes it."""

from __future__ import annotations

from meetings.models import AgendaItem, Group, Meeting, Proposal
from meetings.queries import with_people


def held(meeting: Meeting) -> Meeting:
    """The meeting, locked until the transaction ends, with who takes part as of now."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    return with_people().get(pk=meeting.pk)


def held_item(item: AgendaItem, meeting: Meeting) -> AgendaItem:
    """An item of a held meeting, locked as well."""
    row = AgendaItem.objects.select_for_update().get(pk=item.pk, meeting=meeting)
    row.meeting = meeting
    return row


def held_proposal(proposal: Proposal) -> Proposal:
    """The proposal, locked with its meeting."""
    meeting = held(proposal.meeting)
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("item")
    row = rows.get(pk=proposal.pk, meeting=meeting)
    row.meeting = meeting
    if row.item is not None:
        row.item.meeting = meeting
    return row


def take_turn() -> None:
    """One at a time enters a meeting: a form that is sent twice finds what its first sending made,
    and two people get two references."""
    list(Group.objects.select_for_update().order_by("pk"))
