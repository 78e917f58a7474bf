"""Wakes the hubs after a commit, and passes on who is here. It never waits, never fails, and
may be lost.

The hub of this process is woken directly; those of other processes hear it through the channel
layer, as a number and nothing else. A thread of its own talks to the layer, so that a page that
saved something does not wait for Redis, least of all for one that is gone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from secrets import token_hex
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger("iswg.live")

GROUP = "hub"
PATIENCE = 2.0
THIS_PROCESS = token_hex(8)
MOST_WORDS = 500

# A topic, codes and ids: who is here, who types, who has read (activity/rooms.py).
Word = dict[str, Any]

# One per running hub; a hub adds itself when it starts and leaves when it stops.
wakers: set[Callable[[], None]] = set()
hearers: set[Callable[[Word], None]] = set()


def nudge(event_id: int) -> None:
    """Tell every hub that there is something new, up to this number."""
    for wake in list(wakers):
        wake()
    if others_may_hear():
        _messenger.carry(event_id)


def tell(word: Word) -> None:
    """Let the hubs of every process know, this one's too, from whatever thread."""
    for hear in list(hearers):
        hear(word)
    whisper([word])


def whisper(words: Iterable[Word]) -> None:
    """Let the hubs of other processes know."""
    if others_may_hear():
        _messenger.pass_on(words)


def others_may_hear() -> bool:
    layer = get_channel_layer()
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


class Messenger:
    """Carries the newest number to the layer; what arrives meanwhile goes along next time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None
        self._newest, self._nudged = 0, False
        # What was not passed on while the layer was away is old news by the time it is back.
        self._words: deque[Word] = deque(maxlen=MOST_WORDS)
        self.trouble = Trouble("Nudges do not reach other processes; their pages poll instead")

    def carry(self, event_id: int) -> None:
        with self._lock:
            self._newest, self._nudged = max(self._newest, event_id), True
        self._begin()

    def pass_on(self, words: Iterable[Word]) -> None:
        self._words.extend(words)
        self._begin()

    def _begin(self) -> None:
        with self._lock:
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
        if self._nudged:
            self._nudged = False
            await layer.group_send(GROUP, {"type": "hub.nudge", "id": self._newest})
        words = []
        with suppress(IndexError):
            while True:
                words.append(self._words.popleft())
        if words:
            said = {"type": "hub.words", "from": THIS_PROCESS, "words": words}
            await layer.group_send(GROUP, said)


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
