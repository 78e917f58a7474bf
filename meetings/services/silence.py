"""Decisions out of session: a text is sent round, and stands unless somebody objects in time."""

from __future__ import annotations

import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_who_can, require
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import notice_facts, silence_target, target_of, topics_of
from meetings.holding import held_proposal, take_turn
from meetings.models import (
    Ballot,
    Choice,
    Field,
    Group,
    Kind,
    Meeting,
    Method,
    Proposal,
    Result,
    State,
)
from meetings.queries import counting_codes, with_people
from meetings.register import enter_decision
from meetings.services.series import NotPossible, plan_meeting, suggested_quarter
from vault.sessions import Vault

SHORTEST = datetime.timedelta(days=2)


@transaction.atomic
def open_silence(
    *,
    actor: Actor,
    vault: Vault,
    proposal_id: UUID,
    group: Group,
    title: str,
    words: str,
    deadline: datetime.datetime,
) -> Proposal:
    """Send a text round to those who count in the group. It stands if nobody objects by the
    deadline, the same instant for all, shown to each in their own day."""
    require(actor, Action.PREPARE_MEETING)
    take_turn()
    known = Proposal.objects.filter(uuid=proposal_id).select_related("meeting").first()
    if known is not None and known.meeting.author_id == actor.user_id:
        return known
    now, faults = timezone.now(), {}
    if not title.strip():
        faults["title"] = _("Give it a title.")
    if not words.strip():
        faults["words"] = _("Write the text of the decision.")
    if deadline < now + SHORTEST:
        faults["deadline"] = _("Leave at least two days.")
    if known is not None or faults:
        raise NotPossible(faults or {"title": _("Load the page and try again.")})
    meeting = _circulation(actor, vault, proposal_id, group, title)
    proposal = Proposal.objects.create(
        uuid=proposal_id,
        meeting=meeting,
        method=Method.SILENCE,
        deadline=deadline,
        seats=counting_codes(meeting),
    )
    writings.write(actor, vault, meeting, proposal.uuid, Field.PROPOSAL, words.strip(), base=0)
    record(
        actor,
        Event.SILENCE_OPENED,
        target_of(meeting),
        detail={"proposal": proposal.uuid, "deadline": deadline},
        audience=people_who_can(Action.READ_MEETING, meeting),
        notice=notice_facts(meeting, due_on=deadline.date(), about=silence_target(meeting)),
        topics=topics_of(meeting),
    )
    return proposal


def _circulation(
    actor: Actor, vault: Vault, proposal_id: UUID, group: Group, title: str
) -> Meeting:
    """What carries it: a meeting of the series without a time, for those who count."""
    probe = Meeting(group=group, origin_id=actor.administration)
    year, _quarter = suggested_quarter(timezone.localdate())
    meeting = plan_meeting(
        actor=actor,
        vault=vault,
        meeting_id=uuid5(proposal_id, "circulation"),
        group=group,
        kind=Kind.CIRCULATION,
        fiscal_year=year,
        title=title,
        participants=counting_codes(probe) if group.counting != "listed" else (),
    )
    Meeting.objects.filter(pk=meeting.pk).update(state=State.INVITED)
    return with_people().get(pk=meeting.pk)


@transaction.atomic
def object_to(*, actor: Actor, vault: Vault, proposal: Proposal, words: str) -> Ballot:
    """Break the silence, for the actor's seat, with the reason. It ends there."""
    row = held_proposal(proposal)
    require(actor, Action.VOTE, row)
    if row.method != Method.SILENCE or row.deadline is None or timezone.now() > row.deadline:
        raise NotPossible({"words": _("The deadline has passed.")})
    if not words.strip():
        raise NotPossible({"words": _("Say what you object to.")})
    ballot = Ballot.objects.create(
        proposal=row,
        seat_id=actor.administration,
        choice=Choice.OBJECT,
        user_id=actor.user_id,
    )
    subject = objection_of(row, actor.administration)
    writings.write(actor, vault, row.meeting, subject, Field.OBJECTION, words.strip(), base=0)
    _end(row, Result.BROKEN, timezone.now())
    record(
        actor,
        Event.SILENCE_BROKEN,
        target_of(row.meeting),
        detail={"proposal": row.uuid, "seat": actor.administration},
        audience=people_who_can(Action.READ_MEETING, row.meeting),
        notice=notice_facts(row.meeting, about=silence_target(row.meeting)),
        topics=topics_of(row.meeting),
    )
    return ballot


def objection_of(proposal: Proposal, code: str) -> UUID:
    """What an administration's objection is filed under."""
    return uuid5(proposal.uuid, code)


def _end(row: Proposal, result: Result, now: datetime.datetime) -> None:
    row.result, row.closed_at = result, now
    row.save(update_fields=["result", "closed_at"])
    Meeting.objects.filter(pk=row.meeting_id).update(state=State.HELD, closed_at=now)


@transaction.atomic
def close_silences(*, actor: Actor, now: datetime.datetime) -> int:
    """For the worker: where the deadline has passed in silence, the decision stands."""
    due = Proposal.objects.filter(method=Method.SILENCE, closed_at=None, deadline__lt=now)
    count = 0
    for one in due.select_related("meeting"):
        row = held_proposal(one)
        if not row.is_open:
            continue
        _end(row, Result.AGREED, now)
        decision = enter_decision(row)
        record(
            actor,
            Event.SILENCE_KEPT,
            target_of(row.meeting),
            detail={"proposal": row.uuid, "number": decision.number},
            audience=people_who_can(Action.READ_MEETING, row.meeting),
            notice=notice_facts(row.meeting, about=silence_target(row.meeting)),
            topics=topics_of(row.meeting),
        )
        count += 1
    return count
