"""What is said of meetings in clear: to signatures, the journal, notices and open pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from activity.record import NoticeFacts
from meetings.models import ActionPoint, Meeting, MeetingKey, Poll, Writing

KIND = "meeting"
PAPER_KIND = "paper"
PAPER_DRAFT = "paper draft"
LABEL = "iswg/v1/meeting writing"
EVERY_MEETING = "meetings:all"


def target_of(meeting: Meeting) -> str:
    return f"meetings.meeting:{meeting.uuid}"


def topics_of(meeting: Meeting) -> list[str]:
    """The pages of the meeting, and lists and home of everybody who takes part."""
    return [f"meeting:{meeting.uuid}", EVERY_MEETING]


def invitation_target(meeting: Meeting) -> str:
    """What a reminder of an answer leads to: the page on which it is given."""
    return f"meetings.invitation:{meeting.uuid}"


def papers_target(meeting: Meeting) -> str:
    return f"meetings.papers:{meeting.uuid}"


def minutes_target(meeting: Meeting) -> str:
    return f"meetings.minutes:{meeting.uuid}"


def silence_target(meeting: Meeting) -> str:
    return f"meetings.silence:{meeting.uuid}"


def action_target(action: ActionPoint) -> str:
    return f"meetings.actionpoint:{action.uuid}"


def poll_target(poll: Poll) -> str:
    return f"meetings.poll:{poll.pk}"


def notice_facts(
    meeting: Meeting, *, due_on: Any = None, merged: bool = False, about: str = ""
) -> NoticeFacts:
    """A notice says which meeting, never what about."""
    return NoticeFacts(
        reference=meeting.ref,
        origin=meeting.origin_id,
        due_on=due_on,
        about=about or target_of(meeting),
        merged=merged,
    )


def key_facts(key: MeetingKey) -> dict[str, Any]:
    """The clear facts that the maker of a key signs: which meeting, which closed item, who."""
    return {
        "meeting": key.meeting.uuid.hex,
        "ref": key.meeting.ref,
        "item": key.item.uuid.hex if key.item else "",
        "belongs_to": key.meeting.origin_id,
        "number": key.number,
        "audience": sorted(key.audience),
        "made_at": key.made_at.isoformat(timespec="microseconds"),
        "author": key.author_id,
        "origin": key.administration_id,
    }


def key_facts_by_id(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """For the first opening of their boxes (vault.manifests.register_facts)."""
    rows = MeetingKey.objects.select_related("meeting", "item").filter(uuid__in=list(ids))
    return {one.uuid: key_facts(one) for one in rows}


def statement(writing: Writing) -> dict[str, Any]:
    """What the author of a revision signs; `prev` is the hash of the revision before it."""
    return {
        "v": 1,
        "meeting": writing.meeting.uuid.hex,
        "subject": writing.subject.hex,
        "field": writing.field,
        "revision": writing.revision,
        "prev": bytes(writing.prev).hex(),
        "key": writing.key.uuid.hex,
        "author": writing.author_id,
        "administration": writing.administration_id,
        "written_at": writing.written_at.isoformat(timespec="microseconds"),
        "digest": hashlib.sha256(bytes(writing.sealed)).hexdigest(),
    }
