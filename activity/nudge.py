"""Wakes the hubs after a commit. It never waits, never fails, and may be lost.

The hub of this process is woken directly; those of other processes hear it through the channel
layer, as a number and nothing else. A thread of its own talks to the layer, so that a page that
saved something does not wait for Redis, least of all for one that is gone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger("iswg.live")

GROUP = "hub"
PATIENCE = 2.0

# One per running hub; a hub adds itself when it starts and leaves when it stops.
wakers: set[Callable[[], None]] = set()


def nudge(event_id: int) -> None:
    """Tell every hub that there is something new, up to this number."""
    for wake in list(wakers):
        wake()
    layer = get_channel_layer()
    if layer is not None and not isinstance(layer, InMemoryChannelLayer):
        _messenger.carry(event_id)


class Messenger:
    """Carries the newest number to the layer; what arrives meanwhile goes along next time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None
        self._newest = 0
        self.trouble = Trouble("Nudges do not reach other processes; their pages poll instead")

    def carry(self, event_id: int) -> None:
        with self._lock:
            self._newest = max(self._newest, event_id)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
                self._thread.start()
        self._work.set()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        while True:
            self._work.wait()
            self._work.clear()
            try:
                loop.run_until_complete(asyncio.wait_for(self._send(), PATIENCE))
                self.trouble.over()
            except Exception as failure:
                self.trouble.met(failure)

    async def _send(self) -> None:
        layer = get_channel_layer()
        assert layer is not None
        await layer.group_send(GROUP, {"type": "hub.nudge", "id": self._newest})


class Trouble:
    """Says once that something does not work, and once that it works again."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.since: float | None = None

    def met(self, failure: BaseException) -> None:
        if self.since is None:
            self.since = time.monotonic()
            logger.warning("%s (%s)", self.sentence, type(failure).__name__)

    def over(self) -> None:
        if self.since is not None:
            logger.warning("Over after %.0f s: %s", time.monotonic() - self.since, self.sentence)
            self.since = None


class Seldom(logging.Filter):
    """While Redis is away the layer complains once a second; once in ten minutes will do."""

    PAUSE = 600.0

    def __init__(self) -> None:
        super().__init__()
        self.next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now < self.next:
            return False
        self.next = now + self.PAUSE
        return True


logging.getLogger("channels_redis.pubsub").addFilter(Seldom())
_messenger = Messenger()
