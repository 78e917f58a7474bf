"""`register:<uuid>`: open pages of one instrument. Who may read the register is told that
something happened in it, and the page asks for itself: what it shows is each reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from access.policy import Action, people_who_can
from access.sockets import Member, OpenVault
from accounts.models import User
from activity.kinds import PagesOf
from activity.models import LiveEvent
from activity.topics import Shown, Verdict
from mous.models import Instrument


class RegisterPages(PagesOf):
    """Nothing is drawn and nothing sealed is told, so a locked page hears of it as well."""

    model, action = Instrument, Action.READ_REGISTER

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Who reads the register is asked once, however many events there are."""
        uuid = UUID(events[0].topic.partition(":")[2])
        instrument = Instrument.objects.filter(uuid=uuid).first()
        if instrument is None:
            return Verdict([{}] * len(events), members)
        people = User.objects.filter(
            people_who_can(Action.READ_REGISTER, instrument),
            pk__in={member.user_id for member in members},
        )
        may = set(people.values_list("pk", flat=True))
        shown: Shown = {member: None for member in members if member.user_id in may}
        return Verdict([shown] * len(events), set(members).difference(shown))

    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> dict[int, str]:
        return {event.pk: "" for event in events}
