"""Discussions of the cast: words to look for, and what people do in threads by the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from discussions.models import Message, Thread
from discussions.opening import OpenedThread, open_thread_page
from discussions.queries import messages_of, start_of, threads_for, with_audience
from discussions.services.messages import post_message
from discussions.services.threads import open_thread

TOPIC = "Ziphrannet sightings around Neiafu"
TEXT = "White quombat hull, no **stripe**, heading west."


@dataclass
class Table:
    """`table.open(world.fj, "VU")`, `table.says(world.vu, thread)`, `table.reads(...)`."""

    world: Any

    def both(self, user: Any) -> dict[str, Any]:
        return {"actor": self.world.actor(user), "vault": self.world.vault(user)}

    def open(self, user: Any, *codes: str, topic: str = TOPIC, **more: Any) -> Thread:
        facts = {"tlp": "TLP:AMBER", "participants": codes, "thread_id": uuid4(), **more}
        return open_thread(**self.both(user), topic=topic, **facts)

    def says(self, user: Any, thread: Thread, text: str = TEXT, **more: Any) -> Message:
        facts = {"message_id": uuid4(), **more}
        return post_message(**self.both(user), thread=thread, text=text, **facts)

    def reads(self, user: Any, thread: Thread) -> OpenedThread:
        actor = self.world.actor(user)
        thread = threads_for(actor).get(pk=thread.pk)
        return open_thread_page(
            **self.both(user),
            thread=thread,
            messages=list(messages_of(actor, thread)),
            numbers=range(start_of(actor, thread) + 1, thread.last_number + 1),
        )

    def texts(self, user: Any, thread: Thread) -> list[str | None]:
        return [m.words.text if m.words else None for m in self.reads(user, thread).messages]

    def now(self, thread: Thread) -> Thread:
        return with_audience().get(pk=thread.pk)
