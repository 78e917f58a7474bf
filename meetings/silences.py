"""Decisions out of session, as the pages show them: each seat with its own day and hour."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from access.actors import Actor
from accounts.models import Administration
from meetings import queries, writings
from meetings.models import Choice, Field, Kind, Meeting, Method, Proposal, Result
from meetings.services.silence import objection_of
from meetings.writings import Text
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class Seat:
    """One that may object: what its clocks show when the time is over, and what it said."""

    administration: Administration
    zone: str
    day_shift: int  # against the reader's date
    objected_at: datetime.datetime | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class Silence:
    proposal: Proposal
    title: Text
    words: Text
    seats: tuple[Seat, ...]

    @property
    def meeting(self) -> Meeting:
        return self.proposal.meeting

    @property
    def look(self) -> str:
        if self.proposal.is_open:
            return "part"
        return "done" if self.proposal.result == Result.AGREED else "late"


def silences_of(actor: Actor, vault: Vault | None) -> list[Silence]:
    """All that this actor may read, open ones first; without reasons, in a few queries."""
    meetings = {one.pk: one for one in queries.meetings_for(actor).filter(kind=Kind.CIRCULATION)}
    rows = list(
        Proposal.objects.filter(meeting__in=list(meetings), method=Method.SILENCE)
        .select_related("decision")
        .order_by("-opened_at")
    )
    for row in rows:
        row.meeting = meetings[row.meeting_id]
    subjects = [one.meeting.uuid for one in rows] + [one.uuid for one in rows]
    texts = writings.read_across(vault, meetings.values(), subjects, [Field.TITLE, Field.PROPOSAL])
    found = [
        Silence(
            row,
            texts.get((row.meeting.uuid, Field.TITLE)) or Text(row.meeting.uuid, Field.TITLE),
            texts.get((row.uuid, Field.PROPOSAL)) or Text(row.uuid, Field.PROPOSAL),
            (),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.proposal.is_open)


def silence_of(vault: Vault | None, meeting: Meeting, here: datetime.tzinfo) -> Silence | None:
    """The text that this meeting carries, with every seat; None where it carries none."""
    proposal = (
        Proposal.objects.filter(meeting=meeting, method=Method.SILENCE)
        .select_related("decision")
        .prefetch_related("ballots__seat")
        .first()
    )
    if proposal is None:
        return None
    proposal.meeting = meeting
    texts = writings.read(vault, meeting, fields=[Field.TITLE, Field.PROPOSAL, Field.OBJECTION])
    return Silence(
        proposal,
        texts.get((meeting.uuid, Field.TITLE)) or Text(meeting.uuid, Field.TITLE),
        texts.get((proposal.uuid, Field.PROPOSAL)) or Text(proposal.uuid, Field.PROPOSAL),
        tuple(_seats(proposal, texts, here)),
    )


def _seats(proposal: Proposal, texts: dict, here: datetime.tzinfo) -> list[Seat]:
    objected = {
        row.seat_id: row.at for row in proposal.ballots.all() if row.choice == Choice.OBJECT
    }
    rows = Administration.objects.filter(pk__in=proposal.seats).order_by("name")
    return [
        Seat(
            one,
            one.zone,
            day_shift(proposal.deadline, one.zone, here),
            objected.get(one.pk),
            texts.get((objection_of(proposal, one.pk), Field.OBJECTION)),
        )
        for one in rows
    ]


def day_shift(moment: datetime.datetime | None, zone: str, here: datetime.tzinfo) -> int:
    """How many dates that place is ahead of the reader's at that moment."""
    if moment is None:
        return 0
    return (moment.astimezone(ZoneInfo(zone)).date() - moment.astimezone(here).date()).days


def deadlines(
    moment: datetime.datetime, administrations: list[Administration], here: datetime.tzinfo
) -> list[Seat]:
    """What each would see, before anything is sent."""
    return [
        Seat(one, one.zone, day_shift(moment, one.zone, here), None, None)
        for one in administrations
    ]
