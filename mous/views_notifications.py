"""Notifications of the depositary: the archive, one of them, and the word that it was received."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.policy import Action, can
from accounts.spoken import in_order
from mous.certificates import notification_paper
from mous.found import found
from mous.frame import framed
from mous.models import Instrument, Notification, Receipt
from mous.notified import lines_of, row_of, tellings
from mous.services import depositary
from papers.printing import NotPrinted
from vault.http import is_act, unlocked
from vault.streaming import guard

PER_PAGE = 50


@require_GET
def notifications(request: HttpRequest, slug: str) -> HttpResponse:
    instrument = found(request, slug)
    context = framed(request, instrument, "notifications")
    rows = Notification.objects.filter(instrument=instrument).select_related(
        "act", "act__party", "act__party__administration"
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(instrument, page.object_list, request.actor.administration)
    return render(request, "mous/notifications.html", context | {"page_obj": page, "lines": lines})


def found_notification(request: HttpRequest, slug: str, number: int) -> Notification:
    """A notification through the instrument of the address."""
    instrument = found(request, slug)
    rows = Notification.objects.filter(instrument=instrument, number=number)
    row = rows.select_related("act", "sent_by").first()
    if row is None:
        raise Http404
    row.instrument = instrument
    return row


@require_GET
def notification(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Whoever has its words before them has opened it for the administration. A page that renews
    itself, or whose words do not open, has not."""
    one = found_notification(request, slug, number)
    context = framed(request, one.instrument, "")
    row = row_of(request.vault, one)
    if row.opened.words is not None and is_act(request):
        depositary.note_opened(actor=request.actor, notification=one)
    ledger = _ledger(one)
    own = next(
        (r for r in ledger if r["receipt"].administration_id == request.actor.administration), None
    )
    receipt = own["receipt"] if own else None
    context |= {
        "notification": one,
        "row": row,
        "tellings": tellings(one, row),
        "ledger": ledger,
        "opened": sum(r["receipt"].opened_at is not None for r in ledger),
        "received": sum(r["receipt"].received_at is not None for r in ledger),
        "own": receipt,
        "may_receive": receipt is not None
        and receipt.received_at is None
        and bool(can(request.actor, Action.RECEIVE_NOTIFICATION, receipt)),
        "before": _beside(one.instrument, number - 1),
        "after": _beside(one.instrument, number + 1),
    }
    return render(request, "mous/notification.html", context)


def _ledger(one: Notification) -> list[dict[str, Any]]:
    """One line an administration, as `{% cells %}` and the table want it."""
    rows = one.receipts.select_related("administration", "opened_by", "received_by")
    by_code = {row.administration_id: row for row in rows}
    names = in_order((code, row.administration.label) for code, row in by_code.items())
    return [_cell(by_code[code], name) for code, name in names]


def _cell(receipt: Receipt, name: str) -> dict[str, Any]:
    if receipt.received_at is not None:
        state, words = "done", _("received")
    elif receipt.opened_at is not None:
        state, words = "part", _("opened")
    else:
        state, words = "none", _("sent, not opened yet")
    return {
        "code": receipt.administration_id, "name": name, "state": state, "words": words,
        "receipt": receipt,
    }  # fmt: skip


def _beside(instrument: Instrument, number: int) -> int:
    rows = Notification.objects.filter(instrument=instrument, number=number)
    return number if rows.exists() else 0


@require_POST
def receive(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The word of the administration; it needs no key, because nothing is sealed by it."""
    one = found_notification(request, slug, number)
    if depositary.confirm_receipt(actor=request.actor, notification=one) is None:
        raise Http404
    messages.success(request, _("Receipt is confirmed for your administration."))
    return redirect("mous:notification", slug=slug, number=number)


@require_GET
@unlocked
def notification_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_notification(request, slug, number)
    row = row_of(request.vault, one)
    if row.opened.words is None:
        messages.error(request, _("This notification does not open with your keys."))
        return redirect("mous:notification", slug=slug, number=number)
    try:
        drawn = notification_paper(request.actor, one, tellings(one, row))
    except NotPrinted:
        messages.error(request, _("The PDF could not be made. Try again in a minute."))
        return redirect("mous:notification", slug=slug, number=number)
    depositary.note_opened(actor=request.actor, notification=one)
    response = HttpResponse(drawn, content_type="application/pdf")
    guard(response, f"{slug}-notification-{number}.pdf")
    return response
