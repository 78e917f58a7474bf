"""A calendar's answer, read out of a mail: plain parsing of hostile bytes, nothing is looked up.

Only an iTIP REPLY is taken (RFC 5546, 6047), from the one person whose answer it is. Whether that
person may answer, and for whom, is not decided here.
"""

from __future__ import annotations

import datetime
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from icalendar import Calendar, Event

from meetings.calendars import REPLY
from meetings.models import Answer

LARGEST_MAIL = 1024 * 1024
LARGEST_CALENDAR = 64 * 1024
LARGEST_SEQUENCE = 10**6
DOMAIN = "@iswg"

ANSWERS = {
    "ACCEPTED": Answer.YES,
    "TENTATIVE": Answer.MAYBE,
    "DECLINED": Answer.NO,
    "DELEGATED": Answer.YES,
}


class NoReply(Exception):
    """This mail is no answer of a calendar; `reason` is a word for the journal."""

    def __init__(self, reason: str, sender: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.sender = sender


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Whose answer to which invitation."""

    sender: str
    uid: UUID
    sequence: int
    answer: str
    delegated_to: str = ""
    given_at: datetime.datetime | None = None


def read_reply(raw: bytes) -> CalendarReply:
    """The one answer in this mail, or NoReply."""
    if len(raw) > LARGEST_MAIL:
        raise NoReply("too_large")
    try:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        sender = _sender(mail)
    except NoReply:
        raise
    except Exception as problem:  # the parser of the standard library has many ways to give up
        raise NoReply("unreadable_mail") from problem
    try:
        return _reply_of(_event(_calendar_text(mail)), sender)
    except NoReply as refusal:
        raise NoReply(refusal.reason, sender) from None
    except Exception as problem:  # and so has any parser of calendars
        raise NoReply("unreadable_calendar", sender) from problem


def _sender(mail: EmailMessage) -> str:
    """The one address in From. Several would leave it open who speaks."""
    headers = mail.get_all("From", [])
    found = [one.addr_spec for header in headers for one in header.addresses]
    if len(headers) != 1 or len(found) != 1 or headers[0].defects or "@" not in found[0]:
        raise NoReply("no_sender")
    return str(found[0]).lower()


def _calendar_text(mail: EmailMessage) -> bytes:
    """The calendar part; one that comes as part and as file is the same twice."""
    kinds = {"text/calendar", "application/ics"}
    texts = []
    for part in mail.walk():
        if part.get_content_type() in kinds:
            payload = part.get_payload(decode=True)
            texts.append(payload if isinstance(payload, bytes) else b"")
    if not texts:
        raise NoReply("no_calendar")
    if len(texts) > 2 or len(texts[0]) > LARGEST_CALENDAR:
        raise NoReply("too_large")
    return texts[0]


def _event(text: bytes) -> Event:
    calendars = Calendar.from_ical(text, multiple=True)
    if len(calendars) != 1:
        raise NoReply("unreadable_calendar")
    calendar = calendars[0]
    if str(calendar.get("METHOD", "")).upper() != REPLY:
        raise NoReply("no_reply")
    events: list[Any] = calendar.walk("VEVENT")
    if len(events) != 1 or "RECURRENCE-ID" in events[0]:
        raise NoReply("not_one_event")
    event: Event = events[0]
    return event


def _reply_of(event: Event, sender: str) -> CalendarReply:
    attendees = _listed(event.get("ATTENDEE"))
    own = [one for one in attendees if _address(one) == sender]
    if len(own) != 1:
        raise NoReply("sender_is_not_attendee")
    partstat = str(own[0].params.get("PARTSTAT", "")).upper()
    if partstat not in ANSWERS:
        raise NoReply("no_answer")
    return CalendarReply(
        sender=sender,
        uid=_uid(str(event.get("UID", ""))),
        sequence=_sequence(event.get("SEQUENCE", 0)),
        answer=ANSWERS[partstat],
        delegated_to=_delegate(own[0]) if partstat == "DELEGATED" else "",
        given_at=_moment(event.get("DTSTAMP")),
    )


def _uid(text: str) -> UUID:
    name, at, domain = text.strip().partition("@")
    if f"{at}{domain}" != DOMAIN:
        raise NoReply("not_our_event")
    try:
        return UUID(name)
    except ValueError:
        raise NoReply("not_our_event") from None


def _sequence(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= LARGEST_SEQUENCE:
        raise NoReply("outdated")
    return number


def _moment(stamp: Any) -> datetime.datetime | None:
    """When the calendar wrote it, in UTC as the format has it; mails overtake one another."""
    moment = getattr(stamp, "dt", None)
    if not isinstance(moment, datetime.datetime):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _delegate(attendee: Any) -> str:
    named = _listed(attendee.params.get("DELEGATED-TO"))
    if len(named) != 1:
        raise NoReply("no_delegate")
    return _address(named[0])


def _address(value: Any) -> str:
    text = str(value).strip().strip('"')
    return text[7:].lower() if text[:7].lower() == "mailto:" else text.lower()


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
