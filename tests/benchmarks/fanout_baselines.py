"""What ours is measured against: `python -m tests.benchmarks.fanout_baselines KIND PORT`.

* `stock`: Daphne, Channels' AsyncJsonWebsocketConsumer and `group_send`, as its tutorial has it,
  over RedisPubSubChannelLayer (REDIS_URL), or in memory without it;
* `picows`, `websockets`: a broadcast that does nothing else, which is the limit of one process.

None of them knows people, sessions, keys or a database.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys


def stock(port: int) -> None:
    # The server first: it chooses the event loop.
    from daphne.server import Server  # isort: skip
    import django
    from django.conf import settings

    url = os.environ.get("REDIS_URL")
    layer = (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": url, "socket_timeout": None}]},
        }
        if url
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["channels"],
        CHANNEL_LAYERS={"default": layer}, LOGGING_CONFIG=None,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )  # fmt: skip
    django.setup()
    from channels.generic.websocket import AsyncJsonWebsocketConsumer

    class Stock(AsyncJsonWebsocketConsumer):
        async def connect(self):
            await self.channel_layer.group_add("thread", self.channel_name)
            await self.accept()

        async def disconnect(self, code):
            await self.channel_layer.group_discard("thread", self.channel_name)

        async def receive_json(self, content):
            await self.channel_layer.group_send("thread", {"type": "said", "data": content})

        async def said(self, event):
            await self.send_json(event["data"])

    endpoint = f"tcp:port={port}:interface=127.0.0.1"
    Server(application=Stock.as_asgi(), endpoints=[endpoint], verbosity=0).run()


async def picows_server(port: int) -> None:
    import picows

    open_ones = set()

    class Listener(picows.WSListener):
        def on_ws_connected(self, transport):
            open_ones.add(transport)

        def on_ws_frame(self, transport, frame):
            if frame.msg_type == picows.WSMsgType.TEXT:
                text = json.dumps(json.loads(frame.get_payload_as_bytes())).encode()
                for one in open_ones:
                    one.send(picows.WSMsgType.TEXT, text)
            elif frame.msg_type == picows.WSMsgType.CLOSE:
                transport.disconnect()

        def on_ws_disconnected(self, transport):
            open_ones.discard(transport)

    server = await picows.ws_create_server(lambda request: Listener(), "127.0.0.1", port)
    await server.serve_forever()


async def websockets_server(port: int) -> None:
    from websockets.asyncio.server import broadcast, serve

    open_ones = set()

    async def handle(one):
        open_ones.add(one)
        try:
            async for text in one:
                broadcast(open_ones, json.dumps(json.loads(text)))
        finally:
            open_ones.discard(one)

    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.Future()


if __name__ == "__main__":
    kind, number = sys.argv[1], int(sys.argv[2])
    if kind == "stock":
        stock(number)
    else:
        import uvloop

        uvloop.run((picows_server if kind == "picows" else websockets_server)(number))
