"""Who takes part: chosen when a discussion is opened, and changed by who opened it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, can, require
from access.subjects import Subject, subject_kind, subject_seen_by
from accounts.groups import groups_on
from discussions.audience import choosable_administrations, choosable_officers, in_words
from discussions.forms import ThreadForm
from discussions.sealing import Locked
from discussions.services.messages import NotSent, post_message
from discussions.services.participants import add_participant, remove_participant
from discussions.services.threads import open_thread
from discussions.views_write import found, page_of
from vault.http import unlocked
from vault.manifests import SealBroken
from wording.markings import TLP_MEANING, TLP_ORDER, Tlp


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def new(request: HttpRequest) -> HttpResponse:
    """Open a discussion, on its own or about something (`?about=bulletin:<uuid>`)."""
    require(request.actor, Action.OPEN_THREAD)
    subject = _about(request)
    if request.method == "POST":
        return _received(request, subject)
    initial = {"participants": sorted(subject.codes) if subject else [], "tlp": _label(subject)}
    if subject and subject.named_ids:
        initial = {"officers": sorted(subject.named_ids), "tlp": _label(subject)}
    form = _form(request, subject, initial={**initial, "history": "start"})
    return _page(request, form, subject, uuid4(), uuid4())


def _label(subject: Subject | None) -> str:
    return subject.marking if subject else ""


def _about(request: HttpRequest) -> Subject | None:
    raw = request.POST.get("about") or request.GET.get("about") or ""
    kind, _colon, identity = raw.partition(":")
    try:
        return subject_seen_by(request.actor, kind, UUID(identity))
    except ValueError:
        return None


def _form(
    request: HttpRequest, subject: Subject | None, data: Any = None, **more: Any
) -> ThreadForm:
    """Only who may see what it is about can be chosen, and no freer label."""
    places, officers = choosable_administrations(), choosable_officers()
    if subject is not None:
        places = [one for one in places if one.code in subject.codes]
        named = subject.named_ids
        officers = [one for one in officers if named is not None and one.pk in named]
    officers = [one for one in officers if one.pk != request.actor.user_id]
    form = ThreadForm(
        data, administrations=places, officers=officers, own=request.actor.administration, **more
    )
    if subject is not None:
        strictest = TLP_ORDER.index(Tlp(subject.marking))
        form.fields["tlp"].choices = [(one, one) for one in TLP_ORDER[: strictest + 1]]
    return form


def _page(
    request: HttpRequest,
    form: ThreadForm,
    subject: Subject | None,
    thread_id: UUID,
    message_id: UUID,
    status: int = 200,
) -> HttpResponse:
    kind = subject_kind(subject.kind) if subject else None
    titles = kind.titles(request.vault, [subject.id]) if kind and subject and request.vault else {}
    context = {
        "nav_key": "discussions",
        "form": form,
        "subject": subject,
        "subject_title": titles.get(subject.id) if subject else "",
        "thread_id": thread_id,
        "message_id": message_id,
        "tlp_sentences": TLP_MEANING,
        "groups": groups_on(timezone.localdate()),
    }
    response = render(request, "discussions/new.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _received(request: HttpRequest, subject: Subject | None) -> HttpResponse:
    thread_id = _uuid(request.POST.get("thread", ""))
    message_id = _uuid(request.POST.get("message", ""))
    form = _form(request, subject, request.POST)
    if request.vault is None:
        form.is_valid()
        form.add_error(
            None, _("Your keys are locked. Open them in another tab, then send this again.")
        )
    if not form.is_valid():
        return _page(request, form, subject, thread_id, message_id, 400)
    chosen = form.cleaned_data
    try:
        thread = open_thread(
            actor=request.actor,
            vault=request.vault,
            thread_id=thread_id,
            topic=chosen["topic"],
            tlp=chosen["tlp"],
            participants=chosen["participants"],
            officers=chosen["officers"],
            history=chosen["history"],
            about=(subject.kind, subject.id) if subject else None,
            ends_on=chosen["ends_on"],
        )
        if chosen["text"].strip():
            post_message(
                actor=request.actor, vault=request.vault, thread=thread, message_id=message_id,
                text=chosen["text"],
            )  # fmt: skip
    except NotSent as refusal:
        for field, sentence in refusal.faults.items():
            form.add_error(field if field in form.fields else None, sentence)
        return _page(request, form, subject, thread_id, message_id, 400)
    return redirect(page_of(thread))


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        return uuid4()


@require_http_methods(["GET", "POST"])
@unlocked
def participants(request: HttpRequest, ref: str) -> HttpResponse:
    """Who takes part, by name; who opened it adds and removes."""
    thread = found(request, ref)
    if request.method == "POST":
        return _changed(request, thread)
    codes, named = thread.holder_codes, thread.named_ids
    context = {
        "nav_key": "discussions",
        "thread": thread,
        "audience": in_words(thread, request.actor.administration),
        "meaning": TLP_MEANING[thread.tlp],
        "rows": [row for row in thread.participants.all() if not row.named_only],
        "officers": [grant.user for grant in thread.named_officers.all()],
        "may_change": can(request.actor, Action.CHANGE_AUDIENCE, thread),
        "places": [one for one in choosable_administrations() if one.code not in codes],
        "people": [one for one in choosable_officers() if one.pk not in named],
    }
    return render(request, "discussions/participants.html", context)


def _changed(request: HttpRequest, thread) -> HttpResponse:
    adding = request.POST.get("change") != "remove"
    name = request.POST.get("participant", "")
    service = add_participant if adding else remove_participant
    try:
        service(actor=request.actor, vault=request.vault, thread=thread, name=name)
    except NotSent as refusal:
        messages.error(request, " ".join(refusal.faults.values()))
    except (Locked, SealBroken):
        messages.error(request, _("This discussion does not open with your keys."))
    else:
        messages.success(request, _("Added.") if adding else _("Removed, from this moment on."))
    return redirect("discussions:participants", ref=thread.ref)
