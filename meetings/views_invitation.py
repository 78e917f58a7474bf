"""The invitation to a meeting: given by the Secretariat, answered by each administration."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, can
from accounts.language import administration_in
from activity.queries import latest_live_id
from meetings import replies, writings
from meetings.cards import card_of
from meetings.forms_invitations import AnswerForm, InviteForm
from meetings.found import found
from meetings.models import Answer, Meeting, State
from meetings.outlook import outlook_of
from meetings.sealing import Locked
from meetings.services import invitations
from meetings.services.series import NotPossible
from meetings.titles import title_of
from meetings.views import topics
from vault.http import unlocked
from vault.manifests import SealBroken


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def invitation(request: HttpRequest, ref: str) -> HttpResponse:
    """Who was asked and who comes; the form to answer, or to invite."""
    meeting = found(request, ref)
    if request.method == "POST" and "invite" in request.POST:
        return _invited(request, meeting)
    if request.method == "POST":
        return _answered(request, meeting)
    return _page(request, meeting)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    *,
    answering: AnswerForm | None = None,
    inviting: InviteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, since = request.actor, latest_live_id()
    title = title_of(request.vault, meeting)
    lines = replies.lines_of(meeting, request.vault, actor.administration)
    own = next((one for one in lines if one.me), None)
    may_answer = can(actor, Action.REPLY_TO_INVITATION, meeting)
    may_invite = can(actor, Action.PREPARE_MEETING, meeting)
    open_to_answers = meeting.state in {State.INVITED, State.LIVE}
    is_asked = actor.administration != meeting.origin_id
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title,
        "card": card_of(request, meeting, title),
        "lines": lines,
        "own": own,
        "outlook": outlook_of(meeting),
        "may_answer": may_answer,
        "answering": answering or (_answer_form(request, meeting, own) if may_answer else None),
        "open_to_answers": open_to_answers,
        "is_asked": is_asked,
        "may_invite": may_invite,
        "inviting": inviting or (_invite_form(meeting) if may_invite else None),
        "waiting": [row for row in meeting.participants.all() if row.invited_at is None],
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    response = render(request, "meetings/invitation.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _answer_form(
    request: HttpRequest, meeting: Meeting, own: replies.Line | None, data: Any = None
) -> AnswerForm:
    people = list(invitations.sendable(request.actor, meeting))
    initial: dict[str, Any] = {}
    if own and own.reply:
        initial["answer"] = "" if own.lapsed else own.reply.answer
        initial["delegates"] = [one.user_id for one in own.delegates if not one.is_alternate]
        initial["alternates"] = [one.user_id for one in own.delegates if one.is_alternate]
    if own and own.names:
        initial["names"], initial["base"] = own.names.words, own.names.revision
    return AnswerForm(data, people=people, initial=initial)


def _invite_form(meeting: Meeting, data: Any = None) -> InviteForm:
    day = meeting.replies_due_on or invitations.usual_deadline(meeting)
    return InviteForm(data, initial={"replies_due_on": day})


def _invited(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = _invite_form(meeting, request.POST)
    if not form.is_valid():
        return _page(request, meeting, inviting=form, status=400)
    try:
        invitations.invite(
            actor=request.actor,
            meeting=meeting,
            replies_due_on=form.cleaned_data["replies_due_on"],
        )
    except NotPossible as problem:
        _put(form, problem.faults)
        return _page(request, meeting, inviting=form, status=400)
    messages.success(request, _("Everybody who takes part is invited: by a notice and by mail."))
    return redirect("meetings:invitation", ref=meeting.ref)


def _answered(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = _answer_form(request, meeting, None, request.POST)
    if request.vault is None:
        form.is_valid()
        form.add_error(
            None, _("Your keys are locked. Open them in another tab, then send this again.")
        )
    if not form.is_valid():
        return _page(request, meeting, answering=form, status=400)
    try:
        _answer(request, meeting, form.cleaned_data)
    except NotPossible as problem:
        _put(form, problem.faults)
        return _page(request, meeting, answering=form, status=400)
    except writings.Overtaken as overtaken:
        return _overtaken(request, meeting, form, overtaken)
    except (Locked, SealBroken):
        form.add_error("names", _("The names could not be sealed with your keys."))
        return _page(request, meeting, answering=form, status=409)
    name = administration_in(request)
    said = _("Your answer for %(name)s is kept: %(answer)s.") % {
        "name": name.in_sentence if name else "",
        "answer": Answer(form.cleaned_data["answer"]).label,
    }
    messages.success(request, said)
    return redirect("meetings:invitation", ref=meeting.ref)


def _answer(request: HttpRequest, meeting: Meeting, chosen: dict[str, Any]) -> None:
    invitations.answer(
        actor=request.actor,
        vault=request.vault,
        meeting=meeting,
        answer=chosen["answer"],
        delegates=chosen["delegates"],
        alternates=chosen["alternates"],
        names=chosen["names"],
        base=chosen["base"] or 0,
    )


def _overtaken(
    request: HttpRequest, meeting: Meeting, form: AnswerForm, overtaken: writings.Overtaken
) -> HttpResponse:
    """A colleague wrote other names meanwhile: both are shown, and the next sending counts."""
    typed = request.POST.copy()
    typed["base"] = str(overtaken.now.revision)
    form.data = typed
    form.add_error(
        "names",
        _("A colleague wrote meanwhile: %(words)s. Put both together and send again.")
        % {"words": overtaken.now.words or _("(nothing)")},
    )
    return _page(request, meeting, answering=form, status=409)


def _put(form: Any, faults: dict[str, str]) -> None:
    for name, sentence in faults.items():
        form.add_error(name if name in form.fields else None, sentence)
