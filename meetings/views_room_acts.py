"""The buttons of the live room. Each is a service; the socket calls the same (room_acts.py)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from access.actors import Actor
from access.policy import Action, Refused, can
from accounts.models import User
from activity.record import record_refusal
from meetings.found import found, found_item
from meetings.models import Attendance, Hand, Meeting, Method, Proposal
from meetings.services import deciding
from meetings.services import room as services
from meetings.services.series import NotPossible
from meetings.views_room import person_form, room_page
from vault.http import unlocked


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def whole(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def done(request: HttpRequest, meeting: Meeting, act: Callable[[], object]) -> HttpResponse:
    """Do it, and back to the room; or why not, in words."""
    try:
        act()
    except NotPossible as problem:
        return _not_done(request, meeting, " ".join(problem.faults.values()), 409)
    except Refused as refusal:
        if not wants_json(request):
            raise
        record_refusal(request.actor, refusal.action.name.lower(), request.path[:60])
        return _not_done(request, meeting, str(refusal.reason), 403)
    if wants_json(request):
        return JsonResponse({})
    return redirect("meetings:room", ref=meeting.ref)


def _not_done(request: HttpRequest, meeting: Meeting, sentence: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    messages.error(request, sentence)
    return redirect("meetings:room", ref=meeting.ref)


@require_POST
@unlocked
def call(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    item = found_item(request, ref, item_id)
    return done(request, item.meeting, lambda: services.call_item(actor=request.actor, item=item))


# Who is there ---------------------------------------------------------------------------------


@require_POST
@unlocked
def here(request: HttpRequest, ref: str) -> HttpResponse:
    """I am here, or I am leaving."""
    meeting, on = found(request, ref), request.POST.get("on") != "0"
    return done(request, meeting, lambda: be_here(request.actor, meeting, on=on))


def be_here(actor: Actor, meeting: Meeting, *, on: bool) -> None:
    if on:
        services.check_in(actor=actor, meeting=meeting)
        return
    rows = Attendance.objects.filter(
        meeting=meeting, user=actor.user_id, arrived_at__isnull=False, left_at=None
    )
    for row in rows:
        services.check_out(actor=actor, attendance=row)


@require_POST
@unlocked
def attendance(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody else has come, or an administration sent an apology."""
    meeting = found(request, ref)
    if "apology" in request.POST:
        code, on = request.GET.get("code", ""), request.POST["apology"] == "1"
        return done(
            request,
            meeting,
            lambda: services.note_apology(actor=request.actor, meeting=meeting, code=code, on=on),
        )
    form = person_form(meeting, request.POST)
    if not form.is_valid():
        return room_page(request, meeting, status=400, somebody=form)
    person = User.objects.get(pk=form.cleaned_data["person"])
    return done(
        request,
        meeting,
        lambda: services.check_in(actor=request.actor, meeting=meeting, person=person),
    )


@require_POST
@unlocked
def left(request: HttpRequest, ref: str, stay: int) -> HttpResponse:
    meeting = found(request, ref)
    row = get_object_or_404(Attendance.objects.filter(meeting=meeting, apology=False), pk=stay)
    row.meeting = meeting
    return done(request, meeting, lambda: services.check_out(actor=request.actor, attendance=row))


# Who speaks -----------------------------------------------------------------------------------


@require_POST
@unlocked
def hand(request: HttpRequest, ref: str) -> HttpResponse:
    """My hand goes up, for a point of order or not; or down."""
    meeting, wish = found(request, ref), request.POST.get("hand", "")
    return done(request, meeting, lambda: move_hand(request.actor, meeting, wish))


def move_hand(actor: Actor, meeting: Meeting, wish: str) -> None:
    """`raise`, `order` or `lower`."""
    if wish != "lower":
        services.raise_hand(actor=actor, meeting=meeting, point_of_order=wish == "order")
        return
    for row in Hand.objects.filter(meeting=meeting, user=actor.user_id, lowered_at=None):
        services.lower_hand(actor=actor, hand=row)


@require_POST
@unlocked
def hand_of(request: HttpRequest, ref: str, hand: int) -> HttpResponse:
    """Somebody's hand: the floor is given, or it is lowered."""
    meeting = found(request, ref)
    row = get_object_or_404(Hand.objects.filter(meeting=meeting), pk=hand)
    row.meeting = meeting
    act = services.call_speaker if request.POST.get("floor") == "give" else services.lower_hand
    return done(request, meeting, lambda: act(actor=request.actor, hand=row))


# What is decided ------------------------------------------------------------------------------


def found_proposal(request: HttpRequest, ref: str, proposal_id: UUID) -> Proposal:
    """A decision of this meeting that this reader may read, or 404."""
    proposal = proposal_in(request.actor, found(request, ref), proposal_id)
    if proposal is None:
        raise Http404
    return proposal


def proposal_in(actor: Actor, meeting: Meeting, proposal_id: UUID) -> Proposal | None:
    """Nothing of a closed item that is not for the actor."""
    rows = Proposal.objects.filter(meeting=meeting).exclude(method=Method.SILENCE)
    row = rows.select_related("item").filter(uuid=proposal_id).first()
    if row is None:
        return None
    row.meeting = meeting
    if row.item is None:
        return row
    row.item.meeting = meeting
    return row if can(actor, Action.READ_ITEM, row.item) else None


@require_POST
@unlocked
def ballot(request: HttpRequest, ref: str, proposal_id: UUID) -> HttpResponse:
    proposal = found_proposal(request, ref, proposal_id)
    return done(
        request,
        proposal.meeting,
        lambda: deciding.cast_ballot(
            actor=request.actor,
            proposal=proposal,
            choice=request.POST.get("choice", ""),
            revision=whole(request.GET.get("revision", "")),
        ),
    )


@require_POST
@unlocked
def decide(request: HttpRequest, ref: str, proposal_id: UUID) -> HttpResponse:
    proposal = found_proposal(request, ref, proposal_id)
    return done(
        request,
        proposal.meeting,
        lambda: deciding.close_proposal(
            actor=request.actor, proposal=proposal, result=request.POST.get("result", "")
        ),
    )
