"""The pages of the record: notices, the journal of one's administration, and its proof."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from access.policy import Action, require
from activity import export, mailbox, words
from activity.forms import JournalFilter
from activity.presentation import journal_rows, notice_rows
from activity.queries import (
    checkpoints,
    journal_for,
    journal_key,
    journal_report,
    newest_checkpoint,
    notices_for,
    people_of,
    unread_notice_count,
)
from activity.services import mark_read, mark_unread, take_journal_away

PAGE = 25
JOURNAL_PAGE = 50


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What a person should know, newest first; `?box=unread` for what is new."""
    actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    only_unread = request.GET.get("box") == "unread"
    rows = notices_for(actor)
    page = Paginator(rows.filter(read_at=None) if only_unread else rows, PAGE).get_page(
        request.GET.get("page")
    )
    unread = unread_notice_count(actor)
    context = {
        "page_obj": page,
        "rows": notice_rows(page.object_list),
        "unread": unread,
        "newest": rows.values_list("pk", flat=True).first() or 0,
        "only_unread": only_unread,
        "tabs": [
            {"label": _("All"), "url": request.path, "current": not only_unread},
            {"label": pgettext("several", "Unread"), "url": f"{request.path}?box=unread",
             "count": unread, "current": only_unread},
        ],
    }  # fmt: skip
    return render(request, "activity/notices.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice put aside, or taken up again."""
    actor = request.actor  # type: ignore[attr-defined]
    notice = get_object_or_404(notices_for(actor), pk=pk)
    mark = mark_unread if request.POST.get("unread") else mark_read
    mark(actor=actor, notices=[notice])
    return redirect("activity:notices")


@require_POST
def notices_all_read(request: HttpRequest) -> HttpResponse:
    """All that the page showed when it was drawn, and nothing that came since."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        newest = int(request.POST.get("newest", "0")[:18])
    except ValueError:
        newest = 0
    shown = notices_for(actor).filter(read_at=None, pk__lte=newest)
    count = mark_read(actor=actor, notices=shown)
    said = ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", count)
    messages.success(request, said % {"n": count})
    return redirect("activity:notices")


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """The journal of the actor's own administration, narrowed down as the address says."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = journal_for(actor)
    form = JournalFilter(request.GET or None, people=people_of(actor.administration))
    page = Paginator(form.narrowed(rows), JOURNAL_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": journal_rows(page.object_list),
        "checkpoint": newest_checkpoint(),
        "query": request.GET.urlencode(),
    }
    return render(request, "activity/journal.html", context)


@require_POST
def journal_csv(request: HttpRequest) -> HttpResponse:
    """What the page shows, all pages of it, for a spreadsheet. A form: taking away is recorded."""
    actor = request.actor  # type: ignore[attr-defined]
    take_journal_away(actor=actor, as_proof=False)
    form = JournalFilter(request.GET or None, people=people_of(actor.administration))
    text = export.table(form.narrowed(journal_for(actor)))
    return _attached(text, "text/csv; charset=utf-8", f"journal-{actor.administration}.csv")


@require_POST
def journal_proof(request: HttpRequest) -> HttpResponse:
    """The administration's copy, which it can check alone."""
    actor = request.actor  # type: ignore[attr-defined]
    take_journal_away(actor=actor, as_proof=True)
    text = "".join(export.proof(actor.administration))
    return _attached(text, "application/jsonl", f"journal-{actor.administration}.jsonl")


def _attached(text: str, kind: str, name: str) -> HttpResponse:
    day = f"{timezone.now():%Y-%m-%d}"
    stem, _dot, ending = name.partition(".")
    return HttpResponse(
        text,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{stem}-{day}.{ending}"',
            "Cache-Control": "no-store",
        },
    )


@require_safe
def journal_check(request: HttpRequest) -> HttpResponse:
    """Walk the whole journal now and say in words what was found."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, Action.READ_JOURNAL, actor.administration)
    report = journal_report()
    context = {"report": report, "faults": [words.fault(found) for found in report.faults]}
    return render(request, "activity/journal_check.html", context)


@require_safe
def journal_checkpoints(request: HttpRequest) -> HttpResponse:
    """Every signed checkpoint, and the public key, to be printed in the minutes."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, Action.READ_JOURNAL, actor.administration)
    page = Paginator(checkpoints(), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_obj": page,
        "rows": [export.checkpoint_facts(row) | {"at": row.made_at} for row in page.object_list],
        "key": journal_key().to_bytes().hex(),
    }
    return render(request, "activity/journal_checkpoints.html", context)


@login_not_required
@require_safe
def mails(request: HttpRequest, name: str = "") -> HttpResponse:
    """Development only: the mails that would have left. Invitations arrive here."""
    if settings.PRODUCTION:
        raise Http404
    shown = mailbox.read_mail(name) if name else None
    if name and shown is None:
        raise Http404
    found = [mail for each in mailbox.written_mails() if (mail := mailbox.read_mail(each))]
    return render(request, "activity/mails.html", {"mails": found, "mail": shown})
