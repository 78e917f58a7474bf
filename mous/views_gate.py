"""The gate of an instrument: what happens at each label for who does not take part."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, can, require
from mous.bases import check_gate
from mous.forms_bases import GateForm
from mous.found import found
from mous.frame import framed
from mous.judging import DEFAULT_GATES
from mous.models import Gate, GateSetting, Instrument
from mous.services.acts import NotPossible
from mous.services.bases import set_gate
from mous.trusted import gating
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.http import unlocked


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def gate(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody reads how it is set and was; the Secretariat sets it."""
    instrument = found(request, slug)
    present = _present(instrument)
    may = can(request.actor, Action.KEEP_REGISTER, instrument)
    form = GateForm(request.POST or None, present=present)
    status = 200
    if request.method == "POST":
        require(request.actor, Action.KEEP_REGISTER, instrument)
        if request.vault is None:
            form.is_valid()
            form.add_error(
                None, _("Your keys are locked. Open them in another tab, then send this again.")
            )
        if form.is_valid():
            return _set(request, instrument, present, form)
        status = 422
    context = framed(request, instrument, "gate") | {
        "form": form,
        "may_set": may,
        "present": [(marking, Gate(value).label) for marking, value in present.items()],
        "history": _history(instrument),
    }
    return render(request, "mous/gate.html", context, status=status)


def _present(instrument: Instrument) -> dict[str, str]:
    """As it is believed: settings whose signature holds, the defaults otherwise."""
    for one in gating():
        if one.instrument.pk == instrument.pk:
            return one.gates
    return dict(DEFAULT_GATES)


def _history(instrument: Instrument) -> list[dict[str, object]]:
    rows = GateSetting.objects.filter(instrument=instrument).select_related("set_by", "instrument")
    view, found = directory(), []
    for row in rows.order_by("-set_at", "-pk"):
        try:
            check_gate(row, view)
            broken = False
        except CannotOpen:
            broken = True
        found.append({"row": row, "broken": broken})
    return found


def _set(
    request: HttpRequest, instrument: Instrument, present: dict[str, str], form: GateForm
) -> HttpResponse:
    chosen = {k: v for k, v in form.chosen().items() if v != present[k]}
    try:
        for marking, value in chosen.items():
            set_gate(
                actor=request.actor, vault=request.vault, instrument=instrument,
                marking=marking, gate=value,
            )  # fmt: skip
    except NotPossible as problem:
        messages.error(request, " ".join(problem.faults.values()))
    else:
        messages.success(
            request, _("Set, from this moment on.") if chosen else _("Nothing changed.")
        )
    return redirect("mous:gate", slug=instrument.slug)
