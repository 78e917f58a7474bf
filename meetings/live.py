"""What open pages of a meeting are shown when something happens in it.

`meeting:<uuid>` is one topic for all pages of a meeting. Who may read it is asked once for
all of them, as of now; what they are shown is drawn once for each administration's key, by the
parts that each theme registers (`register_regions`). A part is drawn for an administration,
never for one person: what is a person's own is settled by the page.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from access.actors import Actor, current_actor
from access.policy import Action, people_who_can
from access.roles import Role
from access.sockets import Member, OpenVault
from accounts.models import User
from activity.kinds import PagesOf
from activity.models import JournalEntry, LiveEvent
from activity.queries import detail_of
from activity.topics import Verdict
from meetings.confined import confine
from meetings.facts import KIND
from meetings.models import Meeting, MeetingKey
from meetings.queries import with_people
from vault.models import KeyHolder

ONE_SECOND = datetime.timedelta(seconds=1)
Region = tuple[str, str]  # what is drawn anew, and of which thing, where there are several
Detail = Mapping[str, Any]  # what the journal says of an event: ids, states, numbers


@dataclass
class Scene:
    """A meeting as one administration reads it, for as long as one drawing takes."""

    meeting: Meeting
    actor: Actor
    vault: Any
    kept: dict[str, Any] = field(default_factory=dict)


_touched: dict[str, list[Callable[[Detail], Iterable[Region]]]] = defaultdict(list)
_drawers: dict[str, Callable[[Scene, str], str]] = {}


def register_regions(
    touched: Mapping[str, Callable[[Detail], Iterable[Region]]],
    drawers: Mapping[str, Callable[[Scene, str], str]],
) -> None:
    """Which regions each event touches, and how each is drawn. Names of regions are one theme's
    own. A drawer gives fragments (docs/ui.md), or "" for what this administration may not read."""
    for event, regions in touched.items():
        if regions not in _touched[event]:
            _touched[event].append(regions)
    _drawers.update(drawers)


class MeetingPages(PagesOf):
    """`meeting:<uuid>`: the pages of one meeting, its live room among them."""

    model, action = Meeting, Action.READ_MEETING

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Who reads the meeting is asked once, however many events there are."""
        meeting = _meeting_of(events[0])
        if meeting is None:
            return Verdict([{}] * len(events), members)
        readers = readers_among(meeting, members)
        keys = _keys_of(meeting)
        shown: dict[Member, bytes | None] = {}
        for member in readers:
            key = keys.get(member.administration) or keys.get(f"user:{member.user_id}")
            if key is not None:
                shown[member] = key
        told = confine(meeting, events, shown, details_of)
        return Verdict(told, set(members).difference(readers))

    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> dict[int, str]:
        """Of several events that touch one region, the last draws it."""
        meeting = _kept(kept, events[0].topic, lambda: _meeting_of(events[0]))
        actor = _actor_behind(meeting, key_id) if meeting else None
        if meeting is None or actor is None:
            return {event.pk: "" for event in events}
        scene = Scene(meeting, actor, vault)
        last: dict[Region, int] = {}
        for event in events:
            for region in _kept(kept, event.pk, partial(_regions_of, event)):
                last.pop(region, None)
                last[region] = event.pk
        drawn: dict[int, str] = {event.pk: "" for event in events}
        for (name, which), pk in last.items():
            drawn[pk] += _drawers[name](scene, which)
        return drawn


def _kept(kept: dict[Any, Any], name: Any, make: Callable[[], Any]) -> Any:
    """What is the same for every key and language is asked once."""
    place = ("meetings", name)
    if place not in kept:
        kept[place] = make()
    return kept[place]


def _meeting_of(event: LiveEvent) -> Meeting | None:
    return with_people().filter(uuid=UUID(event.topic.partition(":")[2])).first()


def readers_among(meeting: Meeting, members: Sequence[Member]) -> list[Member]:
    """Who of these may read the meeting as of now, in one query."""
    people = User.objects.filter(
        people_who_can(Action.READ_MEETING, meeting),
        pk__in={member.user_id for member in members},
    )
    may = set(people.values_list("pk", flat=True))
    return [member for member in members if member.user_id in may]


def _keys_of(meeting: Meeting) -> dict[str, bytes]:
    """Whose key opens the meeting's present key, by holder's name."""
    newest = MeetingKey.objects.filter(meeting=meeting, item=None).order_by("-number").first()
    if newest is None:
        return {}
    rows = KeyHolder.objects.filter(kind=KIND, object_id=newest.uuid, revision=1).order_by("pk")
    return {holder: bytes(key) for holder, key in rows.values_list("holder", "key_id")}


def _actor_behind(meeting: Meeting, key_id: bytes | None) -> Actor | None:
    """Whose key this is. The drawing is one administration's, with no role but that of a reader;
    a person who takes part by name has a key, and so a drawing, of the own."""
    holder = next((name for name, key in _keys_of(meeting).items() if key == key_id), "")
    if holder.startswith("user:"):
        return current_actor(int(holder.removeprefix("user:")))
    return Actor(None, holder, frozenset({Role.READER})) if holder else None


def _regions_of(event: LiveEvent) -> list[Region]:
    """What this event touches: which thing it was about stands in the journal."""
    found: dict[Region, None] = {}
    for detail in details_of(event):
        for regions in _touched[event.event]:
            found.update(dict.fromkeys(regions(detail)))
    return list(found)


def details_of(event: LiveEvent) -> list[Detail]:
    """What the journal says of this event. Its lines are told apart by the second, and within a
    second by their order, which is that of the events: both are written under the same lock."""
    second = event.at.replace(microsecond=0)
    alike = {"target": event.target, "event": event.event}
    lines = list(JournalEntry.objects.filter(**alike, at=second).order_by("seq"))
    events = LiveEvent.objects.filter(
        **alike, topic=event.topic, at__gte=second, at__lt=second + ONE_SECOND
    )
    place = events.filter(pk__lt=event.pk).count()
    if len(lines) == events.count():
        lines = lines[place : place + 1]
    # Else one of them is of another page: a region too many is drawn as it is, and does no harm.
    return [detail_of(line) for line in lines]
