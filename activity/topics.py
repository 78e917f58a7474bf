"""The kinds of thing that a page can listen to, and who is shown what of an event.

Each noun registers its kind at start. Nothing here sends anything: `decide` answers, in the
database thread, which frame goes to whom as of now; `activity/hub.py` then writes.
"""

from __future__ import annotations

import logging
import zoneinfo
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, NamedTuple, Protocol

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


Shown = Mapping[Member, bytes | None]


class Verdict(NamedTuple):
    """What each of several events of one topic shows to whom, and who may listen no longer.

    `read` is what was read for it and need not be read again to draw it: it is put into `kept`.
    """

    shown: Sequence[Shown]
    gone: Collection[Member] = ()
    read: Mapping[Any, Any] = {}


class TogetherKind(TopicKind, Protocol):
    """A kind whose events come in numbers, and cost less together."""

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """As `judge`, for several events of one topic, in one look at who may see them.

        Events that are shown to the same members under the same keys share one mapping.
        """

    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> Mapping[int, str]:
        """As `draw`, for several events of one topic, by number. An event that is absent needs
        no frame, because a later one says the same. `kept` is the same for all keys and
        languages of one fan-out, for what is read from the database once."""


class RoomKind(TopicKind, Protocol):
    """A kind whose pages see each other."""

    def may_hear(self, topic: str, members: Sequence[Member]) -> Collection[Member]:
        """Who of these may know, as of now, who else is on the page."""

    def furthest(self, topic: str) -> Mapping[str, int]:
        """How far the administrations that take part have read, as of now."""


_kinds: dict[str, TopicKind] = {}


def register_topic_kind(prefix: str, kind: TopicKind) -> None:
    """Topics that begin with `prefix:` belong to this kind."""
    _kinds[prefix] = kind


def kind_of(topic: str) -> TopicKind | None:
    return _kinds.get(topic.partition(":")[0])


@dataclass
class Decision:
    """What goes to whom, in the order of sending, and what has changed for whom.

    `at` is when it was judged, by the clock that only goes forward: it is good for a moment.
    """

    frames: list[tuple[str, list[Member]]] = field(default_factory=list)
    changes: Mapping[Member, Change] = field(default_factory=dict)
    gone: list[tuple[Member, str]] = field(default_factory=list)
    at: float = field(default_factory=monotonic)


Crowds = Mapping[str, Collection[Member]]
Group = tuple[bytes | None, str, str]  # key, language, zone


@dataclass
class Drawn:
    """Frames that are drawn already, by event and group ("": none is needed), and what the kinds
    keep for the next group."""

    frames: dict[tuple[int, Group], str] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)


def sort_topics(member: Member, topics: Iterable[str]) -> tuple[list[str], list[str]]:
    """The topics this member may listen to as of now, and the others."""
    allowed: list[str] = []
    refused: list[str] = []
    for topic in topics:
        kind = kind_of(topic)
        may = kind is not None and kind.may_subscribe(member, topic)
        (allowed if may else refused).append(topic)
    return allowed, refused


def room_kind(topic: str) -> RoomKind | None:
    """The kind of this topic, if its pages see each other."""
    kind = kind_of(topic)
    return kind if hasattr(kind, "may_hear") else None  # type: ignore[return-value]


def in_order(members: Sequence[Member], changes: Mapping[Member, Change]) -> list[Member]:
    """Those whose session and standing go on, with or without an open vault."""
    if not changes:
        return list(members)
    return [one for one in members if changes.get(one) in (None, Change.VAULT_LOCKED)]


def decide(events: Sequence[LiveEvent], crowds: Crowds, drawn: Drawn) -> Decision:
    """Judge who listens as of now, and draw what those may see who may see it.

    Sessions and standing are asked first, once for all and for every kind alike, so that a kind
    cannot forget them; then each topic's audience. Keys decide last: a frame goes only to a
    vault that holds the key. `drawn` keeps what was drawn, for a second judgement.
    """
    everybody = list(set[Member]().union(*crowds.values()))
    changes = doorkeeper().changes(everybody) if everybody else {}
    decision = Decision(changes=changes)
    by_topic: dict[str, list[LiveEvent]] = defaultdict(list)
    for event in events:
        by_topic[event.topic].append(event)
    shown: dict[int, Groups] = {}
    for topic, its in by_topic.items():
        living = in_order(list(crowds.get(topic, ())), changes)
        if living:
            verdict = _judged(its, living)
            decision.gone += [(member, topic) for member in verdict.gone]
            drawn.kept.update(verdict.read)
            shown |= _grouped(its, living, verdict, changes)
    decision.at = monotonic()
    for its in by_topic.values():
        _draw([event for event in its if event.pk in shown], shown, drawn)
    for event in events:
        if event.pk in shown:
            decision.frames += _frames(event, shown[event.pk], drawn)
    return decision


def _judged(events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
    """The judgement of the topic's kind; what cannot be judged is shown to nobody."""
    kind = kind_of(events[0].topic)
    if kind is None:
        return Verdict([{}] * len(events))
    together = getattr(kind, "judge_together", None)
    if together is not None and (
        verdict := _tried(events[0], "judged together", together, events, members)
    ):
        return verdict
    alone = [_tried(event, "judged", kind.judge, event, members) or {} for event in events]
    return Verdict(alone)


def _tried(event: LiveEvent, what: str, ask: Any, *facts: Any) -> Any:
    """The kind's answer, or None: what cannot be judged or drawn is shown to nobody."""
    try:
        return ask(*facts)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("event %s could not be %s", event.pk, what)
        return None


@dataclass
class Groups:
    """Members who get the same frame, with a vault that opens it, and members without the key."""

    crowds: dict[Group, list[Member]] = field(default_factory=lambda: defaultdict(list))
    vaults: dict[Group, OpenVault] = field(default_factory=dict)
    without_key: list[Member] = field(default_factory=list)


def _grouped(
    events: Sequence[LiveEvent],
    living: Sequence[Member],
    verdict: Verdict,
    changes: Mapping[Member, Change],
) -> dict[int, Groups]:
    """The groups of each event; events that are shown alike have the very same ones."""
    known: dict[int, Groups] = {}
    for shown in verdict.shown:
        if id(shown) not in known:
            known[id(shown)] = _group(living, shown, changes)
    return {event.pk: known[id(shown)] for event, shown in zip(events, verdict.shown, strict=True)}


def _group(living: Iterable[Member], shown: Shown, changes: Mapping[Member, Change]) -> Groups:
    groups = Groups()
    for member in living:
        if member not in shown:
            continue
        key_id, vault = shown[member], member.vault  # taken once: the socket may close meanwhile
        group = (key_id, member.language, member.zone)
        if key_id is None:
            groups.crowds[group].append(member)
        elif vault is not None and member not in changes and vault.holds(key_id):
            groups.vaults.setdefault(group, vault)
            groups.crowds[group].append(member)
        else:
            groups.without_key.append(member)
    return groups


def _frames(event: LiveEvent, groups: Groups, drawn: Drawn) -> list[tuple[str, list[Member]]]:
    frames = [(drawn.frames[event.pk, group], crowd) for group, crowd in groups.crowds.items()]
    if groups.without_key:
        locked = encode({"t": "locked", "id": event.pk, "topic": event.topic})
        frames.append((locked, groups.without_key))
    return [(text, crowd) for text, crowd in frames if text]


def _draw(events: Sequence[LiveEvent], shown: Mapping[int, Groups], drawn: Drawn) -> None:
    """Draw what is not drawn yet of these events of one topic, group by group."""
    missing: dict[Group, list[LiveEvent]] = defaultdict(list)
    vaults: dict[Group, OpenVault] = {}
    for event in events:
        groups = shown[event.pk]
        vaults |= groups.vaults
        for group in groups.crowds:
            if (event.pk, group) not in drawn.frames:
                missing[group].append(event)
    for group, its in missing.items():
        for event, text in _drawn(its, group, vaults.get(group), drawn.kept):
            drawn.frames[event.pk, group] = text


def _drawn(
    events: Sequence[LiveEvent], group: Group, vault: OpenVault | None, kept: dict[Any, Any]
) -> Iterator[tuple[LiveEvent, str]]:
    """The frames of one group, opened with the vault of one of its members."""
    kind, (key_id, language, zone) = kind_of(events[0].topic), group
    assert kind is not None, "what nobody registered was shown to nobody"
    together = getattr(kind, "draw_together", None)
    found: Mapping[int, str] | None = None
    with translation.override(_language(language)), timezone.override(_zone(zone)):
        if together is not None:
            found = _tried(events[0], "drawn together", together, events, key_id, vault, kept)
        for event in events:
            if found is not None:
                html = found.get(event.pk)
                yield event, "" if html is None else _event_frame(event, html)
                continue
            html = _tried(event, "drawn", kind.draw, event, key_id, language, zone, vault)
            yield event, RELOAD if html is None else _event_frame(event, html)


def _event_frame(event: LiveEvent, html: str) -> str:
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
