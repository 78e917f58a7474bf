"""Discussions as the pages of other nouns show them. Only `iswg` knows them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from access.policy import Action, can
from discussions import opening, queries
from discussions.models import Thread
from discussions.presentation import rows_of

register = template.Library()

SHOWN = 5


@register.inclusion_tag("discussions/_about.html", takes_context=True)
def discussions_about(context: template.Context, kind: str, identity: UUID) -> dict[str, Any]:
    """The discussions of one thing that this reader takes part in, and the way to begin one."""
    request = context["request"]
    threads = list(queries.threads_about(request.actor, kind, identity))
    topics = opening.open_topics(request.vault, threads)
    rows = rows_of(threads, topics, queries.last_messages(threads))
    return {
        "rows": rows,
        "about": f"{kind}:{identity}",
        "may_open": can(request.actor, Action.OPEN_THREAD),
    }


@register.inclusion_tag("discussions/_new_since.html", takes_context=True)
def discussions_new(context: template.Context) -> dict[str, Any]:
    """What was written since this reader last looked, newest first, for the home page."""
    request = context["request"]
    threads = list(queries.threads_in_box(request.actor, "unread")[:SHOWN])
    topics = opening.open_topics(request.vault, threads)
    return {"rows": rows_of(threads, topics, queries.last_messages(threads))}


@register.simple_tag(takes_context=True)
def discussions_of_items(context: template.Context, items: list[UUID]) -> dict[UUID, list[Thread]]:
    """The discussions of the items of one agenda that this reader takes part in, in one query."""
    rows = queries.threads_for(context["request"].actor)
    found: dict[UUID, list[Thread]] = {}
    for thread in rows.filter(subject_kind="agenda_item", subject_id__in=items).order_by("pk"):
        found.setdefault(thread.subject_id, []).append(thread)
    return found


@register.filter
def of_item(found: dict[UUID, list[Thread]] | str, item: UUID) -> list[Thread]:
    return found.get(item, []) if found else []  # type: ignore[union-attr]  # "" is no dictionary
