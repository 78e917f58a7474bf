"""The legal basis of each administration, and other authorities beside the instruments."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can, require
from accounts.models import SECRETARIAT, Administration
from accounts.queries import members_on, today
from accounts.spoken import fold_name
from mous.bases import OpenAuthority, OpenBasis, open_authorities, open_bases
from mous.forms_bases import AuthorityForm, BasisForm, EndForm
from mous.forms_steps import put_faults
from mous.frame import NAV
from mous.models import LegalBasis, OtherAuthority
from mous.sealing import Locked, NotOpened
from mous.services import bases as services
from mous.services.acts import NotPossible
from vault.http import unlocked
from vault.manifests import SealBroken
from wording.sharing import DataKind, Purpose

INVALID = 422
REVISIONS = 30


def members() -> list[Administration]:
    """Every member of today and the Secretariat, by name."""
    rows = Administration.objects.filter(
        Q(pk__in=members_on(today()).values("pk")) | Q(pk=SECRETARIAT)
    )
    return sorted(rows, key=lambda one: (one.code == SECRETARIAT, fold_name(one.label)))


def _refused(form: forms.Form, call: Any) -> bool:
    """Whether a service found fault with it; the sentences stand on the form then."""
    try:
        call()
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("The register does not open with your keys."))
    return bool(form.errors)


def _locked(request: HttpRequest, form: forms.Form) -> bool:
    """The keys were locked meanwhile: nothing is done, and everything typed stays."""
    if request.vault is not None:
        return False
    form.is_valid()
    form.add_error(None, _("Your keys are locked. Open them in another tab, then send this again."))
    return True


# Legal bases ------------------------------------------------------------------------------------


@require_GET
def bases(request: HttpRequest) -> HttpResponse:
    """What every administration says of its own law; those that have said nothing too."""
    require(request.actor, Action.READ_REGISTER, None)
    newest: dict[str, LegalBasis] = {}
    for row in LegalBasis.objects.select_related("key").order_by("revision"):
        newest[row.administration_id] = row
    said = {one.row.administration_id: drawn_basis(one)
            for one in open_bases(request.vault, newest.values())}  # fmt: skip
    own = request.actor.administration
    context = {
        "nav_key": NAV,
        "rows": [{"administration": one, "said": said.get(one.code)} for one in members()],
        "locked": request.vault is None,
        "stated": len(said),
        "own": own.lower(),
        "may_state": can(request.actor, Action.STATE_LEGAL_BASIS, own),
    }
    return render(request, "mous/bases.html", context)


def drawn_basis(one: OpenBasis) -> dict[str, Any]:
    """One revision as the templates show it."""
    row = one.row
    return {
        "row": row,
        "words": one.words,
        "broken": one.broken,
        "purposes": [str(Purpose(p).label) for p in row.purposes if p in Purpose.values],
        "excluded": [str(DataKind(k).label) for k in row.excluded if k in DataKind.values],
    }


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def basis(request: HttpRequest, code: str) -> HttpResponse:
    """One administration's legal basis with its former revisions; its own people state the next."""
    require(request.actor, Action.READ_REGISTER, None)
    if code != code.lower():
        raise Http404
    administration = get_object_or_404(Administration, pk=code.upper())
    if request.method == "POST":
        require(request.actor, Action.STATE_LEGAL_BASIS, administration.code)
        return _stated(request, administration)
    return _basis_page(request, administration)


def _stated(request: HttpRequest, administration: Administration) -> HttpResponse:
    form = BasisForm(request.POST)
    if _locked(request, form) or not form.is_valid():
        return _basis_page(request, administration, form, INVALID)
    typed = {**form.cleaned_data}
    identity = typed.pop("basis")

    def call() -> None:
        services.state_legal_basis(
            actor=request.actor, vault=request.vault, basis_id=identity, **typed
        )

    if _refused(form, call):
        return _basis_page(request, administration, form, INVALID)
    messages.success(request, _("Stated. Every member sees it before it sends to you."))
    return redirect("mous:basis", code=administration.code.lower())


def _basis_page(
    request: HttpRequest,
    administration: Administration,
    form: BasisForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = LegalBasis.objects.filter(administration=administration)
    rows = rows.select_related("key", "author").order_by("-revision")[:REVISIONS]
    revisions = [drawn_basis(one) for one in open_bases(request.vault, rows)]
    newest = revisions[0] if revisions else None
    may = can(request.actor, Action.STATE_LEGAL_BASIS, administration.code)
    context = {
        "nav_key": NAV,
        "administration": administration,
        "newest": newest,
        "former": revisions[1:],
        "locked": request.vault is None,
        "may_state": may,
        "form": (form or BasisForm(initial=_as_it_stands(newest))) if may else None,
    }
    response = render(request, "mous/basis.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _as_it_stands(newest: dict[str, Any] | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"basis": uuid4()}
    if newest is None or newest["words"] is None:
        return initial
    words, row = newest["words"], newest["row"]
    return initial | {
        "act": words.act, "section": words.section, "conditions": words.conditions,
        "purposes": row.purposes, "excluded": row.excluded,
    }  # fmt: skip


# Other authorities ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def authorities(request: HttpRequest) -> HttpResponse:
    """All that are recorded: who, to whom, up to which label, from when to when. The words are for
    both sides and the Secretariat."""
    require(request.actor, Action.READ_REGISTER, None)
    if request.method == "GET":
        return _authorities_page(request)
    own = request.actor.administration
    require(request.actor, Action.RECORD_AUTHORITY, own)
    form = AuthorityForm(request.POST, administrations=_others(own))
    if _locked(request, form) or not form.is_valid():
        return _authorities_page(request, form, INVALID)
    typed = {**form.cleaned_data}
    identity = typed.pop("authority")

    def call() -> None:
        services.record_authority(
            actor=request.actor, vault=request.vault, authority_id=identity, **typed
        )

    if _refused(form, call):
        return _authorities_page(request, form, INVALID)
    messages.success(request, _("Recorded. Both sides are told."))
    return redirect("mous:authorities")


def _others(own: str) -> list[Administration]:
    return [one for one in members() if one.code != own]


def _authorities_page(
    request: HttpRequest, form: AuthorityForm | None = None, status: int = 200
) -> HttpResponse:
    own = request.actor.administration
    rows = OtherAuthority.objects.select_related("sender", "recipient", "key", "end")
    listed = [
        drawn_authority(request, one)
        for one in open_authorities(request.vault, rows.order_by("-since", "-pk"))
    ]
    may = can(request.actor, Action.RECORD_AUTHORITY, own)
    initial = {
        "authority": uuid4(), "since": timezone.localdate(), "up_to": "TLP:AMBER",
        "recipient": request.GET.get("recipient", ""), "kind": "bilateral",
    }  # fmt: skip
    context = {
        "nav_key": NAV,
        "present": [one for one in listed if one["holds"]],
        "past": [one for one in listed if not one["holds"]],
        "locked": request.vault is None,
        "may_record": may,
        "form": (form or AuthorityForm(administrations=_others(own), initial=initial))
        if may
        else None,
    }
    response = render(request, "mous/authorities.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def drawn_authority(request: HttpRequest, one: OpenAuthority) -> dict[str, Any]:
    row, day = one.row, today()
    own = request.actor.administration
    last = min((d for d in (row.until, one.end.ends_on if one.end else None) if d), default=None)
    sides = own in (row.sender_id, row.recipient_id, SECRETARIAT)
    return {
        "row": row,
        "broken": one.broken,
        "last": last,
        "ended": one.end is not None,
        "holds": not one.broken and (last is None or day <= last),
        "kinds": [str(DataKind(k).label) for k in row.data_kinds if k in DataKind.values],
        "text": one.words.text if one.words and sides else "",
        "may_end": one.end is None
        and not one.broken
        and bool(can(request.actor, Action.RECORD_AUTHORITY, row.sender_id)),
    }


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def authority(request: HttpRequest, authority_id: UUID) -> HttpResponse:
    """One of them, to end it: its last day is today or later."""
    require(request.actor, Action.READ_REGISTER, None)
    rows = OtherAuthority.objects.select_related("sender", "recipient", "key", "end")
    row = get_object_or_404(rows, uuid=authority_id)
    require(request.actor, Action.RECORD_AUTHORITY, row.sender_id)
    form = EndForm(request.POST or None, initial={"ends_on": today()})
    status = 200
    if request.method == "POST":
        status = INVALID

        def call() -> None:
            services.end_authority(
                actor=request.actor, vault=request.vault, authority=row,
                ends_on=form.cleaned_data["ends_on"],
            )  # fmt: skip

        if not _locked(request, form) and form.is_valid() and not _refused(form, call):
            messages.success(request, _("It ends. What was shared before stays as it was."))
            return redirect("mous:authorities")
    (opened,) = open_authorities(request.vault, [row])
    context = {"nav_key": NAV, "one": drawn_authority(request, opened), "form": form}
    return render(request, "mous/authority.html", context, status=status)
