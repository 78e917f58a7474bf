"""What open pages are shown when something happens to a bulletin.

Each kind judges all local sockets in one query, as of now; keys decide again when the hub
writes. What is drawn here is what the pages draw themselves, from the same templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from access.actors import Actor, current_actor
from access.policy import Action, people_who_can, visible
from access.sockets import Member, OpenVault
from accounts.models import User
from activity.events import Event
from activity.models import LiveEvent
from bulletins import queries
from bulletins.models import Bulletin
from bulletins.opening import open_titles
from bulletins.presentation import Row, ledger_cells
from bulletins.services import KIND
from vault.models import KeyHolder

TARGET = "bulletins.bulletin:"


def bulletin_of(event: LiveEvent) -> Bulletin | None:
    """The bulletin an event is about, with what the policy looks at."""
    if not event.target.startswith(TARGET):
        return None
    return queries.with_ledger().filter(uuid=UUID(event.target.removeprefix(TARGET))).first()


def _judged(event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
    bulletin = bulletin_of(event)
    if bulletin is None:
        return {}
    may = set(
        User.objects.filter(
            people_who_can(Action.READ_BULLETIN, bulletin),
            pk__in={member.user_id for member in members},
        ).values_list("pk", flat=True)
    )
    keys = {
        row.holder: bytes(row.key_id)
        for row in KeyHolder.objects.filter(
            kind=KIND, object_id=bulletin.uuid, revision=bulletin.revision
        ).only("holder", "key_id")
    }
    named = bulletin.named_ids is not None
    return {
        member: keys[name]
        for member in members
        if member.user_id in may
        and (name := f"user:{member.user_id}" if named else member.administration) in keys
    }


def _administration_behind(bulletin: Bulletin, key_id: bytes | None) -> str:
    """Whose key this is: the drawing is one administration's, never one person's."""
    holder = (
        KeyHolder.objects.filter(
            kind=KIND, object_id=bulletin.uuid, revision=bulletin.revision, key_id=key_id
        )
        .values_list("holder", flat=True)
        .get()
    )
    if not holder.startswith("user:"):
        return holder
    actor = current_actor(int(holder.removeprefix("user:")))
    return actor.administration if actor else ""


class AdministrationPages:
    """`administration:<code>`: lists, home and counts of one administration."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        actor = current_actor(member.user_id)
        return actor is not None and topic == f"administration:{actor.administration}"

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        code = event.topic.partition(":")[2]
        return _judged(event, [m for m in members if m.administration == code])

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        bulletin = bulletin_of(event)
        if bulletin is None:
            return ""
        code = event.topic.partition(":")[2]
        if event.event == Event.BULLETIN_ISSUED:
            return _issued(bulletin, code, vault)
        if event.event in {Event.BULLETIN_ACKNOWLEDGED, Event.BULLETIN_OUTCOME}:
            return render_to_string(
                "bulletins/_acknowledged.html",
                {
                    "bulletin": bulletin,
                    "by_us": _row_of(bulletin, code),
                    "ours": event.event == Event.BULLETIN_ACKNOWLEDGED
                    and bulletin.origin_id == code,
                },
            )
        return ""


def _issued(bulletin: Bulletin, code: str, vault: OpenVault | None) -> str:
    title = open_titles(vault, [bulletin]).get(bulletin.pk)  # type: ignore[arg-type]
    ours = bulletin.origin_id == code
    row = Row(bulletin, title, is_read=ours, is_ours=ours, is_waiting=not ours)
    say = "" if ours else _("New bulletin from %(name)s") % {"name": bulletin.origin.label}
    return render_to_string("bulletins/_row_added.html", {"row": row, "say": say, "ours": ours})


def _row_of(bulletin: Bulletin, code: str):
    return next(
        (
            row
            for row in bulletin.recipients.all()
            if row.administration_id == code and row.acknowledged_at
        ),
        None,
    )


class BulletinPages:
    """`bulletin:<uuid>`: the page of one bulletin, whose ledger fills while one looks."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        actor = current_actor(member.user_id)
        try:
            uuid = UUID(topic.partition(":")[2])
        except ValueError:
            return False
        return actor is not None and self._readable(actor, uuid)

    @staticmethod
    def _readable(actor: Actor, uuid: UUID) -> bool:
        return (
            visible(Bulletin.objects.all(), actor, Action.READ_BULLETIN).filter(uuid=uuid).exists()
        )

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        return _judged(event, members)

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        bulletin = bulletin_of(event)
        if bulletin is None:
            return ""
        code = _administration_behind(bulletin, key_id)
        ledger = queries.ledger_of(bulletin)
        return render_to_string(
            "bulletins/_ledger_changed.html",
            {
                "bulletin": bulletin,
                "ledger": ledger,
                "cells": ledger_cells(ledger, code),
                "named": bulletin.named_ids is not None,
                "officers": [grant.user for grant in bulletin.named_officers.all()],
                "own_row": _row_of(bulletin, code),
                "may_acknowledge": False,
            },
        )


class PersonPages:
    """`person:<id>`: what concerns one person alone. Nothing in it is sealed."""

    def may_subscribe(self, member: Member, topic: str) -> bool:
        return topic == f"person:{member.user_id}"

    def judge(self, event: LiveEvent, members: Sequence[Member]) -> Mapping[Member, bytes | None]:
        return {m: None for m in members if event.topic == f"person:{m.user_id}"}

    def draw(
        self,
        event: LiveEvent,
        key_id: bytes | None,
        language: str,
        zone: str,
        vault: OpenVault | None,
    ) -> str:
        if event.event == Event.KEY_GRANTED:
            return render_to_string("bulletins/_key_granted.html")
        return ""
