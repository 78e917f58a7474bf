"""What open pages are shown when something happens in a thread.

Each kind judges all local sockets together, as of now; keys decide again when the hub writes.
What is drawn here is what the pages draw themselves, from the same templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.template.loader import render_to_string

from access.actors import Actor, current_actor
from access.policy import Action, people_who_can, visible
from access.roles import Role
from access.sockets import Member, OpenVault
from accounts.models import User
from activity.models import LiveEvent
from discussions.facts import KIND
from discussions.models import Message, Thread
from discussions.opening import open_messages, open_topics
from discussions.presentation import Post, posts_of
from discussions.queries import with_audience
from vault.models import KeyHolder

MESSAGE = "discussions.message:"
THREAD = "discussions.thread:"


def message_of(event: LiveEvent) -> Message | None:
    """The message or note that an event is about, with its thread as of now."""
    if not event.target.startswith(MESSAGE):
        return None
    message = (
        Message.objects.select_related("author", "administration", "epoch", "withdrawn_by")
        .prefetch_related("former", "reactions__administration")
        .filter(uuid=UUID(event.target.removeprefix(MESSAGE)))
        .first()
    )
    if message is not None:
        message.thread = with_audience().get(pk=message.thread_id)
    return message


def thread_of(event: LiveEvent) -> Thread | None:
    if event.target.startswith(THREAD):
        return with_audience().filter(uuid=UUID(event.target.removeprefix(THREAD))).first()
    message = message_of(event)
    return message.thread if message else None


def readers_among(thread: Thread, members: Sequence[Member]) -> list[Member]:
    """Who of these may read the thread as of now, in one query."""
    may = set(
        User.objects.filter(
            people_who_can(Action.READ_THREAD, thread),
            pk__in={member.user_id for member in members},
        ).values_list("pk", flat=True)
    )
    return [member for member in members if member.user_id in may]


def keys_for(
    thread: Thread, epoch_id: UUID, members: Sequence[Member]
) -> dict[Member, bytes | None]:
    """Under which key each of these is shown what this key of the thread seals."""
    rows = KeyHolder.objects.filter(kind=KIND, object_id=epoch_id, revision=1)
    keys = {holder: bytes(key_id) for holder, key_id in rows.values_list("holder", "key_id")}
    shown: dict[Member, bytes | None] = {}
    for member in members:
        name = member.administration
        if name not in keys and member.user_id in thread.named_ids:
            name = f"user:{member.user_id}"
        if name in keys:
            shown[member] = keys[name]
    return shown


def administration_behind(thread: Thread, key_id: bytes | None) -> str:
    """Whose key this is: the drawing is one administration's, never one person's."""
    holder = (
        KeyHolder.objects.filter(
            kind=KIND, object_id__in=thread.epochs.values("uuid"), key_id=key_id
        )
        .values_list("holder", flat=True)
        .first()
    ) or ""
    if not holder.startswith("user:"):
        return holder
    actor = current_actor(int(holder.removeprefix("user:")))
    return actor.administration if actor else ""


class ThreadPages:
    """`thread:<uuid>`: the page of one thread."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        actor = current_actor(member.user_id)
        try:
            uuid = UUID(topic.partition(":")[2])
        except ValueError:
            return False
        return actor is not None and self._readable(actor, uuid)

    @staticmethod
    def _readable(actor: Actor, uuid: UUID) -> bool:
        rows = visible(Thread.objects.all(), actor, Action.READ_THREAD)
        return rows.filter(uuid=uuid).exists()

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        message = message_of(event)
        if message is None:
            return {}
        thread = message.thread
        starts = {row.administration_id: row.reads_from for row in thread.participants.all()}
        readers = [
            member
            for member in readers_among(thread, members)
            if message.number > starts.get(member.administration, 0)
        ]
        return keys_for(thread, message.epoch.uuid, readers)

    def may_hear(self, topic: str, members: Sequence[Member]) -> list[Member]:
        """Who may know, as of now, who else is on the page."""
        thread = with_audience().filter(uuid=UUID(topic.partition(":")[2])).first()
        return readers_among(thread, members) if thread else []

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        message = message_of(event)
        if message is None:
            return ""
        thread = message.thread
        reader = Actor(None, administration_behind(thread, key_id), frozenset({Role.READER}))
        opened = open_messages(vault, thread, [message])  # type: ignore[arg-type]
        post: Post = posts_of(reader, thread, opened)[0]
        facts = {"thread": thread, "post": post, "event": event.event}
        return render_to_string("discussions/_message_posted.html", facts)


class ThreadLists:
    """`threads:all`: lists of threads and their figures; everybody listens, few are shown."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        return topic == "threads:all" and current_actor(member.user_id) is not None

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        thread = thread_of(event)
        if thread is None:
            return {}
        newest = thread.epochs.order_by("-number").values_list("uuid", flat=True).first()
        if newest is None:
            return {}
        return keys_for(thread, newest, readers_among(thread, members))

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        thread = thread_of(event)
        if thread is None:
            return ""
        topic = open_topics(vault, [thread]).get(thread.pk)  # type: ignore[arg-type]
        facts = {"thread": thread, "topic": topic, "event": event.event, "last": _last(thread)}
        return render_to_string("discussions/_thread_moved.html", facts)


def _last(thread: Thread) -> Message | None:
    rows = Message.objects.select_related("author", "administration")
    return rows.filter(thread=thread, number=thread.last_number).first()
