"""The minutes to take away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from meetings.found import found
from meetings.models import MinutesState
from meetings.taking_minutes import CHOICES, take_minutes_away
from papers.printing import NotPrinted
from vault.http import unlocked
from vault.streaming import guard


@require_GET
@unlocked
def minutes_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """`?text=en`, `fr` or `both`."""
    meeting = found(request, ref)
    if meeting.minutes_state == MinutesState.NONE:
        raise Http404
    languages = CHOICES.get(request.GET.get("text", ""), CHOICES["both"])
    try:
        drawn = take_minutes_away(
            actor=request.actor, vault=request.vault, meeting=meeting, languages=languages
        )
    except NotPrinted:
        messages.error(request, _("The PDF could not be made. Try again in a minute."))
        return redirect("meetings:minutes", ref=meeting.ref)
    response = HttpResponse(drawn, content_type="application/pdf")
    guard(response, f"{meeting.ref}-minutes.pdf")
    return response
