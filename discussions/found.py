"""Threads and messages as views fetch them: through what this reader may read, or 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from discussions import queries
from discussions.models import Message, Thread


def found(request: HttpRequest, ref: str) -> Thread:
    return get_object_or_404(queries.threads_for(request.actor), ref=ref)


def found_message(request: HttpRequest, ref: str, number: int) -> Message:
    """A message through the thread that was checked, never by its own number alone."""
    thread = found(request, ref)
    message = get_object_or_404(queries.messages_of(request.actor, thread), number=number)
    message.thread = thread
    return message
