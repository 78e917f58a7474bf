"""Texts of an instrument: deposited, fetched, compared, certified."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.policy import Action, can, require
from mous import views_drafts
from mous.certificates import certified_copy
from mous.forms_acts import put_faults
from mous.forms_instruments import TextForm
from mous.found import found
from mous.frame import framed
from mous.models import ActDraft, Instrument, TextVersion
from mous.sealing import Locked, NotOpened
from mous.services import evidence
from mous.services import texts as services
from mous.services.acts import NotPossible
from mous.services.drafts import TEXT, begin_draft, draft_of
from mous.views_acts import can_sign, trouble
from papers.printing import NotPrinted
from vault import files
from vault.crypto.errors import CannotOpen
from vault.http import unlocked
from vault.keeping import keeps_what_was_typed
from vault.streaming import as_download, guard
from vault.uploads import NotAccepted
from vault.views.arriving_files import take_small_files


@keeps_what_was_typed
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version; the depositary deposits the next. `?sum=` compares a copy with them."""
    instrument = found(request, slug)
    if request.method == "GET":
        draft = draft_of(request.actor, instrument, TEXT)
        initial = {"text": draft.pk if draft else uuid4()}
        return _page(request, instrument, TextForm(initial=initial))
    require(request.actor, Action.KEEP_REGISTER, instrument)
    form = TextForm(request.POST)
    if form.is_valid() and _deposited(request, instrument, form):
        messages.success(request, _("The text is deposited: whoever signs now signs its sum."))
        return redirect("mous:texts", slug=slug)
    return _page(request, instrument, form, 400)


def _page(
    request: HttpRequest, instrument: Instrument, form: TextForm, status: int = 200
) -> HttpResponse:
    context = framed(request, instrument, "texts")
    rows = services.open_texts(request.vault, services.texts_of(instrument))
    asked = request.GET.get("sum", "").replace(" ", "").lower()[:64]
    draft = draft_of(request.actor, instrument, TEXT)
    text_id = form["text"].value()
    context |= {
        "versions": _by_number(rows),
        "asked": asked,
        "same": next((one for one in rows if one.row.sha256 == asked), None) if asked else None,
        "may_keep": bool(can(request.actor, Action.KEEP_REGISTER, instrument)),
        "may_sign": can_sign(request, instrument),
        "form": form,
        "files": views_drafts.rows(request, draft),
        "action": views_drafts.upload_address(instrument.slug, TEXT, text_id),
    }
    return render(request, "mous/texts.html", context, status=status)


def _by_number(rows: list[services.OpenText]) -> list[tuple[int, list[services.OpenText]]]:
    numbers = dict.fromkeys(one.row.number for one in rows)
    return [(n, [one for one in rows if one.row.number == n]) for n in numbers]


def _deposited(request: HttpRequest, instrument: Instrument, form: TextForm) -> bool:
    said = form.cleaned_data
    if request.FILES and not _took_small(request, instrument, said["text"]):
        return False
    try:
        services.deposit_text(
            actor=request.actor, vault=request.vault, instrument=instrument, text_id=said["text"],
            language=said["language"], anew=said["anew"], note=said["note"],
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, CannotOpen):
        form.add_error(None, _("The register does not open with your keys: nothing was done."))
    return not form.errors


def _took_small(request: HttpRequest, instrument: Instrument, text_id: UUID) -> bool:
    """Without scripts a small file comes with the form itself."""
    try:
        draft: ActDraft = begin_draft(
            actor=request.actor, instrument=instrument, purpose=TEXT, party=None, draft_id=text_id
        )
    except NotAccepted as refusal:
        messages.error(request, refusal.sentence)
        return False
    return take_small_files(request, views_drafts.FilesOfEntries.kind, draft.pk) > 0


# What is fetched ------------------------------------------------------------------------------


def _text(request: HttpRequest, slug: str, text_id: UUID) -> TextVersion:
    """A text through the instrument of the address."""
    return get_object_or_404(services.texts_of(found(request, slug)), uuid=text_id)


@require_safe
@unlocked
def text_file(request: HttpRequest, slug: str, text_id: UUID) -> HttpResponseBase:
    row = _text(request, slug, text_id)
    back = reverse("mous:texts", args=[slug])
    try:
        ready = services.open_text_file(actor=request.actor, vault=request.vault, row=row)
    except ObjectDoesNotExist:
        raise Http404 from None
    except files.FileNotReleased as held:
        return trouble(request, row.instrument, back, "refused" if held.refused else "wait")
    except Locked:
        return trouble(request, row.instrument, back, "locked")
    except CannotOpen:
        evidence.report_broken_seal(actor=request.actor, instrument=row.instrument)
        return trouble(request, row.instrument, back, "damaged")
    return as_download(request, ready)


@require_safe
@unlocked
def certified(request: HttpRequest, slug: str, text_id: UUID) -> HttpResponse:
    """The depositary's statement about this text, as a PDF for this reader."""
    row = _text(request, slug, text_id)
    back = reverse("mous:texts", args=[slug])
    try:
        drawn = certified_copy(request.actor, request.vault, row)
    except NotPrinted:
        messages.error(request, _("The PDF could not be made. Try again in a minute."))
        return redirect(back)
    except files.FileNotReleased as held:
        return trouble(request, row.instrument, back, "refused" if held.refused else "wait")
    except Locked:
        return trouble(request, row.instrument, back, "locked")
    except CannotOpen:
        evidence.report_broken_seal(actor=request.actor, instrument=row.instrument)
        return trouble(request, row.instrument, back, "damaged")
    response = HttpResponse(drawn, content_type="application/pdf")
    guard(response, f"{slug}-certified-{row.number}-{row.language}.pdf")
    return response
