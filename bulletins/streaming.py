"""Pieces of a file for the response: asynchronous under ASGI, plain under a test client.

Under ASGI a synchronous iterator would be read whole into memory by Django before the first
byte goes out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest


def in_pieces(
    request: HttpRequest, pieces: Callable[[], Iterator[bytes]]
) -> AsyncIterator[bytes] | Iterator[bytes]:
    return _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces()


async def _asynchronous(pieces: Callable[[], Iterator[bytes]]) -> AsyncIterator[bytes]:
    source = pieces()
    following = sync_to_async(lambda: next(source, None), thread_sensitive=False)
    while (piece := await following()) is not None:
        yield piece
