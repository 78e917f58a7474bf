"""What every message asks the database, for whoever posts, judges or draws it.

These are the ordinary querysets of `queries.py`, written once (access/questions.py). Each answer
is of the moment in which it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from access.actors import Actor
from access.policy import Action, can, people_who_can
from access.questions import Question
from accounts.models import User
from activity.events import Event
from activity.models import JournalEntry
from discussions.facts import KIND, MESSAGE_KIND
from discussions.models import (
    Attention,
    Bookmark,
    FormerRevision,
    Message,
    Participant,
    Reaction,
    Thread,
    ThreadDraft,
    ThreadEpoch,
    ThreadOfficer,
)
from vault.files import attached_to
from vault.models import KeyHolder, SealedFile

Keys = Mapping[UUID, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class InIt:
    """Who takes part, as the policy looks at it."""

    holder_codes: Collection[str]
    named_ids: Collection[int]


def readers(codes: Collection[str], named: Collection[int]) -> Q:
    """A filter on people: those who may read a thread with these in it."""
    return people_who_can(Action.READ_THREAD, InIt(codes, named))


_BY_UUID = Question(lambda uuids: Thread.objects.select_related("origin").filter(uuid__in=uuids))
_BY_REF = Question(lambda ref: Thread.objects.select_related("origin").filter(ref=ref))
_HELD = Question(
    lambda pk: Thread.objects.select_for_update(of=("self",))
    .select_related("origin")
    .filter(pk=pk)
)  # fmt: skip
_PARTICIPANTS = Question(
    lambda threads: (
        Participant.objects.select_related("administration")
        .filter(thread__in=threads)
        .order_by("administration__name")
    )
)
_OFFICERS = Question(
    lambda threads: ThreadOfficer.objects.select_related("user").filter(content_object__in=threads)
)
_MESSAGES = Question(
    lambda uuids: Message.objects.select_related(
        "author", "administration", "epoch", "withdrawn_by"
    ).filter(uuid__in=uuids)
)
_NUMBERED = Question(
    lambda thread, numbers: Message.objects.select_related(
        "author", "administration", "epoch", "withdrawn_by"
    ).filter(thread=thread, number__in=numbers)
)
_FORMER = Question(
    lambda messages: FormerRevision.objects.filter(message__in=messages).order_by("revision")
)
_REACTIONS = Question(
    lambda messages: (
        Reaction.objects.select_related("administration")
        .filter(message__in=messages)
        .order_by("pk")
    )
)
_READERS = Question(
    lambda people, codes, named: User.objects.filter(
        readers(codes, named), pk__in=people
    ).values_list("pk")
)
_NEWEST_KEYS = Question(
    lambda thread: ThreadEpoch.objects.filter(thread=thread).order_by("-number")[:2]
)
_SENT = Question(lambda uuid: Message.objects.select_related("epoch").filter(uuid=uuid))
_ANY_FILE = Question(
    lambda kind, object_id: attached_to(kind, object_id).order_by().values_list("pk")[:1]
)
_DRAFTS = Question(lambda thread, author: ThreadDraft.objects.filter(thread=thread, author=author))
_BOOKMARK = Question(lambda thread, user: Bookmark.objects.filter(thread=thread, user=user))
_FOLLOWERS = Question(
    lambda thread, codes, named: (
        User.objects.filter(
            readers(codes, named),
            pk__in=Bookmark.objects.filter(thread=thread, attention=Attention.FOLLOWING).values(
                "user"
            ),
        )
        .distinct()
        .values_list("pk")
    )
)
_KEYS = Question(
    lambda epochs: (
        KeyHolder.objects.filter(kind=KIND, object_id__in=epochs, revision=1)
        .order_by("pk")
        .values_list("object_id", "holder", "key_id")
    )
)

# Lines of the journal that put a message into its place, and those that change it.
_ENTERED = (
    Event.MESSAGE_POSTED,
    Event.THREAD_STATE,
    Event.PARTICIPANT_ADDED,
    Event.PARTICIPANT_REMOVED,
)
_CHANGED = (Event.MESSAGE_EDITED, Event.MESSAGE_WITHDRAWN)
_LINES = Question(
    lambda targets: (
        JournalEntry.objects.filter(event__in=[*_ENTERED, *_CHANGED], target__in=targets)
        .order_by("seq")
        .values_list("target", "entry")
    )
)
_FILES = Question(
    lambda messages: SealedFile.objects.filter(kind=MESSAGE_KIND, object_id__in=messages).order_by(
        "position", "made_at"
    )
)
_NAMES = Question(
    lambda codes, named: (
        User.objects.filter(readers(codes, named)).distinct().values_list("pk", "name")
    )
)


def threads_by_uuid(uuids: Iterable[UUID]) -> dict[UUID, Thread]:
    """These threads with what the policy looks at, in three questions for any number."""
    found = _with_audience(_BY_UUID.models(uuids=set(uuids)))
    return {one.uuid: one for one in found}


def thread_for(actor: Actor, ref: str) -> Thread | None:
    """The thread of this reference, if this actor may read it now."""
    found = _with_audience(_BY_REF.models(ref=ref))
    return found[0] if found and can(actor, Action.READ_THREAD, found[0]) else None


def held(thread: Thread) -> Thread:
    """The thread, locked until the transaction ends, with who takes part as of now."""
    found = _with_audience(_HELD.models(pk=thread.pk))
    if not found:
        raise Thread.DoesNotExist
    return found[0]


def messages_by_uuid(uuids: Iterable[UUID]) -> list[Message]:
    """These messages and notes, with what a page shows of them."""
    return _whole(_MESSAGES.models(uuids=set(uuids)))


def messages_by_number(thread: Thread, numbers: Iterable[int]) -> list[Message]:
    """The messages at these numbers, in the same way."""
    return _whole(_NUMBERED.models(thread=thread.pk, numbers=set(numbers)))


def _whole(found: list[Message]) -> list[Message]:
    pks = [one.pk for one in found]
    _attach(found, "former", _FORMER.models(messages=pks), "message")
    _attach(found, "reactions", _REACTIONS.models(messages=pks), "message")
    return found


def who_reads(thread: Thread, people: Collection[int]) -> set[int]:
    """Who of these people may read the thread as of now, in one question."""
    asked = {"people": set(people), "codes": thread.holder_codes, "named": thread.named_ids}
    return set(_READERS.column(**asked))


def keys_of(epochs: Iterable[UUID]) -> Keys:
    """By key of a thread: whose key opens it, by holder's name. One question."""
    found: dict[UUID, dict[str, bytes]] = defaultdict(dict)
    for epoch, holder, key_id in _KEYS.rows(epochs=set(epochs)):
        found[epoch][holder] = bytes(key_id)
    return found


def newest_two_keys(thread: Thread) -> list[ThreadEpoch]:
    """The rows of the thread's present key and of the one before it."""
    return _NEWEST_KEYS.models(thread=thread.pk)


def message_of(uuid: UUID) -> Message | None:
    """What was sent under this id, with its key's row."""
    found = _SENT.models(uuid=uuid)
    return found[0] if found else None


def has_files(kind: str, object_id: UUID) -> bool:
    """Whether files hang on this."""
    return bool(_ANY_FILE.rows(kind=kind, object_id=object_id))


def own_drafts(actor: Actor, thread: Thread) -> list[ThreadDraft]:
    """What this person has begun in this thread."""
    return _DRAFTS.models(thread=thread.pk, author=actor.user_id)


def own_bookmark(actor: Actor, thread: Thread) -> Bookmark | None:
    found = _BOOKMARK.models(thread=thread.pk, user=actor.user_id)
    return found[0] if found else None


def followers_of(thread: Thread) -> list[int]:
    """Who follows the thread, among those who may read it now."""
    return _FOLLOWERS.column(thread=thread.pk, codes=thread.holder_codes, named=thread.named_ids)


def journal_entries(targets: Iterable[str]) -> list[tuple[str, bytes]]:
    """What the journal has of these messages, by target, the oldest line first. One question."""
    return [(target, bytes(entry)) for target, entry in _LINES.rows(targets=set(targets))]


def files_of(messages: Iterable[Message]) -> dict[UUID, list[SealedFile]]:
    """The files of these messages, in one question."""
    found: dict[UUID, list[SealedFile]] = defaultdict(list)
    for row in _FILES.models(messages={one.uuid for one in messages}):
        found[row.object_id].append(row)
    return found


def names_of_readers(thread: Thread) -> list[tuple[int, str]]:
    """The people who may read the thread, by id and name."""
    return _NAMES.rows(codes=thread.holder_codes, named=thread.named_ids)


def _with_audience(threads: list[Thread]) -> list[Thread]:
    pks = [one.pk for one in threads]
    _attach(threads, "participants", _PARTICIPANTS.models(threads=pks), "thread")
    _attach(threads, "named_officers", _OFFICERS.models(threads=pks), "content_object")
    return threads


def _attach(owners: Sequence[Model], name: str, rows: Iterable[Any], field: str) -> None:
    """What `prefetch_related(name)` would have read."""
    of = defaultdict(list)
    for row in rows:
        of[getattr(row, f"{field}_id")].append(row)
    for owner in owners:
        manager = getattr(owner, name)
        kept: QuerySet[Any] = manager.get_queryset()
        kept._result_cache = of[owner.pk]
        kept._prefetch_done = True
        for row in of[owner.pk]:
            setattr(row, field, owner)
        cache = owner.__dict__.setdefault("_prefetched_objects_cache", {})
        cache[manager.field.remote_field.cache_name] = kept
