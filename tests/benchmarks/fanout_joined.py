"""Goal 6: the writes of a stream, joined and one by one, to sockets of another process.

`python -m tests.benchmarks.fanout_joined` prints deliveries in a second of processor time, as one
line of JSON. What is measured is `hand_out` of the portal onto TCP connections of this machine;
judging and drawing, which cost the same however the frames are written, are left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import selectors
import signal
import socket
import statistics
import time
from types import SimpleNamespace

SOCKETS, STREAM, LOOK, ROUNDS, SIZE = 100, 400, 10, 5, 2300


def _read(address: tuple[str, int]) -> None:
    """The readers: take what comes, until this process is ended."""
    chosen = selectors.DefaultSelector()
    for _ in range(SOCKETS):
        one = socket.create_connection(address)
        one.setblocking(False)
        chosen.register(one, selectors.EVENT_READ)
    while True:
        for key, _ in chosen.select():
            key.fileobj.recv(1 << 18)  # type: ignore[union-attr]


def _members(listening: socket.socket) -> list:
    from access.sockets import Member, MemberFacts
    from access.wire import Wire

    async def never(_message: object) -> None:
        raise AssertionError("a frame went the slow way")

    def member() -> Member:
        ours, _ = listening.accept()
        ours.setblocking(False)
        transport = SimpleNamespace(
            dataBuffer=b"", offset=0, _tempDataLen=0, disconnecting=False, connected=1, socket=ours
        )
        protocol = SimpleNamespace(
            transport=transport, state=3, STATE_OPEN=3, send_queue=(), _perMessageCompress=None
        )
        return Member(MemberFacts(1, b"", "FJ", "en", "UTC"), never, Wire(protocol))

    return [member() for _ in range(SOCKETS)]


async def _stream(members: list, look: int) -> float:
    """Deliveries in a second of processor time, when so many messages are found at one look."""
    from activity.fanout import hand_out

    text, used = "x" * SIZE, 0.0
    for _ in range(STREAM // look):
        began = time.thread_time()
        await hand_out([(text, members)] * look, time.monotonic() + 60)
        used += time.thread_time() - began
        await asyncio.sleep(0.004 * look)  # the readers have taken it all
    return STREAM * SOCKETS / used


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
    import django

    django.setup()
    listening = socket.create_server(("127.0.0.1", 0), backlog=SOCKETS)
    reader = os.fork()
    if not reader:
        _read(listening.getsockname())
    try:
        members = _members(listening)
        found: dict[int, list[float]] = {1: [], LOOK: []}
        for _ in range(ROUNDS):
            for look, rates in found.items():
                rates.append(asyncio.run(_stream(members, look)))
        single, joined = (statistics.median(rates) for rates in found.values())
        print(json.dumps({"single": single, "joined": joined, "look": LOOK, "sockets": SOCKETS}))
    finally:
        os.kill(reader, signal.SIGKILL)


if __name__ == "__main__":
    main()
