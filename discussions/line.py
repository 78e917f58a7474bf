"""The end of a thread's line, lengthened by one message. The thread is held (asking.held)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from access.actors import Actor
from access.changes import Change, put_in
from discussions import chain
from discussions.facts import LABEL, digest, statement
from discussions.models import Message, Thread
from discussions.sealing import OpenEpoch
from vault.sessions import Vault
from vault.statements import sign_statement


def next_message(actor: Actor, thread: Thread, opened: OpenEpoch, **facts: Any) -> Message:
    """The message that comes next in the chain, not written yet. The thread is held."""
    return Message(
        thread=thread,
        number=thread.last_number + 1,
        epoch=opened.row,
        author_id=actor.user_id,
        administration_id=actor.administration,
        sent_at=timezone.now(),
        prev=bytes(thread.last_hash) or chain.START,
        **facts,
    )


def add_to_chain(vault: Vault, message: Message) -> None:
    """Sign it, link it to the one before, and make it the end of its thread."""
    message.digest = digest(message.sealed)
    said = statement(message)
    message.signature = sign_statement(vault, LABEL, said)
    message.hash = chain.link(said, message.signature)
    put_in(message)
    thread = message.thread
    thread.last_number, thread.last_hash = message.number, message.hash
    thread.last_at = message.sent_at
    _END(
        pk=thread.pk,
        last_number=thread.last_number,
        last_hash=thread.last_hash,
        last_at=thread.last_at,
    )


_END = Change(lambda pk, **end: (Thread.objects.filter(pk=pk), end))
