"""The one socket of a page: it subscribes, and it may act. Frames are in docs/socket.md."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from access.sockets import (
    ACTS_A_MINUTE,
    Allowance,
    Close,
    Frame,
    Member,
    MemberConsumer,
    Receive,
    Scope,
    Send,
    doorkeeper,
)
from activity.hub import hub

logger = logging.getLogger("iswg.live")

MAX_TOPICS = 16
Act = Callable[[Member, Mapping[str, Any]], "str | None"]

_acts: dict[str, Act] = {}
_light: set[str] = set()


def register_act(name: str, act: Act, *, light: bool = False) -> None:
    """What a page may do over its socket: a function that calls a service.

    It is called in a thread, with the member and the frame's `data`; it checks and refuses like
    the page's form does (by PermissionDenied with a sentence), and may be asked twice. A light
    one is what a page says by itself, again and again: it is not counted among a person's acts.
    """
    _acts[name] = act
    if light:
        _light.add(name)


class LiveConsumer(MemberConsumer):
    """Shows a page what happens to the things on it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.acts = Allowance(ACTS_A_MINUTE)
        self.hub = hub()

    async def opened(self) -> None:
        await self.hub.join(self.member)

    def closed(self) -> None:
        self.hub.leave(self.member)

    async def on_frame(self, frame: Frame) -> None:
        match frame.get("t"):
            case "subscribe":
                await self._subscribe(frame)
            case "act":
                await self._act(frame)
            case "here" | "typing":
                await self._appear(frame)
            case _:
                pass  # pong: being judged was its purpose; anything else: a newer page

    async def _subscribe(self, frame: Frame) -> None:
        topics, since = _topics(frame.get("topics")), frame.get("since")
        known = self.member.topics
        fresh = [topic for topic in topics or () if topic not in known]
        right_number = since is None or (type(since) is int and since >= 0)
        if topics is None or not right_number or len(known) + len(fresh) > MAX_TOPICS:
            await self.member.close(Close.NOT_OUR_PROTOCOL)
        else:
            await self.hub.subscribe(self.member, fresh, since)

    async def _act(self, frame: Frame) -> None:
        client_id, data = frame.get("c"), frame.get("data", {})
        if not isinstance(client_id, str) or len(client_id) > 64 or not isinstance(data, dict):
            await self.member.close(Close.NOT_OUR_PROTOCOL)
            return
        answer = await self._answer(frame.get("act"), data)
        await self.member.say({**answer, "c": client_id})

    async def _answer(self, name: object, data: Mapping[str, Any]) -> Frame:
        """The act, or why not, in words."""
        with translation.override(self.member.language):
            act = _acts.get(name) if isinstance(name, str) else None
            if act is None:
                return _refused(_("This cannot be done from here. Load the page again."))
            if name not in _light and not self.acts.take():
                return _refused(_("That was a lot at once. Wait a minute, then try again."))
            try:
                return await self.desk.do(self._carry_out, act, data)
            except (OperationalError, InterfaceError) as failure:
                logger.warning("an act met a database in trouble (%s)", type(failure).__name__)
                return _refused(_("This did not work just now. Try again in a moment."))

    def _carry_out(self, act: Act, data: Mapping[str, Any]) -> Frame:
        """In a thread for acts."""
        with translation.override(self.member.language):
            try:
                html = act(self.member, data)
                doorkeeper().used(self.member)
            except PermissionDenied as refusal:
                return _refused(str(getattr(refusal, "reason", "") or refusal))
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                logger.exception("an act over the socket failed")
                return _refused(_("This did not work, and nothing was changed. Try again."))
        return {"t": "ack", "html": html} if html else {"t": "ack"}

    async def _appear(self, frame: Frame) -> None:
        """This page is seen on a topic that it listens to, or somebody writes there."""
        topic, on = frame.get("topic"), frame.get("on", True)
        if not isinstance(topic, str) or not isinstance(on, bool):
            await self.member.close(Close.NOT_OUR_PROTOCOL)
        elif frame["t"] == "here":
            self.hub.here(self.member, topic, on)
        else:
            self.hub.typing(self.member, topic)


def _refused(reason: str) -> Frame:
    return {"t": "refused", "reason": reason}


def _topics(value: object) -> list[str] | None:
    """The topics of a frame, each once; None if this is no list of short texts."""
    if not isinstance(value, list) or len(value) > MAX_TOPICS:
        return None
    if not all(isinstance(topic, str) and len(topic) <= 60 for topic in value):
        return None
    return list(dict.fromkeys(value))
