"""Meetings as calendars know them: iTIP requests and cancellations, and the private feed.

A calendar is told when, and that it is a meeting; never which words belong to it. Times are
instants in UTC, so that no calendar has to know the zones of the Pacific. A meeting keeps its UID
for ever; whatever has a higher SEQUENCE replaces what was sent before.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from activity.ports import page_of
from meetings.facts import target_of
from meetings.models import Answer, Meeting, State

PRODUCT = "-//ISWG//portal//EN"
REQUEST, CANCEL, PUBLISH, REPLY = "REQUEST", "CANCEL", "PUBLISH", "REPLY"
PARTSTAT: dict[str, str] = {
    Answer.YES: "ACCEPTED",
    Answer.MAYBE: "TENTATIVE",
    Answer.NO: "DECLINED",
}
STATUS: dict[str, str] = {State.CANCELLED: "CANCELLED", State.PLANNED: "TENTATIVE"}
UNANSWERED = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Invitee:
    """To whom a request goes: whether this person may answer, and what stands so far."""

    email: str
    name: str
    may_answer: bool
    answer: str = ""


def summary() -> str:
    """All that a calendar says of a meeting, in the current language."""
    return _("ISWG meeting")


def organizer_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def request(meeting: Meeting, invitee: Invitee, now: datetime.datetime) -> bytes:
    """An invitation, or the update of one."""
    event = _event(meeting, now)
    event.add("status", "CONFIRMED")
    event.add("organizer", _organizer())
    event.add("attendee", _attendee(invitee))
    return _calendar(REQUEST, [event])


def cancel(meeting: Meeting, invitee: Invitee, now: datetime.datetime) -> bytes:
    """Take it out of this person's calendar."""
    event = _event(meeting, now)
    event.add("status", "CANCELLED")
    event.add("organizer", _organizer())
    event.add("attendee", _attendee(invitee))
    return _calendar(CANCEL, [event])


def feed(meetings: Iterable[Meeting], now: datetime.datetime) -> bytes:
    """All meetings of a person, for a calendar that subscribes."""
    events = []
    for meeting in meetings:
        event = _event(meeting, now)
        event.add("status", STATUS.get(meeting.state, "CONFIRMED"))
        events.append(event)
    return _calendar(PUBLISH, events, name=summary())


def feed_tag(meetings: Iterable[Meeting], language: str) -> str:
    """Changes when the feed does: what it says is worked out from these facts alone."""
    facts = [language, settings.ORIGIN]
    facts += [
        f"{one.uuid} {one.ref} {one.sequence} {one.state} {one.starts_at} {one.minutes}"
        for one in meetings
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _event(meeting: Meeting, now: datetime.datetime) -> Event:
    assert meeting.starts_at is not None, "a meeting without a time is in no calendar"
    event = Event()
    event.add("uid", meeting.uid)
    event.add("dtstamp", _minute(now))
    event.add("sequence", meeting.sequence)
    event.add("dtstart", _minute(meeting.starts_at))
    event.add("dtend", _minute(meeting.starts_at) + datetime.timedelta(minutes=meeting.minutes))
    event.add("summary", summary())
    event.add("url", settings.ORIGIN + page_of(target_of(meeting), meeting.ref))
    event.add("class", "PRIVATE")
    return event


def _minute(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(datetime.UTC).replace(second=0, microsecond=0)


def _organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    if name:
        organizer.params["CN"] = vText(name)
    return organizer


def _attendee(invitee: Invitee) -> vCalAddress:
    """An answer is wanted of who may give one; others may come, and need not say so."""
    attendee = vCalAddress(f"mailto:{invitee.email}")
    attendee.params["CN"] = vText(invitee.name)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    role = "REQ-PARTICIPANT" if invitee.may_answer else "OPT-PARTICIPANT"
    attendee.params["ROLE"] = vText(role)
    attendee.params["PARTSTAT"] = vText(PARTSTAT.get(invitee.answer, UNANSWERED))
    attendee.params["RSVP"] = vText("TRUE" if invitee.may_answer else "FALSE")
    return attendee


def _calendar(method: str, events: Iterable[Event], name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", datetime.timedelta(hours=12), {"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())
