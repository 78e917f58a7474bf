"""Whether the rows, the keys, the numbers and the journal say the same of every thread: for
`verify_vault`.

Opens nothing. Every message's signature and place are checked, because they are over what stands
in clear; whether the words under them are those is met on the page of whoever holds the key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from activity.events import Event
from activity.models import JournalEntry
from discussions import chain
from discussions.facts import KIND, message_target
from discussions.models import Message, State, Thread, ThreadEpoch
from discussions.opening import check_message
from discussions.queries import with_audience
from vault.crypto.errors import CannotOpen
from vault.directory import Directory
from vault.models import KeyHolder, Manifest

BATCH = 200
# The events whose lines say which number came next, with its hash.
NUMBERED = [
    Event.MESSAGE_POSTED, Event.PARTICIPANT_ADDED, Event.PARTICIPANT_REMOVED, Event.THREAD_STATE,
]  # fmt: skip


def threads_fit(view: Directory) -> Iterator[str]:
    """A sentence for each thread whose participants, keys, numbers or journal differ."""
    last, known = 0, newest_known()
    while batch := list(with_audience().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for thread in batch:
            yield from _holders(thread)
            yield from _numbers(thread, view)
            yield from _journal(thread, known)


# By the reference of a thread: the highest number, the newest key and the state that the journal
# names.
Known = dict[str, tuple[int, str, str]]


# Who holds which key --------------------------------------------------------------------------


def _holders(thread: Thread) -> Iterator[str]:
    epochs = list(thread.epochs.order_by("number"))
    if not epochs:
        yield f"{thread.ref} has no key."
        return
    ids = [one.uuid for one in epochs]
    signed = {one.object_id: one for one in Manifest.objects.filter(kind=KIND, object_id__in=ids)}
    held: dict[Any, set[str]] = {one: set() for one in ids}
    for row in KeyHolder.objects.filter(kind=KIND, object_id__in=ids).only("object_id", "holder"):
        held[row.object_id].add(row.holder)
    now = set(thread.audience)
    if sorted(epochs[-1].audience) != thread.audience:
        yield f"Who takes part in {thread.ref} is not who was signed for."
    if [one.number for one in epochs] != list(range(1, len(epochs) + 1)):
        yield f"A key of {thread.ref} is missing."
    for epoch in epochs:
        yield from _key(thread, epoch, signed.get(epoch.uuid), held[epoch.uuid], now)


def _key(
    thread: Thread, epoch: ThreadEpoch, manifest: Manifest | None, held: set[str], now: set[str]
) -> Iterator[str]:
    where = f"key {epoch.number} of {thread.ref}"
    if manifest is None:
        yield f"Nobody signed {where}."
        return
    names = {name for name, *_rest in json.loads(bytes(manifest.body)).get("holders", [])}
    # Who joined later may have been given a key of before; who left must have lost every one.
    if not held <= now:
        yield f"Somebody who does not take part holds {where}."
    if (names & now) - held:
        yield f"Somebody who takes part and was given {where} has lost it."
    if not names <= set(epoch.audience):
        yield f"The holders of {where} are not those it was signed for."


# What stands at which number ------------------------------------------------------------------


def _numbers(thread: Thread, view: Directory) -> Iterator[str]:
    before: Message | None = None
    rows = (
        Message.objects.filter(thread=thread).select_related("epoch").order_by("number")
    )  # fmt: skip
    for batch in _batches(rows):
        for message in batch:
            message.thread = thread
            yield from _one(thread, message, before, view)
            before = message
        for message in _written(batch):
            yield f"Number {message.number} of {thread.ref} is not the one in the journal."
    yield from _end(thread, before)


def _batches(rows: Any) -> Iterator[list[Message]]:
    last = 0
    while batch := list(rows.filter(number__gt=last).prefetch_related("former")[:BATCH]):
        last = batch[-1].number
        yield batch


def _one(
    thread: Thread, message: Message, before: Message | None, view: Directory
) -> Iterator[str]:
    expected = (before.number + 1, bytes(before.hash)) if before else (1, chain.START)
    if (message.number, bytes(message.prev)) != expected:
        yield f"Number {message.number} of {thread.ref} does not follow the number before it."
    try:
        check_message(message, view)
    except CannotOpen:
        yield f"Number {message.number} of {thread.ref} is not what its author signed."


def _end(thread: Thread, last: Message | None) -> Iterator[str]:
    end = (last.number, bytes(last.hash)) if last else (0, b"")
    if (thread.last_number, bytes(thread.last_hash)) != end:
        yield f"The end of {thread.ref} is missing."


def _journal(thread: Thread, known: Known) -> Iterator[str]:
    """What was taken back together with everything that was signed after it looks whole in every
    other way; the journal still has it."""
    number, key, state = known.get(thread.ref, (0, "", State.OPEN.value))
    if state != thread.state:
        yield f"{thread.ref} is not in the state that the journal names last."
    if number > thread.last_number:
        yield f"Numbers at the end of {thread.ref} are gone: the journal has more."
    newest = thread.epochs.order_by("-number").values_list("uuid", flat=True).first()
    manifest = Manifest.objects.filter(kind=KIND, object_id=newest, revision=1).first()
    if manifest is not None and bytes(manifest.hash).hex() != key:
        yield f"The newest key of {thread.ref} is not the one in the journal."


def newest_known() -> Known:
    """By reference: the highest number, the newest key and the state; one pass of the journal."""
    known: Known = {}
    lines = JournalEntry.objects.filter(event__in=[Event.THREAD_OPENED, *NUMBERED])
    for line in lines.order_by("seq").only("entry").iterator():
        detail = json.loads(bytes(line.entry))["detail"]
        ref = detail.get("thread") or detail.get("ref", "")
        number, key, state = known.get(ref, (0, "", State.OPEN.value))
        number = max(number, detail.get("number", 0))
        known[ref] = number, detail.get("key", key), detail.get("state", state)
    return known


def _written(messages: list[Message]) -> Iterator[Message]:
    """Those of these whose hash is another one than the journal has."""
    rows = {message_target(one): one for one in messages}
    lines = JournalEntry.objects.filter(target__in=list(rows), event__in=NUMBERED)
    said = {
        line.target: json.loads(bytes(line.entry))["detail"].get("hash")
        for line in lines.only("target", "entry")
    }
    for target, message in rows.items():
        if said.get(target) != bytes(message.hash).hex():
            yield message
