"""Which meeting, when, and who takes part.

Every service locks the meeting first, judges what it locked, changes, and records, in one
transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, people_who_can, require
from access.roles import READS
from accounts.models import SECRETARIAT, Administration
from activity.events import Event
from activity.record import record
from meetings import when, writings
from meetings.facts import KIND, notice_facts, target_of, topics_of
from meetings.holding import held, take_turn
from meetings.models import (
    Field,
    Group,
    Kind,
    Meeting,
    MeetingKey,
    Participant,
    Reply,
    Role,
    State,
)
from meetings.posting import tell_calendars
from meetings.queries import seats_on, with_people
from meetings.sealing import make_key, newest_keys, open_keys, open_present
from vault import circles
from vault.objects import hand_out
from vault.sessions import Vault


class NotPossible(Exception):
    """It cannot be done as it stands: sentences by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__()
        self.faults = faults


# Planning -------------------------------------------------------------------------------------


@transaction.atomic
def plan_meeting(
    *,
    actor: Actor,
    vault: Vault,
    meeting_id: UUID,
    group: Group,
    kind: str,
    fiscal_year: str,
    quarter: int | None = None,
    title: str = "",
    host: str = SECRETARIAT,
    chair: str = "",
    zone: str = "",
    day: datetime.date | None = None,
    clock: datetime.time | None = None,
    minutes: int = 120,
    format: str = "virtual",
    participants: Iterable[str] = (),
    previous: Meeting | None = None,
) -> Meeting:
    """Enter a meeting, for these administrations and the one that prepares it. Asked twice with
    one id, the second time finds it. NotPossible, by field. Nobody is invited by it yet."""
    require(actor, Action.PREPARE_MEETING)
    take_turn()
    known = Meeting.objects.filter(uuid=meeting_id).first()
    if known is not None and known.author_id == actor.user_id:
        return known
    host_row = Administration.objects.filter(pk=host).first()
    faults = _faults(kind, fiscal_year, quarter, group, host_row, minutes, day, clock, zone)
    if known is not None or faults:
        raise NotPossible(faults or {"group": _("Load the page and try again.")})
    assert host_row is not None
    meeting = Meeting(
        uuid=meeting_id,
        ref=_reference(kind, fiscal_year, quarter),
        group=group,
        kind=kind,
        fiscal_year=fiscal_year,
        quarter=quarter if kind == Kind.QUARTERLY else None,
        origin_id=actor.administration,
        author_id=actor.user_id,
        host=host_row,
        chair_id=chair or None,
        format=format,
        zone=zone or host_row.zone,
        local_date=day,
        local_time=clock,
        minutes=minutes,
        previous=previous,
    )
    work_out(meeting)
    meeting.save(force_insert=True)
    # Who takes the chair takes part, were it forgotten in the list.
    codes = set(participants) | {actor.administration} | ({chair} if chair else set())
    Participant.objects.bulk_create(
        Participant(meeting=meeting, administration_id=code) for code in sorted(codes)
    )
    meeting = with_people().get(pk=meeting.pk)
    first = make_key(actor, vault, meeting, None, 0)
    if title.strip():
        writings.write(actor, vault, meeting, meeting.uuid, Field.TITLE, title.strip(), base=0)
    record(
        actor,
        Event.MEETING_PLANNED,
        target_of(meeting),
        detail={"ref": meeting.ref, "key": first.made, "participants": sorted(codes)},
        topics=topics_of(meeting),
    )
    return meeting


def _faults(
    kind: str,
    fiscal_year: str,
    quarter: int | None,
    group: Group,
    host: Administration | None,
    minutes: int,
    day: datetime.date | None,
    clock: datetime.time | None,
    zone: str,
) -> dict[str, str]:
    faults = {}
    if kind not in Kind.values:
        faults["kind"] = _("Choose one of the list.")
    if not is_fiscal_year(fiscal_year):
        faults["fiscal_year"] = _("Write the fiscal year as 2026-27.")
    if kind == Kind.QUARTERLY and quarter not in {1, 2, 3, 4}:
        faults["quarter"] = _("Choose the quarter.")
    taken = {"group": group, "fiscal_year": fiscal_year, "quarter": quarter, "kind": Kind.QUARTERLY}
    if kind == Kind.QUARTERLY and not faults and Meeting.objects.filter(**taken).exists():
        faults["quarter"] = _("There is a meeting of this quarter already.")
    if host is None:
        faults["host"] = _("Choose one of the list.")
    if not 15 <= minutes <= 7 * 24 * 60:
        faults["minutes"] = _("A meeting takes between 15 minutes and a week.")
    if host is not None and day and clock:
        faults |= time_faults(day, clock, zone or host.zone)
    return faults


def time_faults(day: datetime.date, clock: datetime.time, zone: str) -> dict[str, str]:
    try:
        when.instant(day, clock, zone)
    except when.NoSuchTime:
        return {"time": _("Clocks there jump over this time on that day. Choose another.")}
    except (KeyError, ValueError, OSError):
        return {"zone": _("Choose one of the list.")}
    return {}


def is_fiscal_year(text: str) -> bool:
    """`2026-27`: two years that follow one another."""
    first, _dash, second = text.partition("-")
    if not (len(first) == 4 and len(second) == 2 and first.isdigit() and second.isdigit()):
        return False
    return (int(first) + 1) % 100 == int(second)


def suggested_quarter(day: datetime.date) -> tuple[str, int]:
    """The fiscal year and quarter a day would lie in: a suggestion, never a derivation."""
    months = (day.month - settings.FISCAL_YEAR_STARTS) % 12
    first = day.year if day.month >= settings.FISCAL_YEAR_STARTS else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}", months // 3 + 1


def _reference(kind: str, fiscal_year: str, quarter: int | None) -> str:
    if kind == Kind.QUARTERLY:
        taken = Meeting.objects.filter(ref=f"{fiscal_year}-Q{quarter}").exists()
        if not taken:
            return f"{fiscal_year}-Q{quarter}"
    number = 1
    while Meeting.objects.filter(ref=f"{fiscal_year}-X{number}").exists():
        number += 1
    return f"{fiscal_year}-X{number}"


def work_out(meeting: Meeting) -> bool:
    """Work out the instant from the host's clock; whether it is another one than before."""
    if meeting.local_date is None or meeting.local_time is None:
        before, meeting.starts_at = meeting.starts_at, None
        return before is not None
    instant = when.instant(meeting.local_date, meeting.local_time, meeting.zone)
    moved = meeting.starts_at != instant
    meeting.starts_at, meeting.zone_rules = instant, when.RULES
    return moved


# Changing -------------------------------------------------------------------------------------


@transaction.atomic
def move_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    day: datetime.date,
    clock: datetime.time,
    minutes: int,
    zone: str = "",
) -> Meeting:
    """Another time, or a first one; whoever was invited is told, and calendars replace theirs."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    must_be_held(meeting)
    zone = zone or meeting.zone
    faults = time_faults(day, clock, zone)
    if meeting.is_over or meeting.is_live:
        faults["time"] = _("This meeting is over, or under way.")
    if not 15 <= minutes <= 7 * 24 * 60:
        faults["minutes"] = _("A meeting takes between 15 minutes and a week.")
    if faults:
        raise NotPossible(faults)
    before = (meeting.starts_at, meeting.minutes, meeting.zone)
    meeting.local_date, meeting.local_time = day, clock
    meeting.minutes, meeting.zone = minutes, zone
    work_out(meeting)
    if (meeting.starts_at, meeting.minutes, meeting.zone) == before:
        return meeting
    moved(actor, meeting)
    return meeting


def must_be_held(meeting: Meeting) -> None:
    """What only carries a decision out of session has no time, no agenda and no room, and ends by
    its deadline alone."""
    if meeting.kind == Kind.CIRCULATION:
        raise NotPossible({"state": _("A decision out of session ends by its deadline.")})


def moved(actor: Actor, meeting: Meeting) -> None:
    """Keep a new time, raise the sequence, and tell those who were invited. What was answered to
    the former time lapses."""
    meeting.sequence += 1
    meeting.time_sequence = meeting.sequence
    meeting.save(
        update_fields=[
            "local_date", "local_time", "minutes", "zone", "starts_at", "zone_rules", "sequence",
            "time_sequence",
        ]
    )  # fmt: skip
    told = meeting.state == State.INVITED
    if told:
        tell_calendars(meeting, people_who_can(Action.READ_MEETING, meeting))
    record(
        actor,
        Event.MEETING_MOVED,
        target_of(meeting),
        detail={"sequence": meeting.sequence, "starts_at": meeting.starts_at},
        audience=people_who_can(Action.READ_MEETING, meeting) if told else None,
        notice=notice_facts(meeting),
        topics=topics_of(meeting),
    )


@transaction.atomic
def work_out_again(*, actor: Actor, now: datetime.datetime) -> int:
    """For the worker: meetings to come whose instant follows from older zone rules. Where the
    rules moved it, calendars are updated and people told; how many moved."""
    stale = Meeting.objects.select_for_update().filter(starts_at__gt=now, local_time__isnull=False)
    count = 0
    for row in stale.exclude(zone_rules=when.RULES):
        meeting = with_people().get(pk=row.pk)
        if work_out(meeting):
            moved(actor, meeting)
            count += 1
        else:
            meeting.save(update_fields=["zone_rules"])
    return count


@transaction.atomic
def cancel_meeting(*, actor: Actor, meeting: Meeting) -> Meeting:
    """It will not be held; calendars are told to take it out."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    if meeting.state == State.CANCELLED:
        return meeting
    must_be_held(meeting)
    if meeting.state in {State.HELD, State.LIVE}:
        raise NotPossible({"state": _("This meeting is over, or under way.")})
    was_invited = meeting.state == State.INVITED
    meeting.state, meeting.sequence = State.CANCELLED, meeting.sequence + 1
    meeting.save(update_fields=["state", "sequence"])
    if was_invited:
        tell_calendars(meeting, people_who_can(Action.READ_MEETING, meeting))
    record(
        actor,
        Event.MEETING_CANCELLED,
        target_of(meeting),
        detail={"sequence": meeting.sequence},
        audience=people_who_can(Action.READ_MEETING, meeting) if was_invited else None,
        notice=notice_facts(meeting),
        topics=topics_of(meeting),
    )
    return meeting


@transaction.atomic
def change_participants(
    *,
    actor: Actor,
    vault: Vault,
    meeting: Meeting,
    codes: Iterable[str],
    observers: Iterable[str] = (),
) -> Meeting:
    """Who takes part from now on: these administrations, and these as observers. Who is taken
    out reads nothing any more; who is added reads what is there."""
    meeting = held(meeting)
    require(actor, Action.PREPARE_MEETING, meeting)
    wanted = dict.fromkeys(set(codes) | {meeting.origin_id}, Role.MEMBER)
    wanted |= dict.fromkeys(set(observers) - {meeting.origin_id}, Role.OBSERVER)
    known = {row.administration_id: row for row in meeting.participants.all()}
    if meeting.kind == Kind.CIRCULATION and known.keys() - wanted.keys():
        # Its silence would be taken for consent.
        raise NotPossible({"participants": _("Nobody is taken out of a decision out of session.")})
    present = open_present(vault, meeting, None)
    for code in known.keys() - wanted.keys():
        Participant.objects.filter(meeting=meeting, administration=code).delete()
        keys = MeetingKey.objects.filter(meeting=meeting).values_list("uuid", flat=True)
        circles.take_away(KIND, keys, code)
    for code, role in wanted.items():
        if code not in known:
            Participant.objects.create(meeting=meeting, administration_id=code, role=role)
        elif known[code].role != role:
            Participant.objects.filter(meeting=meeting, administration=code).update(role=role)
    added = wanted.keys() - known.keys()
    meeting = with_people().get(pk=meeting.pk)
    detail: dict[str, Any] = {"participants": sorted(wanted)}
    if added or known.keys() - wanted.keys():
        number = present.row.number if present else 0
        detail["key"] = make_key(actor, vault, meeting, None, number).made
        _hand_over(vault, meeting, added)
        _close_again(actor, vault, meeting)
        if meeting.state == State.INVITED:
            _follow_in_calendars(meeting, added, known.keys() - wanted.keys())
    record(
        actor,
        Event.MEETING_PARTICIPANTS,
        target_of(meeting),
        detail=detail,
        audience=appointed(READS, added) if added and meeting.state == State.INVITED else None,
        notice=notice_facts(meeting),
        topics=topics_of(meeting),
    )
    return meeting


def _follow_in_calendars(meeting: Meeting, added: Iterable[str], gone: Iterable[str]) -> None:
    """Who is added is invited, who is taken out hears that it is over; the sequence rises, so that
    this replaces what their calendars hold."""
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    rows = Participant.objects.filter(meeting=meeting, administration__in=added)
    rows.update(invited_at=timezone.now())
    Reply.objects.filter(meeting=meeting, administration__in=gone).delete()
    for codes, first in ((added, True), (gone, False)):
        if codes:
            tell_calendars(meeting, appointed(READS, codes), first=first)


def _hand_over(vault: Vault, meeting: Meeting, added: Iterable[str]) -> None:
    """The former keys of what is open to all, for who is added."""
    names = set(added)
    holders = [one for one in circles.holders_of(vault, meeting) if one.name in names]
    newest = newest_keys(meeting, None)[0]
    former = MeetingKey.objects.filter(meeting=meeting, item=None).exclude(pk=newest.pk)
    for opened in open_keys(vault, former.select_related("meeting")).values():
        hand_out(opened.key, holders)


def _close_again(actor: Actor, vault: Vault, meeting: Meeting) -> None:
    """New keys for the closed items from which somebody was taken out with the meeting."""
    for item in meeting.items.exclude(closed_to=[]):
        item.meeting = meeting
        newest = newest_keys(meeting, item)[0]
        if sorted(newest.audience) != circles.audience_of(item):
            make_key(actor, vault, meeting, item, newest.number)


# A series -------------------------------------------------------------------------------------


def usual_participants(day: datetime.date) -> list[str]:
    """Whom a meeting of the working group invites if nothing else is said: the six seats."""
    return [seat.administration_id for seat in seats_on(day)]
