"""Entering: an instrument, an act with its documents, a correction. What was typed stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from accounts.models import Administration, AdministrationKind
from accounts.queries import members_on, today
from mous import act_rows, views_drafts
from mous.act_rows import act_url
from mous.forms_acts import ActForm, CorrectionForm, put_faults
from mous.forms_instruments import PARTNERS, InstrumentForm, PartnerForm
from mous.found import found
from mous.frame import NAV, framed
from mous.lifecycle import Kind
from mous.models import Act, ActDraft, Instrument, Party
from mous.queries import Picture, parties_of
from mous.sealing import Locked, NotOpened
from mous.services.acts import Entry, NotPossible, SealBroken, enter_act
from mous.services.drafts import ACT, Wanted, begin_draft, draft_of
from mous.services.instruments import admit_partner, open_instrument
from mous.views_acts import found_act
from vault.keeping import keeps_what_was_typed
from vault.uploads import NotAccepted
from vault.views.arriving_files import take_small_files

CONSENTS = (Kind.SIGNED_DEFINITIVE, Kind.PROCEDURES_COMPLETED, Kind.ACCEDED)


# An instrument --------------------------------------------------------------------------------


@keeps_what_was_typed
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The Secretariat enters an instrument, with who takes part and its rules."""
    require(request.actor, Action.KEEP_REGISTER)
    places = list(Administration.objects.exclude(kind=AdministrationKind.PARTNER))
    data = request.POST if request.method == "POST" else None
    initial = {"instrument": uuid4(), "opened_on": timezone.localdate()}
    form = InstrumentForm(data, places=places, initial=initial)
    partners = [PartnerForm(data, prefix=f"partner-{n}") for n in range(1, PARTNERS + 1)]
    if data is not None:
        fine = all([form.is_valid(), *(one.is_valid() for one in partners)])
        if fine and (instrument := _opened(request, form, partners)):
            messages.success(
                request, _("The instrument is in the register. Deposit its text next.")
            )
            return redirect("mous:texts", slug=instrument.slug)
    codes = [one.pk for one in members_on(today())]
    context = {
        "nav_key": NAV, "form": form, "partners": partners,
        "groups": [{"label": _("All members"), "codes": codes}],
    }  # fmt: skip
    return render(request, "mous/new.html", context, status=400 if data is not None else 200)


def _opened(
    request: HttpRequest, form: InstrumentForm, partners: list[PartnerForm]
) -> Instrument | None:
    """The instrument and its partners together, or nothing and the sentences."""
    said = dict(form.cleaned_data)
    instrument_id = said.pop("instrument")
    try:
        with transaction.atomic():
            instrument = open_instrument(
                actor=request.actor, vault=request.vault, instrument_id=instrument_id, **said
            )
            for one in partners:
                if one.is_given and not instrument.parties.filter(code=one.cleaned_data["code"]):
                    admit_partner(actor=request.actor, instrument=instrument, **one.cleaned_data)
    except NotPossible as problem:
        put_faults(form, problem)
    except (Locked, SealBroken):
        form.add_error(None, _("The register does not open with your keys: nothing was done."))
    else:
        return instrument
    return None


# An act ---------------------------------------------------------------------------------------


@keeps_what_was_typed
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter an act; with `?corrects=<number>` what holds instead of one that stands there."""
    instrument = found(request, slug)
    corrects = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if corrects.isascii() and corrects.isdigit() and len(corrects) < 9:
        return _correct(request, found_act(request, slug, int(corrects)))
    parties = open_to(request, instrument)
    draft = draft_of(request.actor, instrument, ACT)
    if request.method == "GET":
        initial = _suggested(request, instrument, parties) | {"act": draft.pk if draft else uuid4()}
        form = ActForm(instrument=instrument, parties=parties, initial=initial)
        return _enter_page(request, instrument, form, draft)
    form = ActForm(request.POST, instrument=instrument, parties=parties)
    small = _take_small(request, instrument, form["act"].value())
    if form.is_valid() and small and (act := _entered(request, instrument, form)):
        messages.success(request, _("Entered: it counts once a second person has confirmed it."))
        return redirect(act_url(act))
    draft = draft_of(request.actor, instrument, ACT)
    return _enter_page(request, instrument, form, draft, 400)


def open_to(request: HttpRequest, instrument: Instrument) -> list[Party]:
    """For whom this person may enter acts; else the policy's refusal."""
    own, parties = request.actor.administration, list(parties_of(instrument))
    if own != instrument.depositary_id:
        parties = [one for one in parties if one.code == own]
    code = own if parties or own == instrument.depositary_id else ""
    require(request.actor, Action.ENTER_ACT, Wanted(code, instrument.depositary_id))
    return parties


def _suggested(
    request: HttpRequest, instrument: Instrument, parties: list[Party]
) -> dict[str, Any]:
    """Of whom and what, if the address says so; the day of effect by the instrument's rule."""
    asked = request.GET.get("party", "").upper()
    party = next((one.code for one in parties if one.code == asked), "")
    kind, now = request.GET.get("kind", ""), timezone.localdate()
    if kind not in {one.value for one in Kind if one != Kind.CORRECTED}:
        kind = ""
    suggested = {"party": party, "kind": kind, "done_on": now}
    if kind == Kind.WITHDRAWAL_NOTIFIED:
        return suggested | {"effective_on": instrument.withdrawal_of(now)}
    if kind == Kind.IN_EFFECT and party:
        consent = [one for one in Picture(instrument).acts(party) if one.kind in CONSENTS]
        day = instrument.effect_of(consent[-1].done_on) if consent else None
        if day is not None:
            return suggested | {"done_on": consent[-1].done_on, "effective_on": day}
    return suggested


def _take_small(request: HttpRequest, instrument: Instrument, act_id: Any) -> bool:
    """Without scripts small files come with the form itself; False if one was not taken."""
    brought = len(request.FILES.getlist("file"))
    if not brought:
        return True
    try:
        draft = begin_draft(
            actor=request.actor, instrument=instrument, purpose=ACT, party=None,
            draft_id=UUID(str(act_id)),
        )  # fmt: skip
    except (NotAccepted, ValueError):
        return True  # entered already: the service answers with what is there
    before = views_drafts.count(draft)
    take_small_files(request, views_drafts.FilesOfEntries.kind, draft.pk)
    return views_drafts.count(draft) == before + brought


def _entered(request: HttpRequest, instrument: Instrument, form: ActForm) -> Act | None:
    said = form.cleaned_data
    party = next(one for one in parties_of(instrument) if one.code == said["party"])
    return tried(request, party, form.entry(), said["act"], form)


def tried(request: HttpRequest, party: Party, entry: Entry, act_id: UUID, form: Any) -> Act | None:
    """The act, or nothing and the sentences on the form."""
    try:
        return enter_act(
            actor=request.actor, vault=request.vault, instrument=party.instrument, party=party,
            entry=entry, act_id=act_id,
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("The register does not open with your keys: nothing was done."))
    return None


def _enter_page(
    request: HttpRequest, instrument: Instrument, form: ActForm, draft: ActDraft | None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    act_id = form["act"].value()
    context = framed(request, instrument, "") | {
        "form": form,
        "files": views_drafts.rows(request, draft),
        "action": views_drafts.upload_address(instrument.slug, ACT, act_id),
        "is_depositary": request.actor.administration == instrument.depositary_id,
    }
    return render(request, "mous/enter.html", context, status=status)


# A correction ---------------------------------------------------------------------------------


def _correct(request: HttpRequest, about: Act) -> HttpResponse:
    """What holds instead of an act that was confirmed, or that it is annulled."""
    instrument = about.instrument
    require(request.actor, Action.ENTER_ACT, about)
    if request.method == "GET":
        initial = {
            "act": uuid4(), "corrected_kind": about.kind, "done_on": about.done_on,
            "effective_on": about.effective_on,
        }  # fmt: skip
        return _correct_page(request, about, CorrectionForm(instrument=instrument, initial=initial))
    form = CorrectionForm(request.POST, instrument=instrument)
    if form.is_valid():
        entry = form.entry(about)
        act = tried(request, about.party, entry, form.cleaned_data["act"], form)
        if act is not None:
            messages.success(
                request, _("Entered: it counts once a second person has confirmed it.")
            )
            return redirect(act_url(act))
    return _correct_page(request, about, form, 400)


def _correct_page(
    request: HttpRequest, about: Act, form: CorrectionForm, status: int = 200
) -> HttpResponse:
    (row,) = act_rows.rows_of(request.vault, about.instrument, [about])
    context = framed(request, about.instrument, "") | {"form": form, "row": row, "act": about}
    return render(request, "mous/correct.html", context, status=status)
