"""A meeting, held still while a service judges and changes it."""

from __future__ import annotations

from meetings.models import AgendaItem, Meeting
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
