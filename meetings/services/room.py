"""While a meeting is under way: opened, items called, people come and go, hands go up.

State is rows, so a reload, a restart or a phone that fell asleep finds it as it is.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor, current_actor
from access.policy import Action, can, require
from access.roles import Role as Rank
from accounts.models import User
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.facts import target_of, topics_of
from meetings.holding import held, held_item
from meetings.models import (
    AgendaItem,
    Attendance,
    Field,
    Hand,
    ItemState,
    Meeting,
    Part,
    Proposal,
    Result,
    Role,
    State,
    Writing,
)
from meetings.queries import counting_codes, seats_on
from meetings.services.minutes import must_not_be_adopted
from meetings.services.series import NotPossible, must_be_held
from vault.sessions import Vault

# Opening and closing --------------------------------------------------------------------------


@transaction.atomic
def open_meeting(*, actor: Actor, meeting: Meeting) -> Meeting:
    """It begins now. Opened twice, it is open."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    if meeting.state == State.LIVE:
        return meeting
    if meeting.is_over:
        raise NotPossible({"state": _("This meeting is over.")})
    must_be_held(meeting)
    meeting.state, meeting.opened_at = State.LIVE, timezone.now()
    meeting.save(update_fields=["state", "opened_at"])
    record(actor, Event.MEETING_OPENED, target_of(meeting), topics=topics_of(meeting))
    return meeting


@transaction.atomic
def close_meeting(*, actor: Actor, meeting: Meeting) -> Meeting:
    """It is over: who is still there leaves now, the current item ends, hands go down."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    if meeting.state != State.LIVE:
        return meeting
    now = timezone.now()
    _end_proposals(actor, meeting, now)
    _end_current(meeting, now)
    Attendance.objects.filter(meeting=meeting, arrived_at__isnull=False, left_at=None).update(
        left_at=now
    )
    Hand.objects.filter(meeting=meeting, lowered_at=None).update(lowered_at=now)
    meeting.state, meeting.closed_at, meeting.current_item = State.HELD, now, None
    meeting.save(update_fields=["state", "closed_at", "current_item"])
    record(actor, Event.MEETING_CLOSED, target_of(meeting), topics=topics_of(meeting))
    return meeting


def _end_proposals(actor: Actor, meeting: Meeting, now: Any) -> None:
    """What is on the screen is decided first. Of a decision in an item that is closed to whoever
    ends the meeting, that person must not learn: it is withdrawn with the end."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("item")
    unseen = []
    for row in rows.filter(meeting=meeting, closed_at=None):
        if row.item is not None:
            row.item.meeting = meeting
        if row.item is None or can(actor, Action.READ_ITEM, row.item):
            raise NotPossible({"state": _("Close or withdraw the decision on the screen first.")})
        unseen.append(row)
    for row in unseen:
        row.closed_at, row.result = now, Result.WITHDRAWN
        row.save(update_fields=["closed_at", "result"])
        # By nobody's name: an administration reads its own lines of the journal.
        detail = {"proposal": row.uuid, "result": Result.WITHDRAWN}
        record(
            Actor.command("end_of_meeting"),
            Event.PROPOSAL_CLOSED,
            target_of(meeting),
            detail=detail,
            topics=topics_of(meeting)[:1],
        )


def _end_current(meeting: Meeting, now: Any) -> None:
    AgendaItem.objects.filter(meeting=meeting, state=ItemState.CURRENT).update(
        state=ItemState.DONE, ended_at=now
    )


@transaction.atomic
def call_item(*, actor: Actor, item: AgendaItem) -> AgendaItem:
    """This item is the current one; the one before it is done. Going back opens it again."""
    meeting = held(item.meeting)
    require(actor, Action.RUN_MEETING, meeting)
    require(actor, Action.TAKE_PART, meeting)
    row = held_item(item, meeting)
    require(actor, Action.READ_ITEM, row)
    if row.dropped_at is not None:
        raise NotPossible({"item": _("This item was taken off the agenda.")})
    if row.state == ItemState.CURRENT:
        return row
    now = timezone.now()
    _end_current(meeting, now)
    row.state, row.ended_at = ItemState.CURRENT, None
    row.started_at = row.started_at or now
    row.save(update_fields=["state", "started_at", "ended_at"])
    Meeting.objects.filter(pk=meeting.pk).update(current_item=row)
    record(
        actor,
        Event.ITEM_CALLED,
        target_of(meeting),
        detail={"item": row.uuid},
        topics=topics_of(meeting)[:1],
    )
    return row


# Who is there ---------------------------------------------------------------------------------


@transaction.atomic
def check_in(*, actor: Actor, meeting: Meeting, person: User | None = None) -> Attendance:
    """Somebody is there: oneself, or, by who runs the meeting, somebody else. Twice is once."""
    meeting = held(meeting)
    require(actor, Action.TAKE_PART, meeting)
    user_id = person.pk if person is not None else actor.user_id
    code = actor.administration
    if person is not None and person.pk != actor.user_id:
        require(actor, Action.RUN_MEETING, meeting)
        code = _administration_of(person, meeting)
    there = Attendance.objects.filter(
        meeting=meeting, user=user_id, arrived_at__isnull=False, left_at=None
    ).first()
    if there is not None:
        return there
    part, seat = _capacity(actor if person is None else None, meeting, code)
    row = Attendance.objects.create(
        meeting=meeting,
        administration_id=code,
        user_id=user_id,
        part=part,
        for_seat_id=seat,
        arrived_at=timezone.now(),
        noted_by_id=actor.user_id,
    )
    _noted(actor, meeting, row, "arrived")
    return row


def _administration_of(person: User, meeting: Meeting) -> str:
    """For which of those who take part this person comes today."""
    facts = current_actor(person.pk)
    invited = facts is not None and (
        facts.administration in meeting.holder_codes or person.pk in meeting.named_ids
    )
    if facts is None or not invited:
        raise NotPossible({"person": _("This person's administration does not take part.")})
    return facts.administration


def _capacity(actor: Actor | None, meeting: Meeting, code: str) -> tuple[str, str | None]:
    """In what part somebody of this administration is there, and for which seat."""
    counting = set(counting_codes(meeting))
    if code in counting:
        return Part.SEAT, code
    day = meeting.local_date or timezone.localdate()
    seat = next((s.administration_id for s in seats_on(day) if s.alternate_id == code), None)
    if seat in counting:
        return Part.ALTERNATE, seat
    if code == meeting.origin_id or (actor and Rank.SECRETARIAT in actor.roles):
        return Part.SECRETARIAT, None
    rows = {row.administration_id: row.role for row in meeting.participants.all()}
    return (Part.OBSERVER if rows.get(code) == Role.OBSERVER else Part.DELEGATE), None


@transaction.atomic
def check_out(*, actor: Actor, attendance: Attendance) -> Attendance:
    """Somebody has left; who comes back is there again from then on."""
    meeting = held(attendance.meeting)
    require(actor, Action.TAKE_PART, meeting)
    row = Attendance.objects.select_for_update().get(pk=attendance.pk, meeting=meeting)
    if row.user_id != actor.user_id:
        require(actor, Action.RUN_MEETING, meeting)
    if row.left_at is None:
        row.left_at = timezone.now()
        row.save(update_fields=["left_at"])
        Hand.objects.filter(meeting=meeting, user=row.user_id, lowered_at=None).update(
            lowered_at=row.left_at
        )
        _noted(actor, meeting, row, "left")
    return row


@transaction.atomic
def note_apology(*, actor: Actor, meeting: Meeting, code: str, on: bool) -> None:
    """An administration has said that it will not come."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    must_not_be_adopted(meeting)
    if code not in meeting.holder_codes:
        raise NotPossible({"administration": _("This administration does not take part.")})
    known = Attendance.objects.filter(meeting=meeting, administration=code, apology=True)
    if known.exists() == on:
        return
    if on:
        row = Attendance.objects.create(
            meeting=meeting,
            administration_id=code,
            part=Part.DELEGATE,
            apology=True,
            noted_by_id=actor.user_id,
        )
        _noted(actor, meeting, row, "apology")
    else:
        known.delete()
        record(
            actor,
            Event.ATTENDANCE_NOTED,
            target_of(meeting),
            detail={"administration": code, "apology": False},
            topics=topics_of(meeting)[:1],
        )


def _noted(actor: Actor, meeting: Meeting, row: Attendance, what: str) -> None:
    detail: dict[str, Any] = {"administration": row.administration_id, "part": Part(row.part)}
    if row.user_id:
        detail["person"] = row.user_id
    detail[what] = True
    if row.for_seat_id:
        detail["seat"] = row.for_seat_id
    record(
        actor,
        Event.ATTENDANCE_NOTED,
        target_of(meeting),
        detail=detail,
        topics=topics_of(meeting)[:1],
    )


# Who speaks -----------------------------------------------------------------------------------


@transaction.atomic
def raise_hand(*, actor: Actor, meeting: Meeting, point_of_order: bool = False) -> Hand:
    """Ask for the floor; a hand that is up stays where it is in the list, but may become a point
    of order."""
    meeting = held(meeting)
    require(actor, Action.TAKE_PART, meeting)
    up = Hand.objects.filter(meeting=meeting, user=actor.user_id, lowered_at=None).first()
    if up is not None and (up.point_of_order or not point_of_order):
        return up
    if up is None:
        up = Hand(meeting=meeting, user_id=actor.user_id, administration_id=actor.administration)
    up.point_of_order = point_of_order
    up.save()
    _hands_changed(actor, meeting, up, "raised")
    return up


@transaction.atomic
def lower_hand(*, actor: Actor, hand: Hand) -> Hand:
    """One's own; or, by who runs the meeting, anybody's."""
    return _with_hand(actor, hand, "lowered_at", "lowered", own=True)


@transaction.atomic
def call_speaker(*, actor: Actor, hand: Hand) -> Hand:
    """Give the floor; whoever had it gives it up."""
    meeting = held(hand.meeting)
    require(actor, Action.RUN_MEETING, meeting)
    now = timezone.now()
    Hand.objects.filter(meeting=meeting, called_at__isnull=False, lowered_at=None).exclude(
        pk=hand.pk
    ).update(lowered_at=now)
    return _with_hand(actor, hand, "called_at", "called", own=False)


def _with_hand(actor: Actor, hand: Hand, column: str, what: str, *, own: bool) -> Hand:
    meeting = held(hand.meeting)
    require(actor, Action.TAKE_PART, meeting)
    row = Hand.objects.select_for_update().get(pk=hand.pk, meeting=meeting)
    if not own or row.user_id != actor.user_id:
        require(actor, Action.RUN_MEETING, meeting)
    if getattr(row, column) is None and row.lowered_at is None:
        setattr(row, column, timezone.now())
        row.save(update_fields=[column])
        _hands_changed(actor, meeting, row, what)
    return row


def _hands_changed(actor: Actor, meeting: Meeting, hand: Hand, what: str) -> None:
    record(
        actor,
        Event.HAND_CHANGED,
        target_of(meeting),
        detail={"person": hand.user_id, what: True, "point_of_order": hand.point_of_order},
        topics=topics_of(meeting)[:1],
    )


# Notes ----------------------------------------------------------------------------------------


@transaction.atomic
def write_notes(
    *, actor: Actor, vault: Vault, item: AgendaItem, words: str, base: int
) -> Writing | None:
    """The notes of an item, as they stand on this person's page. writings.Overtaken if somebody
    else saved since revision `base`: nothing is lost, the page merges."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.TAKE_NOTES, row)
    written = writings.write(
        actor, vault, meeting, row.uuid, Field.NOTES, words, base=base, item=row
    )
    if written is not None:
        record(
            actor,
            Event.NOTES_WRITTEN,
            target_of(meeting),
            detail={"item": row.uuid, "revision": written.revision},
            topics=topics_of(meeting)[:1],
        )
    return written
