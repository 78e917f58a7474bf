"""Writing a bulletin: draft, check, publish. Whatever goes wrong, what was typed comes back."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.policy import Action, can, require
from access.switchboard import participating
from accounts.groups import groups_on
from accounts.models import Administration
from accounts.queries import choosable_administrations
from bulletins import handling, queries, services
from bulletins.content import DraftContent
from bulletins.entities import named_in
from bulletins.faults import faults_of
from bulletins.forms import ComposeForm, blank_content
from bulletins.granted import granted
from bulletins.lawful import kinds_in, lawfulness, laws_of, reasons_against
from bulletins.models import Bulletin, Draft, ProductType
from bulletins.ports import ports_named
from bulletins.presentation import map_points
from bulletins.quota import TooManyDrafts
from bulletins.readership import choosable_officers, readership
from bulletins.views_files import ARRIVING
from vault import files
from vault.keeping import keeps_what_was_typed
from vault.sessions import Vault
from vault.views.arriving_files import take_small_files
from wording.markup import render as markdown


def _form(request: HttpRequest, data=None, initial=None) -> ComposeForm:
    return ComposeForm(
        data,
        initial=initial,
        administrations=choosable_administrations(),
        officers=list(choosable_officers(request.actor)),
        own=request.actor.administration,
    )


def _page(
    request: HttpRequest, draft_id: UUID, form: ComposeForm, version: int, status: int = 200, **more
) -> HttpResponse:
    context = {
        "nav_key": "bulletins",
        "form": form,
        "draft_id": draft_id,
        "version": version,
        "tlp_sentences": handling.TLP_MEANING,
        "pap_sentences": handling.PAP_MEANING,
        "groups": [*groups_on(timezone.localdate()), *participating(timezone.now().date())],
        "notes": _notes(request, form),
        "unready": _unready(request.vault),
        "officers_by_place": form.fields["officers"].choices,
        "files": ARRIVING.rows(request.vault, draft_id, draft_id=draft_id),
        "may_publish": can(request.actor, Action.PUBLISH_BULLETIN, _as_own(request, draft_id)),
        **more,
    }
    response = render(request, "bulletins/compose.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _notes(request: HttpRequest, form: ComposeForm) -> dict[str, str]:
    """Beside whom stands why it may not go there, at the label and with the data of this form."""
    chosen = {name: form[name].value() for name in ("tlp", "data_kinds")}
    content = DraftContent(tlp=chosen["tlp"] or "", data_kinds=tuple(chosen["data_kinds"] or ()))
    codes = [code for code, _label in form.fields["recipients"].choices]
    return reasons_against(request.actor, content, codes)


def _unready(vault: Vault) -> list[Administration]:
    """The administrations to which nothing can be sealed at present."""
    choosable = choosable_administrations()
    epochs = vault.sealable_epochs(a.code for a in choosable)
    return [a for a in choosable if epochs[a.code] is None]


def _as_own(request: HttpRequest, draft_id: UUID) -> Draft:
    return Draft(
        id=draft_id,
        author_id=request.actor.user_id,
        administration_id=request.actor.administration,
    )


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_what_was_typed
@granted
def new(request: HttpRequest) -> HttpResponse:
    require(request.actor, Action.WRITE_DRAFT)
    if request.method == "POST":
        return _received(request, _draft_id(request))
    kind = request.GET.get("type", ProductType.BULLETIN)
    content = blank_content(kind, request.user.language)
    form = _form(request, initial=ComposeForm.initial_of(content))
    return _page(request, uuid.uuid4(), form, 0, kinds=ProductType.choices, kind=kind)


def _draft_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid.uuid4()


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_what_was_typed
def edit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _received(request, draft_id)
    draft = services.draft_of(request.actor, draft_id)
    if draft is None:
        return _gone(request, draft_id)
    content = services.open_draft(request.vault, draft)
    form = _form(request, initial=ComposeForm.initial_of(content))
    _say_if_put_back(request, draft)
    return _page(request, draft.pk, form, draft.version)


def _say_if_put_back(request: HttpRequest, draft: Draft) -> None:
    """Shown, and not withheld: it may be all that is left. Its author decides."""
    if services.is_put_back(request.vault, draft):
        messages.error(
            request,
            _(
                "This draft is older than the version you saved last: somebody put it back on "
                "the server. Check every line before you send it, and tell the operator."
            ),
        )


def _gone(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft that was published meanwhile leads to its bulletin; any other is not there."""
    issued = queries.bulletins_for(request.actor).filter(
        uuid=draft_id, author=request.actor.user_id
    )
    bulletin = issued.first()
    if bulletin is None:
        raise Http404
    return redirect("bulletins:detail", ref=bulletin.ref)


def _received(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keep what was typed first; then go where the button said."""
    if Bulletin.objects.filter(uuid=draft_id).exists():
        return _gone(request, draft_id)
    form = _form(request, request.POST)
    try:
        draft = _keep(request, draft_id, form)
    except services.DraftChanged as other:
        return _conflict(request, other.draft, form)
    except TooManyDrafts as full:
        messages.error(request, full.sentence)
        return _page(request, draft_id, form, 0, status=full.status)
    brought = take_small_files(request, services.DRAFT_KIND, draft.pk)
    if "save" in request.POST or brought:
        messages.success(request, _("Draft kept."))
        return redirect("bulletins:draft", draft_id=draft.pk)
    if not form.check():
        return _page(request, draft.pk, form, draft.version, status=422)
    return redirect("bulletins:check", draft_id=draft.pk)


def _keep(
    request: HttpRequest, draft_id: UUID, form: ComposeForm, *, in_place: bool = False
) -> Draft:
    content = form.content(in_place=in_place)
    draft = services.draft_of(request.actor, draft_id)
    if draft is None:
        return services.start_draft(
            actor=request.actor, vault=request.vault, content=content, draft_id=draft_id
        )
    return services.save_draft(
        actor=request.actor,
        vault=request.vault,
        draft=draft,
        content=content,
        version=_version(request),
    )


def _version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def _conflict(request: HttpRequest, draft: Draft, form: ComposeForm) -> HttpResponse:
    """Two windows: both versions on one page, and the person decides."""
    kept = services.open_draft(request.vault, draft)
    return _page(
        request, draft.pk, form, draft.version, status=409, other=kept, other_at=draft.saved_at
    )


@login_not_required
@require_POST
def autosave(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keeps the draft as one types. Answers in JSON, also when the session has ended."""
    if request.actor is None or request.vault is None:
        words = _("You are signed out or locked. Sign in in another tab, then go on.")
        return JsonResponse({"sentence": words}, status=401)
    require(request.actor, Action.WRITE_DRAFT)
    if Bulletin.objects.filter(uuid=draft_id).exists():
        return JsonResponse({"sentence": _("This bulletin has been published.")}, status=409)
    form = _form(request, request.POST)
    try:
        draft = _keep(request, draft_id, form, in_place=True)
    except services.DraftChanged:
        words = _("This draft was changed in another window. Reload to see both.")
        return JsonResponse({"sentence": words}, status=409)
    except TooManyDrafts as full:
        return JsonResponse({"sentence": full.sentence}, status=full.status)
    # The page of a draft that has just been begun moves to its address, so that it can be reloaded.
    page = reverse("bulletins:draft", args=[draft.pk])
    notes = _notes(request, form) | form.entities.notes()
    return JsonResponse({"version": draft.version, "page": page, "notes": notes})


@require_GET
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The preview: exactly what readers will see, who they are, and what stands against it."""
    if request.vault is None:
        return redirect("bulletins:draft", draft_id=draft_id)
    draft = services.draft_of(request.actor, draft_id)
    if draft is None:
        return _gone(request, draft_id)
    content = services.open_draft(request.vault, draft)
    _say_if_put_back(request, draft)
    form = _strict_form(request, content)
    audience = readership(request.actor, request.vault, draft.pk, content)
    law = lawfulness(request.actor, content, audience.codes)
    form.add_faults(
        {k: v for k, v in faults_of(content, request.actor, audience, law).items()
         if not form.has_error(k)}
    )  # fmt: skip
    if form.errors:
        law.record_refusal(request.actor, draft.pk)
        return _page(request, draft.pk, form, draft.version, status=422)
    return _check_page(request, draft, content, audience, law)


def _strict_form(request: HttpRequest, content) -> ComposeForm:
    """What is kept, judged as if it were sent now. Before the preview and again before the act:
    nothing but a page stands between the two, and a page can be passed by."""
    form = _form(request, _as_data(content))
    form.check()
    return form


def _as_data(content) -> dict:
    """The kept content as if it had just been typed, to be judged by the same form."""
    return {name: list(v) if isinstance(v, tuple) else v
            for name, v in ComposeForm.initial_of(content).items()}  # fmt: skip


def _check_page(
    request, draft: Draft, content, audience, law, *, unanswered: str = "", answered=()
) -> HttpResponse:
    response = render(request, "bulletins/check.html", {
        "nav_key": "bulletins",
        "draft": draft,
        "content": content,
        "audience": audience,
        "readers": [
            {"administration": one, "basis": law.bases.get(one.code)} for one in audience.others
        ],
        "warned": [one for one in audience.others if one.code in law.warned],
        "unanswered": unanswered,
        "answered": answered,
        "laws": laws_of(request.vault, audience.administrations),
        "kinds": kinds_in(content),
        "body": markdown(content.body),
        "meaning": handling.TLP_MEANING[content.tlp],
        "pap_meaning": handling.PAP_MEANING.get(content.pap, ""),
        "reliability": handling.RELIABILITY.get(content.source_reliability),
        "credibility": handling.CREDIBILITY.get(content.information_credibility),
        "requested_action": handling.REQUESTED_ACTION.get(content.requested_action),
        "kind": ProductType(content.product_type).label,
        "files": files.listed(request.vault, services.DRAFT_KIND, draft.pk),
        "entities": named_in(content),
        "ports": ports_named(content.places),
        "points": map_points(content.places),
        "may_publish": can(request.actor, Action.PUBLISH_BULLETIN, draft),
    }, status=422 if unanswered else 200)  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def publish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    if request.vault is None:
        return redirect("bulletins:check", draft_id=draft_id)
    draft = services.draft_of(request.actor, draft_id)
    if draft is None:
        return _gone(request, draft_id)
    try:
        if _strict_form(request, services.open_draft(request.vault, draft)).errors:
            return redirect("bulletins:check", draft_id=draft_id)
        bulletin = services.publish_bulletin(
            actor=request.actor, vault=request.vault, draft=draft, version=_version(request),
            answered=request.POST.getlist("answered"),
        )  # fmt: skip
    except services.DraftChanged:
        messages.error(request, _("The draft was changed since you checked it. Look again."))
        return redirect("bulletins:check", draft_id=draft_id)
    except Draft.DoesNotExist:
        raise Http404 from None  # thrown away in another window, this moment
    except services.NotPublishable as refusal:
        if set(refusal.faults) != {"answered"}:
            return redirect("bulletins:check", draft_id=draft_id)
        return _ask_again(request, draft, refusal)
    messages.success(request, _("%(ref)s is issued. You cannot unsend it.") % {"ref": bulletin.ref})
    return redirect("bulletins:detail", ref=bulletin.ref)


def _ask_again(request: HttpRequest, draft: Draft, refusal) -> HttpResponse:
    """Only a tick is missing: the preview again, with what was ticked."""
    content = services.open_draft(request.vault, draft)
    audience = readership(request.actor, request.vault, draft.pk, content)
    return _check_page(
        request, draft, content, audience, refusal.law, unanswered=refusal.faults["answered"],
        answered=request.POST.getlist("answered"),
    )  # fmt: skip


@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    draft = get_object_or_404(queries.drafts_for(request.actor), pk=draft_id)
    services.discard_draft(actor=request.actor, vault=request.vault, draft=draft)
    messages.success(request, _("The draft is gone."))
    return redirect("/bulletins/?box=drafts")
