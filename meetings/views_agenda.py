"""The agenda is written: items put on it, changed, moved, taken off; papers wanted by a day.

What was typed comes back with every fault; what somebody else wrote meanwhile is shown beside it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, require
from meetings import writings
from meetings.forms_prepare import DeadlineForm, ItemForm, put_faults
from meetings.found import found, found_item
from meetings.models import AgendaItem, Field, Meeting
from meetings.sealing import Locked
from meetings.services import agenda
from meetings.services.series import NotPossible
from vault.http import unlocked
from vault.manifests import SealBroken

CANNOT_OPEN = (Locked, SealBroken)
BASES = {Field.TITLE: "title_base", Field.LEAD: "lead_base"}


def _place(meeting: Meeting, item_id: UUID | None = None) -> str:
    address = reverse("meetings:meeting", args=[meeting.ref])
    return f"{address}#item-{item_id}" if item_id else address


def _form(meeting: Meeting, data: Any = None, *, fixed: bool, **more: Any) -> ItemForm:
    places = [row.administration for row in meeting.participants.all()]
    return ItemForm(data, places=places, own=meeting.origin_id, fixed=fixed, **more)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    form: ItemForm,
    *,
    item: AgendaItem | None = None,
    item_id: UUID | None = None,
    others: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "form": form,
        "item": item,
        "item_id": item_id,
        "others": others,
    }
    response = render(request, "meetings/item.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _fault(form: ItemForm, sentence: str) -> None:
    form.is_valid()
    form.add_error(None, sentence)


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def item_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Put an item at the end of the agenda."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    item_id = _uuid(request.POST.get("item", ""))
    if request.method == "GET":
        return _page(request, meeting, _form(meeting, fixed=False), item_id=item_id)
    form = _form(meeting, request.POST, fixed=False)
    if request.vault is None:
        _fault(form, _("Your keys are locked. Open them in another tab, then send this again."))
    if form.is_valid() and _added(request, meeting, form, item_id):
        messages.success(request, _("The item is on the agenda."))
        return redirect(_place(meeting, item_id))
    return _page(request, meeting, form, item_id=item_id, status=400)


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        return uuid4()


def _added(request: HttpRequest, meeting: Meeting, form: ItemForm, item_id: UUID) -> bool:
    chosen = form.cleaned_data
    facts = {name: chosen[name] for name in ("title", "kind", "minutes", "presenter", "lead")}
    try:
        agenda.add_item(
            actor=request.actor, vault=request.vault, meeting=meeting, item_id=item_id,
            closed_to=chosen["closed_to"], **facts,
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except CANNOT_OPEN:
        form.add_error(None, _("This meeting does not open with your keys."))
    return not form.errors


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def item(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """Other words, another length, another presenter."""
    row = found_item(request, ref, item_id)
    require(request.actor, Action.PREPARE_MEETING, row.meeting)
    if request.method == "POST":
        return _changed(request, row)
    texts = _texts(request, row)
    initial = {
        "title": texts[Field.TITLE].words,
        "lead": texts[Field.LEAD].words,
        "kind": row.kind,
        "minutes": row.minutes,
        "presenter": row.presenter_id or "",
        **{name: texts[field].revision for field, name in BASES.items()},
    }
    return _page(request, row.meeting, _form(row.meeting, fixed=True, initial=initial), item=row)


def _texts(request: HttpRequest, row: AgendaItem) -> dict[str, writings.Text]:
    texts = writings.read(request.vault, row.meeting, fields=list(BASES), subjects=[row.uuid])
    empty = {field: writings.Text(row.uuid, field) for field in BASES}
    return empty | {field: text for (_subject, field), text in texts.items()}


def _changed(request: HttpRequest, row: AgendaItem) -> HttpResponse:
    form = _form(row.meeting, request.POST, fixed=True)
    if request.vault is None:
        _fault(form, _("Your keys are locked. Open them in another tab, then send this again."))
    if not form.is_valid():
        return _page(request, row.meeting, form, item=row, status=400)
    chosen = form.cleaned_data
    facts = {name: chosen[name] for name in ("title", "kind", "minutes", "presenter", "lead")}
    bases = (chosen["title_base"] or 0, chosen["lead_base"] or 0)
    try:
        agenda.change_item(actor=request.actor, vault=request.vault, item=row, bases=bases, **facts)
    except writings.Overtaken:
        return _overtaken(request, row, form)
    except NotPossible as problem:
        put_faults(form, problem)
    except CANNOT_OPEN:
        form.add_error(None, _("This item does not open with your keys."))
    if form.errors:
        return _page(request, row.meeting, form, item=row, status=400)
    messages.success(request, _("The item is changed."))
    return redirect(_place(row.meeting, row.uuid))


def _overtaken(request: HttpRequest, row: AgendaItem, form: ItemForm) -> HttpResponse:
    """Somebody saved meanwhile: both texts are shown, and the next sending replaces what is now
    there, knowingly."""
    texts, data = _texts(request, row), form.data.copy()
    others = [
        {
            "label": form.fields[field].label,
            "now": texts[field],
            "typed": data.get(field, ""),
        }
        for field, name in BASES.items()
        if str(texts[field].revision) != data.get(name)
    ]
    for field, name in BASES.items():
        data[name] = str(texts[field].revision)
    form.data = data
    return _page(request, row.meeting, form, item=row, others=others, status=409)


@require_http_methods(["GET", "POST"])
@unlocked
def drop(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """Asked once more first; what was written about it stays in the record."""
    row = found_item(request, ref, item_id)
    require(request.actor, Action.PREPARE_MEETING, row.meeting)
    if request.method == "GET":
        title = _texts(request, row)[Field.TITLE]
        context = {"nav_key": "meetings", "meeting": row.meeting, "item": row, "title": title}
        response = render(request, "meetings/item_drop.html", context)
        response["Cache-Control"] = "no-store"
        return response
    try:
        agenda.drop_item(actor=request.actor, item=row)
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    else:
        messages.success(request, _("The item is off the agenda."))
    return redirect(_place(row.meeting))


@require_POST
@unlocked
def order(request: HttpRequest, ref: str) -> HttpResponse:
    """The order that the page shows, with one item moved up or down; or all as they were drawn."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    wanted = [_uuid(one) for one in request.POST.getlist("order")]
    for name, step in (("up", -1), ("down", 1)):
        if name in request.POST:
            wanted = _moved(wanted, _uuid(request.POST[name]), step)
    try:
        agenda.order_items(actor=request.actor, meeting=meeting, order=wanted)
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    moved = request.POST.get("up") or request.POST.get("down")
    return redirect(_place(meeting, _uuid(moved) if moved else None))


def _moved(order: list[UUID], one: UUID, step: int) -> list[UUID]:
    """The same with one of them a place further up or down, as far as there is room."""
    if one not in order:
        return order
    at = order.index(one)
    place = min(max(at + step, 0), len(order) - 1)
    rest = [other for other in order if other != one]
    return [*rest[:place], one, *rest[place:]]


@require_POST
@unlocked
def standing(request: HttpRequest, ref: str) -> HttpResponse:
    """What every quarterly meeting has, on an empty agenda."""
    meeting = found(request, ref)
    try:
        agenda.put_standing_items(actor=request.actor, vault=request.vault, meeting=meeting)
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    except CANNOT_OPEN:
        messages.error(request, _("This meeting does not open with your keys."))
    return redirect(_place(meeting))


@require_POST
@unlocked
def deadline(request: HttpRequest, ref: str) -> HttpResponse:
    """Until when papers are wanted."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    form = DeadlineForm(request.POST)
    if form.is_valid():
        day = form.cleaned_data["papers_due_on"]
        try:
            agenda.set_paper_deadline(actor=request.actor, meeting=meeting, day=day)
        except NotPossible as problem:
            messages.error(request, " ".join(problem.faults.values()))
            return redirect("meetings:papers", ref=meeting.ref)
        messages.success(request, _("Kept. Who presents an item is reminded of its paper."))
    else:
        messages.error(request, _("Write the date as year, month and day."))
    return redirect("meetings:papers", ref=meeting.ref)
