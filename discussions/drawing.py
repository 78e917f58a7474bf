"""What open pages of threads and their lists are given to put in: the fragments that the pages
draw themselves, from the same templates.

Everything is opened once for each key, with the vault of somebody who holds it. What was read
from the database for one key is kept for the next (`kept`), and what looks the same under two
keys, once both have opened it, is drawn once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from access.actors import Actor, current_actor
from access.roles import Role
from access.sockets import OpenVault
from activity.models import LiveEvent
from discussions.facts import KIND
from discussions.models import Message, Thread
from discussions.opening import open_messages, open_topics
from discussions.presentation import Post, posts_of
from discussions.queries import with_audience
from vault.models import KeyHolder

MESSAGE = "discussions.message:"
THREAD = "discussions.thread:"
Kept = dict[Any, Any]


def draw_posts(
    events: Sequence[LiveEvent], key_id: bytes | None, vault: OpenVault | None, kept: Kept
) -> dict[int, str]:
    """The posts that these events of one thread are about, in the language and zone of now."""
    messages = _messages(events, kept)
    shown = {e.target: messages[e.target] for e in events if e.target in messages}
    if not shown:
        return {event.pk: "" for event in events}
    thread = next(iter(shown.values())).thread
    behind = _administration_behind(thread, key_id, kept)
    reader = Actor(None, behind, frozenset({Role.READER}))
    opened = open_messages(vault, thread, list(shown.values()))  # type: ignore[arg-type]
    posts = dict(zip(shown, posts_of(reader, thread, opened), strict=True))
    return {
        event.pk: _post(event, thread, posts[event.target], kept) if event.target in posts else ""
        for event in events
    }


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


def _messages(events: Iterable[LiveEvent], kept: Kept) -> dict[str, Message]:
    """The messages and notes of the events, by target, with their threads as of now."""
    targets = {event.target for event in events if event.target.startswith(MESSAGE)}
    known: dict[str, Message] = kept.setdefault("messages", {})
    fresh = [UUID(one.removeprefix(MESSAGE)) for one in targets - known.keys()]
    rows = Message.objects.select_related("author", "administration", "epoch", "withdrawn_by")
    rows = rows.prefetch_related("former", "reactions__administration").filter(uuid__in=fresh)
    found = list(rows) if fresh else []
    threads = with_audience().in_bulk({message.thread_id for message in found}) if found else {}
    for message in found:
        message.thread = threads[message.thread_id]
        known[f"{MESSAGE}{message.uuid}"] = message
    return {target: known[target] for target in targets & known.keys()}


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
    threads = {one.uuid: one for one in with_audience().filter(uuid__in=set(uuids.values()))}
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


def _administration_behind(thread: Thread, key_id: bytes | None, kept: Kept) -> str:
    """Whose key this is: the drawing is one administration's, never one person's."""
    if ("holders", thread.pk) not in kept:
        rows = KeyHolder.objects.filter(kind=KIND, object_id__in=thread.epochs.values("uuid"))
        kept["holders", thread.pk] = {
            bytes(key): name for key, name in rows.values_list("key_id", "holder")
        }
    holder: str = kept["holders", thread.pk].get(key_id, "")
    if not holder.startswith("user:"):
        return holder
    actor = current_actor(int(holder.removeprefix("user:")))
    return actor.administration if actor else ""
