"""Mails that keep people's calendars true: queued by the services, drawn when they are sent.

A waiting row says only whose calendar and which meeting. What the mail then carries, a request,
an update or a cancellation, follows from the meeting as it is at that moment: a meeting that
was moved twice before the worker came is one mail, with the last time.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor, current_actor
from access.policy import Action, can, people_in_standing
from activity.models import OutgoingMail
from activity.outgoing import queue_to_people
from activity.ports import Drawn, register_mail_kind
from meetings import calendars
from meetings.models import Answer, Meeting, Reply, State
from meetings.queries import with_people

KIND = "calendar"
GOING_ON = frozenset({State.INVITED, State.LIVE})


def register_mails() -> None:
    register_mail_kind(KIND, CalendarMails())


def tell_calendars(meeting: Meeting, audience: Q, *, first: bool = False) -> None:
    """Bring the calendars of these people up to date, in the caller's transaction. `first`: they
    have not heard of the meeting before."""
    people = get_user_model()._default_manager.filter(audience & people_in_standing())
    facts = {"meeting": meeting.uuid, "first": first}
    queue_to_people(people=people.distinct().order_by("pk"), kind=KIND, facts=facts)


class CalendarMails:
    """How these mails are drawn (activity/ports.py)."""

    def pointless(self, rows: Sequence[OutgoingMail]) -> set[int]:
        """Of meetings that are over or were taken back to planning, and of those for which an
        older mail, that nobody began to send, will say the same."""
        now = timezone.now()
        meetings = {str(one.uuid): one for one in _meetings(rows)}
        waiting = _waiting(rows)
        found = set()
        for row in rows:
            meeting = meetings.get(row.facts["meeting"])
            older = waiting[row.recipient_id, row.facts["meeting"]]
            if meeting is None or _is_past(meeting, now) or older < row.pk:
                found.add(row.pk)
        return found

    def draw(self, row: OutgoingMail) -> Drawn:
        meeting = with_people().get(uuid=row.facts["meeting"])
        actor = current_actor(row.recipient_id) if row.recipient_id else None
        assert actor is not None, "a calendar mail goes to a person"
        comes = meeting.state in GOING_ON and bool(can(actor, Action.READ_MEETING, meeting))
        invitee = _invitee(row, actor, meeting)
        make = calendars.request if comes else calendars.cancel
        return Drawn(
            subject=f"[ISWG] {_subject(row, meeting, comes)}",
            context=_context(meeting, invitee, comes, first=row.facts["first"]),
            calendar=make(meeting, invitee, timezone.now()),
            method=calendars.REQUEST if comes else calendars.CANCEL,
        )


def _meetings(rows: Sequence[OutgoingMail]) -> Sequence[Meeting]:
    return list(Meeting.objects.filter(uuid__in={row.facts["meeting"] for row in rows}))


def _waiting(rows: Sequence[OutgoingMail]) -> dict[tuple[int | None, str], int]:
    """The oldest mail to each person about each meeting that no worker has begun to send; for
    who has none, a number that is older than nothing."""
    people = {row.recipient_id for row in rows}
    unsent = OutgoingMail.objects.filter(
        kind=KIND, sent_at=None, given_up_at=None, attempts=0, recipient__in=people
    )
    oldest = {(row.recipient_id, row.facts["meeting"]): row.pk for row in rows}
    for pk, person, facts in unsent.values_list("pk", "recipient_id", "facts"):
        place = (person, facts["meeting"])
        if place in oldest:
            oldest[place] = min(oldest[place], pk)
    return oldest


def _is_past(meeting: Meeting, now: datetime.datetime) -> bool:
    if meeting.ends_at is None or meeting.ends_at <= now:
        return True
    return meeting.state in {State.HELD, State.PLANNED}


def _invitee(row: OutgoingMail, actor: Actor, meeting: Meeting) -> calendars.Invitee:
    stands = Reply.objects.filter(
        meeting=meeting,
        administration=actor.administration,
        sequence__gte=meeting.time_sequence,
    ).first()
    assert row.recipient is not None
    coming = {one.user_id for one in stands.delegates.all()} if stands else set()
    concerned = not coming or row.recipient_id in coming  # others sent somebody, not themselves
    return calendars.Invitee(
        email=row.recipient.email,
        name=row.recipient.name,
        may_answer=bool(can(actor, Action.REPLY_TO_INVITATION, meeting)),
        answer=stands.answer if stands and concerned else "",
    )


def _subject(row: OutgoingMail, meeting: Meeting, comes: bool) -> str:
    if not comes:
        sentence = (
            _("%(ref)s: the meeting is cancelled")
            if meeting.state == State.CANCELLED
            else _("%(ref)s: you are no longer invited to the meeting")
        )
    elif row.facts["first"]:
        sentence = _("%(ref)s: you are invited to a meeting")
    else:
        sentence = _("%(ref)s: the meeting has another time")
    return sentence % {"ref": meeting.ref}


def _context(
    meeting: Meeting, invitee: calendars.Invitee, comes: bool, *, first: bool
) -> dict[str, Any]:
    assert meeting.starts_at is not None
    return {
        "meeting": meeting,
        "comes": comes,
        "first": first,
        "cancelled": meeting.state == State.CANCELLED,
        "may_answer": invitee.may_answer,
        "answered": Answer(invitee.answer).label if invitee.answer else "",
        # On the wall there, so that no zone is applied to it a second time.
        "at_host": meeting.starts_at.astimezone(meeting.tz).replace(tzinfo=None),
        "in_utc": meeting.starts_at.astimezone(datetime.UTC).replace(tzinfo=None),
        "link": settings.ORIGIN + reverse("meetings:invitation", args=[meeting.ref]),
    }
