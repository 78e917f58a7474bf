"""The status to take away: a table for programs and spreadsheets, a paper for the file."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mous.asked import Asked, asked_of
from mous.export import HEAD, as_csv, status_rows
from mous.found import found
from mous.standing import standing_of
from mous.taking_status import take_status_away
from papers.printing import NotPrinted
from vault.streaming import guard


def _asked(request: HttpRequest) -> Asked:
    """A program that asks for a day which is none is told so, and is given no other day."""
    asked = asked_of(request.GET)
    if asked.wrong:
        raise BadRequest("a day is written YYYY-MM-DD")
    return asked


@require_GET
def status_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """`?on=YYYY-MM-DD`: where everybody stood on that day."""
    instrument, asked = found(request, slug), _asked(request)
    standing = standing_of(request.actor, None, instrument, asked)
    name = f"{instrument.slug}-status-{asked.on.isoformat()}.csv"
    return as_csv(HEAD, status_rows(standing), name)


@require_GET
def status_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The certified status list, with the words that this session opens."""
    instrument, asked = found(request, slug), _asked(request)
    try:
        drawn = take_status_away(
            actor=request.actor, vault=request.vault, instrument=instrument, asked=asked
        )
    except NotPrinted:
        messages.error(request, _("The PDF could not be made. Try again in a minute."))
        return redirect("mous:instrument", slug=instrument.slug)
    response = HttpResponse(drawn, content_type="application/pdf")
    guard(response, f"{instrument.slug}-status-{asked.on.isoformat()}.pdf")
    return response
