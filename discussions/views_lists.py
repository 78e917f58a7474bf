"""Lists of discussions, and of the places where one was named."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from access.policy import Action, can
from access.subjects import subject_kind
from activity.queries import latest_live_id
from discussions import opening, queries
from discussions.models import Thread
from discussions.presentation import Row, rows_of
from vault.http import unlocked

PER_PAGE = 50
BY_SUBJECT = "subject"


@require_GET
@unlocked
def thread_list(request: HttpRequest) -> HttpResponse:
    """Unread, followed, all; or all of them under what they are about."""
    box = request.GET.get("box", "unread")
    box = box if box in (*queries.BOXES, BY_SUBJECT) else "unread"
    since = latest_live_id()
    rows = queries.threads_in_box(request.actor, box)
    if box == BY_SUBJECT:
        rows = rows.order_by("subject_kind", "subject_id", "-last_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = _rows(request, list(page.object_list))
    context = {
        "nav_key": "discussions",
        "tabs": _tabs(request, box),
        "box": box,
        "page_obj": page,
        "rows": shown,
        "parts": _parts(request, shown) if box == BY_SUBJECT else None,
        "may_open": can(request.actor, Action.OPEN_THREAD),
        "live_since": since,
    }
    return render(request, "discussions/list.html", context)


def _rows(request: HttpRequest, threads: list[Thread]) -> list[Row]:
    topics = opening.open_topics(request.vault, threads)
    return rows_of(threads, topics, queries.last_messages(threads))


def _parts(request: HttpRequest, rows: list[Row]) -> list[dict[str, Any]]:
    """The rows under what they are about; what this reader may not see gives no name."""
    subjects: dict[Any, dict[str, Any]] = {}
    for kind_name in {row.thread.subject_kind for row in rows if row.thread.subject_id}:
        kind = subject_kind(kind_name)
        ids = {row.thread.subject_id for row in rows if row.thread.subject_kind == kind_name}
        seen = kind.seen_by(request.actor, ids) if kind else {}
        titles = kind.titles(request.vault, seen) if kind else {}
        for key, subject in seen.items():
            subjects[key] = {"subject": subject, "noun": kind.noun, "title": titles.get(key)}
    parts: list[dict[str, Any]] = []
    for row in rows:
        about = subjects.get(row.thread.subject_id)
        if not parts or parts[-1]["about"] is not about:
            parts.append({"about": about, "rows": []})
        parts[-1]["rows"].append(row)
    return parts


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    tabs = [
        ("unread", pgettext("discussions", "Unread"), queries.unread_thread_count(request.actor)),
        ("following", pgettext("discussions", "Following"), 0),
        ("all", pgettext("discussions", "All"), 0),
        (BY_SUBJECT, _("By subject"), 0),
    ]
    return [
        {
            "label": label,
            "url": f"?box={key}",
            "count": count,
            "current": key == current,
            "figure": "discussions" if key == "unread" else "",
        }
        for key, label, count in tabs
    ]


@require_GET
@unlocked
def mentions(request: HttpRequest) -> HttpResponse:
    """Where this person, or the administration, was named."""
    rows = queries.mentions_for(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    topics = opening.open_topics(request.vault, {one.message.thread for one in shown})
    context = {
        "nav_key": "discussions",
        "page_obj": page,
        "rows": [
            {
                "message": one.message,
                "topic": topics.get(one.message.thread_id),
                "by_name": one.user_id is not None,
            }
            for one in shown
        ],
    }
    return render(request, "discussions/mentions.html", context)
