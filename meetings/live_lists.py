"""`meetings:all`: lists of meetings, and the card of the next one. Everybody listens; only who may
read a meeting is told that something happened in it, and the page then asks for itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from access.actors import current_actor
from access.sockets import Member, OpenVault
from activity.models import LiveEvent
from activity.topics import Shown, Verdict
from meetings.confined import confine
from meetings.facts import EVERY_MEETING
from meetings.live import details_of, readers_among
from meetings.queries import with_people

MEETING = "meetings.meeting:"


class MeetingLists:
    """Nothing is drawn: what a list shows is each reader's own, so meetings.js renews it."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        return topic == EVERY_MEETING and current_actor(member.user_id) is not None

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Shown:
        return self.judge_together([event], members).shown[0]

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Each meeting is judged once. Who is told nothing listens on."""
        targets = {event.target for event in events if event.target.startswith(MEETING)}
        uuids = [UUID(target.removeprefix(MEETING)) for target in targets]
        told: dict[int, Shown] = {}
        for meeting in with_people().filter(uuid__in=uuids):
            its = [event for event in events if event.target == f"{MEETING}{meeting.uuid}"]
            readers = dict.fromkeys(readers_among(meeting, members))
            shown = confine(meeting, its, readers, details_of)
            told |= {event.pk: one for event, one in zip(its, shown, strict=True)}
        nobody: Shown = {}
        return Verdict([told.get(event.pk, nobody) for event in events])

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        return ""
