"""The next meeting on a card: three clocks, both dates, and how the quorum looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from accounts.language import administration_in
from meetings.elsewhere import OtherDate, host_place, other_dates_of
from meetings.models import Kind, Meeting
from meetings.outlook import Seats, seats_of
from meetings.queries import coming
from meetings.titles import title_of

OWN_KINDS = (Kind.QUARTERLY, Kind.EXTRAORDINARY)  # those of the working group's own series


@dataclass(frozen=True, slots=True)
class Card:
    meeting: Meeting
    title: str
    reader_place: str
    host_place: str
    shows_host: bool  # the host's clock is another one than the reader's
    elsewhere: tuple[OtherDate, ...]
    outlook: Seats | None


def card_of(request: HttpRequest, meeting: Meeting, title: str) -> Card:
    own, zone = administration_in(request), timezone.get_current_timezone()
    at_home = own is not None and str(zone) == own.zone
    return Card(
        meeting=meeting,
        title=title,
        reader_place=own.city_label if at_home and own is not None else "",
        host_place=host_place(meeting),
        shows_host=str(zone) != meeting.zone,
        elsewhere=tuple(other_dates_of(meeting, zone)),
        outlook=seats_of(meeting, own.pk if own else ""),
    )


def next_meeting_card(request: HttpRequest) -> Card | None:
    """The next meeting of the series that this reader takes part in."""
    meeting = coming(request.actor).filter(kind__in=OWN_KINDS).first()
    return card_of(request, meeting, title_of(request.vault, meeting)) if meeting else None
