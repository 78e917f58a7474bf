"""Opening what was said, for one reader, and checking that it is what was said.

A page checks, for what it shows: the present key with its audience, each author's signature,
the chain of numbers, and that no edit was taken back by a hand in the database. What does not
hold is shown as that, in its place; it never hides the rest.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from access.actors import Actor
from access.policy import Action, require
from discussions import chain
from discussions.asking import journal_entries, messages_by_number
from discussions.content import Words
from discussions.facts import (
    KIND,
    LABEL,
    digest,
    former_statement,
    message_target,
    statement,
)
from discussions.models import FormerRevision, Message, Thread, ThreadEpoch
from discussions.queries import start_of
from discussions.sealing import (
    OpenEpoch,
    message_key,
    open_epoch,
    open_epochs,
    open_present,
    topic_of,
)
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.objects import open_keys
from vault.sessions import Vault
from vault.statements import check_statement


@dataclass(frozen=True, slots=True)
class OpenedMessage:
    """A message as its reader sees it: its words, or why there are none."""

    message: Message
    words: Words | None = None
    broken: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class OpenedThread:
    thread: Thread
    topic: str
    messages: tuple[OpenedMessage, ...]
    complete: bool  # the numbers shown follow one another to the end, by the chain


def open_topics(vault: Vault | None, threads: Iterable[Thread]) -> dict[int, str | None]:
    """Topics by thread id, in three queries whatever the number; None where a seal did not hold."""
    shown = {thread.pk: thread for thread in threads}
    newest = newest_rows(shown)
    opened = open_epochs(vault, newest.values())
    topics: dict[int, str | None] = dict.fromkeys(shown)
    for pk, epoch in newest.items():
        if epoch.pk in opened:
            topics[pk] = _topic(opened[epoch.pk])
    return topics


def newest_rows(shown: Mapping[int, Thread]) -> dict[int, ThreadEpoch]:
    """The present key's row of each of these threads, by thread, in one query."""
    rows: dict[int, ThreadEpoch] = {}
    for epoch in ThreadEpoch.objects.filter(thread__in=list(shown)).order_by("number"):
        epoch.thread = shown[epoch.thread_id]
        rows[epoch.thread_id] = epoch
    return rows


def _topic(opened: OpenEpoch) -> str | None:
    try:
        return topic_of(opened)
    except CannotOpen:
        return None


def open_thread_page(
    *,
    actor: Actor,
    vault: Vault | None,
    thread: Thread,
    messages: Sequence[Message],
    numbers: range,
) -> OpenedThread:
    """A thread and a stretch of its messages: those that should stand at these `numbers`.

    Raises Locked without a key, SealBroken if the key or the audience is not what was signed.
    """
    require(actor, Action.READ_THREAD, thread)
    present = open_present(vault, thread)
    opened = open_messages(vault, thread, messages)
    broken = any(one.broken for one in opened)
    end = thread.last_number, bytes(thread.last_hash)
    unbroken = chain.is_unbroken(messages, numbers, *end)
    return OpenedThread(thread, topic_of(present), tuple(opened), unbroken and not broken)


def open_messages(
    vault: Vault | None,
    thread: Thread,
    messages: Sequence[Message],
    *,
    genuine: Collection[int] | None = None,
) -> list[OpenedMessage]:
    """Each message with its words, in a constant number of queries.

    `genuine` is what `genuine_among` said of these rows, for who opens them with several keys.
    """
    epochs = {}
    for message in messages:
        message.thread = thread
        message.epoch.thread = thread
        epochs[message.epoch_id] = message.epoch
    keys = open_epochs(vault, epochs.values())
    genuine = genuine_among(messages) if genuine is None else genuine
    return [_opened(one, keys.get(one.epoch_id), one.pk in genuine) for one in messages]


def genuine_among(messages: Sequence[Message]) -> set[int]:
    """Which of these, by row, are what their authors signed and what the journal has of them."""
    view, lines, found = directory(), _lines_of(messages), set()
    for message in messages:
        try:
            check_message(message, view)
            _check_journal(message, lines.get(message_target(message)))
        except CannotOpen:
            continue
        found.add(message.pk)
    return found


def open_answered(
    actor: Actor,
    vault: Vault | None,
    thread: Thread,
    opened: Sequence[OpenedMessage],
    kept: dict[int, tuple[Message, bool]] | None = None,
) -> list[OpenedMessage]:
    """What these answer and what is not among them, for the quotes above them: no more of it than
    this reader may read. `kept` spares the second reader the questions."""
    kept = {} if kept is None else kept
    there, start = {one.message.number for one in opened}, start_of(actor, thread)
    answered = {one.words.reply_to for one in opened if one.words} - there
    wanted = {number for number in answered if number > start}
    if fresh := wanted - kept.keys():
        rows = messages_by_number(thread, fresh)
        for row in rows:
            row.thread = row.epoch.thread = thread
        genuine = genuine_among(rows)
        kept |= {row.number: (row, row.pk in genuine) for row in rows}
    known = [kept[number] for number in sorted(wanted & kept.keys())]
    genuine = {row.pk for row, is_genuine in known if is_genuine}
    return open_messages(vault, thread, [row for row, _ in known], genuine=genuine)


def _opened(message: Message, key: OpenEpoch | None, is_genuine: bool) -> OpenedMessage:
    try:
        if not is_genuine:
            raise SealBroken
        if message.withdrawn or message.is_note:
            return OpenedMessage(message)
        if key is None:
            return OpenedMessage(message, locked=True)
        return OpenedMessage(message, words_of(key, message))
    except CannotOpen:
        return OpenedMessage(message, broken=True)


def words_of(opened: OpenEpoch, message: Message) -> Words:
    if message.sealed is None:
        raise SealBroken
    key = message_key(opened, message)
    return Words.from_bytes(key.open_field(f"words:{message.revision}", bytes(message.sealed)))


def check_message(message: Message, view: Directory) -> None:
    """The signatures over every revision, and the place in the chain; else SealBroken."""
    first: Message | FormerRevision = message
    signed: list[tuple[Any, Any]] = [(statement(message), message)]
    for former in message.former.all():
        signed.append((former_statement(message, former), former))
        if former.revision == 1:
            first = former
    if message.revision != len(signed):
        raise SealBroken
    for said, row in signed:
        check_statement(
            view, LABEL, said, row.signature,
            author=said["by"], administration=message.administration_id,
        )  # fmt: skip
    opening = next(said for said, row in signed if row is first)
    if chain.link(opening, first.signature) != bytes(message.hash):
        raise SealBroken
    if message.sealed is not None and digest(message.sealed) != bytes(message.digest):
        raise SealBroken


class Line(NamedTuple):
    """What the journal has of a message: its place in the chain, and its newest change."""

    hash: str = ""
    digest: str = ""


def _lines_of(messages: Sequence[Message]) -> dict[str, Line]:
    """The lines of the journal about these messages, in one query."""
    found: dict[str, Line] = {}
    for target, entry in journal_entries(message_target(one) for one in messages):
        detail, known = json.loads(bytes(entry))["detail"], found.get(target, Line())
        hashed, changed = detail.get("hash", known.hash), detail.get("digest", known.digest)
        found[target] = Line(hashed, changed)
    return found


def _check_journal(message: Message, line: Line | None) -> None:
    """Whether it was written down when it was written; else SealBroken.

    Somebody who left still has the key of those days, and could sign a message of an earlier
    date. And a row and its former revisions put back together look whole: the journal knows
    better.
    """
    if line is None or line.hash != bytes(message.hash).hex():
        raise SealBroken
    if line.digest and line.digest != bytes(message.digest).hex():
        raise SealBroken


def can_open(vault: Vault | None, thread: Thread) -> bool:
    """Whether this session holds the present key, for acts that say that somebody has read."""
    newest = newest_rows({thread.pk: thread}).get(thread.pk)
    return newest is not None and (newest.uuid, 1) in open_keys(vault, KIND, [(newest.uuid, 1)])


def open_words(
    vault: Vault | None, thread: Thread, messages: Iterable[Message]
) -> Iterator[tuple[Message, Words]]:
    """The words of many messages, in the order given; what does not open is passed over.

    For the search: being found is not being read, and nothing is marked by it.
    """
    shown = list(messages)
    for one in open_messages(vault, thread, shown):
        if one.words is not None:
            yield one.message, one.words


def open_versions(vault: Vault | None, message: Message) -> list[tuple[Any, Words]]:
    """Every revision of an edited message that still has words, oldest first; checked."""
    check_message(message, directory())
    message.epoch.thread = message.thread
    opened = open_epoch(vault, message.epoch)
    key = message_key(opened, message)
    rows = [*message.former.all(), message]
    return [
        (row, Words.from_bytes(key.open_field(f"words:{row.revision}", bytes(row.sealed))))
        for row in rows
        if row.sealed is not None
    ]
