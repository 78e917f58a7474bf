"""The door of the pages: who is asking, as of this request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from access.actors import actor_of


class ActorMiddleware:
    """Gives every signed-in request an `actor`, read afresh from the database.

    A request of somebody who has no role any more keeps an actor without roles, so that the
    policy refuses with its own sentence.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(getattr(request, "user", None))  # type: ignore[attr-defined]
        return self.get_response(request)
