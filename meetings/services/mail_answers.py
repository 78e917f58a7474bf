"""Answers that come from calendars, by mail.

A mail proves little: that somebody knew the meeting's UID, which only invited calendars hold, and
wrote an address into it. So it can do no more than that person could on the page, opens nothing,
names nobody but people with an account, and the colleagues are told.
"""

from __future__ import annotations

from enum import IntEnum

from access.actors import Actor, current_actor
from access.policy import Action, Refused, require
from access.policy import can as may
from accounts.models import User
from activity.record import record_refusal
from meetings.facts import target_of
from meetings.inbound import CalendarReply, NoReply, read_reply
from meetings.models import Answer, Delegate, Meeting
from meetings.queries import with_people
from meetings.services import invitations
from meetings.services.series import NotPossible

REFUSED_AS = Action.REPLY_TO_INVITATION.name.lower()
COMMAND = "receive_mail"


class Outcome(IntEnum):
    """What became of a mail, as the exit codes of mail filters (sysexits.h) say it."""

    TAKEN = 0
    UNREADABLE = 65
    NO_MEETING = 66
    UNKNOWN_SENDER = 67
    OUTDATED = 76
    REFUSED = 77


def take_mail(raw: bytes) -> tuple[Outcome, str]:
    """Read one mail and take the answer in it, or say why not: an exit code and a plain word. A
    refusal stands in the journal, without any word of the mail."""
    try:
        reply = read_reply(raw)
    except NoReply as refusal:
        _note(_actor_at(refusal.sender), None, refusal.reason)
        return Outcome.UNREADABLE, refusal.reason
    actor = _actor_at(reply.sender)
    if actor is None:
        _note(None, None, "unknown_sender")
        return Outcome.UNKNOWN_SENDER, "unknown_sender"
    meeting = with_people().filter(uuid=reply.uid).first()
    if meeting is None or not may(actor, Action.READ_MEETING, meeting):
        _note(actor, meeting, "not_invited")
        return Outcome.NO_MEETING, "not_invited"
    outcome, reason = _take(actor, meeting, reply)
    if outcome != Outcome.TAKEN:
        _note(actor, meeting, reason)
    return outcome, reason


def _take(actor: Actor, meeting: Meeting, reply: CalendarReply) -> tuple[Outcome, str]:
    try:
        require(actor, Action.REPLY_TO_INVITATION, meeting)
        coming, instead = _who_comes(actor, meeting, reply)
        invitations.answer(
            actor=actor,
            vault=None,
            meeting=meeting,
            answer=Answer.YES if reply.answer == Answer.NO and coming else reply.answer,
            delegates=coming,
            alternates=instead,
            by_mail=True,
            sequence=reply.sequence,
            given_at=reply.given_at,
        )
    except Refused:
        return Outcome.REFUSED, "refused"
    except NotPossible as problem:
        if "sequence" in problem.faults:
            return Outcome.OUTDATED, "outdated"
        return Outcome.REFUSED, "delegate" if "delegates" in problem.faults else "not_possible"
    return Outcome.TAKEN, reply.answer


def _who_comes(actor: Actor, meeting: Meeting, reply: CalendarReply) -> tuple[set[int], set[int]]:
    """Delegates and alternates. A calendar speaks for one person: who accepts joins those who were
    named, who declines leaves them, and if nobody is left, the administration does not come."""
    assert actor.user_id is not None
    named = Delegate.objects.filter(
        reply__meeting=meeting,
        reply__administration=actor.administration,
        reply__sequence__gte=meeting.time_sequence,
    )
    coming = {one.user_id for one in named if not one.is_alternate} - {actor.user_id}
    instead = {one.user_id for one in named if one.is_alternate} - {actor.user_id}
    if reply.delegated_to:
        coming.add(_delegate(actor, meeting, reply.delegated_to))
    elif reply.answer != Answer.NO:
        coming.add(actor.user_id)
    return coming, instead


def _delegate(actor: Actor, meeting: Meeting, address: str) -> int:
    """The colleague to whom it was handed on. Anybody else has to be named on the page, where it
    is sealed."""
    found = invitations.sendable(actor, meeting).filter(email__iexact=address)
    people = list(found.values_list("pk", flat=True))
    if len(people) != 1:
        raise NotPossible({"delegates": ""})
    return people[0]


def _actor_at(address: str) -> Actor | None:
    user = User.objects.filter(email__iexact=address).first() if address else None
    return current_actor(user.pk) if user else None


def _note(actor: Actor | None, meeting: Meeting | None, reason: str) -> None:
    """A line in the journal; of a stranger nothing is kept but that somebody was turned away."""
    target = target_of(meeting) if meeting else ""
    record_refusal(actor or Actor.command(COMMAND), REFUSED_AS, target, reason=reason)
