"""Asking which of several times suits, and settling on one of them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_who_can, require
from access.roles import PUBLISHES, Role
from accounts.queries import administration_of
from activity.events import Event
from activity.record import record
from meetings import when
from meetings.facts import notice_facts, poll_target, target_of, topics_of
from meetings.holding import held
from meetings.models import Answer, Candidate, Meeting, Poll, PollAnswer
from meetings.services.series import NotPossible, move_meeting, time_faults

FEWEST, MOST = 2, 12
Wall = tuple[datetime.date, datetime.time]


@transaction.atomic
def open_poll(
    *, actor: Actor, meeting: Meeting, candidates: Sequence[Wall], closes_on: datetime.date
) -> Poll:
    """Ask who takes part which of these times suits, by the host's clock, until that day. A poll
    that was closed is replaced by the new one; one that is open stays as it is."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    times = sorted(set(candidates))
    if faults := _faults(meeting, times, closes_on):
        raise NotPossible(faults)
    Poll.objects.filter(meeting=meeting).exclude(closed_at=None).delete()
    poll = Poll.objects.create(meeting=meeting, closes_on=closes_on)
    Candidate.objects.bulk_create(
        Candidate(
            poll=poll,
            local_date=day,
            local_time=clock,
            starts_at=when.instant(day, clock, meeting.zone),
        )
        for day, clock in times
    )
    record(
        actor,
        Event.POLL_OPENED,
        target_of(meeting),
        detail={"candidates": len(times), "closes_on": closes_on},
        audience=_who_answers(meeting),
        notice=notice_facts(meeting, due_on=closes_on, about=poll_target(poll)),
        topics=topics_of(meeting),
    )
    return poll


def _faults(meeting: Meeting, times: Sequence[Wall], closes_on: datetime.date) -> dict[str, str]:
    if meeting.is_over or meeting.is_live:
        return {"meeting": _("This meeting is over, or under way.")}
    if Poll.objects.filter(meeting=meeting, closed_at=None).exists():
        return {"meeting": _("There is a poll about this meeting already. Close it first.")}
    if not FEWEST <= len(times) <= MOST:
        facts = {"fewest": FEWEST, "most": MOST}
        return {"candidates": _("Choose between %(fewest)d and %(most)d times.") % facts}
    for day, clock in times:
        if found := time_faults(day, clock, meeting.zone):
            return {"candidates": " ".join(found.values())}
    now = timezone.now()
    if any(when.instant(day, clock, meeting.zone) <= now for day, clock in times):
        return {"candidates": _("One of these times has passed.")}
    if not timezone.localdate() <= closes_on <= times[0][0]:
        return {"closes_on": _("The poll closes between today and the first of the times.")}
    return {}


def _who_answers(meeting: Meeting) -> Q:
    """Those who can answer for an administration that takes part."""
    roles = PUBLISHES | {Role.HEAD}
    return people_who_can(Action.READ_MEETING, meeting) & Q(appointments__role__in=roles)


@transaction.atomic
def answer_poll(*, actor: Actor, meeting: Meeting, answers: Mapping[int, str]) -> None:
    """What suits the administration: an answer to each candidate named, which replaces the one
    before. Until the end of the poll's last day, by the administration's own calendar."""
    meeting = held(meeting)
    require(actor, Action.REPLY_TO_INVITATION, meeting)
    poll = _open_poll(meeting)
    if is_past(poll, administration_of(actor).zone):
        raise NotPossible({"poll": _("This poll was open until yesterday.")})
    known = set(poll.candidates.values_list("pk", flat=True))
    if not answers or not set(answers) <= known:
        raise NotPossible({"poll": _("These are not the times of the poll any more.")})
    if not set(answers.values()) <= set(Answer.values):
        raise NotPossible({"poll": _("Choose yes, if need be, or no.")})
    assert actor.user_id is not None, "people answer, not commands"
    for pk, said in answers.items():
        PollAnswer.objects.update_or_create(
            candidate_id=pk,
            administration_id=actor.administration,
            defaults={"answer": said, "user_id": actor.user_id, "at": timezone.now()},
        )
    record(
        actor,
        Event.POLL_ANSWERED,
        target_of(meeting),
        detail={"counts": dict(Counter(answers.values()))},
        audience=_who_prepares(meeting),
        notice=notice_facts(meeting, about=poll_target(poll), merged=True),
        topics=topics_of(meeting),
    )


def is_past(poll: Poll, zone: str) -> bool:
    """Whether the poll's last day is over there."""
    return timezone.now().astimezone(ZoneInfo(zone)).date() > poll.closes_on


def _who_prepares(meeting: Meeting) -> Q:
    here = Q(appointments__administration=meeting.origin_id)
    return people_who_can(Action.READ_MEETING, meeting) & here


@transaction.atomic
def close_poll(*, actor: Actor, meeting: Meeting, candidate_id: int | None) -> Meeting:
    """End the poll, with the time that was chosen, which the meeting then has, or with none."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    poll = _open_poll(meeting)
    chosen = None
    if candidate_id is not None:
        chosen = poll.candidates.filter(pk=candidate_id).first()
        if chosen is None:
            raise NotPossible({"poll": _("These are not the times of the poll any more.")})
        meeting = move_meeting(
            actor=actor,
            meeting=meeting,
            day=chosen.local_date,
            clock=chosen.local_time,
            minutes=meeting.minutes,
        )
    poll.closed_at, poll.chosen = timezone.now(), chosen
    poll.save(update_fields=["closed_at", "chosen"])
    record(
        actor,
        Event.POLL_CLOSED,
        target_of(meeting),
        detail={"starts_at": chosen.starts_at if chosen else None},
        audience=_who_answers(meeting),
        notice=notice_facts(meeting, about=poll_target(poll)),
        topics=topics_of(meeting),
    )
    return meeting


def _open_poll(meeting: Meeting) -> Poll:
    poll = Poll.objects.select_for_update().filter(meeting=meeting, closed_at=None).first()
    if poll is None:
        raise NotPossible({"poll": _("There is no open poll about this meeting.")})
    return poll
