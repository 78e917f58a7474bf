"""What there is to read. Nothing here opens or changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import (
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from access.actors import Actor
from access.policy import Action, visible
from access.prepared import Prepared
from discussions.facts import DRAFT_KIND
from discussions.models import (
    Attention,
    Bookmark,
    FormerRevision,
    Mention,
    Message,
    Participant,
    Reaction,
    State,
    Thread,
    ThreadDraft,
    ThreadOfficer,
)
from vault.files import attached_to

BOXES = ("unread", "following", "all")
PER_PAGE = 50


def with_audience() -> QuerySet[Thread]:
    """Threads with what the policy looks at, in three queries for any number."""
    return Thread.objects.select_related("origin").prefetch_related(
        Prefetch(
            "participants",
            Participant.objects.select_related("administration").order_by("administration__name"),
        ),
        Prefetch("named_officers", ThreadOfficer.objects.select_related("user")),
    )


def threads_for(actor: Actor) -> QuerySet[Thread]:
    """What this actor may read."""
    return visible(with_audience(), actor, Action.READ_THREAD)


def threads_with_marks(actor: Actor) -> QuerySet[Thread]:
    """The same with `position` (how far this person has read) and `attention`.

    Whoever never opened a thread has read as far as was there before they could.
    """
    own_mark = FilteredRelation("bookmarks", condition=Q(bookmarks__user=actor.user_id))
    start = Participant.objects.filter(
        administration=actor.administration, thread=OuterRef("pk")
    ).values("reads_from")
    return (
        threads_for(actor)
        .annotate(own_mark=own_mark)
        .annotate(
            start=Coalesce(Subquery(start, output_field=IntegerField()), 0),
            attention=Coalesce(F("own_mark__attention"), Value(Attention.USUAL.value)),
        )
        .annotate(position=Greatest(Coalesce(F("own_mark__position"), 0), F("start")))
    )


def unread_threads(actor: Actor) -> QuerySet[Thread]:
    return (
        threads_with_marks(actor)
        .filter(last_number__gt=F("position"))
        .exclude(attention=Attention.MUTED)
    )


def threads_in_box(actor: Actor, box: str) -> QuerySet[Thread]:
    """A list, the one with the newest message first."""
    if box == "unread":
        rows = unread_threads(actor)
    else:
        rows = threads_with_marks(actor)
        if box == "following":
            rows = rows.filter(attention=Attention.FOLLOWING)
    return rows.order_by("-last_at", "-pk")


def counted_threads(actor: Actor) -> tuple[list[int], list[int]]:
    """Which threads have something new for this person, and which are muted and never count.

    For the figure on every page, in one query: pages that stay open go on counting with it.
    """
    rows = _COUNTED.rows(actor)
    unread = [pk for pk, attention in rows if attention != Attention.MUTED]
    return unread, [pk for pk, attention in rows if attention == Attention.MUTED]


def unread_thread_count(actor: Actor) -> int:
    """The figure itself, as every page shows it."""
    return len(counted_threads(actor)[0])


_COUNTED = Prepared(
    lambda actor: (
        threads_with_marks(actor)
        .prefetch_related(None)
        .select_related(None)
        .filter(Q(last_number__gt=F("position")) | Q(attention=Attention.MUTED))
        .order_by()
        .values_list("pk", "attention")
    )
)


def last_messages(threads: Iterable[Thread]) -> dict[int, Message]:
    """Who wrote last in each of these, by thread, in one query. Without any words."""
    rows = (
        Message.objects.filter(
            thread__in=[one.pk for one in threads], number=F("thread__last_number")
        )
        .select_related("author", "administration")
        .defer("sealed")
    )
    return {one.thread_id: one for one in rows}


def threads_about(actor: Actor, kind: str, subject_id: UUID) -> QuerySet[Thread]:
    """The discussions of one thing, oldest first."""
    rows = threads_with_marks(actor).filter(subject_kind=kind, subject_id=subject_id)
    return rows.order_by("pk")


def messages_of(actor: Actor, thread: Thread) -> QuerySet[Message]:
    """The messages of a thread that this actor may read, with what a page shows of them.

    The thread was fetched through what the actor may read; who joined later starts later.
    """
    return (
        Message.objects.filter(thread=thread, number__gt=start_of(actor, thread))
        .select_related("author", "administration", "epoch", "withdrawn_by")
        .prefetch_related(
            Prefetch("former", FormerRevision.objects.order_by("revision")),
            Prefetch("reactions", Reaction.objects.select_related("administration").order_by("pk")),
        )
        .order_by("number")
    )


def start_of(actor: Actor, thread: Thread) -> int:
    """The number after which this actor reads; who takes part by name reads from the start."""
    if actor.user_id in thread.named_ids:
        return 0
    rows = thread.participants.all()
    return next((r.reads_from for r in rows if r.administration_id == actor.administration), 0)


def position_of(actor: Actor, thread: Thread) -> int:
    """How far this person has read."""
    mark = Bookmark.objects.filter(user=actor.user_id, thread=thread).first()
    return max(mark.position if mark else 0, start_of(actor, thread))


def attention_of(actor: Actor, thread: Thread) -> str:
    mark = Bookmark.objects.filter(user=actor.user_id, thread=thread).first()
    return mark.attention if mark else Attention.USUAL


def seen_by(thread: Thread, number: int) -> list[Participant]:
    """The administrations in which somebody has read as far as this number."""
    rows = [row for row in thread.participants.all() if row.seen >= number]
    return sorted(rows, key=lambda row: row.administration_id)


def mentions_for(actor: Actor) -> QuerySet[Mention]:
    """Where this person, or the administration, was named, as far as they read; newest first.

    Who left and was let in again may read from there on only, and is not told of before.
    """
    readable = visible(Thread.objects.all(), actor, Action.READ_THREAD)
    named = ThreadOfficer.objects.filter(user=actor.user_id).values("content_object")
    start = Participant.objects.filter(
        administration=actor.administration, thread=OuterRef("message__thread")
    ).values("reads_from")
    return (
        Mention.objects.filter(
            Q(user=actor.user_id) | Q(administration=actor.administration),
            message__thread__in=readable.values("pk"),
            message__withdrawn=False,
        )
        .annotate(start=Coalesce(Subquery(start, output_field=IntegerField()), 0))
        .filter(Q(message__number__gt=F("start")) | Q(message__thread__in=named))
        .select_related("message", "message__thread", "message__administration", "message__author")
        .order_by("-message_id")
    )


def unread_mentions(actor: Actor) -> QuerySet[Mention]:
    """Those that this person has not read as far as; of muted threads too, for a name is a call."""
    read = Bookmark.objects.filter(user=actor.user_id, thread=OuterRef("message__thread"))
    return (
        mentions_for(actor)
        .exclude(message__author=actor.user_id)
        .exclude(message__thread__state=State.CLOSED)
        .annotate(read=Coalesce(Subquery(read.values("position")), 0))
        .filter(message__number__gt=F("read"))
    )


def draft_of(actor: Actor, thread: Thread) -> ThreadDraft | None:
    """What this person has typed here and not sent."""
    return ThreadDraft.objects.filter(
        thread=thread, author=actor.user_id, administration=actor.administration
    ).first()


def is_anothers_draft(actor: Actor, thread: Thread, draft_id: UUID) -> bool:
    """Whether somebody else writes under this id, or the same person elsewhere."""
    rows = ThreadDraft.objects.filter(pk=draft_id)
    return rows.exclude(thread=thread, author=actor.user_id).exists()


def files_of_draft(draft: ThreadDraft) -> bool:
    """Whether files hang on what is not sent yet."""
    return attached_to(DRAFT_KIND, draft.id).exists()


def was_sent(message_id: UUID) -> bool:
    """Whether there is a message of this id already: then nothing is a draft of it any more."""
    return Message.objects.filter(uuid=message_id).exists()
