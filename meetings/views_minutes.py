"""The minutes of a meeting: shown with what the system knows, sent round, commented on, adopted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, can
from activity.queries import latest_live_id, newest_checkpoint, notices_about
from activity.services import mark_read
from meetings import queries
from meetings.adopted import is_as_adopted
from meetings.carried import adopting_meetings
from meetings.facts import minutes_target
from meetings.forms_minutes import CirculateForm, CommentForm
from meetings.found import found, found_item
from meetings.frame import tabs
from meetings.minuted import ItemRecord, items_of, roll_of
from meetings.models import Adoption, Meeting, MinutesComment, MinutesState
from meetings.sealing import Locked
from meetings.services import minutes as services
from meetings.services.series import NotPossible
from meetings.stamps import short
from meetings.titles import title_of
from meetings.views import topics
from vault.http import is_act, unlocked
from vault.manifests import SealBroken

LOOKS = {
    MinutesState.NONE: "off",
    MinutesState.DRAFT: "none",
    MinutesState.CIRCULATED: "part",
    MinutesState.REVISED: "part",
    MinutesState.ADOPTED: "done",
}


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def minutes(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole of it; what may be done with it stands beside it."""
    meeting = found(request, ref)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        return act(request, meeting) if act else redirect("meetings:minutes", ref=meeting.ref)
    if is_act(request):
        mark_read(
            actor=request.actor, notices=notices_about(request.actor, minutes_target(meeting))
        )
    return page(request, meeting)


def page(
    request: HttpRequest,
    meeting: Meeting,
    *,
    circulating: CirculateForm | None = None,
    commenting: tuple[UUID, CommentForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    since, actor = latest_live_id(), request.actor
    adoption = Adoption.objects.filter(meeting=meeting).select_related("adopted_in").first()
    may_run = bool(can(actor, Action.RUN_MEETING, meeting))
    begun = meeting.minutes_state != MinutesState.NONE
    records = items_of(actor, request.vault, meeting)
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "members": [row.administration for row in meeting.participants.all()],
        "title": title_of(request.vault, meeting),
        "tabs": tabs(meeting, "minutes"),
        "state_label": MinutesState(meeting.minutes_state).label,
        "state_look": LOOKS[MinutesState(meeting.minutes_state)],
        "begun": begun,
        "roll": roll_of(meeting),
        "items": [_with_form(one, meeting, commenting) for one in records],
        "adoption": adoption,
        "as_adopted": adoption is not None and is_as_adopted(meeting),
        "may_run": may_run,
        "may_write": may_run and begun and adoption is None,
        "circulating": circulating or CirculateForm(initial={"until": meeting.comments_until}),
        "adopting": _adopting(request, meeting) if may_run and adoption is None else [],
        "back": "room" if request.GET.get("back") == "room" else "",
        "checkpoint": newest_checkpoint(),
        "stamp": _stamp(meeting, records),
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    response = render(request, "meetings/minutes.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _stamp(meeting: Meeting, records: Sequence[ItemRecord]) -> str:
    """What of the page does not come by itself while it is open: its state, and which items."""
    items = [f"{one.number}.{one.title.revision}.{one.item.pk}" for one in records]
    return short("|".join([meeting.minutes_state, str(meeting.comments_until), *items]))


def _with_form(
    record: ItemRecord, meeting: Meeting, commenting: tuple[UUID, CommentForm] | None
) -> dict[str, Any]:
    """The item with its own form for a comment; the one that was refused comes as it was typed."""
    form = None
    if commenting and commenting[0] == record.item.uuid:
        form = commenting[1]
    elif record.may_comment and not record.is_break and not _comments_are_over(meeting):
        form = CommentForm(
            initial={"comment_id": uuid4()}, auto_id=f"id_{record.item.uuid.hex[:8]}_%s"
        )
    return {"record": record, "form": form, "refused": bool(form and form.is_bound)}


def _comments_are_over(meeting: Meeting) -> bool:
    """By the clock of the page, which is its reader's."""
    return services.comments_are_over(meeting, timezone.get_current_timezone_name())


def _adopting(request: HttpRequest, meeting: Meeting) -> list[Meeting]:
    if meeting.minutes_state not in {MinutesState.CIRCULATED, MinutesState.REVISED}:
        return []
    return adopting_meetings(request.actor, meeting)


# What is done with them -----------------------------------------------------------------------


def _begin(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    said = _("The draft is begun. Where notes were taken, it begins with them.")
    return _moved(request, meeting, said, services.begin_minutes, vault=request.vault)


def _revise(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    said = _("The minutes are marked as revised. The next meeting can adopt them.")
    return _moved(request, meeting, said, services.revise_minutes)


def _moved(
    request: HttpRequest, meeting: Meeting, said: str, service: Any, **more: Any
) -> HttpResponse:
    try:
        service(actor=request.actor, meeting=meeting, **more)
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    except (Locked, SealBroken):
        messages.error(request, _("This meeting does not open with your keys."))
    else:
        messages.success(request, said)
    return redirect("meetings:minutes", ref=meeting.ref)


def _circulate(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = CirculateForm(request.POST)
    if not form.is_valid():
        return page(request, meeting, circulating=form, status=400)
    try:
        services.circulate_minutes(
            actor=request.actor, meeting=meeting, until=form.cleaned_data["until"]
        )
    except NotPossible as problem:
        put(form, problem.faults)
        return page(request, meeting, circulating=form, status=400)
    messages.success(request, _("Sent round. Everybody who takes part is told."))
    return redirect("meetings:minutes", ref=meeting.ref)


def _comment(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    try:
        item = found_item(request, meeting.ref, UUID(request.POST.get("item", "")))
    except ValueError:
        return redirect("meetings:minutes", ref=meeting.ref)
    form = CommentForm(request.POST, auto_id=f"id_{item.uuid.hex[:8]}_%s")
    status = 400
    if form.is_valid():
        try:
            _commented(request, item, form)
        except NotPossible as problem:
            put(form, problem.faults)
        except (Locked, SealBroken):
            form.add_error(None, locked_words())
            status = 409
        else:
            messages.success(request, _("Your comment is kept with the item."))
            return redirect(f"{reverse('meetings:minutes', args=[meeting.ref])}#item-{item.uuid}")
    return page(request, meeting, commenting=(item.uuid, form), status=status)


def _commented(request: HttpRequest, item: Any, form: CommentForm) -> None:
    if request.vault is None:
        raise Locked
    services.comment_on_minutes(
        actor=request.actor,
        vault=request.vault,
        item=item,
        words=form.cleaned_data["words"],
        comment_id=form.cleaned_data["comment_id"],
    )


def _adopt(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    later = get_object_or_404(queries.meetings_for(request.actor), ref=request.POST.get("in", ""))
    if request.vault is None:
        messages.error(request, locked_words())
        return redirect("meetings:minutes", ref=meeting.ref)
    try:
        services.adopt_minutes(
            actor=request.actor, vault=request.vault, meeting=meeting, adopted_in=later
        )
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    else:
        messages.success(
            request, _("Adopted. From here on no word of these minutes can be changed unseen.")
        )
    return redirect(_back(request, meeting, later))


def _back(request: HttpRequest, meeting: Meeting, later: Meeting) -> str:
    """To where whoever adopted came from: the later meeting's room, or these minutes."""
    if request.POST.get("back") == "room":
        return reverse("meetings:room", args=[later.ref])
    return reverse("meetings:minutes", args=[meeting.ref])


ACTS = {
    "begin": _begin,
    "circulate": _circulate,
    "revise": _revise,
    "comment": _comment,
    "adopt": _adopt,
}


@require_POST
def settle(request: HttpRequest, ref: str, comment_id: UUID) -> HttpResponse:
    """A comment was dealt with."""
    meeting = found(request, ref)
    readable = queries.items_for(request.actor, meeting)
    comment = get_object_or_404(MinutesComment, uuid=comment_id, item__in=readable)
    services.settle_comment(actor=request.actor, comment=comment)
    return redirect(f"{reverse('meetings:minutes', args=[meeting.ref])}#item-{comment.item.uuid}")


def put(form: Any, faults: dict[str, str]) -> None:
    """The sentences of a service beside the fields they are about."""
    for name, sentence in faults.items():
        form.add_error(name if name in form.fields else None, sentence)


def locked_words() -> str:
    return _("Your keys are locked. Open them in another tab, then send this again.")
