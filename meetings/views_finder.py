"""Finding the date: a fortnight painted with the hours in which everybody works."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from accounts.models import SECRETARIAT, Administration
from accounts.queries import members_on
from meetings import finder, painting, polls, queries
from meetings.forms_finder import CHOSEN, LENGTHS, MEMBERS, SEATS, FinderForm, PollForm
from meetings.models import Kind, Meeting
from meetings.services.poll import open_poll
from meetings.services.series import NotPossible
from meetings.titles import titles_of
from vault.http import unlocked

EARLIER = 8


@require_http_methods(["GET", "POST"])
@unlocked
def find(request: HttpRequest) -> HttpResponse:
    """A fortnight by the host's clock; times that are ticked become a poll."""
    require(request.actor, Action.PREPARE_MEETING)
    about = _about(request)
    form = _form(request, about)
    if not form.is_valid():
        return _page(request, form, about, status=400)
    if request.method == "POST":
        return _asked(request, form, about)
    return _page(request, form, about)


def _about(request: HttpRequest) -> Meeting | None:
    """The meeting whose date is looked for, if the page was asked about one."""
    ref = request.POST.get("meeting") or request.GET.get("meeting") or ""
    return queries.meetings_for(request.actor).filter(ref=ref).first()


def _form(request: HttpRequest, about: Meeting | None) -> FinderForm:
    """What the address says, and for the rest what suits the meeting."""
    asked = request.GET.copy()
    for name, value in _usual(about).items():
        if name not in asked:
            asked.setlist(name, value if isinstance(value, list) else [value])
    everybody = queries.invitable(timezone.localdate()).order_by("name")
    return FinderForm(asked, administrations=everybody)


def _usual(about: Meeting | None) -> dict[str, Any]:
    today = timezone.localdate()
    monday = _monday_after(today + datetime.timedelta(days=14))
    if about is None:
        return {"who": SEATS, "minutes": "120", "host": SECRETARIAT, "start": monday.isoformat()}
    if about.local_date:
        monday = max(_monday_after(about.local_date - datetime.timedelta(days=9)), today)
    codes = [one.code for one in polls.asked(about)]
    nearest = min(LENGTHS, key=lambda minutes: abs(minutes - about.minutes))
    return {
        "who": CHOSEN if codes else SEATS,
        "codes": codes,
        "minutes": str(nearest),
        "host": about.host_id,
        "start": monday.isoformat(),
    }


def _monday_after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=(7 - day.weekday()) % 7)


def _chosen(form: FinderForm) -> list[Administration]:
    """Those who have to be there, by name."""
    asked, day = form.cleaned_data, form.cleaned_data["start"]
    if asked["who"] == MEMBERS:
        return list(members_on(day).order_by("name"))
    if asked["who"] == SEATS:
        return [seat.administration for seat in queries.seats_on(day)]
    return list(Administration.objects.filter(pk__in=asked["codes"]).order_by("name"))


def _page(
    request: HttpRequest,
    form: FinderForm,
    about: Meeting | None,
    *,
    asking: PollForm | None = None,
    ticked: list[str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "nav_key": "meetings",
        "form": form,
        "about": about,
        "asking": asking or _poll_form(request, about),
        "ticked": set(ticked or []),
        "fault": fault,
    }
    if form.is_valid():
        context |= _painted(request, form)
    response = render(request, "meetings/find.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _painted(request: HttpRequest, form: FinderForm) -> dict[str, Any]:
    asked = form.cleaned_data
    host = Administration.objects.get(pk=asked["host"])
    first, minutes = asked["start"], asked["minutes"]
    earlier = _earlier(request)
    years = {first.year - 1, first.year, first.year + 1}
    years |= {starts.year for starts, _minutes in earlier}
    members = polls.members_of(_chosen(form), years)
    carried = finder.burdens(members, earlier)
    burden = {row.member.code: row.outside for row in carried}
    days = finder.fortnight(members, first, host.zone, minutes, burden=burden)
    step = datetime.timedelta(days=finder.FORTNIGHT)
    return {
        "host": host,
        "shows_host": timezone.get_current_timezone_name() != host.zone,
        "members": members,
        "rows": painting.day_rows(days, members, host.zone),
        "carried": carried,
        "earlier_count": len(earlier),
        "unknown": [one.label for one in finder.unknown(members)],
        "hours": [(hour, hour * 4) for hour in range(0, 24, 3)],
        "sooner": _moved(request, max(first - step, timezone.localdate())),
        "later": _moved(request, first + step),
    }


def _moved(request: HttpRequest, day: datetime.date) -> str:
    query = request.GET.copy()
    query["start"] = day.isoformat()
    return f"?{query.urlencode()}"


def _earlier(request: HttpRequest) -> list[tuple[datetime.datetime, int]]:
    """The last meetings of the series that were held, as far as this reader may know of them."""
    rows = queries.past(request.actor).filter(
        kind__in=[Kind.QUARTERLY, Kind.EXTRAORDINARY], starts_at__isnull=False, state="held"
    )
    return [(one.starts_at, one.minutes) for one in rows[:EARLIER] if one.starts_at]


def _poll_form(request: HttpRequest, about: Meeting | None, data: Any = None) -> PollForm:
    """Meetings that are still to be held and have no open poll."""
    open_ones = queries.coming(request.actor).filter(origin=request.actor.administration)
    rows = list(open_ones.exclude(poll__isnull=False, poll__closed_at__isnull=True)[:50])
    titles = titles_of(request.vault, rows)
    choices = [
        (one.ref, _("%(name)s: %(words)s") % {"name": one.ref, "words": titles[one.pk]})
        for one in rows
    ]
    week = timezone.localdate() + datetime.timedelta(days=7)
    initial = {"meeting": about.ref if about else "", "closes_on": week}
    return PollForm(data, meetings=choices, initial=initial)


def _asked(request: HttpRequest, form: FinderForm, about: Meeting | None) -> HttpResponse:
    """The times that were ticked are by the clock of the page, and become the meeting's own."""
    asking = _poll_form(request, about, request.POST)
    ticked = request.POST.getlist("time")
    if not asking.is_valid() or about is None:
        return _page(request, form, about, asking=asking, ticked=ticked, status=400)
    walls = painting.read_walls(ticked)
    if asking.cleaned_data["own_day"] and asking.cleaned_data["own_time"]:
        walls.append((asking.cleaned_data["own_day"], asking.cleaned_data["own_time"]))
    host = Administration.objects.get(pk=form.cleaned_data["host"])
    times = [_by_meeting(day, clock, host.zone, about) for day, clock in walls]
    try:
        open_poll(
            actor=request.actor,
            meeting=about,
            candidates=times,
            closes_on=asking.cleaned_data["closes_on"],
        )
    except NotPossible as problem:
        fault = _put(asking, problem.faults)
        return _page(request, form, about, asking=asking, ticked=ticked, fault=fault, status=400)
    messages.success(request, _("The poll is open. Whoever answers for an administration is told."))
    return redirect("meetings:poll", ref=about.ref)


def _by_meeting(
    day: datetime.date, clock: datetime.time, zone: str, meeting: Meeting
) -> tuple[datetime.date, datetime.time]:
    """The same instant on the clock of the meeting's own host."""
    there = datetime.datetime.combine(day, clock, ZoneInfo(zone)).astimezone(meeting.tz)
    return there.date(), there.time().replace(tzinfo=None)


def _put(form: PollForm, faults: dict[str, str]) -> str:
    """Sentences beside their fields; what has none stands above the times."""
    rest = []
    for name, sentence in faults.items():
        if name in form.fields:
            form.add_error(name, sentence)
        else:
            rest.append(sentence)
    return " ".join(rest)
