"""Inviting to a meeting, and the answers: one per administration, the last one counts."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_in_standing, people_who_can, require
from access.roles import READS
from accounts.models import Administration, User
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import notice_facts, target_of, topics_of
from meetings.holding import held
from meetings.models import Answer, Delegate, Field, Meeting, Participant, Reply, State
from meetings.posting import tell_calendars
from meetings.queries import seats_on
from meetings.services.series import NotPossible
from vault.sessions import Vault

NAMES_LIMIT = 600


@transaction.atomic
def invite(
    *, actor: Actor, meeting: Meeting, replies_due_on: datetime.date | None = None
) -> Meeting:
    """Invite everybody who takes part and was not invited yet: a notice and a mail with a request
    for the calendar, to every reader there. Asked twice, nobody hears of it twice."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    if faults := _not_invitable(meeting, replies_due_on):
        raise NotPossible(faults)
    rows = Participant.objects.filter(meeting=meeting, invited_at=None)
    codes = sorted(rows.values_list("administration_id", flat=True))
    if not codes and meeting.state == State.INVITED:
        return meeting
    first_time = meeting.state == State.PLANNED
    rows.update(invited_at=timezone.now())
    meeting.state = State.INVITED
    meeting.replies_due_on = replies_due_on or meeting.replies_due_on or usual_deadline(meeting)
    meeting.save(update_fields=["state", "replies_due_on"])
    audience = people_who_can(Action.READ_MEETING, meeting)
    if not first_time:
        audience &= Q(appointments__administration__in=codes)
    tell_calendars(meeting, audience, first=True)
    record(
        actor,
        Event.MEETING_INVITED,
        target_of(meeting),
        detail={
            "sequence": meeting.sequence,
            "starts_at": meeting.starts_at,
            "participants": codes,
        },
        audience=audience,
        notice=notice_facts(meeting, due_on=meeting.replies_due_on),
        topics=topics_of(meeting),
    )
    return meeting


def _not_invitable(meeting: Meeting, due_on: datetime.date | None) -> dict[str, str]:
    if meeting.is_over or meeting.is_live:
        return {"state": _("This meeting is over, or under way.")}
    if meeting.starts_at is None:
        return {"time": _("Give the meeting a time first, or ask in a poll when it suits.")}
    if meeting.starts_at <= timezone.now():
        return {"time": _("The time of this meeting has passed.")}
    if due_on and meeting.local_date and due_on > meeting.local_date:
        return {"replies_due_on": _("Answers are wanted before the meeting.")}
    return {}


def usual_deadline(meeting: Meeting) -> datetime.date | None:
    """A week before the meeting; for one that is nearer, in three days, or the day before."""
    if meeting.local_date is None:
        return None
    day, today = datetime.timedelta(days=1), timezone.localdate()
    return max(meeting.local_date - 7 * day, min(today + 3 * day, meeting.local_date - day))


# Answers --------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    *,
    actor: Actor,
    vault: Vault | None,
    meeting: Meeting,
    answer: str,
    delegates: Iterable[int] = (),
    alternates: Iterable[int] = (),
    names: str | None = None,
    base: int = 0,
    by_mail: bool = False,
    sequence: int | None = None,
    given_at: datetime.datetime | None = None,
) -> Reply:
    """The administration's answer; it replaces the one before. `delegates` and `alternates` are
    people with an account; `names` are those without, sealed for who takes part (`base`: the
    revision that was on the page; None leaves them as they are). `sequence` is that of the
    invitation that is answered, when it is not the present one; `given_at` is when, if that was
    not now: what the same person answered later stands."""
    meeting = held(meeting)
    require(actor, Action.REPLY_TO_INVITATION, meeting)
    coming, instead = set(delegates), set(alternates) - set(delegates)
    faults = _faults(actor, meeting, answer, coming, instead, names, sequence)
    if faults := faults or _overtaken(actor, meeting, given_at):
        raise NotPossible(faults)
    if names is not None and vault is not None and (names.strip() or base):
        subject = names_subject(meeting, actor.administration)
        writings.write(actor, vault, meeting, subject, Field.DELEGATES, names.strip(), base=base)
    reply = _keep(actor, meeting, answer, by_mail=by_mail, sequence=sequence, given_at=given_at)
    _name_delegates(reply, coming, instead)
    record(
        actor,
        Event.MEETING_REPLIED,
        target_of(meeting),
        detail={"answer": reply.answer, "by_mail": by_mail, "sequence": reply.sequence},
        audience=_who_hears(actor, meeting, by_mail=by_mail),
        notice=notice_facts(meeting, merged=True),
        topics=topics_of(meeting),
    )
    return reply


def names_subject(meeting: Meeting, code: str) -> UUID:
    """What the sealed names of an administration's delegates belong to."""
    return uuid5(meeting.uuid, f"delegates of {code}")


def _faults(
    actor: Actor,
    meeting: Meeting,
    answer: str,
    delegates: Collection[int],
    alternates: Collection[int],
    names: str | None,
    sequence: int | None,
) -> dict[str, str]:
    if meeting.state not in {State.INVITED, State.LIVE}:
        return {"answer": _("Nobody was invited to this meeting yet.")}
    if sequence is not None and not meeting.time_sequence <= sequence <= meeting.sequence:
        return {"sequence": _("This answers an invitation that was replaced.")}
    faults = {}
    if answer not in Answer.values:
        faults["answer"] = _("Choose yes, if need be, or no.")
    if names and len(names.strip()) > NAMES_LIMIT:
        faults["names"] = _("Shorten this to %(limit)d characters.") % {"limit": NAMES_LIMIT}
    known = {*sendable(actor, meeting).values_list("pk", flat=True), actor.user_id}
    if not set(delegates) <= known or not set(alternates) <= known:
        faults["delegates"] = _("Choose people of your administration or of its alternate.")
    return faults


def _overtaken(
    actor: Actor, meeting: Meeting, given_at: datetime.datetime | None
) -> dict[str, str]:
    if given_at is None:
        return {}
    own = Reply.objects.filter(meeting=meeting, administration=actor.administration)
    if not own.filter(user=actor.user_id, at__gt=given_at).exists():
        return {}
    return {"sequence": _("You have given another answer since then.")}


def sendable(actor: Actor, meeting: Meeting) -> QuerySet[User]:
    """Who can come for the administration: its readers, and those of the seat's alternate."""
    codes = {actor.administration}
    for seat in seats_on(meeting.local_date or timezone.localdate()):
        if seat.administration_id == actor.administration and seat.alternate_id:
            codes.add(seat.alternate_id)
    held_there = Q(appointments__role__in=READS, appointments__administration__in=codes)
    people = User.objects.filter(held_there & people_in_standing())
    return people.distinct().order_by("name", "pk")


def _keep(
    actor: Actor,
    meeting: Meeting,
    answer: str,
    *,
    by_mail: bool,
    sequence: int | None,
    given_at: datetime.datetime | None,
) -> Reply:
    assert actor.user_id is not None, "people answer, not commands"
    now = timezone.now()
    reply, _made = Reply.objects.update_or_create(
        meeting=meeting,
        administration_id=actor.administration,
        defaults={
            "answer": answer,
            "user_id": actor.user_id,
            "by_mail": by_mail,
            "sequence": meeting.sequence if sequence is None else sequence,
            "at": min(given_at or now, now),
        },
    )
    return reply


def _name_delegates(reply: Reply, delegates: Collection[int], alternates: Collection[int]) -> None:
    """Who comes: those named now, and nobody named before. Who does not come names nobody."""
    Delegate.objects.filter(reply=reply).delete()
    if reply.answer == Answer.NO:
        return
    rows = [Delegate(reply=reply, user_id=one) for one in sorted(delegates)]
    rows += [Delegate(reply=reply, user_id=one, is_alternate=True) for one in sorted(alternates)]
    Delegate.objects.bulk_create(rows)


def _who_hears(actor: Actor, meeting: Meeting, *, by_mail: bool) -> Q:
    """Who prepares the meeting. Of an answer by mail also the colleagues: whoever wrote in
    somebody's name is found out by the person beside."""
    codes = {meeting.origin_id} | ({actor.administration} if by_mail else set())
    here = Administration.objects.filter(pk__in=codes).values("pk")
    return people_who_can(Action.READ_MEETING, meeting) & Q(appointments__administration__in=here)
