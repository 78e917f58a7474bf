"""Facts arranged for the templates: the agenda with its times, and rows of lists."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from accounts.models import Administration
from meetings import queries, writings
from meetings.models import ActionPoint, AgendaItem, Field, ItemKind, Meeting
from meetings.writings import Text
from vault.sessions import Vault
from wording.markup import render as markdown

SHOWN_FIELDS = (Field.TITLE, Field.LEAD)
EMPTY = Text(UUID(int=0), Field.TITLE)
Texts = Mapping[tuple[UUID, str], Text]


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the agenda shows it. `begins` and `ends` are where the meeting has a time."""

    item: AgendaItem
    number: str
    title: Text
    lead: Text
    body: SafeString | str
    begins: datetime.datetime | None
    ends: datetime.datetime | None
    other_day: bool  # the first on a date of its own, where the reader is
    closed_to: str
    is_new: bool
    may_submit: bool
    papers: tuple[Any, ...] = ()

    @property
    def is_break(self) -> bool:
        return self.item.kind == ItemKind.BREAK


def agenda_of(
    actor: Actor,
    vault: Vault | None,
    meeting: Meeting,
    *,
    since: datetime.datetime | None = None,
    papers: Mapping[int, Sequence[Any]] | None = None,
) -> list[Line]:
    """The agenda as this actor may read it, in a constant number of queries. What others wrote
    after `since` is marked; `papers` are shown with their items, by row."""
    items = queries.items_for(actor, meeting)
    texts = writings.read(vault, meeting, fields=SHOWN_FIELDS, subjects=[one.uuid for one in items])
    times = queries.running_times(meeting, items)
    names = _names_of_closed(items)
    lines, day = [], timezone.localtime(meeting.starts_at).date() if meeting.starts_at else None
    for item in items:
        begins = times.get(item.pk)
        today = timezone.localtime(begins).date() if begins else day
        lead = texts.get((item.uuid, Field.LEAD), EMPTY)
        title = texts.get((item.uuid, Field.TITLE), EMPTY)
        submitted = tuple((papers or {}).get(item.pk, ()))
        lines.append(
            Line(
                item=item,
                number=item.number,  # type: ignore[attr-defined]  # items_for puts it there
                title=title,
                lead=lead,
                body=markdown(lead.words) if lead.words else "",
                begins=begins,
                ends=begins + datetime.timedelta(minutes=item.minutes) if begins else None,
                other_day=today != day,
                closed_to=str(get_text_list([names[one] for one in item.closed_to], _("and"))),
                is_new=_is_new(actor, since, title, lead) or any(one.is_new for one in submitted),
                may_submit=bool(can(actor, Action.SUBMIT_PAPER, item)),
                papers=submitted,
            )
        )
        day = today
    return lines


def _names_of_closed(items: Sequence[AgendaItem]) -> dict[str, str]:
    codes = {code for item in items for code in item.closed_to}
    if not codes:
        return {}
    rows = Administration.objects.filter(pk__in=codes)
    return dict.fromkeys(codes, "") | {row.pk: row.label for row in rows}


def _is_new(actor: Actor, since: datetime.datetime | None, *texts: Text) -> bool:
    """Whether somebody else wrote one of these after that moment."""
    written = [one.writing for one in texts if one.writing is not None]
    return since is not None and any(
        one.written_at > since and one.author_id != actor.user_id for one in written
    )


# Lists ----------------------------------------------------------------------------------------


def readable_actions(
    actor: Actor, meetings: Sequence[Meeting], **filters: Any
) -> list[ActionPoint]:
    """Actions of these meetings, without those of items that are closed to the actor: neither
    lists nor figures say that there is something one may not read."""
    known = {one.pk: one for one in meetings}
    rows = queries.actions_for(actor).filter(meeting__in=list(known), **filters)
    return [one for one in rows if _may_read(actor, one, known[one.meeting_id])]


def _may_read(actor: Actor, action: ActionPoint, meeting: Meeting) -> bool:
    action.meeting = meeting
    if action.item is None:
        return True
    action.item.meeting = meeting
    return bool(can(actor, Action.READ_ITEM, action.item))


def counted(actions: Sequence[ActionPoint]) -> dict[int, int]:
    """How many by meeting."""
    found: dict[int, int] = {}
    for one in actions:
        found[one.meeting_id] = found.get(one.meeting_id, 0) + 1
    return found
