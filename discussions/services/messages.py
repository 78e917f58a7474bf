"""Writing: post, edit, withdraw, answer in one tap.

Every service locks the thread first, so that numbers have no gap and no two messages have one;
then it judges what it locked, changes, and records, in one transaction.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from access.changes import Change
from access.faces import appointed
from access.policy import Action, people_who_can, require
from access.roles import READS
from accounts.models import User
from activity.events import Event
from activity.record import record
from discussions.asking import (
    followers_of,
    has_files,
    held,
    message_of,
    own_bookmark,
    own_drafts,
)
from discussions.audience import names_in
from discussions.content import TEXT_LIMIT, FileFact, Words
from discussions.facts import (
    DRAFT_KIND,
    LABEL,
    MESSAGE_KIND,
    digest,
    message_target,
    notice_facts,
    statement,
    topics_of,
)
from discussions.line import add_to_chain, next_message
from discussions.mentions import Name, mentions_in
from discussions.models import (
    Attention,
    Bookmark,
    FormerRevision,
    Kind,
    Meaning,
    Mention,
    Message,
    Participant,
    Reaction,
    Thread,
)
from discussions.sealing import OpenEpoch, epoch_to_write_under, message_key, open_epoch
from vault import files
from vault.manifests import SealBroken
from vault.sessions import Vault
from vault.statements import sign_statement

FLOOR = 256


class NotSent(Exception):
    """The message cannot be sent as it stands: sentences by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__()
        self.faults = faults


class AlreadyChanged(Exception):
    """The message was edited or withdrawn meanwhile, in another window or by a colleague."""


# Posting --------------------------------------------------------------------------------------


@transaction.atomic
def post_message(
    *,
    actor: Actor,
    vault: Vault,
    thread: Thread,
    message_id: UUID,
    text: str,
    reply_to: int = 0,
) -> Message:
    """Write the next message. Sent twice under one id it is written once, and found the second
    time; another's id is refused. `message_id` is the id of the draft whose files it takes along.
    """
    thread = held(thread)
    require(actor, Action.POST_MESSAGE, thread)
    sent = message_of(message_id)
    if sent is not None:
        return _same(sent, thread, actor)
    with_files = _check(text, thread, message_id, reply_to)
    opened = epoch_to_write_under(actor, vault, thread)
    message = next_message(actor, thread, opened, uuid=message_id)
    attached = _attached(vault, opened, message) if with_files else ()
    words = Words(text.strip(), get_language() or "en", reply_to, attached)
    _write(vault, opened, message, words)
    named = mentions_in(words.text, names_in(thread)) if "@" in words.text else []
    _note_mentions(message, {one.name for one in named})
    _drop_drafts(actor, thread)
    _keep_up(actor, message)
    _record_post(actor, thread, message, opened, {one.name for one in named})
    return message


def _same(sent: Message, thread: Thread, actor: Actor) -> Message:
    if sent.thread_id != thread.pk or sent.author_id != actor.user_id:
        raise NotSent({"text": _("This message could not be sent. Load the page and try again.")})
    return sent


def _check(text: str, thread: Thread, message_id: UUID, reply_to: int) -> bool:
    """Whether files go with it, or NotSent."""
    with_files = has_files(DRAFT_KIND, message_id)
    if not text.strip() and not with_files:
        raise NotSent({"text": _("Write something first.")})
    if len(text) > TEXT_LIMIT:
        raise NotSent({"text": _(
            "This is %(length)d characters long; a message takes %(limit)d. Attach it as a file, "
            "or send it in parts.") % {"length": len(text), "limit": TEXT_LIMIT}})  # fmt: skip
    if with_files and files.unfinished(DRAFT_KIND, message_id):
        raise NotSent(
            {"files": _("A file has not arrived in full, or was refused. Finish or remove it.")}
        )
    if not 0 <= reply_to <= thread.last_number:
        raise NotSent({"reply_to": _("The message that this answers is not there.")})
    return with_files


def _attached(vault: Vault, opened: OpenEpoch, message: Message) -> tuple[FileFact, ...]:
    adopted = files.adopt(vault, DRAFT_KIND, MESSAGE_KIND, message_key(opened, message))
    return tuple(
        FileFact(
            str(one.id), one.facts.name, one.facts.size, one.facts.media_type, one.facts.sha256,
            tuple((one.facts.verdict or {}).get("notes", ())),
        )
        for one in adopted
    )  # fmt: skip


def _write(vault: Vault, opened: OpenEpoch, message: Message, words: Words | None) -> None:
    """Seal, sign, and put it at the end of the chain."""
    if words is not None:
        message.sealed = _sealed(opened, message, words)
    add_to_chain(vault, message)


def _sealed(opened: OpenEpoch, message: Message, words: Words) -> bytes:
    field = f"words:{message.revision}"
    return message_key(opened, message).seal_field(field, words.to_bytes(), floor=FLOOR)


def _drop_drafts(actor: Actor, thread: Thread) -> None:
    """What this person had begun here is sent now. What another window has begun with files of
    its own stays, so that no file is lost by it."""
    for draft in own_drafts(actor, thread):
        if not has_files(DRAFT_KIND, draft.id):
            draft.delete()


def _note_mentions(message: Message, named: set[Name]) -> None:
    Mention.objects.bulk_create(
        Mention(message=message, user_id=int(one.key.removeprefix("user:")))
        if one.key.startswith("user:")
        else Mention(message=message, administration_id=one.key)
        for one in sorted(named, key=lambda one: one.key)
    )


def _keep_up(actor: Actor, message: Message) -> None:
    """Who writes has read what is there, and follows from then on, unless the thread is muted."""
    mark, fresh = own_bookmark(actor, message.thread), False
    if mark is None:
        mark, fresh = Bookmark.objects.get_or_create(
            user_id=actor.user_id,
            thread=message.thread,
            defaults={"position": message.number, "attention": Attention.FOLLOWING},
        )
    if not fresh:
        mark.position = max(mark.position, message.number)
        if mark.attention == Attention.USUAL:
            mark.attention = Attention.FOLLOWING
        _MOVED(
            user=actor.user_id,
            thread=message.thread_id,
            position=mark.position,
            attention=str(mark.attention),
        )
    _SEEN(thread=message.thread_id, code=actor.administration, seen=message.number)


_MOVED = Change(
    lambda user, thread, **mark: (Bookmark.objects.filter(user=user, thread=thread), mark)
)
_SEEN = Change(
    lambda thread, code, seen: (
        Participant.objects.filter(thread=thread, administration=code, seen__lt=seen),
        {"seen": seen},
    )
)


def _record_post(
    actor: Actor, thread: Thread, message: Message, opened: OpenEpoch, named: set[Name]
) -> None:
    detail = {"number": message.number, "hash": bytes(message.hash).hex(), "thread": thread.ref}
    if opened.made:
        detail["key"] = opened.made
    called = _called(named)
    if called is not None:
        readers = people_who_can(Action.READ_THREAD, thread)
        muted = Bookmark.objects.filter(thread=thread, attention=Attention.MUTED).values("user")
        record(
            actor, Event.MENTIONED, message_target(message),
            audience=readers & called & ~Q(pk__in=muted),
            notice=notice_facts(thread, actor.administration, merged=True),
        )  # fmt: skip
    followers = set(followers_of(thread)) - {actor.user_id}
    record(
        actor,
        Event.MESSAGE_POSTED,
        message_target(message),
        detail=detail,
        audience=followers if called is None else Q(pk__in=followers) & ~called,
        notice=notice_facts(thread, actor.administration, merged=True),
        topics=topics_of(thread),
    )


def _called(named: set[Name]) -> Q | None:
    if not named:
        return None
    people = [int(one.key.removeprefix("user:")) for one in named if one.key.startswith("user:")]
    codes = [one.key for one in named if not one.key.startswith("user:")]
    users = Q(pk__in=people)
    if codes:
        users |= Q(pk__in=User.objects.filter(appointed(READS, codes)).values("pk"))
    return users


# Changing -------------------------------------------------------------------------------------


@transaction.atomic
def edit_message(
    *, actor: Actor, vault: Vault, message: Message, text: str, revision: int
) -> Message:
    """Put other words in place of one's own, within 15 minutes; the former ones are kept and
    shown. `revision` is the one that was on the page: AlreadyChanged if it is another by now."""
    message, opened, words = _held_message(actor, vault, message, Action.EDIT_MESSAGE, revision)
    _check(text, message.thread, message.uuid, words.reply_to)
    if text.strip() == words.text:
        return message
    _put_aside(message)
    message.revision += 1
    message.revised_at = timezone.now()
    message.sealed = _sealed(opened, message, replace(words, text=text.strip()))
    _sign_revision(vault, message)
    _record_change(actor, Event.MESSAGE_EDITED, message)
    return message


@transaction.atomic
def withdraw_message(*, actor: Actor, vault: Vault, message: Message) -> Message:
    """Take the words away for good, from every revision, with the files. Its place stays."""
    thread = held(message.thread)
    message = _locked(message, thread)
    if message.withdrawn:
        return message
    require(actor, Action.WITHDRAW_MESSAGE, message)
    _put_aside(message)
    message.former.update(sealed=None)
    files.discard_all(MESSAGE_KIND, message.uuid)
    message.revision += 1
    message.revised_at = timezone.now()
    message.withdrawn, message.sealed = True, None
    message.withdrawn_by_id = actor.user_id
    message.reactions.all().delete()
    Mention.objects.filter(message=message).delete()
    _sign_revision(vault, message)
    _record_change(actor, Event.MESSAGE_WITHDRAWN, message)
    return message


def _locked(message: Message, thread: Thread) -> Message:
    rows = Message.objects.select_for_update(of=("self",)).select_related("epoch")
    row = rows.get(pk=message.pk)
    row.thread = thread
    row.epoch.thread = thread
    return row


def _held_message(
    actor: Actor, vault: Vault, message: Message, action: Action, revision: int
) -> tuple[Message, OpenEpoch, Words]:
    thread = held(message.thread)
    message = _locked(message, thread)
    require(actor, action, message)
    if message.revision != revision:
        raise AlreadyChanged
    opened = open_epoch(vault, message.epoch)
    if message.sealed is None:
        raise SealBroken
    key = message_key(opened, message)
    raw = key.open_field(f"words:{message.revision}", bytes(message.sealed))
    return message, opened, Words.from_bytes(raw)


def _put_aside(message: Message) -> None:
    FormerRevision.objects.create(
        message=message,
        revision=message.revision,
        revised_at=message.revised_at,
        sealed=message.sealed,
        digest=message.digest,
        signature=message.signature,
    )


def _sign_revision(vault: Vault, message: Message) -> None:
    message.digest = digest(message.sealed)
    message.signature = sign_statement(vault, LABEL, statement(message))
    message.save(
        update_fields=[
            "revision", "revised_at", "sealed", "digest", "signature", "withdrawn", "withdrawn_by",
        ]
    )  # fmt: skip


def _record_change(actor: Actor, event: Event, message: Message) -> None:
    record(
        actor,
        event,
        message_target(message),
        detail={
            "number": message.number,
            "revision": message.revision,
            "digest": bytes(message.digest).hex(),
            "thread": message.thread.ref,
        },
        topics=topics_of(message.thread)[:1],
    )


# Answering without words ----------------------------------------------------------------------


@transaction.atomic
def answer_message(
    *, actor: Actor, vault: Vault | None, message: Message, meaning: str, on: bool
) -> None:
    """Noted, agreed, cannot, seen here too: one of each for a person, given or taken back.

    Locked without the key: nobody agrees to what they have not been able to read.
    """
    thread = held(message.thread)
    require(actor, Action.POST_MESSAGE, thread)
    message = _locked(message, thread)
    open_epoch(vault, message.epoch)
    if message.withdrawn or message.kind != Kind.MESSAGE:
        raise AlreadyChanged
    own = Reaction.objects.filter(
        message=message, user_id=actor.user_id, meaning=Meaning(meaning).value
    )
    if own.exists() == on:
        return
    if on:
        Reaction.objects.create(
            message=message,
            user_id=actor.user_id,
            administration_id=actor.administration,
            meaning=Meaning(meaning).value,
        )
    else:
        own.delete()
    record(
        actor,
        Event.MESSAGE_ANSWERED,
        message_target(message),
        detail={"meaning": Meaning(meaning), "given": on},
        topics=topics_of(thread)[:1],
    )
