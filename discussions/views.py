"""Lists and one thread. Views arrange; they do not decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.policy import Action, can
from access.subjects import subject_kind, subject_seen_by
from activity.queries import latest_live_id
from discussions import opening, queries
from discussions.audience import in_words
from discussions.models import Attention, Meaning, Message, Thread
from discussions.presentation import posts_of
from discussions.sealing import Locked
from discussions.services.reading import open_draft_or_none, read_up_to
from discussions.services.threads import report_broken_seal
from vault.http import is_act, unlocked
from vault.manifests import SealBroken
from wording.markings import TLP_MEANING

PER_PAGE = 50
CONTEXT = 5  # what was read already, above the first new message


@require_GET
@unlocked
def thread_list(request: HttpRequest) -> HttpResponse:
    box = request.GET.get("box", "unread")
    box = box if box in queries.BOXES else "unread"
    since = latest_live_id()
    rows = queries.threads_in_box(request.actor, box)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    topics = opening.open_topics(request.vault, shown)
    context = {
        "nav_key": "discussions",
        "tabs": _tabs(request, box),
        "box": box,
        "page_obj": page,
        "rows": [
            {"thread": one, "topic": topics[one.pk], "new": one.last_number - one.position}
            for one in shown
        ],
        "may_open": can(request.actor, Action.OPEN_THREAD),
        "live_since": since,
    }
    return render(request, "discussions/list.html", context)


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    tabs = [
        ("unread", _("Unread"), queries.unread_thread_count(request.actor)),
        ("following", _("Following"), 0),
        ("all", _("All"), 0),
    ]
    return [
        {"label": label, "url": f"?box={key}", "count": count, "current": key == current}
        for key, label, count in tabs
    ]


@require_GET
@unlocked
def mentions(request: HttpRequest) -> HttpResponse:
    """Where this person, or the administration, was named."""
    rows = queries.mentions_for(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [mention.message for mention in page.object_list]
    topics = opening.open_topics(request.vault, {one.thread for one in shown})
    context = {
        "nav_key": "discussions",
        "page_obj": page,
        "rows": [{"message": one, "topic": topics.get(one.thread_id)} for one in shown],
    }
    return render(request, "discussions/mentions.html", context)


# One thread -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which messages a page shows: those after `low`, up to a page full."""

    low: int
    first: int  # the first number this reader may see
    last: int

    @property
    def numbers(self) -> range:
        return range(self.low + 1, min(self.low + PER_PAGE, self.last) + 1)

    @property
    def before(self) -> int | None:
        return self.low + 1 if self.low >= self.first else None

    @property
    def after(self) -> int | None:
        high = self.low + PER_PAGE
        return high if high < self.last else None


def _stretch(request: HttpRequest, thread: Thread, start: int, position: int) -> Stretch:
    """The newest, but not later than what this person has not read; or what was asked for."""
    last = thread.last_number
    low = last - PER_PAGE
    if position < low:
        low = position - CONTEXT
    if (at := _number(request, "at")) is not None:
        low = at - CONTEXT - 1
    elif (before := _number(request, "before")) is not None:
        low = before - PER_PAGE - 1
    elif (after := _number(request, "after")) is not None:
        low = after
    return Stretch(min(max(low, start), max(last, start)), start + 1, last)


def _number(request: HttpRequest, name: str) -> int | None:
    raw = request.GET.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


@require_GET
@unlocked
def thread(request: HttpRequest, ref: str) -> HttpResponse:
    since = latest_live_id()
    thread = get_object_or_404(queries.threads_for(request.actor), ref=ref)
    position = queries.position_of(request.actor, thread)
    start = queries.start_of(request.actor, thread)
    stretch = _stretch(request, thread, start, position)
    rows = list(
        queries.messages_of(request.actor, thread).filter(number__gt=stretch.low)[:PER_PAGE]
    )
    try:
        opened = opening.open_thread_page(
            actor=request.actor,
            vault=request.vault,
            thread=thread,
            messages=rows,
            numbers=stretch.numbers,
        )
    except Locked:
        return _closed_to(request, thread, "locked")
    except SealBroken:
        report_broken_seal(actor=request.actor, thread=thread)
        return _closed_to(request, thread, "broken")
    if rows and is_act(request):
        read_up_to(actor=request.actor, thread=thread, number=rows[-1].number)
    context = {
        **thread_context(request, thread, opened),
        "position": position,
        "stretch": stretch,
        "first_new": next((one for one in opened.messages if one.message.number > position), None),
        "live_since": since,
        "live_topics": [
            f"administration:{request.actor.administration}",
            f"person:{request.actor.user_id}",
            f"thread:{thread.uuid}",
            "threads:all",
        ],
    }
    response = render(request, "discussions/thread.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _closed_to(request: HttpRequest, thread: Thread, what: str) -> HttpResponse:
    """Nobody reads what the own keys do not open, or what is not what was signed."""
    facts = {"thread": thread, "what": what, "nav_key": "discussions"}
    return render(request, "discussions/closed_to.html", facts, status=409)


def thread_context(
    request: HttpRequest, thread: Thread, opened: opening.OpenedThread
) -> dict[str, Any]:
    """What the page of a thread shows; the form that came back with a fault shows the same."""
    actor = request.actor
    draft = queries.draft_of(actor, thread)
    return {
        "nav_key": "discussions",
        "thread": thread,
        "topic": opened.topic,
        "complete": opened.complete,
        "posts": posts_of(actor, thread, opened.messages),
        "meaning": TLP_MEANING[thread.tlp],
        "audience": in_words(thread, actor.administration),
        "subject": _subject(request, thread),
        "attention": queries.attention_of(actor, thread),
        "attentions": Attention.choices,
        "meanings": Meaning.choices,
        "seen": queries.seen_by(thread, thread.last_number),
        "draft": draft,
        "draft_words": open_draft_or_none(request.vault, draft),
        "may_post": can(actor, Action.POST_MESSAGE, thread),
        "may_close": can(actor, Action.CLOSE_THREAD, thread),
        "may_resolve": can(actor, Action.RESOLVE_THREAD, thread),
        "may_change_audience": can(actor, Action.CHANGE_AUDIENCE, thread),
    }


def _subject(request: HttpRequest, thread: Thread) -> dict[str, Any] | None:
    """What the thread is about, as far as this reader may see it."""
    if not thread.subject_id:
        return None
    subject = subject_seen_by(request.actor, thread.subject_kind, thread.subject_id)
    kind = subject_kind(thread.subject_kind)
    if subject is None or kind is None:
        return None
    titles = kind.titles(request.vault, [subject.id])
    return {"subject": subject, "noun": kind.noun, "title": titles.get(subject.id)}


def found_message(request: HttpRequest, ref: str, number: int) -> Message:
    """A message through the thread that was checked, never by its own number alone."""
    thread = get_object_or_404(queries.threads_for(request.actor), ref=ref)
    message = get_object_or_404(queries.messages_of(request.actor, thread), number=number)
    message.thread = thread
    return message


@require_GET
@unlocked
def history(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """How a message stood before it was edited."""
    message = found_message(request, ref, number)
    if message.withdrawn or message.revision == 1:
        raise Http404
    try:
        versions = opening.open_versions(request.vault, message)
    except Locked:
        return _closed_to(request, message.thread, "locked")
    except SealBroken:
        report_broken_seal(actor=request.actor, thread=message.thread)
        return _closed_to(request, message.thread, "broken")
    context = {
        "nav_key": "discussions",
        "thread": message.thread,
        "message": message,
        "versions": versions,
        "meaning": TLP_MEANING[message.thread.tlp],
    }
    response = render(request, "discussions/history.html", context)
    response["Cache-Control"] = "no-store"
    return response
