"""What an administration does at home before it signs, on one page: for itself and the depositary.

The dates are everybody's in the register; the notes and documents here are for these two alone.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, can, require
from mous.chase import chased_at
from mous.facts import steps_topics
from mous.forms_steps import NoteForm, StepForm, put_faults
from mous.frame import address, framed
from mous.models import ActDraft, Party
from mous.sealing import Locked, NotOpened
from mous.services import acts, drafts
from mous.services import steps as services
from mous.services.acts import Entry, NotPossible
from mous.step_rows import Steps, progress_now, steps_of
from mous.steps import waiting_acts
from mous.views_step_files import ARRIVING, own_steps
from mous.vocabulary import LOOKS, state_label
from vault.http import unlocked
from vault.manifests import SealBroken


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def steps(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The task list with its notes; a note is added here."""
    party = own_steps(request, slug, code)
    if request.method == "GET":
        return _page(request, party)
    require(request.actor, Action.WRITE_STEP, party)
    form = NoteForm(request.POST, instrument=party.instrument)
    if request.vault is None:
        form.is_valid()
        form.add_error(
            None, _("Your keys are locked. Open them in another tab, then send this again.")
        )
    if form.is_valid() and _written(request, party, form):
        messages.success(request, _("The note is there, for these two administrations alone."))
        return redirect(f"{reverse('mous:steps', args=[slug, code])}#steps")
    return _page(request, party, note_form=form, status=400)


def _written(request: HttpRequest, party: Party, form: NoteForm) -> bool:
    typed = form.cleaned_data
    since = typed["since"] or (timezone.localdate() if typed["waits_for"] else None)
    try:
        services.write_note(
            actor=request.actor, vault=request.vault, party=party, note_id=typed["draft"],
            step=typed["step"], words=typed["words"], waits_for=typed["waits_for"], since=since,
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("This does not open with your keys, so nothing was written."))
    return not form.errors


@require_POST
@unlocked
def enter(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The next step is done: an act, which counts once a second person has confirmed it."""
    party = own_steps(request, slug, code)
    require(request.actor, Action.ENTER_ACT, party)
    stages = _offered(progress_now(party, timezone.localdate()))
    form = StepForm(request.POST, stages=stages, instrument=party.instrument)
    if form.is_valid() and _entered(request, party, form):
        messages.success(
            request, _("Entered. It counts once a colleague or the Secretariat has confirmed it.")
        )
        return redirect(f"{reverse('mous:steps', args=[slug, code])}#steps")
    return _page(request, party, step_form=form, status=400)


def _entered(request: HttpRequest, party: Party, form: StepForm) -> bool:
    typed = form.cleaned_data
    try:
        acts.enter_act(
            actor=request.actor, vault=request.vault, instrument=party.instrument, party=party,
            entry=Entry(typed["kind"], typed["done_on"]), act_id=typed["act"],
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("This does not open with your keys, so nothing was written."))
    return not form.errors


@require_POST
@unlocked
def confirm(request: HttpRequest, slug: str, code: str, number: int) -> HttpResponse:
    """The second person's word, from the page of the steps."""
    party = own_steps(request, slug, code)
    act = waiting_acts(party).filter(number=number).first()
    if act is None:
        raise Http404
    try:
        acts.confirm_act(actor=request.actor, vault=request.vault, act=act)
    except SealBroken:
        messages.error(request, _("This entry is not what was signed, so nothing was confirmed."))
    else:
        messages.success(request, _("Confirmed: the step counts from now on."))
    return redirect(f"{reverse('mous:steps', args=[slug, code])}#steps")


# The page -------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    party: Party,
    *,
    note_form: NoteForm | None = None,
    step_form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, instrument = request.actor, party.instrument
    own = actor.administration == party.code
    context = framed(request, instrument, "steps" if own else "chase")
    context["live_topics"] += steps_topics(party)
    shown = steps_of(actor, request.vault, party)
    draft = drafts.draft_of(actor, instrument, drafts.STEP, party)
    may_write = bool(can(actor, Action.WRITE_STEP, party))
    context |= {
        "party": party,
        "own": own,
        "steps": shown,
        "state_words": state_label(instrument, shown.progress.state),
        "look": LOOKS[shown.progress.state],
        "may_write": may_write,
        "note_form": (note_form or _fresh_note(shown, party, draft)) if may_write else None,
        "chased_at": chased_at(instrument).get(party.pk),
        **_files(request, party, draft, note_form),
        **_next(request, party, shown, step_form),
    }
    response = render(request, "mous/steps.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _fresh_note(shown: Steps, party: Party, draft: ActDraft | None) -> NoteForm:
    done = [line.stage.key for line in shown.lines if line.look == "done"]
    step = shown.progress.present.key if shown.progress.present else (done or [""])[-1]
    return NoteForm(instrument=party.instrument, initial={"step": step})


def _files(
    request: HttpRequest, party: Party, draft: ActDraft | None, typed: forms.Form | None
) -> dict[str, Any]:
    """What was sent so far, and where more is sent."""
    draft_id = draft.pk if draft else uuid4()
    if typed is not None and draft is None and (said := typed.cleaned_data.get("draft")):
        draft_id = said
    place = {"slug": party.instrument.slug, "code": party.code.lower(), "draft_id": draft_id}
    there = draft is not None and request.vault is not None
    return {
        "draft_id": draft_id,
        "files": ARRIVING.rows(request.vault, draft_id, **place) if there else [],
        "upload_url": reverse("mous:step_files", kwargs=place),
    }


def _offered(progress: Any) -> list[Any]:
    """Of what can be entered next, the steps before a signature: the others need more words."""
    return [one for one in progress.offered if one.is_before_signature]


def _next(
    request: HttpRequest, party: Party, shown: Steps, typed: StepForm | None
) -> dict[str, Any]:
    """What this reader can enter next: a step here; a signature and what follows elsewhere."""
    instrument = party.instrument
    if shown.progress.present is None or not can(request.actor, Action.ENTER_ACT, party):
        return {"step_form": typed}
    waiting = {one.act.kind for one in shown.second}
    here = [one for one in _offered(shown.progress) if one.key not in waiting]
    later = [one for one in shown.progress.offered if not one.is_before_signature]
    may_sign = bool(can(request.actor, Action.SIGN_INSTRUMENT, party))
    form = StepForm(stages=here, instrument=instrument, initial={"act": uuid4()}) if here else None
    enter = address("mous:enter", instrument.slug)
    return {
        "step_form": typed or form,
        "later": [
            {
                "title": one.title_in(instrument),
                "url": f"{enter}?party={party.code}&kind={one.key}" if enter else "",
                "sign_url": address("mous:sign", instrument.slug)
                if may_sign and one.is_signature
                else "",
            }
            for one in later
            if not waiting.intersection(one.kinds)
        ],
    }
