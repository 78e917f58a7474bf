"""Preparing: a meeting is entered, moved, peopled, cancelled. The Secretariat's pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from accounts.groups import groups_on
from accounts.models import SECRETARIAT
from meetings import queries
from meetings.carried import Former, actions_before, minutes_before
from meetings.forms_prepare import MeetingForm, PeopleForm, TimeForm, put_faults, zone_choices
from meetings.found import found
from meetings.models import Group, Kind, Meeting, MinutesState, Role
from meetings.sealing import Locked
from meetings.services import agenda, series
from meetings.services.series import NotPossible
from meetings.titles import title_of
from vault.http import unlocked
from vault.manifests import SealBroken


def _locked(form: Any) -> None:
    """The keys were locked meanwhile: nothing is done, and everything typed stays."""
    form.is_valid()
    form.add_error(None, _("Your keys are locked. Open them in another tab, then send this again."))


# A new one ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a meeting; with `?from=<reference>` as the next of the one that was."""
    require(request.actor, Action.PREPARE_MEETING)
    former = _former(request)
    if request.method == "POST":
        return _entered(request, former)
    return _new_page(request, _meeting_form(request, initial=_suggested(former)), former)


def _former(request: HttpRequest) -> Meeting | None:
    named = request.POST.get("from") or request.GET.get("from") or ""
    return queries.meetings_for(request.actor).filter(ref=named.upper()[:12]).first()


def _suggested(former: Meeting | None) -> dict[str, Any]:
    """As it was last time, a quarter later; both are stored as they are sent."""
    quarter: int | None
    if former is None:
        year, quarter = series.suggested_quarter(timezone.localdate())
        return {
            "group": "ISWG",
            "kind": Kind.QUARTERLY,
            "fiscal_year": year,
            "quarter": quarter,
            "host": SECRETARIAT,
            "zone": "Pacific/Fiji",
            "participants": series.usual_participants(timezone.localdate()),
        }
    year, quarter = _next_quarter(former)
    return {
        "group": former.group_id,
        "kind": former.kind,
        "fiscal_year": year,
        "quarter": quarter,
        "host": former.host_id,
        "chair": former.chair_id,
        "zone": former.zone,
        "time": former.local_time,
        "minutes": former.minutes,
        "format": former.format,
        "participants": [row.administration_id for row in former.participants.all()],
    }


def _next_quarter(former: Meeting) -> tuple[str, int | None]:
    if former.quarter is None:
        return former.fiscal_year, None
    if former.quarter < 4:
        return former.fiscal_year, former.quarter + 1
    first = int(former.fiscal_year[:4]) + 1
    return f"{first}-{(first + 1) % 100:02d}", 1


def _meeting_form(request: HttpRequest, data: Any = None, **more: Any) -> MeetingForm:
    places = list(queries.invitable(timezone.localdate()).order_by("name"))
    own = request.actor.administration
    return MeetingForm(data, places=places, zones=zone_choices(places), own=own, **more)


def _new_page(
    request: HttpRequest, form: MeetingForm, former: Meeting | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "nav_key": "meetings",
        "form": form,
        "former": former,
        "meeting_id": _uuid(request.POST.get("meeting", "")),
        "groups": groups_on(timezone.localdate()),
        "last": _last_quarterly(request),
    }
    if former is not None:
        context["former_title"] = title_of(request.vault, former)
        following = Meeting(group=former.group)
        context["carried"] = actions_before(request.actor, request.vault, following)
        context["formers"] = _to_adopt(request, former)
    response = render(request, "meetings/new.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _to_adopt(request: HttpRequest, former: Meeting) -> list[Former]:
    """Minutes that still wait, those of the last meeting among them."""
    waiting = [one for one in minutes_before(request.actor, former) if not one.is_adopted]
    if former.closed_at is not None and former.minutes_state != MinutesState.ADOPTED:
        waiting.append(Former(former, may_adopt=False))
    return waiting


def _last_quarterly(request: HttpRequest) -> Meeting | None:
    """The newest of the series, to prepare the next from it."""
    rows = queries.meetings_for(request.actor).filter(kind=Kind.QUARTERLY)
    return rows.order_by("-fiscal_year", "-quarter").first()


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        return uuid4()


def _entered(request: HttpRequest, former: Meeting | None) -> HttpResponse:
    form = _meeting_form(request, request.POST)
    if request.vault is None:
        _locked(form)
    if not form.is_valid():
        return _new_page(request, form, former, 400)
    try:
        meeting = _plan(request, form.cleaned_data, former)
    except NotPossible as problem:
        put_faults(form, problem)
        return _new_page(request, form, former, 400)
    messages.success(request, _("The meeting is entered. Nobody was invited by it yet."))
    return redirect("meetings:meeting", ref=meeting.ref)


def _plan(request: HttpRequest, chosen: dict[str, Any], former: Meeting | None) -> Meeting:
    both = {"actor": request.actor, "vault": request.vault}
    group: Group = chosen["group"]
    listening = _listening(former) & set(chosen["participants"])
    meeting = series.plan_meeting(
        **both,
        meeting_id=_uuid(request.POST.get("meeting", "")),
        group=group,
        kind=chosen["kind"],
        fiscal_year=chosen["fiscal_year"],
        quarter=chosen["quarter"],
        title="" if chosen["kind"] == Kind.QUARTERLY else chosen["title"],
        host=chosen["host"],
        chair=chosen["chair"],
        zone=chosen["zone"],
        day=chosen["day"],
        clock=chosen["time"],
        minutes=chosen["minutes"],
        format=chosen["format"],
        participants=set(chosen["participants"]) - listening,
        previous=former,
    )
    if listening:
        meeting = series.change_participants(
            **both, meeting=meeting, observers=listening,
            codes=set(chosen["participants"]) - listening,
        )  # fmt: skip
    if chosen["standing"] and not meeting.items.exists():
        if former is not None:
            agenda.copy_standing_items(**both, meeting=meeting, previous=former)
        elif chosen["kind"] == Kind.QUARTERLY:
            agenda.put_standing_items(**both, meeting=meeting)
    return meeting


def _listening(former: Meeting | None) -> set[str]:
    """Who took part in the last one as an observer, and is one again."""
    rows = former.participants.all() if former else ()
    return {row.administration_id for row in rows if row.role == Role.OBSERVER}


# Changing -------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, meeting: Meeting, template: str, status: int = 200, **facts: Any
) -> HttpResponse:
    title = title_of(request.vault, meeting)
    context = {"nav_key": "meetings", "meeting": meeting, "title": title, **facts}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def time(request: HttpRequest, ref: str) -> HttpResponse:
    """Another time, or the first one."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    places = queries.invitable(timezone.localdate()).order_by("name")
    initial = {
        "day": meeting.local_date,
        "time": meeting.local_time,
        "zone": meeting.zone,
        "minutes": meeting.minutes,
    }
    form = TimeForm(request.POST or None, zones=zone_choices(places), initial=initial)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return _page(request, meeting, "meetings/time.html", status, form=form)
    chosen = form.cleaned_data
    try:
        series.move_meeting(
            actor=request.actor, meeting=meeting, day=chosen["day"], clock=chosen["time"],
            minutes=chosen["minutes"], zone=chosen["zone"],
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
        return _page(request, meeting, "meetings/time.html", 400, form=form)
    messages.success(request, _("The meeting has its new time."))
    return redirect("meetings:meeting", ref=meeting.ref)


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def people(request: HttpRequest, ref: str) -> HttpResponse:
    """Who takes part, and who only listens."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    rows = list(meeting.participants.all())
    initial = {
        "participants": [r.administration_id for r in rows if r.role == Role.MEMBER],
        "observers": [r.administration_id for r in rows if r.role == Role.OBSERVER],
    }
    form = PeopleForm(
        request.POST if request.method == "POST" else None,
        places=list(queries.invitable(timezone.localdate()).order_by("name")),
        own=meeting.origin_id,
        initial=initial,
    )
    facts = {"form": form, "groups": groups_on(timezone.localdate())}
    if request.method == "GET":
        return _page(request, meeting, "meetings/people.html", **facts)
    if request.vault is None:
        _locked(form)
    if form.is_valid() and _peopled(request, meeting, form):
        messages.success(request, _("From now on these administrations take part."))
        return redirect("meetings:participants", ref=meeting.ref)
    return _page(request, meeting, "meetings/people.html", 400, **facts)


def _peopled(request: HttpRequest, meeting: Meeting, form: PeopleForm) -> bool:
    try:
        series.change_participants(
            actor=request.actor,
            vault=request.vault,
            meeting=meeting,
            codes=form.cleaned_data["participants"],
            observers=form.cleaned_data["observers"],
        )
    except NotPossible as problem:
        put_faults(form, problem)
    except (Locked, SealBroken):
        form.add_error(None, _("This meeting does not open with your keys."))
    return not form.errors


@require_http_methods(["GET", "POST"])
@unlocked
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """Asked once more first: calendars take it out, and it does not come back."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    if request.method == "GET":
        return _page(request, meeting, "meetings/cancel.html")
    try:
        series.cancel_meeting(actor=request.actor, meeting=meeting)
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    else:
        messages.success(request, _("The meeting is cancelled; whoever was invited is told."))
    return redirect("meetings:meeting", ref=meeting.ref)
