"""What meetings and their items are called: the series by its quarter, everything else by words
that are sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from meetings import writings
from meetings.models import AgendaItem, Kind, Meeting
from vault.sessions import Vault


def titles_of(vault: Vault | None, meetings: Iterable[Meeting]) -> dict[int, str]:
    """By row, in two queries for any number."""
    rows = list(meetings)
    named = [one for one in rows if one.kind != Kind.QUARTERLY]
    texts = writings.read_titles(vault, named, [one.uuid for one in named]) if named else {}
    return {one.pk: _title(one, texts.get(one.uuid)) for one in rows}


def title_of(vault: Vault | None, meeting: Meeting) -> str:
    return titles_of(vault, [meeting])[meeting.pk]


def _title(meeting: Meeting, text: writings.Text | None) -> str:
    if text is not None and text.words:
        return text.words
    return clear_title(meeting)


def clear_title(meeting: Meeting) -> str:
    """What it is called where nothing is opened: in notices, file names and other lists."""
    if meeting.kind == Kind.QUARTERLY:
        facts = {"quarter": meeting.quarter, "year": meeting.fiscal_year}
        return _("Quarterly meeting, quarter %(quarter)s of %(year)s") % facts
    return f"{meeting.get_kind_display()} {meeting.ref}"


def item_titles(vault: Vault | None, items: Sequence[AgendaItem]) -> dict[int, str]:
    """By row; nothing for a title that does not open. The items carry their meetings."""
    meetings = {one.meeting_id: one.meeting for one in items}
    texts = writings.read_titles(vault, meetings.values(), [one.uuid for one in items])
    found = {one.pk: texts.get(one.uuid) for one in items}
    return {pk: text.words for pk, text in found.items() if text is not None and text.words}
