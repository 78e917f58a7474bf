"""Opening a thread, and what becomes of it: resolved, closed, opened again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.grants import grant
from access.policy import Action, people_who_can, require
from access.subjects import Subject, subject_seen_by
from activity.events import Event
from activity.record import record
from discussions.asking import held
from discussions.audience import Audience, faults_of, worked_out
from discussions.content import TOPIC_LIMIT
from discussions.facts import message_target, notice_facts, target_of, topics_of
from discussions.lawful import bases_for, places_of, traced
from discussions.line import add_to_chain, next_message
from discussions.models import (
    Attention,
    Bookmark,
    History,
    Kind,
    Participant,
    State,
    Thread,
    ThreadOfficer,
)
from discussions.queries import with_audience
from discussions.sealing import epoch_to_write_under, make_epoch
from discussions.services.messages import NotSent
from vault.sessions import Vault
from wording.references import make_reference


@transaction.atomic
def open_thread(
    *,
    actor: Actor,
    vault: Vault,
    thread_id: UUID,
    topic: str,
    tlp: str,
    participants: Iterable[str] = (),
    officers: Iterable[int] = (),
    history: str = History.START,
    about: tuple[str, UUID] | None = None,
    ends_on: datetime.date | None = None,
) -> Thread:
    """Open a discussion for these administrations (the own one among them) or, for TLP:RED,
    these officers. What the register says against somebody does not stop it: the page warns, the
    journal has it. Asked twice with one id, the second time finds it. NotSent, by field."""
    require(actor, Action.OPEN_THREAD)
    opened = Thread.objects.filter(uuid=thread_id).first()
    if opened is not None and opened.author_id == actor.user_id:
        return opened
    subject = subject_seen_by(actor, *about) if about else None
    codes, people = set(participants), set(officers)
    if tlp == "TLP:RED":
        people.add(actor.user_id or 0)
    else:
        codes.add(actor.administration)
    audience = worked_out(vault, codes, people)
    faults = _faults(actor, topic, tlp, audience, subject, about, history, ends_on)
    if opened is not None or faults:
        raise NotSent(faults or {"topic": _("Load the page and try again.")})
    thread = _enter(actor, thread_id, tlp, audience, subject, history, ends_on)
    first = make_epoch(actor, vault, thread, topic.strip(), None)
    Bookmark.objects.create(user_id=actor.user_id, thread=thread, attention=Attention.FOLLOWING)
    record(
        actor,
        Event.THREAD_OPENED,
        target_of(thread),
        detail={"ref": thread.ref, "tlp": thread.tlp, "key": first.made,
                "participants": sorted(audience.codes),
                "officers": sorted(one.pk for one in audience.officers),
                **traced(bases_for(actor, thread.tlp, places_of(vault, audience)))},
        audience=people_who_can(Action.READ_THREAD, thread),
        notice=notice_facts(thread, actor.administration),
        topics=topics_of(thread),
    )  # fmt: skip
    return thread


def _faults(
    actor: Actor,
    topic: str,
    tlp: str,
    audience: Audience,
    subject: Subject | None,
    about: tuple[str, UUID] | None,
    history: str,
    ends_on: datetime.date | None,
) -> dict[str, str]:
    faults = faults_of(audience, tlp, subject, actor.administration)
    if not topic.strip():
        faults["topic"] = _("Give the discussion a topic.")
    if len(topic.strip()) > TOPIC_LIMIT:
        faults["topic"] = _("Shorten the topic to %(limit)d characters.") % {"limit": TOPIC_LIMIT}
    if history not in History.values:
        faults["history"] = _("Choose one of the list.")
    if about and subject is None:
        faults["about"] = _("What this was to be about cannot be found, or is not for you.")
    if ends_on and ends_on <= timezone.localdate():
        faults["ends_on"] = _("Choose a day to come.")
    return faults


def _enter(
    actor: Actor,
    thread_id: UUID,
    tlp: str,
    audience: Audience,
    subject: Subject | None,
    history: str,
    ends_on: datetime.date | None,
) -> Thread:
    thread = Thread.objects.create(
        uuid=thread_id,
        ref=make_reference("T", lambda ref: Thread.objects.filter(ref=ref).exists()),
        tlp=tlp,
        origin_id=actor.administration,
        author_id=actor.user_id,
        history=history,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        ends_on=ends_on,
    )
    Participant.objects.bulk_create(
        Participant(administration=one, thread=thread) for one in audience.administrations
    )
    grant(ThreadOfficer, "read", audience.officers, thread)
    return with_audience().get(pk=thread.pk)


# What becomes of it ---------------------------------------------------------------------------

NOTES = {State.RESOLVED: Kind.RESOLVED, State.CLOSED: Kind.CLOSED, State.OPEN: Kind.REOPENED}


@transaction.atomic
def change_state(*, actor: Actor, vault: Vault, thread: Thread, state: str) -> Thread:
    """Resolved (its question is answered, writing goes on), closed (nobody writes), or open
    again; a signed note in the thread says who did. What it is already it stays."""
    thread = held(thread)
    wanted, closing = State(state), State.CLOSED in (state, thread.state)
    require(actor, Action.CLOSE_THREAD if closing else Action.RESOLVE_THREAD, thread)
    if thread.state == wanted:
        return thread
    thread.state = wanted
    thread.save(update_fields=["state"])
    opened = epoch_to_write_under(actor, vault, thread)
    note = next_message(actor, thread, opened, uuid=uuid4(), kind=NOTES[wanted])
    add_to_chain(vault, note)
    detail = {"thread": thread.ref, "state": wanted, "number": note.number}
    detail["hash"] = bytes(note.hash).hex()
    if opened.made:
        detail["key"] = opened.made
    record(actor, Event.THREAD_STATE, message_target(note), detail=detail, topics=topics_of(thread))
    return thread


@transaction.atomic
def end_overdue(*, actor: Actor, now: datetime.datetime) -> int:
    """Close the rooms whose last day is over; a command's act, so no note is signed."""
    over = (
        Thread.objects.select_for_update()
        .filter(ends_on__lt=now.date())
        .exclude(state=State.CLOSED)
    )
    count = 0
    for thread in list(over):
        thread.state = State.CLOSED
        thread.save(update_fields=["state"])
        record(
            actor,
            Event.THREAD_STATE,
            target_of(thread),
            detail={"thread": thread.ref, "state": State.CLOSED, "ended": True},
            topics=topics_of(thread),
        )
        count += 1
    return count


@transaction.atomic
def report_broken_seal(*, actor: Actor, thread: Thread) -> None:
    """Somebody met a thread that is not what its authors signed: the journal must say so."""
    require(actor, Action.READ_THREAD, thread)
    record(actor, Event.SEAL_BROKEN, target_of(thread))
