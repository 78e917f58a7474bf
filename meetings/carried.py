"""What one meeting hands to the next: minutes to adopt, and actions that are not done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can
from meetings import queries
from meetings.models import ActionPoint, Meeting, MinutesState, State
from meetings.registers import actions_of, words_of
from meetings.writings import Text
from vault.sessions import Vault

BEGUN = (MinutesState.DRAFT, MinutesState.CIRCULATED, MinutesState.REVISED)
ADOPTABLE = frozenset({MinutesState.CIRCULATED, MinutesState.REVISED})


def adopting_meetings(actor: Actor, meeting: Meeting) -> list[Meeting]:
    """Later meetings of the group, under way just now, in which this actor may record that these
    minutes were adopted."""
    live = queries.meetings_for(actor).filter(state=State.LIVE, group=meeting.group_id)
    return [one for one in live.exclude(pk=meeting.pk) if can(actor, Action.RUN_MEETING, one)]


@dataclass(frozen=True, slots=True)
class Former:
    """Minutes of an earlier meeting, on the table of a later one."""

    meeting: Meeting
    may_adopt: bool

    @property
    def is_adopted(self) -> bool:
        return self.meeting.minutes_state == MinutesState.ADOPTED


def minutes_before(actor: Actor, meeting: Meeting) -> list[Former]:
    """Minutes that this meeting is to adopt, or did."""
    waiting = Q(minutes_state__in=BEGUN, closed_at__isnull=False)
    rows = (
        queries.meetings_for(actor)
        .filter(Q(adoption__adopted_in=meeting) | waiting, group=meeting.group_id)
        .exclude(pk=meeting.pk)
        .order_by("closed_at")
    )
    if meeting.opened_at is not None:
        rows = rows.filter(closed_at__lt=meeting.opened_at)
    runs = meeting.is_live and bool(can(actor, Action.RUN_MEETING, meeting))
    return [
        Former(
            one,
            runs and one.minutes_state in ADOPTABLE and bool(can(actor, Action.RUN_MEETING, one)),
        )
        for one in rows
    ]


@dataclass(frozen=True, slots=True)
class Carried:
    action: ActionPoint
    words: Text


def actions_before(actor: Actor, vault: Vault | None, meeting: Meeting) -> list[Carried]:
    """Actions of earlier meetings of the group that were not done when this one began (or now, if
    it has not begun): the list stays what it was, whatever is done afterwards."""
    moment = meeting.opened_at or timezone.now()
    still_open = Q(settled_at__isnull=True) | Q(settled_at__gt=moment)
    rows = [
        one
        for one in actions_of(actor, still_open, made_at__lt=moment)
        if one.meeting.group_id == meeting.group_id and one.meeting_id != meeting.pk
    ]
    texts = words_of(vault, rows)
    return [Carried(one, texts[one.pk]) for one in rows]
