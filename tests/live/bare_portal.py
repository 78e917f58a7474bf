"""`python -m tests.live.bare_portal [stock]`: our server, or stock Daphne, before a tiny program.

It has no Django behind it, so that what a test sees is the server's own doing.
"""

import asyncio
import json
import sys

# The server first: it chooses the event loop.
from iswg.server import LIMITS, PortalServer  # isort: skip
import daphne.server

from iswg.access_log import AccessLog


class StockServer(daphne.server.Server):
    def listen_success(self, port):
        super().listen_success(port)
        host, number = self.listening_addresses[-1]
        print(f"Listening on http://{host}:{number}", flush=True)


async def size_of_body(receive, send):
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await answer(send, str(size).encode())


async def answer(send, body, status=200):
    headers = [(b"content-length", str(len(body)).encode()), (b"server", b"")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def break_midway(receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first piece", "more_body": True})
    raise ValueError("words of a member")


async def break_at_once(receive, send):
    raise ValueError("words of a member")


async def twenty_megabytes(receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    piece = bytes(65536)
    for _ in range(320):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"end"})


async def known(receive, send):
    """How many connections the server still keeps in its books."""
    await answer(send, json.dumps(len(server.connections)).encode())


PAGES = {
    "/size": size_of_body,
    "/breaks": break_midway,
    "/breaks-at-once": break_at_once,
    "/stream": twenty_megabytes,
    "/known": known,
}


async def talk(receive, send):
    """A socket that, once spoken to, sends without end and never asks whether anybody reads."""
    await receive()
    await send({"type": "websocket.accept"})
    message = await receive()
    while message["type"] == "websocket.receive":
        for _ in range(400):
            await send({"type": "websocket.send", "text": "x" * 10_000})
            await asyncio.sleep(0)
        message = await receive()


async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await talk(receive, send)
    elif scope["path"] in PAGES:
        await PAGES[scope["path"]](receive, send)
    else:
        await answer(send, b"no such page", 404)


stock = "stock" in sys.argv
limits = {"verbosity": 0} if stock else LIMITS
server = (StockServer if stock else PortalServer)(
    application=application,
    endpoints=["tcp:port=0:interface=127.0.0.1"],
    action_logger=None if stock else AccessLog(sys.stdout),
    **limits,
)
server.run()
