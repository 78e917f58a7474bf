"""Decisions out of session: sent round, objected to, and what came of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can, require
from accounts.language import administration_in
from accounts.models import Administration
from activity.queries import latest_live_id, notices_about
from activity.services import mark_read
from meetings.facts import silence_target
from meetings.forms_registers import ObjectionForm, SilenceForm
from meetings.found import found
from meetings.looks import look
from meetings.models import Group, Kind, Meeting
from meetings.queries import counting_codes
from meetings.sealing import Locked
from meetings.services import silence as services
from meetings.services.series import NotPossible
from meetings.silences import Silence, deadlines, silence_of, silences_of
from meetings.views_minutes import locked_words, put
from vault.http import is_act, unlocked
from vault.manifests import SealBroken


@require_GET
@unlocked
def silences(request: HttpRequest) -> HttpResponse:
    """What is out for objection, and what was."""
    context = {
        "nav_key": "meetings",
        "rows": silences_of(request.actor, request.vault),
        "may_open": can(request.actor, Action.PREPARE_MEETING, None),
    }
    return _unkept(render(request, "meetings/silences.html", context))


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def new(request: HttpRequest) -> HttpResponse:
    """First what each will see, then the sending."""
    require(request.actor, Action.PREPARE_MEETING)
    if request.method != "POST":
        group = Group.objects.filter(pk="ISWG").first()
        form = SilenceForm(initial={"proposal_id": uuid4(), "group": group, "clock": "17:00"})
        return _form_page(request, form)
    form = SilenceForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    if "send" not in request.POST:
        return _form_page(request, form, checked=True)
    if request.vault is None:
        form.add_error(None, locked_words())
        return _form_page(request, form, status=409)
    return _opened(request, form)


def _form_page(
    request: HttpRequest, form: SilenceForm, *, checked: bool = False, status: int = 200
) -> HttpResponse:
    rows: list[Any] = []
    if checked and form.deadline is not None:
        probe = Meeting(group=form.cleaned_data["group"], origin_id=request.actor.administration)
        counting = Administration.objects.filter(pk__in=counting_codes(probe)).order_by("name")
        rows = deadlines(form.deadline, list(counting), timezone.get_current_timezone())
    context = {
        "nav_key": "meetings",
        "form": form,
        "checked": checked,
        "seats": rows,
        "deadline": form.deadline if checked else None,
    }
    return _unkept(render(request, "meetings/silence_new.html", context, status=status))


def _opened(request: HttpRequest, form: SilenceForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        proposal = services.open_silence(
            actor=request.actor,
            vault=request.vault,
            proposal_id=typed["proposal_id"],
            group=typed["group"],
            title=typed["title"],
            words=typed["words"],
            deadline=typed["deadline"],
        )
    except NotPossible as problem:
        faults = {"day" if name == "deadline" else name: said
                  for name, said in problem.faults.items()}  # fmt: skip
        put(form, faults)
        return _form_page(request, form, status=400)
    except (Locked, SealBroken):
        form.add_error(None, locked_words())
        return _form_page(request, form, status=409)
    messages.success(request, _("Sent round. Each seat is told, with its own day and hour."))
    return redirect("meetings:silence", ref=proposal.meeting.ref)


# One of them ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def silence(request: HttpRequest, ref: str) -> HttpResponse:
    """The text, until when, who may object, and what came of it."""
    meeting = found(request, ref)
    if meeting.kind != Kind.CIRCULATION:
        raise Http404
    since = latest_live_id()
    row = silence_of(request.vault, meeting, timezone.get_current_timezone())
    if row is None:
        raise Http404
    if request.method == "POST":
        return _objected(request, row)
    look(request, meeting)  # whoever has looked is not reminded
    if is_act(request):
        mark_read(
            actor=request.actor, notices=notices_about(request.actor, silence_target(meeting))
        )
    return _page(request, row, since=since)


def _page(
    request: HttpRequest,
    row: Silence,
    *,
    form: ObjectionForm | None = None,
    since: int | None = None,
    status: int = 200,
) -> HttpResponse:
    may_object = can(request.actor, Action.VOTE, row.proposal)
    context = {
        "nav_key": "meetings",
        "silence": row,
        "meeting": row.meeting,
        "proposal": row.proposal,
        "members": [one.administration for one in row.seats],
        "is_over": bool(row.proposal.deadline and row.proposal.deadline < timezone.now()),
        "may_object": may_object,
        "form": (form or ObjectionForm()) if may_object else None,
        "live_since": since if since is not None else latest_live_id(),
    }
    return _unkept(render(request, "meetings/silence.html", context, status=status))


def _objected(request: HttpRequest, row: Silence) -> HttpResponse:
    form = ObjectionForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            _object(request, row, form)
        except NotPossible as problem:
            put(form, problem.faults)
        except (Locked, SealBroken):
            form.add_error(None, locked_words())
            status = 409
        else:
            name = administration_in(request)
            said = _("The objection for %(name)s is recorded. The text does not stand.")
            messages.success(request, said % {"name": name.in_sentence if name else ""})
            return redirect("meetings:silence", ref=row.meeting.ref)
    return _page(request, row, form=form, status=status)


def _object(request: HttpRequest, row: Silence, form: ObjectionForm) -> None:
    if request.vault is None:
        raise Locked
    services.object_to(
        actor=request.actor,
        vault=request.vault,
        proposal=row.proposal,
        words=form.cleaned_data["words"],
    )


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
