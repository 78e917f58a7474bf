"""A decision's text put on the screen, agreed or voted on, numbered; and actions taken down."""

from __future__ import annotations

import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, can, require
from access.roles import WRITES
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import action_target, notice_facts, target_of, topics_of
from meetings.holding import held, held_item, held_proposal
from meetings.models import (
    ActionPoint,
    ActionState,
    AgendaItem,
    Ballot,
    Choice,
    Decision,
    DecisionState,
    Field,
    Meeting,
    Method,
    Proposal,
    Result,
)
from meetings.queries import counting_codes, quorum_of
from meetings.quorum import filled
from meetings.register import enter_decision, next_number
from meetings.roll import stays_of
from meetings.services.minutes import must_not_be_adopted
from meetings.services.series import NotPossible
from vault.sessions import Vault

# Proposals ------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    actor: Actor,
    vault: Vault,
    item: AgendaItem,
    words: str,
    method: str = Method.CONSENSUS,
    proposal_id: UUID | None = None,
) -> Proposal:
    """Put the text of a decision on the screen. One at a time; asked twice with one id, once."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.RUN_MEETING, meeting)
    require(actor, Action.TAKE_NOTES, row)
    known = Proposal.objects.filter(uuid=proposal_id, meeting=meeting).first()
    if known is not None:
        return known
    if not words.strip():
        raise NotPossible({"words": _("Write the text of the decision.")})
    if method not in {Method.CONSENSUS, Method.VOTE}:
        raise NotPossible({"method": _("Choose one of the list.")})
    if _on_the_screen(actor, meeting):
        raise NotPossible({"words": _("There is a decision on the screen. Close that one first.")})
    proposal = Proposal.objects.create(
        uuid=proposal_id or uuid4(),
        meeting=meeting,
        item=row,
        method=method,
        seats=_seats_of(meeting, row),
    )
    writings.write(
        actor, vault, meeting, proposal.uuid, Field.PROPOSAL, words.strip(), base=0, item=row
    )
    record(
        actor,
        Event.PROPOSAL_MADE,
        target_of(meeting),
        detail={"proposal": proposal.uuid, "method": Method(method)},
        topics=topics_of(meeting)[:1],
    )
    return proposal


def _on_the_screen(actor: Actor, meeting: Meeting) -> bool:
    """Whether a decision is open that this actor may know of. One in an item that is closed to the
    actor must not show by a refusal, so there may be another beside it."""
    rows = Proposal.objects.filter(meeting=meeting, closed_at=None).select_related("item")
    for row in rows:
        if row.item is not None:
            row.item.meeting = meeting
        if row.item is None or can(actor, Action.READ_ITEM, row.item):
            return True
    return False


def _seats_of(meeting: Meeting, item: AgendaItem) -> list[str]:
    """Who votes: the seats, and in a closed item those of them that it is for."""
    counting = counting_codes(meeting)
    return [code for code in counting if code in item.holder_codes] if item.is_closed else counting


@transaction.atomic
def reword(*, actor: Actor, vault: Vault, proposal: Proposal, words: str, base: int) -> Proposal:
    """Another wording while it is on the screen. Ballots that were cast fall: they were for other
    words. writings.Overtaken if somebody else reworded it since `base`."""
    row = held_proposal(proposal)
    require(actor, Action.RUN_MEETING, row.meeting)
    _require_item(actor, row)
    _must_be_open(row)
    if not words.strip():
        raise NotPossible({"words": _("Write the text of the decision.")})
    written = writings.write(
        actor, vault, row.meeting, row.uuid, Field.PROPOSAL, words.strip(), base=base, item=row.item
    )
    if written is not None:
        row.ballots.all().delete()
        record(
            actor,
            Event.PROPOSAL_CHANGED,
            target_of(row.meeting),
            detail={"proposal": row.uuid, "revision": written.revision},
            topics=topics_of(row.meeting)[:1],
        )
    return row


def _require_item(actor: Actor, row: Proposal) -> None:
    if row.item is not None:
        require(actor, Action.READ_ITEM, row.item)


def _must_be_open(row: Proposal) -> None:
    if not row.is_open:
        raise NotPossible({"words": _("This has been decided.")})


@transaction.atomic
def cast_ballot(*, actor: Actor, proposal: Proposal, choice: str, revision: int) -> Ballot:
    """How the actor's seat votes, for the wording of that revision; until it is closed it may
    vote otherwise."""
    row = held_proposal(proposal)
    require(actor, Action.VOTE, row)
    _require_item(actor, row)
    if row.method != Method.VOTE or choice not in {Choice.YES, Choice.NO, Choice.ABSTAIN}:
        raise NotPossible({"choice": _("Choose one of the list.")})
    if revision != newest_wording(row):
        raise NotPossible({"choice": _("The wording was changed. Read it again before you vote.")})
    ballot, _new = Ballot.objects.update_or_create(
        proposal=row,
        seat_id=actor.administration,
        defaults={"choice": choice, "user_id": actor.user_id, "at": timezone.now()},
    )
    record(
        actor,
        Event.BALLOT_CAST,
        target_of(row.meeting),
        detail={"proposal": row.uuid, "choice": Choice(choice), "revision": revision},
        topics=topics_of(row.meeting)[:1],
    )
    return ballot


def newest_wording(proposal: Proposal) -> int:
    """The number of the newest revision of its words."""
    rows = proposal.meeting.writings.filter(subject=proposal.uuid, field=Field.PROPOSAL)
    return rows.order_by("-revision").values_list("revision", flat=True).first() or 0


@transaction.atomic
def close_proposal(*, actor: Actor, proposal: Proposal, result: str = "") -> Proposal:
    """Decided: by consensus as the chair finds (`result`), by vote as it was counted; or withdrawn.

    Without a quorum nothing is agreed. What is agreed becomes a numbered decision.
    """
    row = held_proposal(proposal)
    meeting = row.meeting
    require(actor, Action.RUN_MEETING, meeting)
    _require_item(actor, row)
    if not row.is_open:
        return row
    now, stays = timezone.now(), stays_of(meeting)
    row.present = filled(stays, now, row.seats)
    row.result = _result(row, result)
    # The quorum is the meeting's, also where only some of the seats decide.
    there = filled(stays, now, counting_codes(meeting))
    if row.result == Result.AGREED and len(there) < quorum_of(meeting):
        raise NotPossible({"result": _("There is no quorum, so nothing can be agreed now.")})
    row.closed_at = now
    row.save(update_fields=["present", "result", "closed_at"])
    detail = {
        "proposal": row.uuid,
        "result": Result(row.result),
        "present": row.present,
        "revision": newest_wording(row),
    }
    if row.result == Result.AGREED:
        detail["number"] = enter_decision(row).number
    record(
        actor,
        Event.DECISION_TAKEN if row.result == Result.AGREED else Event.PROPOSAL_CLOSED,
        target_of(meeting),
        detail=detail,
        topics=topics_of(meeting),
    )
    return row


def _result(row: Proposal, found: str) -> str:
    if found == Result.WITHDRAWN:
        return Result.WITHDRAWN
    if row.method == Method.CONSENSUS:
        if found not in {Result.AGREED, Result.REJECTED}:
            raise NotPossible({"result": _("Choose one of the list.")})
        return found
    tally = tally_of(row)
    return Result.AGREED if tally[Choice.YES] > tally[Choice.NO] else Result.REJECTED


def tally_of(row: Proposal) -> dict[str, int]:
    """Ballots by choice, of the seats that vote."""
    cast = list(row.ballots.filter(seat__in=row.seats).values_list("choice", flat=True))
    return {choice: cast.count(choice) for choice in (Choice.YES, Choice.NO, Choice.ABSTAIN)}


@transaction.atomic
def supersede(*, actor: Actor, decision: Decision, by: Decision) -> Decision:
    """An earlier decision no longer stands; the later one says so in its place."""
    meeting = held(by.meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    row = Decision.objects.select_for_update().get(pk=decision.pk)
    if row.pk == by.pk or row.taken_at >= by.taken_at:
        raise NotPossible({"by": _("Only a later decision replaces an earlier one.")})
    if row.superseded_by_id is not None:
        raise NotPossible({"by": _("This decision was replaced already.")})
    if not may_replace(by, row):
        raise NotPossible({"by": _("This decision is read by more than the later one is.")})
    row.state, row.superseded_by = DecisionState.SUPERSEDED, by
    row.save(update_fields=["state", "superseded_by"])
    record(
        actor,
        Event.DECISION_SUPERSEDED,
        target_of(meeting),
        detail={"number": row.number, "by": by.number},
        topics=topics_of(meeting),
    )
    return row


def may_replace(later: Decision, earlier: Decision) -> bool:
    """That a decision stands no longer would tell its readers of one in a closed item: what is
    decided there replaces only what nobody else reads."""
    if later.item is None or not later.item.is_closed:
        return True
    place = earlier.meeting if earlier.item is None else earlier.item
    return bool(place.holder_codes <= later.item.holder_codes)


# Actions --------------------------------------------------------------------------------------


@transaction.atomic
def take_action(
    *,
    actor: Actor,
    vault: Vault,
    item: AgendaItem,
    words: str,
    owner: str,
    due_on: datetime.date | None,
    action_id: UUID | None = None,
) -> ActionPoint:
    """Take down what an administration is to do by a day. Asked twice with one id, once."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.RUN_MEETING, meeting)
    require(actor, Action.READ_ITEM, row)
    must_not_be_adopted(meeting)
    known = ActionPoint.objects.filter(uuid=action_id, meeting=meeting).first()
    if known is not None:
        return known
    faults = {}
    if not words.strip():
        faults["words"] = _("Write what is to be done.")
    if owner not in row.holder_codes:
        faults["owner"] = _("Choose one of those who take part.")
    if faults:
        raise NotPossible(faults)
    action = ActionPoint.objects.create(
        uuid=action_id or uuid4(),
        number=next_number("A", meeting, row),
        meeting=meeting,
        item=row,
        owner_id=owner,
        due_on=due_on,
    )
    writings.write(
        actor, vault, meeting, action.uuid, Field.ACTION, words.strip(), base=0, item=row
    )
    record(
        actor,
        Event.ACTION_TAKEN,
        target_of(meeting),
        detail={"number": action.number, "owner": owner, "due_on": due_on},
        audience=appointed(WRITES, [owner]),
        notice=notice_facts(meeting, due_on=due_on, about=action_target(action)),
        topics=topics_of(meeting),
    )
    return action


@transaction.atomic
def report_on_action(
    *, actor: Actor, vault: Vault, action: ActionPoint, words: str, state: str, base: int
) -> ActionPoint:
    """A note of progress, and whether it is done. writings.Overtaken if somebody reported since."""
    meeting = held(action.meeting)
    rows = ActionPoint.objects.select_for_update(of=("self",)).select_related("item")
    row = rows.get(pk=action.pk, meeting=meeting)
    row.meeting = meeting
    if row.item is not None:
        row.item.meeting = meeting
    require(actor, Action.UPDATE_ACTION, row)
    if state not in ActionState.values:
        raise NotPossible({"state": _("Choose one of the list.")})
    if words.strip():
        writings.write(
            actor, vault, meeting, row.uuid, Field.PROGRESS, words.strip(), base=base, item=row.item
        )
    if row.state != state:
        row.state = state
        row.settled_at = None if state == ActionState.OPEN else timezone.now()
        row.save(update_fields=["state", "settled_at"])
    record(
        actor,
        Event.ACTION_UPDATED,
        target_of(meeting),
        detail={"number": row.number, "state": ActionState(state)},
        topics=topics_of(meeting),
    )
    return row
