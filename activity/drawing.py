"""Draws a mail from the facts in its rows, in its reader's language and zone.

A mail says that something waits and where, never what: reference, kind, urgency, label, from
whom, when it is due, and a link to a page that asks who is there. Times are to the minute.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity import words
from activity.events import Event
from activity.links import open_link
from activity.models import OutgoingMail
from activity.outgoing import ALONE, URGENT
from activity.ports import Drawn, administration_name, mail_kinds, page_of

# Of what is mailed about a thread, the most telling first.
TELLING = [Event.MENTIONED, Event.PARTICIPANT_ADDED, Event.THREAD_OPENED, Event.MESSAGE_POSTED]
HEADERS = {
    # RFC 3834: no out-of-office answer is wanted.
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell, in words."""

    sentence: str
    reference: str
    origin: str
    marking: str
    urgency: str
    is_urgent: bool
    due_on: date | None
    at: datetime
    link: str


def draw(rows: Sequence[OutgoingMail], *, zone: str, now: datetime) -> EmailMultiAlternatives:
    """One mail for these rows, which all have the same reader."""
    first = rows[0]
    language = first.recipient.language if first.recipient else first.language
    with ExitStack() as reader:
        reader.enter_context(translation.override(language))
        reader.enter_context(timezone.override(_zone(zone)))
        if first.kind in mail_kinds():
            template, drawn = first.kind, mail_kinds()[first.kind].draw(first)
        elif first.kind in ALONE:
            template, drawn = first.kind, Drawn(*_alone(first))
        else:
            template, drawn = "notices", Drawn(*_together(rows))
        return _message(first, template, drawn, language, now)


def _message(
    row: OutgoingMail, template: str, drawn: Drawn, language: str, now: datetime
) -> EmailMultiAlternatives:
    facts = {
        **drawn.context,
        "subject": drawn.subject,
        "origin_url": settings.ORIGIN,
        "language": language,
        "zone": timezone.get_current_timezone_name(),
    }
    mail = EmailMultiAlternatives(
        subject=drawn.subject,
        body=_rendered(f"{template}.txt", facts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.recipient.email if row.recipient else row.address],
        headers={**HEADERS, "Content-Language": language, **_stamps(now)},
    )
    mail.attach_alternative(_rendered(f"{template}.html", facts), "text/html")
    if drawn.calendar:
        _add_calendar(mail, drawn)
    return mail


def _add_calendar(mail: EmailMultiAlternatives, drawn: Drawn) -> None:
    """Twice, because programs look in one place or the other (RFC 6047): as a part with its method,
    which a mail program answers, and as a file, which a person can open."""
    mail.attach_alternative(drawn.calendar.decode(), f"text/calendar; method={drawn.method}")
    mail.attach("invite.ics", drawn.calendar, "application/ics")


def _rendered(name: str, facts: dict[str, Any]) -> str:
    return render_to_string(f"mail/{name}", facts).strip() + "\n"


def _stamps(now: datetime) -> dict[str, str]:
    """Our own date and id: the usual ones tell the second, the process and the machine."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    host = urlsplit(settings.ORIGIN).hostname or "localhost"
    return {
        "Date": format_datetime(minute),
        "Message-ID": f"<{secrets.token_hex(16)}@{host}>",
    }


def _together(rows: Sequence[OutgoingMail]) -> tuple[str, dict[str, Any]]:
    rows = _told_once(rows)
    items = sorted((_item(row) for row in rows), key=lambda item: not item.is_urgent)
    talks = any(row.notice.event.startswith("discussions.") for row in rows if row.notice)
    return _subject(items), {"items": items, "talks": talks}


def _told_once(rows: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """Of one thread a mail says the most telling thing once: that one was added to it, or named
    in it, says also that there is something new."""
    known: dict[str, int] = {}
    for row in rows:
        if row.notice and row.notice.event in TELLING:
            rank = TELLING.index(row.notice.event)
            known[row.notice.target] = min(rank, known.get(row.notice.target, rank))
    return [
        row
        for row in rows
        if not row.notice
        or row.notice.event not in TELLING
        or TELLING.index(row.notice.event) == known[row.notice.target]
    ]


def _item(row: OutgoingMail) -> Item:
    notice = row.notice
    assert notice is not None, "mails without a notice have a kind of their own"
    # Messages of many are one notice, so it is from nobody in particular.
    merged = notice.event == Event.MESSAGE_POSTED
    origin = "" if merged else administration_name(notice.origin)
    return Item(
        sentence=words.concerns(notice.event, origin),
        reference=notice.reference,
        origin=origin,
        marking=notice.marking,
        urgency=words.urgency(notice.urgency),
        is_urgent=notice.urgency in URGENT,
        due_on=notice.due_on,
        at=notice.at,
        link=settings.ORIGIN + page_of(notice.target, notice.reference),
    )


def _subject(items: list[Item]) -> str:
    first = items[0]
    urgency = f"{first.urgency}, " if first.is_urgent else ""
    if len(items) == 1:
        # The sentence without its full stop, as headings have none.
        said = first.sentence.rstrip(".")
        if first.reference:
            said = _("%(name)s: %(words)s") % {"name": first.reference, "words": said}
        return f"[ISWG] {urgency}{said}"
    count = ngettext("%(n)d thing waits for you", "%(n)d things wait for you", len(items))
    return f"[ISWG] {urgency}{count % {'n': len(items)}}"


def _alone(row: OutgoingMail) -> tuple[str, dict[str, Any]]:
    address = row.recipient.email if row.recipient else row.address
    link = open_link(bytes(row.secret), address=address, kind=row.kind) if row.secret else "/"
    facts = dict(row.facts)
    facts["administration"] = administration_name(facts.get("administration", ""))
    for name in ("until", "at"):
        facts[name] = datetime.fromisoformat(facts[name]) if facts.get(name) else None
    sentence = words.warns(facts.get("event", ""))
    subject = {
        "invitation": _("You are invited to the ISWG portal"),
        "checkpoint": _("Checkpoint of the journal: please keep this mail"),
        "warning": sentence.split(".")[0],
        "new_start": _("A link to start anew with another key"),
    }[row.kind]
    context = {"facts": facts, "link": settings.ORIGIN + link, "sentence": sentence}
    return f"[ISWG] {subject}", context


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
