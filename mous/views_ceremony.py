"""A ceremony: many sign on paper, one page on a telephone takes it down, another person confirms
all of it on one page with each photograph before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mous import act_rows, views_drafts
from mous.forms_acts import CeremonyForm, SignatoryForm
from mous.found import found
from mous.frame import framed
from mous.lifecycle import SIGNED, State
from mous.models import ActDraft, Instrument, Party
from mous.queries import Picture, parties_of
from mous.sealing import Locked, NotOpened
from mous.services import ceremony as services
from mous.services import evidence
from mous.services.acts import SealBroken
from mous.services.ceremony import NotAll, Signature
from mous.services.drafts import ACT, begin_draft
from vault.keeping import keeps_what_was_typed
from vault.uploads import NotAccepted
from vault.views.arriving_files import take_small_files


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant at the table, with its form and its photograph."""

    party: Party
    form: SignatoryForm
    files: list[dict[str, Any]]
    action: str

    @property
    def key(self) -> str:
        return self.party.code.lower()


@keeps_what_was_typed
@require_http_methods(["GET", "POST"])
def ceremony(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything in one go: where and when once, then a line for each that signs."""
    instrument = found(request, slug)
    services.may_hold(request.actor, instrument)
    if request.method == "GET":
        form = CeremonyForm(initial={"done_on": timezone.localdate()})
        return _page(request, instrument, form, _seats(request, instrument))
    form = CeremonyForm(request.POST)
    _take_photographs(request, instrument)
    seats = _seats(request, instrument)
    fine = all([form.is_valid(), *(one.form.is_valid() for one in seats)])
    if fine and _entered(request, instrument, form, seats):
        return redirect("mous:ceremony_confirm", slug=slug)
    return _page(request, instrument, form, seats, 400)


def _page(
    request: HttpRequest, instrument: Instrument, form: CeremonyForm, seats: list[Seat],
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = framed(request, instrument, "") | {
        "form": form,
        "seats": seats,
        "wrong": [one for one in seats if one.form.is_bound and one.form.errors],
        "waiting": services.waiting_signatures(instrument).count(),
    }
    return render(request, "mous/ceremony.html", context, status=status)


def _seats(request: HttpRequest, instrument: Instrument) -> list[Seat]:
    """Who may sign today and has not, by name. Who is in the form that was sent stays in it."""
    states = Picture(instrument).states(timezone.localdate())
    waiting = set(services.waiting_signatures(instrument).values_list("party__code", flat=True))
    mine = ActDraft.objects.filter(
        author=request.actor.user_id, administration=request.actor.administration,
        instrument=instrument, purpose=ACT, party__isnull=False,
    )  # fmt: skip
    drafts = {one.party_id: one for one in mine.order_by("made_at")}
    sent = request.POST if request.method == "POST" else None
    away = SIGNED | {State.NOT_ELIGIBLE}
    return [
        _seat(request, instrument, party, drafts.get(party.pk))
        for party in parties_of(instrument)
        if (states[party.code] not in away and party.code not in waiting)
        or (sent is not None and sent.get(f"{party.code.lower()}-kind"))
    ]


def _seat(
    request: HttpRequest, instrument: Instrument, party: Party, draft: ActDraft | None
) -> Seat:
    code = party.code.lower()
    if draft is not None:
        draft.instrument = instrument
    data = request.POST if request.method == "POST" else None
    initial = {"act": draft.pk if draft else uuid4()}
    form = SignatoryForm(data, prefix=code, initial=initial, use_required_attribute=False)
    for field in form.fields.values():  # a row's own form is for its photograph
        field.widget.attrs["form"] = "ceremony"
    action = views_drafts.upload_address(instrument.slug, ACT, form["act"].value(), code)
    return Seat(party, form, views_drafts.rows(request, draft, code), action)


def _take_photographs(request: HttpRequest, instrument: Instrument) -> None:
    """Without scripts small photographs come with the form; what is wrong is said in words."""
    for party in parties_of(instrument):
        code = party.code.lower()
        brought = request.FILES.getlist(f"{code}-file")
        if not brought:
            continue
        try:
            draft = begin_draft(
                actor=request.actor, instrument=instrument, purpose=ACT, party=party,
                draft_id=UUID(request.POST.get(f"{code}-act", "")),
            )  # fmt: skip
        except (NotAccepted, ValueError):
            continue
        request.FILES.setlist("file", brought)
        take_small_files(request, views_drafts.FilesOfEntries.kind, draft.pk)


def _entered(
    request: HttpRequest, instrument: Instrument, form: CeremonyForm, seats: list[Seat]
) -> bool:
    chosen = [one for one in seats if one.form.cleaned_data.get("kind")]
    if not chosen:
        form.add_error(None, _("Choose for at least one participant how it signed."))
        return False
    signatures = [
        Signature(said["act"], one.party, said["kind"], said["signatory"], said["signatory_title"])
        for one in chosen
        for said in [one.form.cleaned_data]
    ]
    said = form.cleaned_data
    try:
        acts = services.enter_signatures(
            actor=request.actor, vault=request.vault, instrument=instrument, place=said["place"],
            day=said["done_on"], signatures=signatures,
        )  # fmt: skip
    except NotAll as problem:
        _put(form, chosen, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("The register does not open with your keys: nothing was done."))
    else:
        words = ngettext(
            "%(n)d signature entered: a second person confirms it here.",
            "%(n)d signatures entered: a second person confirms them here.",
            len(acts),
        )
        messages.success(request, words % {"n": len(acts)})
    return not form.errors and not any(one.form.errors for one in chosen)


def _put(form: CeremonyForm, chosen: list[Seat], problem: NotAll) -> None:
    """Each sentence on the line that it is about; those about the day once, at the top."""
    for one in chosen:
        for name, sentence in problem.faults.get(one.party.code, {}).items():
            if name in form.fields:
                if sentence not in form.errors.get(name, []):
                    form.add_error(name, sentence)
            else:
                one.form.add_error(name if name in one.form.fields else None, sentence)


# The second person ----------------------------------------------------------------------------


@keeps_what_was_typed
@require_http_methods(["GET", "POST"])
def confirm_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Each with its photograph, and a tick that says it was seen; then all at once."""
    instrument = found(request, slug)
    services.may_hold(request.actor, instrument)
    if request.method == "POST":
        return _confirmed(request, instrument)
    context = framed(request, instrument, "")
    waiting = services.waiting_signatures(instrument)
    rows = act_rows.rows_of(request.vault, instrument, waiting, documents=True)
    may = [one for one in rows if act_rows.may_answer(request.actor, one.act)]
    context |= {
        "rows": rows,
        "may": {one.act.pk for one in may if one.opened.words is not None},
        "own": [one for one in rows if one.act.entered_by_id == request.actor.user_id],
    }
    return render(request, "mous/ceremony_confirm.html", context)


def _confirmed(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    seen = set(request.POST.getlist("seen"))
    acts = [one for one in services.waiting_signatures(instrument) if str(one.number) in seen]
    for one in acts:
        one.instrument = one.party.instrument = instrument
    asked = len(seen)
    try:
        result = services.confirm_signatures(
            actor=request.actor, vault=request.vault, instrument=instrument, acts=acts
        )
    except Locked:
        messages.error(request, _("These acts do not open with your keys: nothing was done."))
        return redirect("mous:ceremony_confirm", slug=instrument.slug)
    for one in result.broken:
        evidence.report_broken_seal(actor=request.actor, instrument=instrument, act=one)
    _say(request, asked, len(result.done), len(result.broken))
    name = "mous:acts" if result.done and not result.broken else "mous:ceremony_confirm"
    return redirect(name, slug=instrument.slug)


def _say(request: HttpRequest, asked: int, done: int, broken: int) -> None:
    if not asked:
        messages.error(request, _("Look at each photograph and tick what you have seen."))
    if done:
        words = ngettext(
            "%(n)d signature confirmed: it counts, and the participants are notified.",
            "%(n)d signatures confirmed: they count, and the participants are notified.",
            done,
        )
        messages.success(request, words % {"n": done})
    if other := asked - done - broken:
        words = ngettext(
            "%(n)d had been answered by somebody else meanwhile.",
            "%(n)d had been answered by somebody else meanwhile.",
            other,
        )
        messages.info(request, words % {"n": other})
    if broken:
        messages.error(request, _("An entry is not what was signed, so it was not confirmed."))
