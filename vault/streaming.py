"""A verified file as it leaves: asynchronous under ASGI, plain under a test client.

Under ASGI a synchronous iterator would be read whole into memory by Django before the first
byte goes out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from vault.files import OpenFile

OPAQUE = "application/octet-stream"


def as_download(request: HttpRequest, ready: OpenFile) -> HttpResponseBase:
    """Always a download, never shown by us, and kept by no browser."""
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=OPAQUE)
    else:
        response = StreamingHttpResponse(in_pieces(request, ready.pieces), content_type=OPAQUE)
    response["Content-Length"] = str(ready.size)
    guard(response, ready.name)
    return response


def guard(response: HttpResponseBase, name: str) -> None:
    """The headers of whatever is taken away."""
    # Every character that is not a plain letter or digit is escaped, so a name is only a name.
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"


def in_pieces(
    request: HttpRequest, pieces: Callable[[], Iterator[bytes]]
) -> AsyncIterator[bytes] | Iterator[bytes]:
    return _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces()


async def _asynchronous(pieces: Callable[[], Iterator[bytes]]) -> AsyncIterator[bytes]:
    source = pieces()
    following = sync_to_async(lambda: next(source, None), thread_sensitive=False)
    while (piece := await following()) is not None:
        yield piece
