"""What open pages are shown when something happens in a thread.

Each kind judges all local sockets together, as of now; keys decide again when the hub writes.
What they are shown is drawn in discussions/drawing.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from access.actors import current_actor
from access.policy import Action, can
from access.sockets import Member, OpenVault
from activity.kinds import PagesOf, Together, uuid_in
from activity.models import LiveEvent
from activity.nudge import tell
from activity.topics import Shown, Verdict
from discussions.asking import keys_of, threads_by_uuid, who_reads
from discussions.drawing import (
    draw_posts,
    draw_rows,
    keep_holders,
    messages_of_events,
    threads_of,
)
from discussions.models import Participant, Thread


def readers_among(thread: Thread, members: Sequence[Member]) -> list[Member]:
    """Who of these may read the thread as of now, in one question."""
    may = who_reads(thread, {member.user_id for member in members})
    return [member for member in members if member.user_id in may]


def shown_under(
    thread: Thread, keys: Mapping[str, bytes], members: Sequence[Member]
) -> dict[Member, bytes | None]:
    """Under which key each of these is shown what this key of the thread seals."""
    shown: dict[Member, bytes | None] = {}
    for member in members:
        key = keys.get(member.administration)
        if key is None and member.user_id in thread.named_ids:
            key = keys.get(f"user:{member.user_id}")
        if key is not None:
            shown[member] = key
    return shown


def tell_seen(thread: Thread, code: str) -> None:
    """The administration has read further: its number on the open pages of the thread moves."""
    tell({"topic": f"thread:{thread.uuid}", "seen": code})


def _thread_named(topic: str) -> Thread | None:
    uuid = UUID(topic.partition(":")[2])
    return threads_by_uuid([uuid]).get(uuid)


class ThreadPages(PagesOf):
    """`thread:<uuid>`: the page of one thread."""

    model, action = Thread, Action.READ_THREAD

    def may_subscribe(self, member: Member, topic: str) -> bool:
        """As for every page; asked with questions that are written once, as all come back at
        once after a drop."""
        actor, uuid = current_actor(member.user_id), uuid_in(topic)
        if actor is None or uuid is None:
            return False
        thread = threads_by_uuid([uuid]).get(uuid)
        return thread is not None and bool(can(actor, self.action, thread))

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Who reads the thread is asked once, however many messages there are."""
        nobody: Shown = {}
        thread = _thread_named(events[0].topic)
        if thread is None:
            return Verdict([nobody] * len(events), members)
        readers = readers_among(thread, members)
        read: dict[Any, Any] = {}
        messages = messages_of_events(events, thread, read)
        keys = keys_of(one.epoch.uuid for one in messages.values())
        keep_holders(thread, keys, read)
        starts = {row.administration_id: row.reads_from for row in thread.participants.all()}
        late = sorted({start for start in starts.values() if start})
        known: dict[tuple[UUID, int], Shown] = {}

        def shown(event: LiveEvent) -> Shown:
            if event.target not in messages:
                return nobody
            number, epoch = messages[event.target].number, messages[event.target].epoch.uuid
            # Messages under one key, with no newcomer's beginning between them, look alike.
            alike = (epoch, sum(start < number for start in late))
            if alike not in known:
                may = [m for m in readers if number > starts.get(m.administration, 0)]
                known[alike] = shown_under(thread, keys.get(epoch, {}), may)
            return known[alike]

        gone = set(members).difference(readers) if len(readers) < len(members) else ()
        return Verdict([shown(event) for event in events], gone, read)

    def may_hear(self, topic: str, members: Sequence[Member]) -> list[Member]:
        """Who may know, as of now, who else is on the page."""
        thread = _thread_named(topic)
        return readers_among(thread, members) if thread else []

    def furthest(self, topic: str) -> dict[str, int]:
        """How far each administration that takes part has read."""
        rows = Participant.objects.filter(thread__uuid=UUID(topic.partition(":")[2]))
        return dict(rows.values_list("administration_id", "seen"))

    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> dict[int, str]:
        return draw_posts(events, key_id, vault, kept)


class ThreadLists(Together):
    """`threads:all`: lists of threads and their figures; everybody listens, few are shown."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        return topic == "threads:all" and current_actor(member.user_id) is not None

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Each thread that moved is judged once. Who is shown nothing listens on."""
        read: dict[Any, Any] = {}
        threads = threads_of(events, read)
        known: dict[int, Shown] = {}
        for thread in {one.pk: one for one in threads.values()}.values():
            newest = thread.epochs.order_by("-number").values_list("uuid", flat=True).first()
            keys = keys_of([newest]).get(newest, {}) if newest else {}
            known[thread.pk] = shown_under(thread, keys, readers_among(thread, members))
        nobody: Shown = {}
        return Verdict(
            [known[threads[e.target].pk] if e.target in threads else nobody for e in events],
            read=read,
        )

    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> dict[int, str]:
        return draw_rows(events, vault, kept)
