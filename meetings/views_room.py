"""The live room: its page, its screen, opening and closing. Views arrange; they do not decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can, people_who_can, require
from accounts.models import Appointment, User, in_force
from activity.queries import latest_live_id
from meetings.forms_room import ActionForm, NotesForm, PersonForm, ProposeForm
from meetings.found import found
from meetings.models import AgendaItem, Meeting
from meetings.rooms import Room
from meetings.services.room import close_meeting, open_meeting
from meetings.services.series import NotPossible
from meetings.titles import title_of
from vault.http import unlocked


@require_GET
@unlocked
def room(request: HttpRequest, ref: str) -> HttpResponse:
    return room_page(request, found(request, ref))


def room_page(
    request: HttpRequest, meeting: Meeting, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The room; with a form that could not be done as it was typed, and its sentence."""
    since = latest_live_id()
    here = Room(meeting, request.actor, request.vault)
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title_of(request.vault, meeting),
        "room": here,
        "live_since": since,
        "live_topics": _topics(request, meeting),
        **_own(request, here),
        **_notes(request, here),
        **(_tools(request, here) | forms if here.may_run and meeting.is_live else {}),
    }
    return render(request, "meetings/room.html", context, status=status)


def _topics(request: HttpRequest, meeting: Meeting) -> list[str]:
    """Less than on other pages: in the room the line belongs to the room."""
    actor = request.actor
    own = [f"administration:{actor.administration}", f"person:{actor.user_id}"]
    return [*own, f"meeting:{meeting.uuid}"]


def _own(request: HttpRequest, here: Room) -> dict[str, Any]:
    """What is this person's own: being here, and the hand."""
    own = request.actor.user_id
    sittings = [one for line in here.lines for one in line.sittings]
    return {
        "takes_part": can(request.actor, Action.TAKE_PART, here.meeting),
        "is_here": any(one.is_here and one.row.user_id == own for one in sittings),
        "hand_up": any(hand.user_id == own for hand in here.hands),
    }


def _notes(request: HttpRequest, here: Room) -> dict[str, Any]:
    """The notes of the current item, or of the one that was asked for."""
    asked = request.GET.get("notes", "")
    item = next((one for one in here.items if str(one.uuid) == asked), here.current)
    if item is None:
        return {}
    text = here.notes_of(item)
    return {
        "notes_item": item,
        "notes_text": text,
        "notes": notes_form(item, text.words, text.revision),
        "may_note": can(request.actor, Action.TAKE_NOTES, item)
        and not (text.broken or text.locked),
    }


def notes_form(item: AgendaItem, words: str, base: int, data: Any = None) -> NotesForm:
    number = getattr(item, "number", "")
    initial = {"words": words, "base": base}
    return NotesForm(data, number=number, initial=initial, auto_id="notes_%s")


def _tools(request: HttpRequest, here: Room) -> dict[str, Any]:
    """What only who runs the meeting has."""
    item = here.current.uuid if here.current else None
    return {
        "propose": ProposeForm.fresh(item),
        "task": ActionForm(meeting=here.meeting, item=item),
        "somebody": person_form(here.meeting),
    }


def person_form(meeting: Meeting, data: Any = None) -> PersonForm:
    """Everybody who may come for an administration that takes part, by administration."""
    people = User.objects.filter(people_who_can(Action.READ_MEETING, meeting))
    rows = Appointment.objects.filter(
        in_force(timezone.localdate()), user__in=people, administration__in=meeting.holder_codes
    ).select_related("user", "administration")
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows.order_by("administration__name", "user__name"):
        people_there = found.setdefault(row.administration.label, [])
        if (row.user_id, row.user.name) not in people_there:
            people_there.append((row.user_id, row.user.name))
    return PersonForm(data, people=found)


@require_GET
@unlocked
def clock(request: HttpRequest, ref: str) -> HttpResponse:
    """The server's time and the current item's: for a page that slept, which asks by itself."""
    here = Room(found(request, ref), request.actor, request.vault)
    time = here.clock
    facts: dict[str, Any] = {"now": int(timezone.now().timestamp())}
    if time is not None and here.current is not None:
        facts |= {"item": str(here.current.uuid), "started": time.started, "planned": time.planned}
    return JsonResponse(facts)


@require_GET
@unlocked
def screen(request: HttpRequest, ref: str) -> HttpResponse:
    """For a projector: large, live, without anything to press."""
    meeting, since = found(request, ref), latest_live_id()
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title_of(request.vault, meeting),
        "room": Room(meeting, request.actor, request.vault),
        "live_since": since,
        "live_topics": [f"meeting:{meeting.uuid}"],
        "look": "on-screen",
    }
    return render(request, "meetings/room_screen.html", context)


TURNS = {"open": open_meeting, "close": close_meeting}


@require_http_methods(["GET", "POST"])
@unlocked
def turn(request: HttpRequest, ref: str, what: str) -> HttpResponse:
    """Open or close the meeting, after it was said what that does."""
    meeting = found(request, ref)
    require(request.actor, Action.RUN_MEETING, meeting)
    fault = ""
    if request.method == "POST":
        try:
            TURNS[what](actor=request.actor, meeting=meeting)
        except NotPossible as problem:
            fault = " ".join(problem.faults.values())
        else:
            messages.success(request, _turned(what))
            return redirect("meetings:room", ref=meeting.ref)
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "what": what,
        "fault": fault,
        "room": Room(meeting, request.actor, request.vault),
    }
    return render(request, "meetings/room_turn.html", context, status=400 if fault else 200)


def _turned(what: str) -> str:
    return {"open": _("The meeting is open."), "close": _("The meeting is closed.")}[what]


def item_in(here: Room, item_id: UUID) -> AgendaItem:
    """An item that this reader may read, with its number; or 404."""
    for item in here.items:
        if item.uuid == item_id:
            return item
    raise Http404
