"""Meetings and items of their agendas as what a discussion may be about (access/subjects.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.policy import Action, can
from access.subjects import Subject
from meetings.models import AgendaItem, Meeting
from meetings.queries import meetings_for
from meetings.titles import item_titles, titles_of
from wording.markings import Tlp

# A meeting bears no label: what is said of it goes to who takes part, and no further than an
# administration may pass it on to those of its own who need it.
MARKING = Tlp.AMBER


class MeetingSubjects:
    """What the discussions ask of a meeting."""

    noun = _("Meeting")
    letter = ""  # texts link to no meeting by its reference

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        return {one.uuid: _meeting(one) for one in meetings_for(actor).filter(uuid__in=list(ids))}

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        rows = meetings_for(actor).filter(ref__in=list(references))
        return {one.ref: _meeting(one) for one in rows}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        rows = list(Meeting.objects.filter(uuid__in=list(ids)).select_related("group"))
        titles = titles_of(vault, rows)
        return {one.uuid: titles[one.pk] for one in rows}


class ItemSubjects:
    """What the discussions ask of an item; a closed one is there for its few alone."""

    noun = _("Agenda item")
    letter = ""

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        rows = list(AgendaItem.objects.filter(uuid__in=list(ids), dropped_at=None))
        wanted = {one.meeting_id for one in rows}
        meetings = {one.pk: one for one in meetings_for(actor).filter(pk__in=wanted)}
        found = {}
        for one in rows:
            if one.meeting_id in meetings:
                one.meeting = meetings[one.meeting_id]
                if can(actor, Action.READ_ITEM, one):
                    found[one.uuid] = _item(one)
        return found

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        return {}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        rows = list(AgendaItem.objects.filter(uuid__in=list(ids)).select_related("meeting"))
        titles = item_titles(vault, rows)
        return {one.uuid: title for one in rows if (title := titles.get(one.pk))}


def _meeting(meeting: Meeting) -> Subject:
    return Subject(
        kind="meeting",
        id=meeting.uuid,
        reference=meeting.ref,
        url=reverse("meetings:meeting", args=[meeting.ref]),
        marking=MARKING,
        codes=meeting.holder_codes,
    )


def _item(item: AgendaItem) -> Subject:
    page = reverse("meetings:meeting", args=[item.meeting.ref])
    return Subject(
        kind="agenda_item",
        id=item.uuid,
        reference=item.meeting.ref,
        url=f"{page}#item-{item.uuid}",
        marking=MARKING,
        codes=item.holder_codes,
    )
