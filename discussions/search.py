"""Search in what was said: texts and file names of messages, topics and references of threads.

Only what this reader may open is looked at, from where the reader's own reading begins; what was
withdrawn has no words to find. What is shown as found was checked like on its page: a message
that is not what its author signed is none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from access.actors import Actor
from discussions.content import Words
from discussions.models import Kind, Message, Thread
from discussions.opening import open_epochs, open_messages, open_topics, words_of
from discussions.queries import messages_of, start_of, threads_for
from vault.crypto.errors import CannotOpen
from vault.searching import BATCH, LIMIT, SHOWN, first_field, one_at_a_time
from vault.sessions import Vault
from wording.folding import excerpt, fold


@dataclass(frozen=True, slots=True)
class Hit:
    """A message found, or a thread by its topic (then `message` is None): and where."""

    thread: Thread
    topic: str
    message: Message | None
    at: datetime
    before: str
    matched: str
    after: str
    where: str  # topic | reference | text | file


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    looked_through: int
    seconds: float
    complete: bool


def search_threads(actor: Actor, vault: Vault | None, typed: str) -> Found:
    """In every thread that this actor may read, newest first; StillSearching if one is under
    way."""
    with one_at_a_time("threads", actor.user_id):
        threads = {one.pk: one for one in threads_for(actor)}
        return _search(actor, vault, threads, typed)


def search_in(actor: Actor, vault: Vault | None, thread: Thread, typed: str) -> Found:
    """In one thread, that was fetched through what this actor may read."""
    with one_at_a_time("threads", actor.user_id):
        return _search(actor, vault, {thread.pk: thread}, typed, by_topic=False)


def _search(
    actor: Actor,
    vault: Vault | None,
    threads: dict[int, Thread],
    typed: str,
    *,
    by_topic: bool = True,
) -> Found:
    started, words = time.perf_counter(), fold(typed).split()
    looked, hits = 0, []
    if words:
        # A topic that does not open is None: nothing of such a thread is shown as found.
        topics = {pk: topic for pk, topic in open_topics(vault, threads.values()).items() if topic}
        if by_topic:
            hits = _by_topic(threads, topics, words)
        for message, said in _said(actor, vault, threads, topics):
            looked += 1
            beside = fold(f"{topics[message.thread_id]} {message.thread.ref}")
            if hit := _match(message, said, words, beside, topics[message.thread_id]):
                hits.append(hit)
            if len(hits) >= SHOWN or looked == LIMIT:
                break
    complete = len(hits) < SHOWN and looked < LIMIT
    genuine = _genuine(actor, vault, hits)
    genuine.sort(key=lambda hit: hit.at, reverse=True)
    return Found(tuple(genuine), looked, time.perf_counter() - started, complete)


def _by_topic(threads: dict[int, Thread], topics: dict[int, str], words: list[str]) -> list[Hit]:
    hits = []
    for pk, topic in topics.items():
        thread = threads[pk]
        found = first_field([("topic", topic), ("reference", thread.ref)], words)
        if found:
            where, text, word = found
            hits.append(Hit(thread, topic, None, thread.last_at, *excerpt(text, word), where))
    return hits


def _match(message: Message, said: Words, words: list[str], beside: str, topic: str) -> Hit | None:
    fields = [("text", said.text), *(("file", one.name) for one in said.files)]
    found = first_field(fields, words, beside)
    if found is None:
        return None
    where, text, word = found
    return Hit(
        message.thread, topic, message, message.sent_at, *excerpt(text, word), where
    )  # fmt: skip


def _said(
    actor: Actor, vault: Vault | None, threads: dict[int, Thread], topics: dict[int, str]
) -> Iterator[tuple[Message, Words]]:
    """The words of what may be read, newest first; what does not open is passed over."""
    starts = {pk: start_of(actor, threads[pk]) for pk in topics}
    rows = (
        Message.objects.filter(thread__in=list(starts), kind=Kind.MESSAGE, withdrawn=False)
        .select_related("epoch")
        .order_by("-sent_at", "-pk")
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(rows, BATCH)):
        readable = [one for one in batch if one.number > starts[one.thread_id]]
        for one in readable:
            one.thread = one.epoch.thread = threads[one.thread_id]
        keys = open_epochs(vault, {one.epoch_id: one.epoch for one in readable}.values())
        for one in readable:
            try:
                yield one, words_of(keys[one.epoch_id], one)
            except (KeyError, CannotOpen):
                continue


def _genuine(actor: Actor, vault: Vault | None, hits: list[Hit]) -> list[Hit]:
    """Of fifty at most, the signatures too: what is put in somebody's mouth is not shown."""
    by_thread: dict[int, list[Message]] = {}
    for hit in hits:
        if hit.message is not None:
            by_thread.setdefault(hit.thread.pk, []).append(hit.message)
    known: dict[int, Message] = {}
    for found in by_thread.values():
        thread = found[0].thread
        rows = messages_of(actor, thread).filter(pk__in=[one.pk for one in found])
        opened = open_messages(vault, thread, list(rows))
        known |= {one.message.pk: one.message for one in opened if one.words is not None}
    return [
        hit if hit.message is None else _with(hit, known[hit.message.pk])
        for hit in hits
        if hit.message is None or hit.message.pk in known
    ]


def _with(hit: Hit, message: Message) -> Hit:
    """The same with the row that has its author beside it."""
    told = hit.before, hit.matched, hit.after, hit.where
    return Hit(hit.thread, hit.topic, message, hit.at, *told)
