"""Write down what happened, tell those concerned, wake open pages.

`record()` shares the transaction of the change: the line in the journal, the notices and the
mails that wait are kept if and only if the change is. Only the wake-up waits for the commit.
Nothing here takes a word that somebody typed: see activity/shapes.py.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, Q
from django.utils import timezone

from access.actors import Actor
from access.changes import Change, put_in
from access.questions import Question
from activity import chain, shapes
from activity.events import Event
from activity.models import JournalEntry, JournalHead, LiveEvent, Notice
from activity.nudge import nudge
from activity.outgoing import queue_for
from activity.refusals import Tally

log = logging.getLogger("iswg.journal")


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """All that a notice and its mail may say: a reference, a label, from whom, how soon.

    `about` is what the notice leads to, when that is not what happened (a thread, of a message).
    `merged`: whoever has an unread notice of this kind about it gets no second one.
    """

    reference: str = ""
    origin: str = ""
    marking: str = ""
    urgency: str = ""
    due_on: date | None = None
    about: Model | str = ""
    merged: bool = False

    def checked(self) -> dict[str, Any]:
        return {
            "reference": shapes.reference(self.reference),
            "origin": shapes.code(self.origin),
            "marking": shapes.marking(self.marking),
            "urgency": shapes.word("urgency", self.urgency),
            "due_on": self.due_on,
        }


def record(
    actor: Actor,
    event: Event,
    target: Model | str | None = "",
    *,
    detail: dict[str, Any] | None = None,
    audience: Q | Collection[int] | None = None,
    notice: NoticeFacts | None = None,
    topics: Iterable[str] = (),
) -> JournalEntry:
    """Record `event` in the caller's transaction, and return its line.

    Call it last in a service: the journal has one writer at a time, and whoever holds its head
    lets everybody else wait until the commit. `audience` is a filter on people (from
    `access.policy.people_who_can`), or the people themselves if they were found by such a filter
    in this transaction; the actor is never told of an own act. A value that could
    be somebody's words raises `NotForTheRecord`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() must share a transaction with the change it records")
    now = timezone.now()
    place = shapes.target_of(target)
    told = _tell(actor, event, place, audience, notice or NoticeFacts(), now)
    entry = _write(actor, event, place, shapes.plain(detail or {}), now)
    if told:
        _NUMBERED(notices=told, seq=entry.seq)
    _wake(event, place, topics, now)
    return entry


def _tell(
    actor: Actor,
    event: Event,
    target: str,
    audience: Q | Collection[int] | None,
    facts: NoticeFacts,
    now: datetime,
) -> list[int]:
    """Notices and waiting mails for everybody concerned but the actor.

    Before the head is taken, because on PostgreSQL a row that points at a person waits for
    whoever has that person locked. The line's number is filled in afterwards.
    """
    concerned = _people(audience) - {actor.user_id}
    target = shapes.target_of(facts.about) or target
    if concerned and facts.merged:
        waiting = _WAITING.rows(event=event.value, target=target)
        known = {pk: person for pk, person in waiting if person in concerned}
        if known:
            _AGAIN(notices=list(known), at=now)
        concerned -= set(known.values())
    if not concerned:
        return []
    people = _PEOPLE.models(people=concerned)
    common = {"event": event.value, "target": target, "journal_seq": 0, "at": now}
    notices = Notice.objects.bulk_create(
        Notice(recipient=person, **common, **facts.checked()) for person in people
    )
    queue_for(event, notices, now)
    return [row.pk for row in notices]


def _people(audience: Q | Collection[int] | None) -> set[int | None]:
    if not isinstance(audience, Q):
        return set(audience or ())
    rows = get_user_model()._default_manager.filter(audience)
    return set(rows.order_by().values_list("pk", flat=True))


_PEOPLE = Question(
    lambda people: get_user_model()._default_manager.filter(pk__in=people).order_by("pk")
)
_WAITING = Question(
    lambda event, target: Notice.objects.filter(
        event=event, target=target, read_at=None
    ).values_list("pk", "recipient")
)
_AGAIN = Change(lambda notices, at: (Notice.objects.filter(pk__in=notices), {"at": at}))
_NUMBERED = Change(
    lambda notices, seq: (Notice.objects.filter(pk__in=notices), {"journal_seq": seq})
)
_HEAD = Question(lambda: JournalHead.objects.select_for_update().filter(pk=1))
_LONGER = Change(lambda seq, hash: (JournalHead.objects.filter(pk=1), {"seq": seq, "hash": hash}))


def forget_about(target: str, allowed: Q) -> int:
    """Whoever is not (any more) among these people is told nothing of this: unread notices are
    gone, with the mails of them that wait. In the transaction that changed who may see it."""
    people = get_user_model()._default_manager.filter(allowed)
    stale = Notice.objects.filter(target=target, read_at=None).exclude(
        recipient__in=people.values("pk")
    )
    return stale.delete()[0]


def _write(
    actor: Actor, event: Event, target: str, detail: dict[str, Any], now: datetime
) -> JournalEntry:
    """The next line of the chain, written by whoever holds the head."""
    head = _locked_head()
    facts = entry_facts(actor, event, target, detail, now)
    line = chain.append(head.seq + 1, bytes(head.hash), facts)
    entry = JournalEntry(
        seq=line.seq, prev=line.prev, entry=line.entry, hash=line.hash, **filed_under(facts)
    )
    put_in(entry)
    _LONGER(seq=line.seq, hash=line.hash)
    return entry


def _locked_head() -> JournalHead:
    """The head of the chain, held until the transaction ends.

    On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
    """
    if found := _HEAD.models():
        head: JournalHead = found[0]
        return head
    heads = JournalHead.objects.select_for_update()
    return heads.get_or_create(pk=1, defaults={"seq": 0, "hash": chain.GENESIS})[0]


def entry_facts(
    actor: Actor, event: Event, target: str, detail: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """What a line says.

    The salt is for those who are shown only the hash of a line that is not theirs: without
    it they could try out who did what and when until the hash agrees.
    """
    return {
        "v": 1,
        "at": chain.utc_text(now),
        "actor": actor.user_id,
        "command": actor.name if actor.user_id is None else "",
        "for": actor.administration,
        "event": event.value,
        "target": target,
        "detail": detail,
        "salt": secrets.token_hex(16),
    }


def filed_under(facts: dict[str, Any]) -> dict[str, Any]:
    """The columns by which a line is found again; `verify_journal` compares them with it."""
    return {
        "at": datetime.fromisoformat(facts["at"]),
        "event": facts["event"],
        "administration": facts["for"],
        "user_id": facts["actor"],
        "target": facts["target"],
    }


def _wake(event: Event, target: str, topics: Iterable[str], now: datetime) -> None:
    """Rows for open pages, and the wake-up once they are committed.

    While the head is held, so that their numbers become visible in order: a page that has
    seen number 7 has seen 6.
    """
    rows = [LiveEvent(topic=topic, event=event.value, target=target, at=now) for topic in topics]
    for row in rows:
        put_in(row)
    if rows:
        newest = max(row.pk for row in rows)
        # A lambda: Django 5.2 cannot name a functools.partial when a robust one fails.
        transaction.on_commit(lambda: nudge(newest), robust=True)


_tally = Tally()


def record_refusal(
    actor: Actor,
    action: str,
    target: Model | str | None = "",
    *,
    reason: str = "",
    about: dict[str, Any] | None = None,
) -> None:
    """Write down that `actor` was refused `action`, after the roll-back of what was refused.

    In a transaction of its own. Many alike within a minute become the 1st, the 10th, the
    100th…, each with its number, so that hammering on a door leaves a trace but no flood.
    `about` says more of it, in the shapes of the record.
    """
    place = shapes.place_of(target)
    times = _tally.count((actor.user_id, action), place, timezone.now())
    if not times:
        return
    detail = {**shapes.plain(about or {}), "action": _refused_word(action), "times": times}
    if reason:
        detail["reason"] = _refused_word(reason)
    try:
        with transaction.atomic():
            _write(actor, Event.REFUSED, place, detail, timezone.now())
    except DatabaseError as problem:  # the person is to get the refusal, not an error page
        log.error("a refusal was not written down: %s", type(problem).__name__)


def _refused_word(name: str) -> str:
    """The name of an action or a reason: a word from the code, never from a person."""
    if shapes.NAME.fullmatch(name):
        return name
    raise shapes.NotForTheRecord("action: write the name of the action in lower case")
