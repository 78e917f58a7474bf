"""Whom an item is for, changed before anything was said about it: asked, told who would read it,
and done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from accounts.models import Administration
from accounts.spoken import in_order
from meetings.forms_prepare import AudienceForm, put_faults
from meetings.found import found_item
from meetings.models import AgendaItem
from meetings.sealing import Locked
from meetings.services.audience import change_audience, is_untouched, readers_with
from meetings.services.series import NotPossible
from meetings.titles import item_titles
from vault.http import unlocked
from vault.manifests import SealBroken


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def audience(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """First the choice, then the sentence that says who reads it then, then it is done."""
    item = found_item(request, ref, item_id)
    require(request.actor, Action.PREPARE_MEETING, item.meeting)
    if request.method == "GET":
        return _page(request, item, _form(item, initial={"closed_to": item.closed_to}))
    form = _form(item, request.POST)
    if request.vault is None:
        form.is_valid()
        sentence = _("Your keys are locked. Open them in another tab, then send this again.")
        form.add_error(None, sentence)
    if not form.is_valid():
        return _page(request, item, form, status=400)
    if "sure" not in request.POST:
        return _page(request, item, form, told=told(item, form.cleaned_data["closed_to"]))
    return _done(request, item, form)


def _form(item: AgendaItem, data: Any = None, **more: Any) -> AudienceForm:
    places = [row.administration for row in item.meeting.participants.all()]
    return AudienceForm(data, places=places, own=item.meeting.origin_id, **more)


def told(item: AgendaItem, closed_to: list[str]) -> str:
    """Who reads the item then, in one sentence."""
    codes, people = readers_with(item.meeting, closed_to)
    names = [name for _code, name in in_order(_named(codes))]
    sentence = ngettext(
        "Then %(n)d person in these administrations reads the item: %(names)s.",
        "Then %(n)d people in these administrations read the item: %(names)s.",
        people,
    )
    return sentence % {"n": people, "names": get_text_list(names, _("and"))}


def _named(codes: list[str]) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in Administration.objects.filter(pk__in=codes)]


def _done(request: HttpRequest, item: AgendaItem, form: AudienceForm) -> HttpResponse:
    try:
        change_audience(
            actor=request.actor,
            vault=request.vault,
            item=item,
            closed_to=form.cleaned_data["closed_to"],
        )
    except NotPossible as problem:
        put_faults(form, problem)
    except (Locked, SealBroken):
        form.add_error(None, _("This item does not open with your keys."))
    if form.errors:
        return _page(request, item, form, status=400)
    messages.success(request, _("From now on the item is for those whom you chose."))
    place = reverse("meetings:meeting", args=[item.meeting.ref])
    return redirect(f"{place}#item-{item.uuid}")


def _page(
    request: HttpRequest, item: AgendaItem, form: AudienceForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "nav_key": "meetings",
        "meeting": item.meeting,
        "item": item,
        "title": item_titles(request.vault, [item]).get(item.pk, ""),
        "form": form,
        "told": told,
        "may_change": is_untouched(item) and not item.meeting.is_over,
    }
    response = render(request, "meetings/audience.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
