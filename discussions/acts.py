"""What a page does over its socket. Each is the service that its form calls, and may be sent
twice: the answer to the first may have been lost."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from access.actors import Actor, current_actor
from access.sockets import Member
from activity.consumers import register_act
from discussions.asking import thread_for
from discussions.live import tell_seen
from discussions.models import Thread
from discussions.opening import can_open
from discussions.sealing import Locked
from discussions.services.messages import NotSent, post_message
from discussions.services.reading import read_up_to
from vault.manifests import SealBroken
from vault.sessions import Vault

logger = logging.getLogger("iswg.live")


class NotDone(PermissionDenied):
    """Why not, in words for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def register_acts() -> None:
    """Called once, when Django is ready."""
    register_act("discussions.post", post)
    register_act("discussions.read", read, light=True)


def post(member: Member, data: Mapping[str, Any]) -> str | None:
    """`{"thread": ref, "message": uuid, "text": …, "reply_to": number}`."""
    actor, thread = _place(member, data)
    if not isinstance(member.vault, Vault):
        raise NotDone(_("Your keys are locked. Open them with your passphrase and send it again."))
    text, reply_to = data.get("text"), data.get("reply_to", 0)
    if not isinstance(text, str) or type(reply_to) is not int:
        raise NotDone(_("This message could not be sent. Load the page and try again."))
    try:
        post_message(
            actor=actor,
            vault=member.vault,
            thread=thread,
            message_id=_uuid(data.get("message")),
            text=text,
            reply_to=reply_to,
        )
    except NotSent as refusal:
        raise NotDone(" ".join(refusal.faults.values())) from None
    except (Locked, SealBroken) as failure:
        logger.warning("%s does not open for a post (%s)", thread.ref, type(failure).__name__)
        raise NotDone(_("This discussion does not open with your keys. Load the page.")) from None
    return None


def read(member: Member, data: Mapping[str, Any]) -> str | None:
    """`{"thread": ref, "number": 18}`: read as far as that."""
    actor, thread = _place(member, data)
    number, vault = data.get("number"), member.vault
    if type(number) is not int or not isinstance(vault, Vault) or not can_open(vault, thread):
        return None  # what does not open has not been read
    if read_up_to(actor=actor, thread=thread, number=number):
        tell_seen(thread, actor.administration)
    return None


def _place(member: Member, data: Mapping[str, Any]) -> tuple[Actor, Thread]:
    """Who acts as of now, and the thread, if that person may read it."""
    actor, ref = current_actor(member.user_id), data.get("thread")
    thread = None
    if actor is not None and isinstance(ref, str) and actor.administration == member.administration:
        thread = thread_for(actor, ref)
    if actor is None or thread is None:
        raise NotDone(_("This discussion is not there, or no longer for you."))
    return actor, thread


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise NotDone(_("This message could not be sent. Load the page and try again.")) from None
