"""The kinds of thing that a page can listen to, and who is shown what of an event.

Each noun registers its kind at start. Nothing here sends anything: `decide` answers, in the
database thread, which frame goes to whom as of now; `activity/hub.py` then writes.
"""

from __future__ import annotations

import logging
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from access.sockets import Change, Member, OpenVault, doorkeeper, encode
from activity.models import LiveEvent

logger = logging.getLogger("iswg.live")


class TopicKind(Protocol):
    """What the owner of a kind of topic answers. All three run in a database thread."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        """Whether this person may listen to this topic at all, as of now."""

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        """Who of these may see this event as of now, in one query for all of them.

        The value is the id of the key that the event is opened with for this member, or None
        when nothing in it is sealed. A member who is absent is shown nothing, and told nothing.
        """

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        """The fragments for the page, with words opened by `vault`, which holds `key_id`.

        Called once per key id, language and zone, both already active.
        """


_kinds: dict[str, TopicKind] = {}


def register_topic_kind(prefix: str, kind: TopicKind) -> None:
    """Topics that begin with `prefix:` belong to this kind."""
    _kinds[prefix] = kind


def kind_of(topic: str) -> TopicKind | None:
    return _kinds.get(topic.partition(":")[0])


@dataclass
class Decision:
    """What becomes of one event: frames with those they go to, and what changed for whom."""

    frames: list[tuple[str, list[Member]]] = field(default_factory=list)
    changes: Mapping[Member, Change] = field(default_factory=dict)


def sort_topics(member: Member, topics: Iterable[str]) -> tuple[list[str], list[str]]:
    """The topics this member may listen to as of now, and the others."""
    allowed: list[str] = []
    refused: list[str] = []
    for topic in topics:
        kind = kind_of(topic)
        may = kind is not None and kind.may_subscribe(member, topic)
        (allowed if may else refused).append(topic)
    return allowed, refused


def decide(event: LiveEvent, members: Sequence[Member]) -> Decision:
    """Judge these members as of now, and draw what those may see who may see it.

    Sessions and standing are asked first and for every kind alike, so that a kind cannot forget
    them; then the audience. Keys decide last: a frame goes only to a vault that holds the key.
    """
    changes = doorkeeper().changes(members)
    living = [m for m in members if changes.get(m) in (None, Change.VAULT_LOCKED)]
    kind = kind_of(event.topic)
    if kind is None or not living:
        return Decision(changes=changes)
    try:
        seen_by = kind.judge(event, living)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("event %s could not be judged and is shown to nobody", event.pk)
        return Decision(changes=changes)
    groups, without_key = _group(living, seen_by, changes)
    frames = [(_drawn(kind, event, *group, crowd), crowd) for group, crowd in groups.items()]
    if without_key:
        locked = encode({"t": "locked", "id": event.pk, "topic": event.topic})
        frames.append((locked, without_key))
    return Decision(frames, changes)


Group = tuple[bytes | None, str, str]


def _group(
    living: Iterable[Member],
    seen_by: Mapping[Member, bytes | None],
    changes: Mapping[Member, Change],
) -> tuple[dict[Group, list[Member]], list[Member]]:
    """Members who get the same frame, and those who may see the event but hold no key to it."""
    groups: dict[Group, list[Member]] = defaultdict(list)
    without_key = []
    for member in living:
        if member not in seen_by:
            continue
        key_id = seen_by[member]
        locked = member in changes
        if key_id is None or (not locked and member.holds(key_id)):
            groups[key_id, _language(member.language), member.zone].append(member)
        else:
            without_key.append(member)
    return groups, without_key


def _drawn(
    kind: TopicKind,
    event: LiveEvent,
    key_id: bytes | None,
    language: str,
    zone: str,
    crowd: Sequence[Member],
) -> str:
    """The frame of one group, opened with the vault of one of them."""
    vault = None if key_id is None else crowd[0].vault
    try:
        with translation.override(language), timezone.override(_zone(zone)):
            html = kind.draw(event, key_id, language, zone, vault)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("event %s could not be drawn", event.pk)
        return RELOAD
    frame: dict[str, Any] = {"t": "event", "id": event.pk, "topic": event.topic}
    return encode({**frame, "event": event.event, "html": html})


RELOAD = encode({"t": "reload"})


def _language(name: str) -> str:
    """Cookies say what they like; we have two languages."""
    return name if name in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _zone(name: str) -> Any:
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
