"""Runs Django's synchronous stack in one hop from the event loop to a worker thread.

Under an ASGI server stock Django starts threads and database connections for each request and
changes thread twice per middleware: three times the work of the page itself. Here a request is
read on the loop, handed over once, and its whole answer comes back at once. A few threads live
as long as the process and keep their database connections; they also bound how many there are.

Bodies and answers stay in memory, so whatever is large or streams (files) goes to Django's own
ASGI handler instead: `iswg/asgi.py` says which addresses those are.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from django.db.backends.signals import connection_created

from activity import gauges

logger = logging.getLogger("iswg.pages")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Environ = dict[str, Any]

MAX_BODY = 96 * 1024
# Beyond this many waiting pages the honest answer is "try again": each would wait for seconds.
MAX_WAITING = 200
BODILESS = frozenset({204, 304})
# What every answer carries, also one that never came as far as the middleware: nothing in it
# runs, nothing is guessed, nobody frames it.
SHIELD = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)

_here = threading.local()


def _mark_thread() -> None:
    _here.keeps_connections = True


def keep_connection(sender: object, connection: Any, **_: object) -> None:
    """Connections of our own threads live on; those of any other thread end with its request.

    Threads of Django's ASGI handler come and go, and a kept connection would go with each. Ours
    are looked at before each use, so that one which broke is replaced and nobody sees an error.
    """
    if getattr(_here, "keeps_connections", False):
        connection.close_at = None
        connection.health_check_enabled = connection.vendor == "postgresql"


connection_created.connect(keep_connection, dispatch_uid="iswg.onehop")


@dataclass
class Answer:
    """What the synchronous stack said."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """WSGI's `start_response`."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin1"), value.strip().encode("latin1"))
            for name, value in headers
        ]

    @classmethod
    def plain(cls, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> Answer:
        body = sentence.encode()
        length = (b"content-length", str(len(body)).encode())
        kind = (b"content-type", b"text/plain; charset=utf-8")
        kept = (b"cache-control", b"no-store")
        return cls(status, [kind, length, kept, *headers], body).shielded()

    def shielded(self) -> Answer:
        """With the headers of SHIELD that it has not got yet."""
        known = {name for name, _value in self.headers}
        self.headers += [pair for pair in SHIELD if pair[0] not in known]
        return self


class OneHop:
    """An ASGI application around a WSGI one, for requests and answers of a bounded size."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int = 4) -> None:
        self.wsgi = wsgi
        self.waiting = 0
        self.pool = ThreadPoolExecutor(threads, "page", initializer=_mark_thread)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive)
        if body is None:
            return
        answer = await self._answer(scope, body)
        gauges.count(f"answers_{answer.status // 100}xx")
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        silent = scope["method"] == "HEAD" or answer.status in BODILESS
        await send({"type": "http.response.body", "body": b"" if silent else answer.body})

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        if len(body) > MAX_BODY:
            return Answer.plain(413, "This is too large to send in one go. Nothing was saved.")
        if self.waiting >= MAX_WAITING:
            return Answer.plain(503, "The portal is very busy.", (b"retry-after", b"5"))
        self.waiting += 1
        gauges.show("pages_waiting", self.waiting)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.pool, self._work, environ(scope, body))
        finally:
            self.waiting -= 1
            gauges.show("pages_waiting", self.waiting)

    def _work(self, request: Environ) -> Answer:
        """In a worker thread: the whole request, start signal to finish signal."""
        answer = Answer()
        try:
            response = self.wsgi(request, answer.start)
            try:
                answer.body = b"".join(response)
            finally:
                # Closing tells Django that the request is over: connections are looked at here.
                close = getattr(response, "close", None)
                if close:
                    close()
        except Exception:
            logger.exception("A page failed outside of Django's own handling")
            return Answer.plain(500, "Something went wrong on our side. Nothing was changed.")
        return answer.shielded()


async def read_body(receive: Receive) -> bytes | None:
    """The whole body, or a byte more than allowed; None when the client went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= MAX_BODY:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def environ(scope: Scope, body: bytes) -> Environ:
    """The request as WSGI tells it (PEP 3333: texts are bytes dressed as latin-1)."""
    raw_path = scope.get("raw_path")
    path = unquote_to_bytes(raw_path) if raw_path else scope["path"].encode()
    server, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": path.decode("latin1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_headers(scope["headers"]),
        # A chunked body came without a length, and Django reads no further than the length.
        "CONTENT_LENGTH": str(len(body)) if body else "",
    }


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> Environ:
    found: Environ = {}
    for raw_name, raw_value in pairs:
        if b"_" in raw_name:  # X_Real_IP would become the same name as X-Real-IP
            continue
        name = raw_name.decode("latin1").upper().replace("-", "_")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    return found
