"""People of a world with real keys and open sessions, and the sockets of their pages.

`Officer` is somebody at the real server: a session by the sign-in page's own steps, then sockets
with that session's cookies. In one process with the test, `open_page` speaks to the consumer.
"""

import json
import uuid
from contextlib import asynccontextmanager

from django.core.cache import cache
from websockets.sync.client import connect

from access.roles import Role
from activity.consumers import LiveConsumer
from discussions.models import Message
from discussions.services.messages import post_message
from discussions.services.threads import open_thread
from tests.factories import person, signed_in
from tests.live.lagoon import Page

CODES = ("FJ", "VU", "PW", "OCO")
ORIGIN = "http://localhost:8000"


def cookies_of(user) -> str:
    """A new session of this person."""
    cache.clear()  # the counters of attempts: this is not what they count
    client = signed_in(user)
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def cast(world, count=8) -> list:
    """So many officers, of each administration in turn."""
    posts = ("coordinator", "contact")
    first = [person(code, post) for post in posts for code in CODES]
    more = [
        world.colleague(CODES[number % 4], Role.CONTACT, name=f"officer{number}")
        for number in range(max(0, count - len(first)))
    ]
    return (first + more)[:count]


def thread_of(world, *codes, **more):
    facts = {"tlp": "TLP:AMBER", "topic": "Sightings", "thread_id": uuid.uuid4(), **more}
    return open_thread(
        actor=world.actor(world.fj), vault=world.vault(world.fj),
        participants=codes or CODES[1:], **facts,
    )  # fmt: skip


def say(world, user, thread, text) -> Message:
    return post_message(
        actor=world.actor(user), vault=world.vault(user), thread=thread,
        message_id=uuid.uuid4(), text=text,
    )  # fmt: skip


@asynccontextmanager
async def open_page(cookies, *topics):
    """A page with its socket open, in this process."""
    headers = [(b"host", b"localhost:8000"), (b"origin", ORIGIN.encode())]
    headers.append((b"cookie", cookies.encode()))
    opened = Page(LiveConsumer.as_asgi(), "/ws/", headers=headers)
    accepted, _ = await opened.connect(timeout=20)
    assert accepted
    try:
        if topics:
            await opened.subscribe(*topics)
        yield opened
    finally:
        await opened.disconnect()


class Socket:
    """One open page at the real server."""

    def __init__(self, port, cookies):
        self.wire = connect(
            f"ws://127.0.0.1:{port}/ws/", origin=f"http://127.0.0.1:{port}",
            additional_headers={"Cookie": cookies}, open_timeout=60,
            max_size=2**22, legacy=True,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def tell(self, frame):
        self.wire.send(json.dumps(frame))

    def hear(self, timeout=20):
        """The next frame that says something; a ping may come at any time."""
        while (frame := json.loads(self.wire.recv(timeout=timeout))) == {"t": "ping"}:
            pass
        return frame

    def hear_until(self, kind, timeout=20):
        """The frames up to the first of this kind."""
        frames = [self.hear(timeout)]
        while frames[-1]["t"] != kind:
            frames.append(self.hear(timeout))
        return frames

    def subscribe(self, *topics, since=None):
        frame = {"t": "subscribe", "topics": list(topics)}
        self.tell(frame if since is None else {**frame, "since": since})
        return self.hear_until("ready")

    def post(self, thread, text, message=None):
        data = {"thread": thread.ref, "message": str(message or uuid.uuid4()), "text": text}
        self.tell({"t": "act", "c": data["message"], "act": "discussions.post", "data": data})
        return data["message"]
