"""Who is in a thread, changed: each change begins a new key at once, and stands as a note."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.grants import grant
from access.policy import Action, people_in_standing, people_who_can, require
from access.roles import READS
from access.subjects import subject_seen_by
from activity.events import Event
from activity.record import forget_about, record
from discussions.asking import held
from discussions.audience import faults_of, worked_out
from discussions.facts import DRAFT_KIND, KIND, message_target, notice_facts, target_of, topics_of
from discussions.lawful import bases_of_newcomer, traced
from discussions.line import add_to_chain, next_message
from discussions.models import (
    History,
    Kind,
    Participant,
    Thread,
    ThreadDraft,
    ThreadEpoch,
    ThreadOfficer,
)
from discussions.queries import with_audience
from discussions.sealing import (
    OpenEpoch,
    make_epoch,
    open_epochs,
    open_present,
    topic_of,
)
from discussions.services.messages import NotSent
from vault import circles, files
from vault.objects import hand_out
from vault.sessions import Vault


@transaction.atomic
def add_participant(*, actor: Actor, vault: Vault, thread: Thread, name: str) -> Thread:
    """Let an administration (a code) or an officer (`user:<id>`) take part from now on.

    They read from the start or from here on, as the thread says. NotSent with the reason if the
    label, the subject or a missing key is against it; what the register says is in the journal.
    """
    thread = held(thread)
    require(actor, Action.CHANGE_AUDIENCE, thread)
    if name in thread.audience:
        return thread
    codes, people = set(thread.holder_codes), set(thread.named_ids)
    if _is_person(name):
        people.add(int(_short(name)))
    else:
        codes.add(name)
    audience = worked_out(vault, codes, people)
    subject = None
    if thread.subject_id:
        subject = subject_seen_by(actor, thread.subject_kind, thread.subject_id)
        if subject is None:  # then nobody says who else may see it
            raise NotSent(
                {"participants": _("What this is about cannot be found, or is not for you.")}
            )
    faults = faults_of(audience, thread.tlp, subject, actor.administration)
    found = {*audience.codes, *(f"user:{one.pk}" for one in audience.officers)}
    if faults or name not in found:
        raise NotSent(faults or {"participants": _("Choose one of the list.")})
    former = open_present(vault, thread)
    if _is_person(name):
        grant(
            ThreadOfficer, "read", [p for p in audience.officers if f"user:{p.pk}" == name], thread
        )
    else:
        starts = thread.last_number if thread.history == History.JOINING else 0
        Participant.objects.create(administration_id=name, thread=thread, reads_from=starts)
    return _changed(actor, vault, thread, former, Kind.JOINED, name)


@transaction.atomic
def remove_participant(*, actor: Actor, vault: Vault, thread: Thread, name: str) -> Thread:
    """Take an administration or an officer out: nothing of the thread is shown to them from this
    instant, and their boxes and wraps of its keys are destroyed."""
    thread = held(thread)
    require(actor, Action.CHANGE_AUDIENCE, thread)
    if name not in thread.audience:
        return thread
    if name in {thread.origin_id, f"user:{thread.author_id}"}:
        raise NotSent(
            {"participants": _("Who opened the discussion stays in it. Close it instead.")}
        )
    former = open_present(vault, thread)
    if _is_person(name):
        ThreadOfficer.objects.filter(content_object=thread, user=int(_short(name))).delete()
        left = Q(author=int(_short(name)))
    else:
        Participant.objects.filter(administration=name, thread=thread).delete()
        left = Q(administration=name)
    for draft in ThreadDraft.objects.filter(left, thread=thread):
        files.discard_all(DRAFT_KIND, draft.id)
        draft.delete()
    keys = ThreadEpoch.objects.filter(thread=thread).values_list("uuid", flat=True)
    circles.take_away(KIND, keys, name)
    return _changed(actor, vault, thread, former, Kind.LEFT, name)


def _changed(
    actor: Actor, vault: Vault, thread: Thread, former: OpenEpoch, kind: Kind, name: str
) -> Thread:
    """The new key, the note, the line in the journal; newcomers are told."""
    thread = with_audience().get(pk=thread.pk)
    if kind == Kind.LEFT:
        forget_about(target_of(thread), people_who_can(Action.READ_THREAD, thread))
    opened = make_epoch(actor, vault, thread, topic_of(former), former.row)
    if kind == Kind.JOINED and thread.history == History.START:
        _hand_over_the_past(vault, thread, name)
    note = next_message(actor, thread, opened, uuid=uuid4(), kind=kind, about=_short(name))
    add_to_chain(vault, note)
    record(
        actor,
        Event.PARTICIPANT_ADDED if kind == Kind.JOINED else Event.PARTICIPANT_REMOVED,
        message_target(note),
        detail={
            "thread": thread.ref,
            "participant": int(_short(name)) if _is_person(name) else name,
            "key": opened.made,
            "number": note.number,
            "hash": bytes(note.hash).hex(),
            **(
                traced(bases_of_newcomer(actor, vault, thread, name)) if kind == Kind.JOINED else {}
            ),
        },
        audience=_newcomers(name) if kind == Kind.JOINED else None,
        notice=notice_facts(thread, actor.administration, merged=True),
        topics=topics_of(thread),
    )
    return thread


def _is_person(name: str) -> bool:
    return name.startswith("user:")


def _short(name: str) -> str:
    return name.removeprefix("user:")


def _newcomers(name: str) -> Q:
    if _is_person(name):
        return people_in_standing() & Q(pk=int(_short(name)))
    return appointed(READS, [name])


def _hand_over_the_past(vault: Vault, thread: Thread, name: str) -> None:
    """The keys of what was said before, for somebody who reads from the start."""
    holders = [one for one in circles.holders_of(vault, thread) if one.name == name]
    epochs = list(thread.epochs.select_related("thread").order_by("number"))
    for opened in open_epochs(vault, epochs[:-1]).values():
        hand_out(opened.key, holders)
