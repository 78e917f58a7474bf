"""Where every request and every socket of the web process goes.

Pages run in one hop (`iswg/onehop.py`), file downloads stream through Django's own ASGI handler,
and there is one socket route. Before any of them, what a stranger claims about addresses is
taken off: only a proxy named in ISWG_TRUSTED_PROXIES may say whom it speaks for.
"""

from __future__ import annotations

import os
import re
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")

from django.core.asgi import get_asgi_application

streaming = get_asgi_application()  # and Django is set up from here on

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from access.addresses import client_address  # noqa: E402
from activity.consumers import LiveConsumer  # noqa: E402
from iswg.onehop import OneHop, Receive, Scope, Send  # noqa: E402

# Answers that are sent as they are opened, piece by piece, and may be fifty megabytes.
STREAMED = re.compile(r"/bulletins/[^/]+/files/[^/]+/$")
SOCKET = "/ws/"
CLAIMS = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-real-ip"}
)
PROTO = b"x-forwarded-proto"

pages = OneHop(WSGIHandler(), threads=getattr(settings, "PAGE_THREADS", 4))
live = LiveConsumer.as_asgi()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    believe_only_proxies(scope)
    await _application_for(scope)(scope, receive, send)


def _application_for(scope: Scope) -> Any:
    if scope["type"] == "websocket":
        return live if scope["path"] == SOCKET else no_such_socket
    if scope["method"] in ("GET", "HEAD") and STREAMED.fullmatch(scope["path"]):
        return streaming
    return pages


async def no_such_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse the handshake of a socket address that does not exist."""
    await receive()
    await send({"type": "websocket.close"})


def believe_only_proxies(scope: Scope) -> None:
    """Set the scope's client to the person's address, and drop every claim about it.

    The scheme is kept when a trusted proxy tells it, because only the proxy knows about TLS.
    """
    claims = [(name, value) for name, value in scope["headers"] if name in CLAIMS or name == PROTO]
    if not claims:
        return
    peer = (scope.get("client") or ("",))[0]
    trusted = client_address(peer, "somebody else", settings.TRUSTED_PROXIES) != peer
    scope["headers"] = [
        (name, value)
        for name, value in scope["headers"]
        if name not in CLAIMS and (trusted or name != PROTO)
    ]
    if trusted:
        forwarded = b",".join(value for name, value in claims if name == b"x-forwarded-for")
        address = client_address(peer, forwarded.decode("latin1"), settings.TRUSTED_PROXIES)
        scope["client"] = [address, 0]
