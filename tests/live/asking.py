"""Asks an ASGI application as a server would, and collects the answer."""

import asyncio
import json
from types import SimpleNamespace


async def ask(app, path, *, method="GET", body=b"", pieces=1, headers=(), **scope):
    """What an ASGI server would do with one request."""
    size = max(1, -(-len(body) // pieces))
    parts = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    answer = SimpleNamespace(status=None, headers=[], body=b"")

    async def receive():
        if not messages:
            await asyncio.Event().wait()  # a visitor who stays until the answer is there
        return messages.pop(0)

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], message["headers"]
        else:
            answer.body += message["body"]

    path, _, query = path.partition("?")
    await app(
        {
            "type": "http", "http_version": "1.1", "method": method, "path": path,
            "query_string": query.encode(), "scheme": "http", "client": ["203.0.113.7", 4711],
            "server": ["127.0.0.1", 8000], "headers": [(b"host", b"testserver"), *headers], **scope,
        },
        receive,
        send,
    )  # fmt: skip
    return answer


def said(answer):
    return json.loads(answer.body)
