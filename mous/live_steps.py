"""`steps:<number>`: open pages of one administration's steps. Only the administration and the
depositary are told that something happened there, and each page asks for itself: no word of a
note passes here."""

from __future__ import annotations

from collections.abc import Sequence

from access.actors import current_actor
from access.policy import Action, can, people_who_can
from access.sockets import Member, OpenVault
from accounts.models import User
from activity.models import LiveEvent
from activity.topics import Shown, Verdict
from mous.models import Party


class StepPages:
    """Nothing is drawn, so a locked page hears of it as well (static/js/register.js)."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        actor, party = current_actor(member.user_id), _party_of(topic)
        return actor is not None and party is not None and bool(can(actor, READ, party))

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Shown:
        return self.judge_together([event], members).shown[0]

    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """Who reads these steps is asked once, however many events there are."""
        party = _party_of(events[0].topic)
        if party is None:
            return Verdict([{}] * len(events), members)
        people = User.objects.filter(
            people_who_can(READ, party), pk__in={member.user_id for member in members}
        )
        may = set(people.values_list("pk", flat=True))
        shown: Shown = {member: None for member in members if member.user_id in may}
        return Verdict([shown] * len(events), set(members).difference(shown))

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        return ""


READ = Action.READ_STEPS


def _party_of(topic: str) -> Party | None:
    number = topic.partition(":")[2]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return Party.objects.select_related("instrument").filter(pk=number).first()
