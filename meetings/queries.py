"""What there is to read. Nothing here opens or changes anything."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can, visible
from accounts.models import Administration, AdministrationKind, Seat, in_force
from accounts.queries import members_on
from meetings.models import (
    ActionPoint,
    ActionState,
    AgendaItem,
    Counting,
    Decision,
    Kind,
    Meeting,
    MeetingOfficer,
    Participant,
    Reply,
    State,
)

LATE_AFTER = datetime.timedelta(hours=3)  # a meeting stays "next" while it may still be going on


def with_people() -> QuerySet[Meeting]:
    """Meetings with what the policy looks at, in three queries for any number."""
    return Meeting.objects.select_related("group", "host", "origin", "chair").prefetch_related(
        Prefetch(
            "participants",
            Participant.objects.select_related("administration").order_by("administration__name"),
        ),
        Prefetch("named_officers", MeetingOfficer.objects.select_related("user")),
    )


def meetings_for(actor: Actor) -> QuerySet[Meeting]:
    """What this actor may read."""
    return visible(with_people(), actor, Action.READ_MEETING)


def coming(actor: Actor, now: datetime.datetime | None = None) -> QuerySet[Meeting]:
    """What is still to be held, the next first; without a time last."""
    moment = (now or timezone.now()) - LATE_AFTER
    return (
        meetings_for(actor)
        .exclude(state__in=[State.HELD, State.CANCELLED])
        .exclude(kind=Kind.CIRCULATION)
        .filter(Q(starts_at__isnull=True) | Q(starts_at__gte=moment) | Q(state=State.LIVE))
        .order_by(F("starts_at").asc(nulls_last=True), "pk")
    )


def past(actor: Actor, now: datetime.datetime | None = None) -> QuerySet[Meeting]:
    """What was held or cancelled, the latest first; and what nobody closed."""
    moment = (now or timezone.now()) - LATE_AFTER
    over = Q(state__in=[State.HELD, State.CANCELLED])
    forgotten = Q(starts_at__lt=moment) & ~Q(state=State.LIVE)
    return (
        meetings_for(actor)
        .exclude(kind=Kind.CIRCULATION)
        .filter(over | forgotten)
        .order_by(F("starts_at").desc(nulls_last=True), "-pk")
    )


def in_order(meeting: Meeting) -> list[AgendaItem]:
    """The whole agenda: what is open to all, then the closed items, each numbered by itself.

    Closed items come last and count C1, C2…, so that whoever does not see them finds no gap in
    the numbers or the times of the others.
    """
    rows = list(
        AgendaItem.objects.filter(meeting=meeting, dropped_at=None)
        .select_related("presenter")
        .order_by("position", "pk")
    )
    rows.sort(key=lambda row: row.is_closed)
    counts = {False: 0, True: 0}
    for row in rows:
        counts[row.is_closed] += 1
        row.meeting = meeting
        number = counts[row.is_closed]
        row.number = f"C{number}" if row.is_closed else str(number)  # type: ignore[attr-defined]
    return rows


def items_for(actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    """The agenda as this actor may read it, in its order, each item with its `number`. A closed
    item that is not for the actor is not there."""
    return [row for row in in_order(meeting) if can(actor, Action.READ_ITEM, row)]


def running_times(meeting: Meeting, items: list[AgendaItem]) -> dict[int, datetime.datetime]:
    """When each item is to begin, by row. Instants: midnight and the Date Line change nothing."""
    if meeting.starts_at is None:
        return {}
    begins, times = meeting.starts_at, {}
    for item in in_order(meeting):
        times[item.pk] = begins
        begins += datetime.timedelta(minutes=item.minutes)
    return {item.pk: times[item.pk] for item in items}


# Who counts -----------------------------------------------------------------------------------


def seats_on(day: datetime.date) -> list[Seat]:
    """The elected seats as of that day, with their alternates."""
    rows = Seat.objects.filter(in_force(day)).select_related("administration", "alternate")
    return list(rows.order_by("administration__name"))


def counting_codes(meeting: Meeting) -> list[str]:
    """Who counts for the quorum and votes, as of the meeting's own day."""
    day = meeting.local_date or timezone.localdate()
    if meeting.group.counting == Counting.SEATS:
        return [seat.administration_id for seat in seats_on(day)]
    if meeting.group.counting == Counting.MEMBERS:
        return sorted(members_on(day).values_list("pk", flat=True))
    rows = meeting.participants.all()
    return sorted(
        row.administration_id
        for row in rows
        if row.administration.kind == AdministrationKind.MEMBER and row.role == "member"
    )


def quorum_of(meeting: Meeting) -> int:
    """How many of those who count make a quorum: the group's own figure, or more than half."""
    if meeting.group.quorum:
        return int(meeting.group.quorum)
    return len(counting_codes(meeting)) // 2 + 1


def invitable(day: datetime.date) -> QuerySet[Administration]:
    """Whom a meeting can invite: members, the Secretariat, partners."""
    members = members_on(day).values("pk")
    others = [AdministrationKind.SECRETARIAT, AdministrationKind.PARTNER]
    return Administration.objects.filter(Q(pk__in=members) | Q(kind__in=others)).exclude(
        suspended_on__lte=day
    )


# What is open ---------------------------------------------------------------------------------


def replies_of(meeting: Meeting) -> dict[str, Reply]:
    rows = Reply.objects.filter(meeting=meeting).prefetch_related("delegates__user")
    return {row.administration_id: row for row in rows.select_related("user")}


def unanswered(actor: Actor) -> QuerySet[Meeting]:
    """Invitations that this administration has not answered, or answered for another time."""
    answered = Reply.objects.filter(
        administration=actor.administration, sequence__gte=F("meeting__time_sequence")
    ).values("meeting")
    return coming(actor).filter(state=State.INVITED).exclude(pk__in=answered)


def decisions_for(actor: Actor) -> QuerySet[Decision]:
    """The register of decisions, newest first, of the meetings this actor may read."""
    readable = visible(Meeting.objects.all(), actor, Action.READ_MEETING)
    return (
        Decision.objects.filter(meeting__in=readable.values("pk"))
        .select_related("meeting", "item", "item__meeting", "proposal", "superseded_by")
        .order_by("-taken_at", "-pk")
    )


def actions_for(actor: Actor) -> QuerySet[ActionPoint]:
    """The register of actions: what is open first, by date."""
    readable = visible(Meeting.objects.all(), actor, Action.READ_MEETING)
    return (
        ActionPoint.objects.filter(meeting__in=readable.values("pk"))
        .select_related("meeting", "item", "item__meeting", "owner")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def open_actions(actor: Actor, **filters: Any) -> QuerySet[ActionPoint]:
    return actions_for(actor).filter(state=ActionState.OPEN, **filters)
