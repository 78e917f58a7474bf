"""Acts: the register of all entries, one of them, and the second person's word."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from access.policy import Action, can
from mous import act_rows
from mous.act_rows import ActRow, act_url
from mous.forms_acts import DeclineForm, put_faults
from mous.found import found
from mous.frame import framed
from mous.models import Act, ActState, Instrument
from mous.queries import act_by_number, acts_of, parties_of
from mous.sealing import Locked
from mous.services import evidence
from mous.services.acts import NotPossible, SealBroken, confirm_act, decline_act
from mous.services.drafts import Wanted
from vault import files
from vault.crypto.errors import CannotOpen
from vault.http import unlocked
from vault.keeping import keeps_what_was_typed
from vault.streaming import as_download, guard

PER_PAGE = 50
CONFLICT = 409


def found_act(request: HttpRequest, slug: str, number: int) -> Act:
    """An act through the instrument of the address: a number of another one is not found."""
    instrument = found(request, slug)
    act = act_by_number(instrument, number)
    if act is None:
        raise Http404
    act.instrument = act.party.instrument = instrument
    return act


def may_enter(request: HttpRequest, instrument: Instrument) -> bool:
    """For the depositary's people, and for a participant's own."""
    own = request.actor.administration
    wanted = Wanted(own, instrument.depositary_id)
    takes_part = parties_of(instrument).filter(code=own).exists()
    is_depositary = own == instrument.depositary_id
    return (takes_part or is_depositary) and bool(can(request.actor, Action.ENTER_ACT, wanted))


# The register ---------------------------------------------------------------------------------


@require_GET
def acts(request: HttpRequest, slug: str) -> HttpResponse:
    """Every entry, the newest first: waiting, confirmed, declined. A locked reader sees it too."""
    instrument = found(request, slug)
    context = framed(request, instrument, "acts")
    parties = list(parties_of(instrument))
    rows = acts_of(instrument).order_by("-number")
    party = next((p for p in parties if p.code.lower() == request.GET.get("party", "")), None)
    if party is not None:
        rows = rows.filter(party=party)
    state = request.GET.get("state", "")
    if state in ActState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = acts_of(instrument).filter(state=ActState.ENTERED).count()
    context |= {
        "page_obj": page,
        "rows": act_rows.rows_of(request.vault, instrument, page.object_list),
        "parties": parties,
        "party": party,
        "state": state,
        "states": ActState.choices,
        "waiting": waiting,
        "may_enter": may_enter(request, instrument),
        "is_depositary": request.actor.administration == instrument.depositary_id,
        "may_sign": can_sign(request, instrument),
    }
    return render(request, "mous/acts.html", context)


def can_sign(request: HttpRequest, instrument: Instrument) -> bool:
    rows = parties_of(instrument).filter(code=request.actor.administration)
    return any(can(request.actor, Action.SIGN_INSTRUMENT, party) for party in rows)


# One of them ----------------------------------------------------------------------------------


@require_GET
def act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _act_page(request, found_act(request, slug, number), DeclineForm())


def _act_page(
    request: HttpRequest, found_one: Act, form: DeclineForm, status: int = 200
) -> HttpResponse:
    instrument = found_one.instrument
    context = framed(request, instrument, "")
    (row,) = act_rows.rows_of(request.vault, instrument, [found_one], documents=True)
    may_answer = act_rows.may_answer(request.actor, found_one)
    context |= {
        "row": row,
        "act": found_one,
        "form": form,
        "why_not": _why_not(request, found_one),
        "may_answer": may_answer and not row.opened.broken and not row.opened.locked,
        "may_correct": act_rows.may_correct(request.actor, row),
        "notification": act_rows.notification_of(found_one),
        "signed_well": _is_signed_well(request, row),
        "next_number": _beside(instrument, number=found_one.number + 1),
        "former_number": _beside(instrument, number=found_one.number - 1),
    }
    return render(request, "mous/act.html", context, status=status)


def _why_not(request: HttpRequest, found_one: Act) -> str:
    """To the one who entered it: why there is no button."""
    if found_one.is_waiting and found_one.entered_by_id == request.actor.user_id:
        return _("You entered this act: a second person confirms it.")
    return ""


def _beside(instrument: Instrument, *, number: int) -> int:
    return number if acts_of(instrument).filter(number=number).exists() else 0


def _is_signed_well(request: HttpRequest, row: ActRow) -> bool:
    """Of an act that was signed here: whether its signature file verifies."""
    from mous.services.signing import check_signed

    if not row.act.electronic or row.opened.words is None or request.vault is None:
        return False
    try:
        check_signed(request.vault, row.act, row.opened.words)
    except CannotOpen:
        return False
    return True


@require_POST
@unlocked
def confirm(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_act(request, slug, number)
    if _is_answered_by(request, one):
        return redirect(act_url(one))
    try:
        confirm_act(actor=request.actor, vault=request.vault, act=one)
    except SealBroken:
        evidence.report_broken_seal(actor=request.actor, instrument=one.instrument, act=one)
        messages.error(request, _("This entry is not what was signed, so it was not confirmed."))
    except Locked:
        messages.error(request, _("This act does not open with your keys: nothing was done."))
    else:
        messages.success(request, _("Confirmed: from now on it counts."))
    return redirect(act_url(one))


@keeps_what_was_typed
@require_POST
def decline(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_act(request, slug, number)
    if _is_answered_by(request, one):
        return redirect(act_url(one))
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            decline_act(actor=request.actor, vault=request.vault, act=one, reason=reason)
        except NotPossible as problem:
            put_faults(form, problem)
        except (Locked, SealBroken):
            form.add_error(None, _("This act does not open with your keys: nothing was done."))
        else:
            messages.success(request, _("Declined: it stays in the register, with your reason."))
            return redirect(act_url(one))
    return _act_page(request, one, form, 400)


def _is_answered_by(request: HttpRequest, one: Act) -> bool:
    """A second click of the same person is no second answer."""
    return not one.is_waiting and one.decided_by_id == request.actor.user_id


# What is fetched ------------------------------------------------------------------------------


@require_safe
@unlocked
def download(request: HttpRequest, slug: str, number: int, file_id: UUID) -> HttpResponseBase:
    """Always a download; every piece was verified before the first goes out."""
    one = found_act(request, slug, number)
    try:
        ready = evidence.open_evidence(
            actor=request.actor, vault=request.vault, act=one, file_id=file_id
        )
    except ObjectDoesNotExist:
        raise Http404 from None
    except files.FileNotReleased as held:
        if held.just_now and held.refused:
            evidence.report_refused_file(
                actor=request.actor, instrument=one.instrument, file_id=file_id
            )
        return trouble(request, one.instrument, act_url(one), "refused" if held.refused else "wait")
    except Locked:
        return trouble(request, one.instrument, act_url(one), "locked")
    except CannotOpen:
        evidence.report_broken_seal(actor=request.actor, instrument=one.instrument, act=one)
        return trouble(request, one.instrument, act_url(one), "damaged")
    return as_download(request, ready)


def trouble(request: HttpRequest, instrument: Instrument, back: str, what: str) -> HttpResponse:
    """Why nothing was sent, in words."""
    context = framed(request, instrument, "") | {"what": what, "back": back}
    response = render(request, "mous/file_trouble.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@unlocked
def signature(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The signature file of an act that was signed here, for tools/verify_signature.py."""
    one = found_act(request, slug, number)
    (row,) = act_rows.rows_of(request.vault, one.instrument, [one])
    if row.opened.locked:
        return trouble(request, one.instrument, act_url(one), "locked")
    if row.opened.words is None:
        return trouble(request, one.instrument, act_url(one), "damaged")
    if not one.electronic or not row.opened.words.signed:
        raise Http404
    response = HttpResponse(row.opened.words.signed.encode(), content_type="application/json")
    guard(response, f"signature-{one.party.code}-{one.number}.json")
    return response
