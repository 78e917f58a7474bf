"""Opening a discussion: filled in, looked at with who will read it, then opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from access.subjects import Subject, subject_kind, subject_seen_by
from access.switchboard import participating
from accounts.groups import groups_on
from accounts.queries import choosable_administrations
from discussions.audience import (
    Audience,
    choosable_officers,
    faults_of,
    worked_out,
)
from discussions.forms import ThreadForm
from discussions.lawful import bases_for, places_of, warnings_in
from discussions.models import History
from discussions.services.messages import NotSent, post_message
from discussions.services.threads import open_thread
from discussions.views_write import page_of
from vault.http import unlocked
from vault.keeping import keeps_when_signed_out
from wording.markings import TLP_MEANING, TLP_ORDER, Tlp
from wording.markup import render as markdown

INVALID = 422


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page was asked for: the subject that this reader may see, and the ids it sends."""

    about: str
    subject: Subject | None
    thread_id: UUID
    message_id: UUID


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def new(request: HttpRequest) -> HttpResponse:
    """Open a discussion, on its own or about something (`?about=bulletin:<uuid>`)."""
    require(request.actor, Action.OPEN_THREAD)
    asked = _asked(request)
    if request.method == "POST":
        return _received(request, asked)
    subject = asked.subject
    initial: dict[str, Any] = {"history": History.START, "tlp": subject.marking if subject else ""}
    if subject and subject.named_ids:
        initial["officers"] = sorted(subject.named_ids)
    elif subject:
        initial["participants"] = sorted(subject.codes)
    return _page(request, _form(request, subject, initial=initial), asked)


def _asked(request: HttpRequest) -> Asked:
    sent = request.POST
    about = sent.get("about") or request.GET.get("about") or ""
    kind, _colon, identity = about.partition(":")
    subject = None
    if uuid := _uuid_or_none(identity):
        subject = subject_seen_by(request.actor, kind, uuid)
    thread_id, message_id = _uuid_or_none(sent.get("thread")), _uuid_or_none(sent.get("message"))
    return Asked(about, subject, thread_id or uuid4(), message_id or uuid4())


def _uuid_or_none(raw: str | None) -> UUID | None:
    try:
        return UUID(raw or "")
    except ValueError:
        return None


def _form(
    request: HttpRequest, subject: Subject | None, data: Any = None, **more: Any
) -> ThreadForm:
    """Only who may see what it is about can be chosen, and no freer label."""
    places, officers = choosable_administrations(), choosable_officers()
    if subject is not None:
        named = subject.named_ids
        places = [one for one in places if one.code in subject.codes]
        officers = [one for one in officers if named is not None and one.pk in named]
    officers = [one for one in officers if one.pk != request.actor.user_id]
    form = ThreadForm(
        data, administrations=places, officers=officers, own=request.actor.administration, **more
    )
    if subject is not None:
        strictest = TLP_ORDER.index(Tlp(subject.marking))
        form.fields["tlp"].choices = [(one, one) for one in TLP_ORDER[: strictest + 1]]  # type: ignore[attr-defined]  # a choice field
    return form


def _subject_facts(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    subject = asked.subject
    kind = subject_kind(subject.kind) if subject else None
    if subject is None or kind is None:
        return {"asked": asked, "lost": bool(asked.about)}
    titles = kind.titles(request.vault, [subject.id]) if request.vault else {}
    return {"asked": asked, "noun": kind.noun, "subject_title": titles.get(subject.id)}


def _page(request: HttpRequest, form: ThreadForm, asked: Asked, status: int = 200) -> HttpResponse:
    context = {
        **_subject_facts(request, asked),
        "nav_key": "discussions",
        "form": form,
        "tlp_sentences": TLP_MEANING,
        "history_sentences": history_sentences(),
        "groups": [*groups_on(timezone.localdate()), *participating(timezone.now().date())],
    }
    response = render(request, "discussions/new.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def history_sentences() -> dict[str, str]:
    return {
        History.START: _("Whoever is added later reads everything that was said before."),
        History.JOINING: _("Whoever is added later reads only what is said from then on."),
    }


def _received(request: HttpRequest, asked: Asked) -> HttpResponse:
    form = _form(request, asked.subject, request.POST)
    if request.vault is None:
        form.is_valid()
        form.add_error(
            None, _("Your keys are locked. Open them in another tab, then send this again.")
        )
    if "change" in request.POST:
        return _page(request, _form(request, asked.subject, initial=_typed(form)), asked)
    if not form.is_valid():
        return _page(request, form, asked, INVALID)
    try:
        if "check" in request.POST:
            return _check(request, form, asked)
        return _opened(request, form, asked)
    except NotSent as refusal:
        for field, sentence in refusal.faults.items():
            form.add_error(field if field in form.fields else None, sentence)
        return _page(request, form, asked, INVALID)


def _typed(form: ThreadForm) -> dict[str, Any]:
    """What came back from the check, to be changed: nothing in it is found fault with yet."""
    many = {"participants", "officers"}
    data: Any = form.data
    return {n: data.getlist(n) if n in many else data.get(n, "") for n in form.fields}


def _check(request: HttpRequest, form: ThreadForm, asked: Asked) -> HttpResponse:
    """Who exactly will be able to read it, before anything is sealed."""
    chosen = form.cleaned_data
    audience = _audience(request, chosen, asked.subject)
    context = {
        **_subject_facts(request, asked),
        "nav_key": "discussions",
        "form": form,
        "chosen": chosen,
        "body": markdown(chosen["text"]),
        "audience": audience,
        "warnings": warnings_in(
            bases_for(request.actor, chosen["tlp"], places_of(request.vault, audience))
        ),
        "others": [a for a in audience.administrations if a.code != request.actor.administration],
        "meaning": TLP_MEANING[chosen["tlp"]],
        "history_words": history_sentences()[chosen["history"]],
        "hidden": [
            (name, value) for name in form.fields for value in request.POST.getlist(name) if value
        ],
    }
    response = render(request, "discussions/check.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _audience(request: HttpRequest, chosen: dict[str, Any], subject: Subject | None) -> Audience:
    actor = request.actor
    codes, people = set(chosen["participants"]), set(chosen["officers"])
    if chosen["tlp"] == Tlp.RED:
        people.add(actor.user_id)
    else:
        codes.add(actor.administration)
    audience = worked_out(request.vault, codes, people)
    faults = faults_of(audience, chosen["tlp"], subject, actor.administration)
    if faults:
        raise NotSent(faults)
    return audience


def _opened(request: HttpRequest, form: ThreadForm, asked: Asked) -> HttpResponse:
    chosen = form.cleaned_data
    thread = open_thread(
        actor=request.actor,
        vault=request.vault,
        thread_id=asked.thread_id,
        topic=chosen["topic"],
        tlp=chosen["tlp"],
        participants=chosen["participants"],
        officers=chosen["officers"],
        history=chosen["history"],
        about=(asked.subject.kind, asked.subject.id) if asked.subject else None,
        ends_on=chosen["ends_on"],
    )
    if chosen["text"].strip():
        post_message(
            actor=request.actor, vault=request.vault, thread=thread, message_id=asked.message_id,
            text=chosen["text"],
        )  # fmt: skip
    return redirect(page_of(thread))
