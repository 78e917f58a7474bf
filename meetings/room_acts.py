"""What the page of the live room does over its socket: the same services as its buttons. Each
may be sent twice, because the answer to the first may have been lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from access.actors import Actor, current_actor
from access.sockets import Member
from activity.consumers import register_act
from meetings.models import Meeting
from meetings.queries import meetings_for
from meetings.services import deciding
from meetings.services.series import NotPossible
from meetings.views_room_acts import be_here, move_hand, proposal_in, whole


class NotDone(PermissionDenied):
    """Why not, in words for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def register_room_acts() -> None:
    """Called once, when Django is ready."""
    register_act("meetings.here", here)
    register_act("meetings.hand", hand)
    register_act("meetings.ballot", ballot)


def here(member: Member, data: Mapping[str, Any]) -> None:
    """`{"meeting": ref, "on": "1"}`: I am here, or ("0") I am leaving."""
    actor, meeting = _place(member, data)
    _do(lambda: be_here(actor, meeting, on=data.get("on") != "0"))


def hand(member: Member, data: Mapping[str, Any]) -> None:
    """`{"meeting": ref, "hand": "raise"}`, or `order`, or `lower`: my own."""
    actor, meeting = _place(member, data)
    _do(lambda: move_hand(actor, meeting, str(data.get("hand", ""))))


def ballot(member: Member, data: Mapping[str, Any]) -> None:
    """`{"meeting": ref, "proposal": uuid, "revision": "2", "choice": "yes"}`."""
    actor, meeting = _place(member, data)
    proposal = proposal_in(actor, meeting, _uuid(data.get("proposal")))
    if proposal is None:
        raise NotDone(_("This decision is not there, or no longer for you."))
    _do(
        lambda: deciding.cast_ballot(
            actor=actor,
            proposal=proposal,
            choice=str(data.get("choice", "")),
            revision=whole(str(data.get("revision", ""))),
        )
    )


def _do(act: Callable[[], object]) -> None:
    try:
        act()
    except NotPossible as problem:
        raise NotDone(" ".join(problem.faults.values())) from None


def _place(member: Member, data: Mapping[str, Any]) -> tuple[Actor, Meeting]:
    """Who acts as of now, and the meeting, if that person may read it."""
    actor, ref = current_actor(member.user_id), data.get("meeting")
    meeting = None
    if actor is not None and isinstance(ref, str) and actor.administration == member.administration:
        meeting = meetings_for(actor).filter(ref=ref).first()
    if actor is None or meeting is None:
        raise NotDone(_("This meeting is not there, or no longer for you."))
    return actor, meeting


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise NotDone(_("This decision is not there, or no longer for you.")) from None
