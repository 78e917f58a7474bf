"""What open pages of threads and their lists are given to put in: the fragments that the pages
draw themselves, from the same templates.

Everything is opened once for each key, with the vault of somebody who holds it. What was read
from the database for one key is kept for the next (`kept`), and what looks the same under two
keys, once both have opened it, is drawn once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from access.actors import Actor, current_actor
from access.roles import Role
from access.sockets import OpenVault
from activity.models import LiveEvent
from discussions.asking import (
    Keys,
    files_of,
    keys_of,
    messages_by_uuid,
    threads_by_uuid,
)
from discussions.models import Message, Thread
from discussions.opening import genuine_among, open_answered, open_messages, open_topics
from discussions.presentation import REFERENCE, Post, posts_of
from vault.models import SealedFile

MESSAGE = "discussions.message:"
THREAD = "discussions.thread:"
Kept = dict[Any, Any]


def draw_posts(
    events: Sequence[LiveEvent], key_id: bytes | None, vault: OpenVault | None, kept: Kept
) -> dict[int, str]:
    """The posts that these events of one thread are about, in the language and zone of now."""
    beside = _beside(events, kept)
    if beside is None or not beside.messages:
        return {event.pk: "" for event in events}
    behind = _administration_behind(beside.thread, key_id, kept)
    reader = Actor(None, behind, frozenset({Role.READER}))
    posts = _posts(reader, vault, beside)
    return {
        event.pk: _post(event, beside.thread, posts[event.target], kept)
        if event.target in posts
        else ""
        for event in events
    }


def _posts(reader: Actor, vault: Any, beside: Beside) -> dict[str, Post]:
    """The messages as this reader's key opens them."""
    thread, messages = beside.thread, list(beside.messages.values())
    opened = open_messages(vault, thread, messages, genuine=beside.genuine)
    answered = open_answered(reader, vault, thread, opened, beside.answered)
    # What opens alike looks alike, but for links to what only one of them may see.
    alike = (tuple(opened), tuple(answered), get_language())
    if alike not in beside.posts:
        posts = posts_of(reader, thread, opened, answered, beside.files)
        if any(one.words and REFERENCE.search(one.words.text) for one in opened):
            return dict(zip(beside.messages, posts, strict=True))
        beside.posts[alike] = posts
    return dict(zip(beside.messages, beside.posts[alike], strict=True))


def _post(event: LiveEvent, thread: Thread, post: Post, kept: Kept) -> str:
    """Drawn anew unless exactly this was drawn for another key."""
    at = ("post", event.pk, get_language(), timezone.get_current_timezone_name())
    for former, html in kept.setdefault(at, []):
        if former == post:
            return str(html)
    facts = {"thread": thread, "post": post, "event": event.event}
    html = render_to_string("discussions/_message_posted.html", facts)
    kept[at].append((post, html))
    return html


@dataclass(frozen=True, slots=True)
class Beside:
    """What is the same for every key: the rows, and which of them are what their authors signed."""

    thread: Thread
    messages: dict[str, Message]  # by the target of their events
    genuine: frozenset[int]
    files: Mapping[Any, list[SealedFile]]
    answered: dict[int, tuple[Message, bool]] = field(default_factory=dict)
    posts: dict[Any, list[Post]] = field(default_factory=dict)


def messages_of_events(
    events: Iterable[LiveEvent], thread: Thread, kept: Kept
) -> dict[str, Message]:
    """The messages and notes of this thread that the events are about, by target."""
    targets = {event.target for event in events if event.target.startswith(MESSAGE)}
    rows = messages_by_uuid(UUID(one.removeprefix(MESSAGE)) for one in targets)
    ours = [one for one in rows if one.thread_id == thread.pk]
    for one in ours:
        one.thread = one.epoch.thread = thread
    found = {f"{MESSAGE}{one.uuid}": one for one in sorted(ours, key=lambda one: one.number)}
    kept["messages", thread.uuid] = thread, found
    return found


def _beside(events: Sequence[LiveEvent], kept: Kept) -> Beside | None:
    """As the judging found them, else as they are now."""
    uuid = UUID(events[0].topic.partition(":")[2])
    at = ("beside", frozenset(event.pk for event in events))
    if at not in kept:
        if ("messages", uuid) not in kept:
            thread = threads_by_uuid([uuid]).get(uuid)
            if thread is None:
                return None
            messages_of_events(events, thread, kept)
        thread, known = kept["messages", uuid]
        asked = {event.target for event in events}
        found = {target: one for target, one in known.items() if target in asked}
        rows = list(found.values())
        kept[at] = Beside(thread, found, frozenset(genuine_among(rows)), files_of(rows))
    return kept[at]  # type: ignore[no-any-return]


def threads_of(events: Sequence[LiveEvent], kept: Kept) -> dict[str, Thread]:
    """The threads that the events are about, by the event's target, as of now."""
    asked = {event.target for event in events}
    known: dict[str, Thread] = kept.setdefault("threads", {})
    if asked <= known.keys():
        return known
    uuids = {one: UUID(one.removeprefix(THREAD)) for one in asked if one.startswith(THREAD)}
    of_messages = {one: UUID(one.removeprefix(MESSAGE)) for one in asked if one.startswith(MESSAGE)}
    rows = Message.objects.filter(uuid__in=of_messages.values())
    places = dict(rows.values_list("uuid", "thread__uuid"))
    uuids |= {one: places[uuid] for one, uuid in of_messages.items() if uuid in places}
    threads = threads_by_uuid(uuids.values())
    known |= {one: threads[uuid] for one, uuid in uuids.items() if uuid in threads}
    return known


def draw_rows(events: Sequence[LiveEvent], vault: OpenVault | None, kept: Kept) -> dict[int, str]:
    """The rows of these threads in lists: of several events of one thread the last says it all."""
    threads = threads_of(events, kept)
    last = {threads[event.target].pk: event for event in events if event.target in threads}
    shown = {threads[event.target].pk: threads[event.target] for event in last.values()}
    topics = open_topics(vault, shown.values())  # type: ignore[arg-type]
    return {event.pk: _row(event, shown[pk], topics.get(pk), kept) for pk, event in last.items()}


def _row(event: LiveEvent, thread: Thread, topic: str | None, kept: Kept) -> str:
    at = ("row", event.pk, get_language(), timezone.get_current_timezone_name(), topic)
    if at not in kept:
        facts = {"thread": thread, "topic": topic, "event": event.event, "last": _last(thread)}
        kept[at] = render_to_string("discussions/_thread_moved.html", facts)
    return str(kept[at])


def _last(thread: Thread) -> Message | None:
    rows = Message.objects.select_related("author", "administration")
    return rows.filter(thread=thread, number=thread.last_number).first()


def keep_holders(thread: Thread, keys: Keys, kept: Kept) -> None:
    """Whose each key is, as the judging has read it."""
    kept["holders", thread.uuid] = {key: name for of in keys.values() for name, key in of.items()}


def _administration_behind(thread: Thread, key_id: bytes | None, kept: Kept) -> str:
    """Whose key this is: the drawing is one administration's, never one person's."""
    if ("holders", thread.uuid) not in kept:
        epochs = thread.epochs.values_list("uuid", flat=True)
        keep_holders(thread, keys_of(epochs), kept)
    holder: str = kept["holders", thread.uuid].get(key_id, "")
    if not holder.startswith("user:"):
        return holder
    actor = current_actor(int(holder.removeprefix("user:")))
    return actor.administration if actor else ""
