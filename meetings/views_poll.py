"""The poll about the date: answered by representatives, read and settled by the Secretariat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, can
from accounts.language import administration_in
from activity.queries import latest_live_id
from meetings import polls
from meetings.elsewhere import host_place
from meetings.found import found
from meetings.models import Answer, Meeting, Poll
from meetings.services.poll import answer_poll, close_poll, is_past
from meetings.services.series import NotPossible
from meetings.titles import title_of
from meetings.views import topics
from vault.http import unlocked

LARGEST_ID = 2**63 - 1


@require_http_methods(["GET", "POST"])
@unlocked
def poll(request: HttpRequest, ref: str) -> HttpResponse:
    """Each time for reader, host and UTC; who said what; for the Secretariat, the choice."""
    meeting = found(request, ref)
    now = polls.poll_of(meeting)
    if now is None:
        if can(request.actor, Action.PREPARE_MEETING, meeting):
            return redirect(f"{reverse('meetings:find')}?meeting={meeting.ref}")
        raise Http404
    if request.method == "POST":
        return _sent(request, meeting, now)
    return _page(request, meeting, now)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    poll: Poll,
    *,
    typed: dict[int, str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    actor, since = request.actor, latest_live_id()
    own = actor.administration
    given = polls.answers_to(poll)
    candidates = list(poll.candidates.all())
    zone = timezone.get_current_timezone()
    choices = polls.choices_of(meeting, candidates, given, own, zone)
    is_asked = own in {one.code for one in polls.asked(meeting)}
    may_answer = can(actor, Action.REPLY_TO_INVITATION, meeting)
    home = administration_in(request)
    is_open = poll.closed_at is None and not meeting.is_over
    late = home is not None and is_past(poll, home.zone)
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title_of(request.vault, meeting),
        "host_place": host_place(meeting),
        "shows_host": str(zone) != meeting.zone,
        "poll": poll,
        "choices": [(one, (typed or {}).get(one.candidate.pk, one.own)) for one in choices],
        "answers": Answer.choices,
        "rows": polls.matrix_of(meeting, choices, given, own),
        "silent": _silent(meeting, given),
        "is_open": is_open,
        "may_answer": may_answer,
        "answers_now": bool(may_answer) and is_asked and is_open and not late,
        "is_asked": is_asked,
        "late": late,
        "may_close": is_open and can(actor, Action.PREPARE_MEETING, meeting),
        "fault": fault,
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    response = render(request, "meetings/poll.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _silent(meeting: Meeting, given: list[Any]) -> list[str]:
    said = {row.administration_id for row in given}
    return [one.label for one in polls.asked(meeting) if one.code not in said]


def _sent(request: HttpRequest, meeting: Meeting, poll: Poll) -> HttpResponse:
    if "close" in request.POST:
        return _closed(request, meeting, poll)
    typed = _typed(request, poll)
    if not typed:
        return _page(request, meeting, poll, fault=_("Answer for at least one time."), status=400)
    try:
        answer_poll(actor=request.actor, meeting=meeting, answers=typed)
    except NotPossible as problem:
        fault = " ".join(problem.faults.values())
        return _page(request, meeting, poll, typed=typed, fault=fault, status=400)
    messages.success(
        request, _("Your answers are kept. You can change them until the poll closes.")
    )
    return redirect("meetings:poll", ref=meeting.ref)


def _typed(request: HttpRequest, poll: Poll) -> dict[int, str]:
    found = {}
    for candidate in poll.candidates.all():
        if said := request.POST.get(f"time-{candidate.pk}"):
            found[candidate.pk] = said
    return found


def _closed(request: HttpRequest, meeting: Meeting, poll: Poll) -> HttpResponse:
    raw = request.POST["close"]
    chosen = int(raw) if raw.isascii() and raw.isdigit() and int(raw) <= LARGEST_ID else None
    if chosen is None and raw != "none":
        raise Http404
    try:
        close_poll(actor=request.actor, meeting=meeting, candidate_id=chosen)
    except NotPossible as problem:
        fault = " ".join(problem.faults.values())
        return _page(request, meeting, poll, fault=fault, status=400)
    if chosen is None:
        messages.success(request, _("The poll is closed. The meeting has no new time."))
        return redirect("meetings:poll", ref=meeting.ref)
    messages.success(request, _("The poll is closed and the meeting has its time. Invite now."))
    return redirect("meetings:invitation", ref=meeting.ref)
