"""Pages go out compressed; files and sockets do not.

Django's middleware adds a random number of bytes to each answer, so that the length of a
compressed page does not tell what it repeats (BREACH); our anti-forgery token is masked
besides. A file is sealed material of no pattern, and its length is announced: it stays as it is.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "text/csv", "application/json")


class PageCompressionMiddleware(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if response.streaming or not kind.startswith(COMPRESSED):
            return response
        return super().process_response(request, response)
