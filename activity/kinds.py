"""What kinds of topic have in common whose events are judged and drawn together.

A noun whose pages are shown under several keys (a thread, a meeting) says how its events are
judged and drawn in numbers; one event alone is a number of one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

from access.actors import current_actor
from access.policy import Action, visible
from access.sockets import Member, OpenVault
from activity.models import LiveEvent
from activity.topics import Shown, Verdict


class Together(ABC):
    """The answers for one event, by the answers for many (activity/topics.py, TogetherKind)."""

    @abstractmethod
    def judge_together(self, events: Sequence[LiveEvent], members: Sequence[Member]) -> Verdict:
        """As TogetherKind has it."""

    @abstractmethod
    def draw_together(
        self,
        events: Sequence[LiveEvent],
        key_id: bytes | None,
        vault: OpenVault | None,
        kept: dict[Any, Any],
    ) -> Mapping[int, str]:
        """As TogetherKind has it."""

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Shown:
        return self.judge_together([event], members).shown[0]

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        return self.draw_together([event], key_id, vault, {}).get(event.pk, "")


class PagesOf(Together):
    """`<prefix>:<uuid>`, the pages of one thing: whoever may read it now may listen."""

    model: type[Model]
    action: Action

    def may_subscribe(self, member: Member, topic: str) -> bool:
        actor, uuid = current_actor(member.user_id), uuid_in(topic)
        if actor is None or uuid is None:
            return False
        return visible(self.model._default_manager.filter(uuid=uuid), actor, self.action).exists()


def uuid_in(topic: str) -> UUID | None:
    """The id in a topic; a page may have sent anything there."""
    try:
        return UUID(topic.partition(":")[2])
    except ValueError:
        return None
