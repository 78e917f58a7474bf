"""The chase list: for the depositary, who waits for whom, since when, and the reminders."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, require
from mous.chase import Waiting, days_of, waiting_for
from mous.forms_steps import ChaseForm, IntervalForm, put_faults
from mous.found import found
from mous.frame import framed
from mous.models import Instrument
from mous.services import chasing
from mous.services.acts import NotPossible
from mous.vocabulary import LOOKS, state_label


@require_http_methods(["GET", "POST"])
def chase_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Nothing sealed stands here, so no key is needed."""
    instrument = _kept(request, slug)
    if request.method == "GET":
        return _page(request, instrument)
    rows = waiting_for(instrument, timezone.localdate())
    form = ChaseForm(request.POST, codes=[one.party.code for one in rows])
    if form.is_valid():
        try:
            sent = chasing.chase(
                actor=request.actor, instrument=instrument, codes=form.cleaned_data["codes"],
                again=form.cleaned_data["again"],
            )  # fmt: skip
        except NotPossible as problem:
            put_faults(form, problem)
        else:
            said = ngettext("%(n)d reminder is sent.", "%(n)d reminders are sent.", len(sent))
            messages.success(request, said % {"n": len(sent)})
            return redirect("mous:chase", slug=slug)
    return _page(request, instrument, form=form, status=400)


@require_POST
def interval(request: HttpRequest, slug: str) -> HttpResponse:
    """After how long the portal reminds by itself."""
    instrument = _kept(request, slug)
    form = IntervalForm(request.POST)
    if form.is_valid():
        try:
            days = form.cleaned_data["days"]
            chasing.set_chasing(actor=request.actor, instrument=instrument, days=days)
        except NotPossible as problem:
            put_faults(form, problem)
        else:
            messages.success(request, _("Kept."))
            return redirect("mous:chase", slug=slug)
    return _page(request, instrument, interval_form=form, status=400)


def _kept(request: HttpRequest, slug: str) -> Instrument:
    """An instrument that this reader keeps; 403 with a sentence for everybody else inside."""
    instrument = found(request, slug)
    require(request.actor, Action.KEEP_REGISTER, instrument)
    return instrument


def _page(
    request: HttpRequest,
    instrument: Instrument,
    *,
    form: ChaseForm | None = None,
    interval_form: IntervalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = framed(request, instrument, "chase")
    days, rows = days_of(instrument), waiting_for(instrument, timezone.localdate())
    chosen = set(form.data.getlist("codes")) if form else set()
    context |= {
        "locked": False,
        "rows": [_row(instrument, one, one.party.code in chosen) for one in rows],
        "form": form,
        "asks_again": form is not None and "again" in form.errors,
        "days": days,
        "interval_form": interval_form or IntervalForm(initial={"days": days}),
    }
    response = render(request, "mous/chase.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _row(instrument: Instrument, one: Waiting, is_chosen: bool) -> dict[str, object]:
    progress = one.progress
    return {
        "waiting": one,
        "party": one.party,
        "state": state_label(instrument, progress.state),
        "look": LOOKS[progress.state],
        "next": progress.present.title_in(instrument) if progress.present else "",
        "is_chosen": is_chosen,
        "just_reminded": one.was_just_reminded(timezone.now()),
    }
