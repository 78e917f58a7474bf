"""The papers of a meeting: all of them, submitting one, taking one back, and the pack."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can, require
from activity.queries import latest_live_id
from meetings import queries
from meetings.forms_papers import PaperForm
from meetings.forms_prepare import DeadlineForm, put_faults
from meetings.found import found, found_item
from meetings.frame import framed
from meetings.looks import look
from meetings.models import AgendaItem, Meeting
from meetings.pack import agenda_paper, last_taken, pack_of, papers_before, zipped
from meetings.paper_rows import may_withdraw, papers_of
from meetings.presentation import agenda_of
from meetings.sealing import Locked
from meetings.services import papers as services
from meetings.services.series import NotPossible
from meetings.titles import item_titles
from meetings.views import topics
from meetings.views_files import ARRIVING, draft_of, found_paper
from papers.printing import NotPrinted, print_paper
from vault.http import unlocked
from vault.manifests import SealBroken
from vault.streaming import guard, in_pieces


@require_GET
@unlocked
def papers(request: HttpRequest, ref: str) -> HttpResponse:
    """Every paper by item, with its versions; and the pack."""
    since = latest_live_id()
    meeting = found(request, ref)
    marked = look(request, meeting)
    items = queries.items_for(request.actor, meeting)
    rows = papers_of(request.actor, request.vault, meeting, items, since=marked, withdrawn=True)
    may_prepare = can(request.actor, Action.PREPARE_MEETING, meeting) and not meeting.is_over
    context = {
        **framed(request, meeting, "papers"),
        "lines": agenda_of(request.actor, request.vault, meeting, since=marked, papers=rows),
        "pack": _pack_facts(request, meeting, rows),
        "deadline": DeadlineForm(initial={"papers_due_on": meeting.papers_due_on})
        if may_prepare
        else None,
        "live_since": since,
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
    }
    return _kept_nowhere(render(request, "meetings/papers.html", context))


def _pack_facts(request: HttpRequest, meeting: Meeting, rows: dict[int, Any]) -> dict[str, Any]:
    """How much a pack holds, and how much of it this person has not taken yet."""
    newest = [one for papers in rows.values() for one in papers if one.paper.withdrawn_at is None]
    known = papers_before(request.actor, meeting)
    fresh = [one for one in newest if str(one.paper.uuid) not in known]
    return {
        "papers": len(newest),
        "size": sum(one.size for one in newest),
        "new": len(fresh),
        "new_size": sum(one.size for one in fresh),
        "last": last_taken(request.actor, meeting),
    }


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


# Submitting -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def submit(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """Files are sent first, then they are submitted together as one paper."""
    item = found_item(request, ref, item_id)
    require(request.actor, Action.SUBMIT_PAPER, item)
    own = list(services.own_papers(request.actor, item).filter(withdrawn_at=None))
    if request.method == "GET":
        return _submit_page(request, item, PaperForm(numbers=own))
    form = PaperForm(request.POST, numbers=own)
    if request.vault is None:
        form.is_valid()
        form.add_error(
            None, _("Your keys are locked. Open them in another tab, then send this again.")
        )
    if form.is_valid() and _submitted(request, item, form):
        messages.success(request, _("The paper is submitted: whoever reads the item can fetch it."))
        return redirect(f"{reverse('meetings:papers', args=[ref])}#item-{item.uuid}")
    return _submit_page(request, item, form, 400)


def _submitted(request: HttpRequest, item: AgendaItem, form: PaperForm) -> bool:
    chosen = form.cleaned_data
    try:
        services.submit_paper(
            actor=request.actor, vault=request.vault, item=item, paper_id=chosen["draft"],
            title=chosen["title"], number=chosen["number"] or 0,
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except (Locked, SealBroken):
        form.add_error(None, _("This item does not open with your keys, so nothing was sent."))
    return not form.errors


def _submit_page(
    request: HttpRequest, item: AgendaItem, form: PaperForm, status: int = 200
) -> HttpResponse:
    draft = draft_of(request, item)
    draft_id = draft.pk if draft else uuid4()
    place = {"ref": item.meeting.ref, "item_id": item.uuid, "draft_id": draft_id}
    locked = request.vault is None
    context = {
        "nav_key": "meetings",
        "meeting": item.meeting,
        "item": item,
        "title": item_titles(request.vault, [item]).get(item.pk, ""),
        "form": form,
        "draft_id": draft_id,
        "files": ARRIVING.rows(request.vault, draft_id, **place) if draft and not locked else [],
        "action": reverse("meetings:files", kwargs=place),
    }
    return _kept_nowhere(render(request, "meetings/submit.html", context, status=status))


@require_http_methods(["GET", "POST"])
@unlocked
def withdraw(request: HttpRequest, ref: str, paper_id: UUID) -> HttpResponse:
    """Asked once more first: the files are gone for everybody."""
    paper = found_paper(request, ref, paper_id)
    meeting = paper.item.meeting
    if not may_withdraw(request.actor, paper):
        require(request.actor, Action.SUBMIT_PAPER, paper.item)
        require(request.actor, Action.PREPARE_MEETING, meeting)
    if request.method == "GET":
        rows = papers_of(request.actor, request.vault, meeting, [paper.item])[paper.item_id]
        versions = [one for row in rows for one in (row, *row.former)]
        row = next((one for one in versions if one.paper.pk == paper.pk), None)
        context = {"nav_key": "meetings", "meeting": meeting, "paper": paper, "row": row}
        return _kept_nowhere(render(request, "meetings/withdraw.html", context))
    services.withdraw_paper(actor=request.actor, paper=paper)
    messages.success(request, _("Withdrawn: its files are gone, its number stays taken."))
    return redirect("meetings:papers", ref=ref)


# The pack -------------------------------------------------------------------------------------


@require_GET
@unlocked
def pack(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The agenda and all papers in one archive; `?since=last` only what is new for this person."""
    meeting = found(request, ref)
    only_new = request.GET.get("since", "") == "last"
    try:
        drawn = print_paper(agenda_paper(request.actor, request.vault, meeting))
    except NotPrinted:
        return _not_printed(request, ref)
    made = pack_of(request.actor, request.vault, meeting, drawn, only_new=only_new)
    services.note_pack(actor=request.actor, meeting=meeting, contained=made.papers)
    if made.missing:
        messages.error(
            request,
            _("Of %(n)d papers no file could be put into the pack: look at them below.")
            % {"n": made.missing},
        )
    now = timezone.now()
    response = StreamingHttpResponse(
        in_pieces(request, lambda: zipped(made, now)), content_type="application/zip"
    )
    guard(response, f"{meeting.ref}{'-new' if only_new else ''}.zip")
    return response


@require_GET
@unlocked
def agenda_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The agenda alone, with its times, as a PDF."""
    meeting = found(request, ref)
    try:
        drawn = print_paper(agenda_paper(request.actor, request.vault, meeting))
    except NotPrinted:
        return _not_printed(request, ref)
    services.note_pack(actor=request.actor, meeting=meeting, contained=())
    response = HttpResponse(drawn, content_type="application/pdf")
    guard(response, f"{meeting.ref}-agenda.pdf")
    return response


def _not_printed(request: HttpRequest, ref: str) -> HttpResponse:
    messages.error(request, _("The PDF could not be made. Try again in a minute."))
    return redirect("meetings:papers", ref=ref)
