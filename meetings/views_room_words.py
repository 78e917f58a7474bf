"""What is typed in the live room: notes, the text of a decision, an action, how to join.

Nothing that was typed is lost: a form that cannot be done as it is comes back with every word,
and with what somebody else wrote meanwhile beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, Refused, can, require
from activity.record import record_refusal
from meetings import writings
from meetings.forms_room import ActionForm, JoinForm, ProposeForm, RewordForm
from meetings.found import found
from meetings.models import ActionPoint, AgendaItem, Meeting, Proposal
from meetings.rooms import Room
from meetings.sealing import Locked
from meetings.services import deciding
from meetings.services.noting import Collision, keep_notes, write_join_details
from meetings.services.series import NotPossible
from meetings.views_room import item_in, notes_form, room_page
from meetings.views_room_acts import found_proposal, wants_json
from vault.http import is_act, unlocked
from vault.keeping import keeps_when_signed_out
from vault.manifests import SealBroken


def tried(request: HttpRequest, act: Callable[[], object]) -> tuple[dict[str, str], int]:
    """Do it: nothing, or the sentences by field that say why not, and the status."""
    if request.vault is None:
        sentence = _("Your keys are locked. Open them in another tab, then send this again.")
        return {"words": sentence}, 401
    try:
        act()
    except NotPossible as problem:
        return problem.faults, 400
    except writings.TooLong as problem:
        return {"words": problem.sentence}, 400
    except Refused as refusal:  # typed meanwhile: it comes back, and is on record all the same
        record_refusal(request.actor, refusal.action.name.lower(), request.path[:60])
        return {"words": str(refusal.reason)}, 403
    except (Locked, SealBroken):
        return {"words": _("This meeting does not open with your keys, so nothing was kept.")}, 409
    return {}, 200


def put(form: forms.Form, faults: dict[str, str]) -> forms.Form:
    """The service's sentences in the place of the form's own."""
    for name, sentence in faults.items():
        form.errors.pop(name, None)
        form.add_error(name if name in form.fields else None, sentence)
    return form


def words_page(request: HttpRequest, meeting: Meeting, *, status: int, **context: Any) -> Any:
    """One text to write, and another's version of it beside it."""
    facts = {"nav_key": "meetings", "meeting": meeting, **context}
    return render(request, "meetings/room_words.html", facts, status=status)


# Notes ----------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def notes(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """The notes of an item: what is typed is merged with what others typed meanwhile."""
    meeting = found(request, ref)
    here = Room(meeting, request.actor, request.vault)
    item = item_in(here, item_id)
    if request.method == "POST":
        return _keep(request, meeting, item)
    text = here.notes_of(item)
    facts = {"room": here, "notes_item": item, "notes_text": text, "meeting": meeting}
    facts["may_note"] = can(request.actor, Action.TAKE_NOTES, item) and not (
        text.broken or text.locked
    )
    facts["notes"] = notes_form(item, text.words, text.revision)
    # A page that fetches them by itself needs no more than them.
    template = "meetings/room_notes.html" if is_act(request) else "meetings/_room_notes.html"
    return render(request, template, {"nav_key": "meetings", **facts})


def _keep(request: HttpRequest, meeting: Meeting, item: AgendaItem) -> HttpResponse:
    data = request.POST.copy()
    if "take_both" in data:
        data["words"] = data.get("both", "")
    form, kept, clash = notes_form(item, "", 0, data), None, None
    form.is_valid()

    def act() -> None:
        nonlocal kept
        kept = keep_notes(
            actor=request.actor,
            vault=request.vault,
            item=item,
            words=form.cleaned_data.get("words", ""),
            base=form.revision,
            former=data.get("former"),
        )

    try:
        faults, status = tried(request, act)
    except Collision as collision:
        clash, status = collision, 409
        faults = {"words": _overtaken_words(collision.now)}
    if wants_json(request):
        return _told(faults, status, kept, clash)
    if not faults:
        messages.success(request, _("The notes are kept."))
        address = reverse("meetings:room", args=[meeting.ref])
        return redirect(f"{address}?notes={item.uuid}#room-notes")
    if clash is not None:
        form.data["base"] = str(clash.now.revision)
    return words_page(
        request,
        meeting,
        status=status,
        form=put(form, faults),
        heading=_("Notes of item %(n)s") % {"n": getattr(item, "number", "")},
        theirs=clash.now if clash else None,
        both=clash.both if clash else "",
    )


def _told(faults: dict[str, str], status: int, kept: Any, clash: Collision | None) -> JsonResponse:
    """For room.js: how the notes stand, or why they were not kept."""
    if kept is not None:
        return JsonResponse({"words": kept.words, "revision": kept.revision})
    answer: dict[str, Any] = {"sentence": " ".join(faults.values())}
    if clash is not None:
        now = clash.now
        answer |= {"words": now.words, "revision": now.revision, "both": clash.both}
    return JsonResponse(answer, status=status)


def _overtaken_words(now: writings.Text) -> str:
    if now.writing is None:
        return _("Somebody changed the same lines meanwhile. Both are here.")
    return _("%(name)s changed the same lines meanwhile. Both are here.") % {
        "name": now.writing.administration.label
    }


# Decisions and actions ------------------------------------------------------------------------


OTHER_ITEM = "on the screen"  # a fault of no field


def _current(
    request: HttpRequest,
    meeting: Meeting,
    shown: UUID | None,
    before: Proposal | ActionPoint | None,
) -> AgendaItem:
    """The item on the screen, if it is still the one that the form was typed under: what was meant
    for a closed item must not reach all because another was called, or was not called yet. What
    is sent a second time (`before`) belongs where it is."""
    require(request.actor, Action.RUN_MEETING, meeting)
    if before is not None and before.item is not None:
        before.item.meeting = meeting
        return before.item
    item = Room(meeting, request.actor, request.vault).current
    if item is None:
        raise NotPossible({OTHER_ITEM: _("Call an item of the agenda first.")})
    if item.uuid != shown:
        sentence = _("Item %(n)s is on the screen now. If this belongs to it, send it again.")
        raise NotPossible({OTHER_ITEM: sentence % {"n": getattr(item, "number", "")}})
    return item


@login_not_required
@require_POST
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Put the text of a decision on the screen."""
    meeting, form = found(request, ref), ProposeForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data
    before = Proposal.objects.filter(meeting=meeting, uuid=typed.get("proposal")).first()
    faults, status = tried(
        request,
        lambda: deciding.propose(
            actor=request.actor,
            vault=request.vault,
            item=_current(request, meeting, typed.get("item"), before),
            words=typed.get("words", ""),
            method=typed.get("method", ""),
            proposal_id=typed.get("proposal"),
        ),
    )
    if faults:
        return _back(request, meeting, status, faults, propose=form)
    return redirect("meetings:room", ref=meeting.ref)


@login_not_required
@require_POST
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def action(request: HttpRequest, ref: str) -> HttpResponse:
    """Take down an action."""
    meeting = found(request, ref)
    form = ActionForm(request.POST, meeting=meeting)
    if not form.is_valid() and "due_on" in form.errors:
        return _back(request, meeting, 400, {}, task=form)
    typed = form.cleaned_data
    before = ActionPoint.objects.filter(meeting=meeting, uuid=typed.get("action")).first()
    faults, status = tried(
        request,
        lambda: deciding.take_action(
            actor=request.actor,
            vault=request.vault,
            item=_current(request, meeting, typed.get("item"), before),
            words=typed.get("words", ""),
            owner=typed.get("owner", ""),
            due_on=typed.get("due_on"),
            action_id=typed.get("action"),
        ),
    )
    if faults:
        return _back(request, meeting, status, faults, task=form)
    return redirect("meetings:room", ref=meeting.ref)


def _back(
    request: HttpRequest,
    meeting: Meeting,
    status: int,
    faults: dict[str, str],
    **typed: forms.Form,
) -> HttpResponse:
    """The room again with what was typed; or only that, for whom the room has no such form."""
    here = Room(meeting, request.actor, request.vault)
    ((name, form),) = typed.items()
    put(form, faults)
    if request.vault is None or not here.may_run or not meeting.is_live:
        return words_page(request, meeting, status=status, form=form, heading=_("Not kept"))
    if OTHER_ITEM in faults and here.current is not None:
        form.data = form.data.copy()
        form.data[form.add_prefix("item")] = str(here.current.uuid)
    return room_page(request, meeting, status=status, **{name: form})


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def reword(request: HttpRequest, ref: str, proposal_id: UUID) -> HttpResponse:
    """Another wording of the decision on the screen."""
    proposal = found_proposal(request, ref, proposal_id)
    require(request.actor, Action.RUN_MEETING, proposal.meeting)
    here = Room(proposal.meeting, request.actor, request.vault)
    heading = _("Change the wording")

    def act(words: str, base: int) -> None:
        deciding.reword(
            actor=request.actor, vault=request.vault, proposal=proposal, words=words, base=base
        )

    motion = here.motion
    text = motion.text if motion and motion.proposal.pk == proposal.pk else None
    return _revise(request, proposal.meeting, RewordForm, text, act, heading)


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def join(request: HttpRequest, ref: str) -> HttpResponse:
    """How to join by video or telephone."""
    meeting = found(request, ref)
    require(request.actor, Action.PREPARE_MEETING, meeting)
    here = Room(meeting, request.actor, request.vault)

    def act(words: str, base: int) -> None:
        write_join_details(
            actor=request.actor, vault=request.vault, meeting=meeting, words=words, base=base
        )

    return _revise(request, meeting, JoinForm, here.join, act, _("How to join"))


def _revise(
    request: HttpRequest,
    meeting: Meeting,
    form_class: type[forms.Form],
    text: writings.Text | None,
    act: Callable[[str, int], None],
    heading: str,
) -> HttpResponse:
    """A form for the next revision of a text. Overtaken: both texts, and the next one counts."""
    if request.method == "GET":
        initial = {"words": text.words, "base": text.revision} if text else {}
        form = form_class(initial=initial)
        return words_page(request, meeting, status=200, form=form, heading=heading)
    form, theirs = form_class(request.POST.copy()), None
    form.is_valid()
    words, base = form.cleaned_data.get("words", ""), form.cleaned_data.get("base") or 0
    try:
        faults, status = tried(request, lambda: act(words, base))
    except writings.Overtaken as overtaken:
        theirs, status = overtaken.now, 409
        faults = {"words": _overtaken_words(theirs)}
        form.data["base"] = str(theirs.revision)
    if faults:
        return words_page(
            request, meeting, status=status, form=put(form, faults), heading=heading, theirs=theirs
        )
    return redirect("meetings:room", ref=meeting.ref)
