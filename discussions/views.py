"""One thread. Views arrange; they do not decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.policy import Action, can
from access.subjects import subject_kind, subject_seen_by
from activity.queries import latest_live_id
from discussions import opening, queries
from discussions.audience import in_words, names_in
from discussions.found import found, found_message
from discussions.live import tell_seen
from discussions.models import Attention, Thread
from discussions.presentation import Post, posts_of, quoted
from discussions.sealing import Locked
from discussions.services.reading import open_draft_or_none, read_up_to
from discussions.services.threads import report_broken_seal
from discussions.traces import seen_cells, versions_of
from discussions.views_files import ARRIVING
from discussions.views_search import found_in
from vault.http import is_act, unlocked
from vault.manifests import SealBroken
from wording.markings import TLP_MEANING

PER_PAGE = 25
CONTEXT = 5  # what was read already, above the first new message


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
    def newest(self) -> int:
        return max(self.last - PER_PAGE, self.first - 1)

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
    since, now = latest_live_id(), timezone.now()
    thread = found(request, ref)
    if typed := request.GET.get("q", "").strip():
        return found_in(request, thread, typed)
    position = queries.position_of(request.actor, thread)
    start = queries.start_of(request.actor, thread)
    stretch = _stretch(request, thread, start, position)
    numbers = stretch.numbers
    rows = queries.messages_of(request.actor, thread).filter(
        number__gte=numbers.start, number__lt=numbers.stop
    )
    try:
        opened = opening.open_thread_page(
            actor=request.actor,
            vault=request.vault,
            thread=thread,
            messages=list(rows),
            numbers=numbers,
        )
    except Locked:
        return closed_to(request, thread, "locked")
    except SealBroken:
        report_broken_seal(actor=request.actor, thread=thread)
        return closed_to(request, thread, "broken")
    if opened.messages and is_act(request):
        last = opened.messages[-1].message.number
        if read_up_to(actor=request.actor, thread=thread, number=last):
            tell_seen(thread, request.actor.administration)
    answered = opening.open_answered(request.actor, request.vault, thread, opened.messages)
    posts = posts_of(request.actor, thread, opened.messages, answered)
    context = {
        **_about(request, thread, stretch),
        **_kept(request, thread, posts),
        **_allowed(request, thread),
        "topic": opened.topic,
        "complete": opened.complete,
        "posts": posts,
        "stretch": stretch,
        "first_new": next((one for one in posts if one.number > position), None),
        "now": now,
        "live_since": since,
        "live_topics": _topics(request, thread),
    }
    response = render(request, "discussions/thread.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _topics(request: HttpRequest, thread: Thread) -> list[str]:
    actor = request.actor
    return [
        f"administration:{actor.administration}",
        f"person:{actor.user_id}",
        f"thread:{thread.uuid}",
        "threads:all",
    ]


def closed_to(request: HttpRequest, thread: Thread, what: str) -> HttpResponse:
    """Nobody reads what the own keys do not open, or what is not what was signed."""
    facts = {"thread": thread, "what": what, "nav_key": "discussions"}
    return render(request, "discussions/closed_to.html", facts, status=409)


def _about(request: HttpRequest, thread: Thread, stretch: Stretch) -> dict[str, Any]:
    """Whose it is, who reads it, what it is about, and how far each has come."""
    actor = request.actor
    cells = seen_cells(thread, actor.administration, stretch.numbers.stop - 1)
    return {
        "nav_key": "discussions",
        "thread": thread,
        "meaning": TLP_MEANING[thread.tlp],
        "audience": in_words(thread, actor.administration),
        "subject": _subject(request, thread),
        "attention": queries.attention_of(actor, thread),
        "attentions": Attention.choices,
        "cells": cells,
        "seen_count": sum(cell.state == "done" for cell in cells),
        "presence": request.user.presence,
    }


def _allowed(request: HttpRequest, thread: Thread) -> dict[str, Any]:
    actor = request.actor
    return {
        "may_post": can(actor, Action.POST_MESSAGE, thread),
        "may_close": can(actor, Action.CLOSE_THREAD, thread),
        "may_resolve": can(actor, Action.RESOLVE_THREAD, thread),
        "may_change_audience": can(actor, Action.CHANGE_AUDIENCE, thread),
    }


def _kept(request: HttpRequest, thread: Thread, posts: list[Post]) -> dict[str, Any]:
    """What the composer holds: a draft that was kept, or a quote that was asked for."""
    draft = queries.draft_of(request.actor, thread)
    words = open_draft_or_none(request.vault, draft)
    reply = words.reply_to if words else 0
    text = words.text if words else ""
    asked = next((one for one in posts if one.number == _number(request, "reply")), None)
    if asked is not None and not asked.message.is_note:
        reply = asked.number
        text = f"{quoted(asked.text)}\n\n{text}" if asked.text else text
    return {
        "message_id": draft.id if draft else uuid4(),
        "version": draft.version if draft else 0,
        "files": ARRIVING.rows(request.vault, draft.id, ref=thread.ref, message_id=draft.id)
        if draft
        else [],
        "typed": text,
        "reply": next((one for one in posts if one.number == reply), None),
        "reply_to": reply,
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


@require_GET
@unlocked
def names(request: HttpRequest, ref: str) -> HttpResponse:
    """Whom a message here can name, for the composer when @ is typed."""
    rows = names_in(found(request, ref))
    return JsonResponse({"names": [{"code": one.key, "label": one.label} for one in rows]})


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
        return closed_to(request, message.thread, "locked")
    except SealBroken:
        report_broken_seal(actor=request.actor, thread=message.thread)
        return closed_to(request, message.thread, "broken")
    context = {
        "nav_key": "discussions",
        "thread": message.thread,
        "message": message,
        "versions": versions_of(versions),
        "meaning": TLP_MEANING[message.thread.tlp],
    }
    response = render(request, "discussions/history.html", context)
    response["Cache-Control"] = "no-store"
    return response
