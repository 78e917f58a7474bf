"""The door of the sockets: who may hold one, how much they may say, and for how long.

A socket may outlive a role, a membership or a session. So nothing here remembers a permission:
every inbound frame asks the database again before anything else is done with it, and the hub
(activity/hub.py) asks again before every delivery. `docs/socket.md` describes the frames.

This package has no models. What it must know about people and vaults comes through a port,
the `Doorkeeper`, which `iswg` fills at start.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from sys import intern
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http.request import split_domain_port, validate_host

from access.desk import Desk, desk
from access.wire import Wire

Scope = MutableMapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Frame = dict[str, Any]

MAX_FRAME = 16 * 1024
FRAMES_A_MINUTE = 120
ACTS_A_MINUTE = 20


class Close(IntEnum):
    """Why a socket is closed, as the page reads it: 4000 and the HTTP status that says the same.

    An application may not use most codes below 3000; autobahn refuses to send them.
    """

    NOT_OUR_PROTOCOL = 4400
    NOT_SIGNED_IN = 4401
    NO_LONGER_ALLOWED = 4403
    TOO_BIG = 4413
    TOO_MANY = 4429
    TRY_LATER = 4503


class Change(Enum):
    """What the database says now that it did not say when the socket was opened."""

    VAULT_LOCKED = "the vault was locked or ran out, the session lives"
    SIGNED_OUT = "the session has ended"
    NOT_ALLOWED = "the person has no standing any more"


class OpenVault(Protocol):
    """The keys of one session, while its socket is open. Opaque here."""

    def holds(self, key_id: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Whose socket it is, as of its handshake. `vault` is None when it is locked; `session` is
    opaque here, and the same for all pages of one session."""

    user_id: int
    session: Hashable
    administration: str
    language: str
    zone: str
    vault: OpenVault | None = None


class Member:
    """One open socket of one signed-in person."""

    __slots__ = (
        "_send", "administration", "closing", "language", "session", "topics", "user_id",
        "vault", "wire", "zone",
    )  # fmt: skip

    def __init__(self, facts: MemberFacts, send: Send, wire: Wire | None = None) -> None:
        # Thousands of sockets share few places and languages, so they share the words too.
        self.user_id = facts.user_id
        self.session = facts.session
        self.administration = intern(facts.administration)
        self.language, self.zone = intern(facts.language), intern(facts.zone)
        self.vault = facts.vault  # here alone, so that dropping it drops the keys
        self.topics: frozenset[str] = frozenset()
        self.closing = False
        self.wire = wire
        self._send = send

    def holds(self, key_id: bytes) -> bool:
        return self.vault is not None and self.vault.holds(key_id)

    async def write(self, text: str) -> None:
        """One frame, over the public interface of ASGI."""
        if not self.closing:
            await self._send({"type": "websocket.send", "text": text})

    def put(self, frames: bytes) -> bool:
        """Whole frames at once, over the wire; False if they must be written one by one."""
        return self.closing or (self.wire is not None and self.wire.put(frames))

    async def say(self, frame: Frame) -> None:
        await self.write(encode(frame))

    async def close(self, code: int) -> None:
        if not self.closing:
            self.closing = True
            self.vault = None
            await self._send({"type": "websocket.close", "code": int(code)})

    async def meet(self, change: Change | None) -> bool:
        """Follow what the database says now; whether the socket may go on."""
        if change is Change.SIGNED_OUT:
            await self.close(Close.NOT_SIGNED_IN)
        elif change is Change.NOT_ALLOWED:
            await self.close(Close.NO_LONGER_ALLOWED)
        elif change is Change.VAULT_LOCKED:
            self.vault = None
        return not self.closing


class TooManyOpened(Exception):
    """This session has opened more sockets of late than pages could need."""


class Doorkeeper(Protocol):
    """Who is at the door. Every question is asked in a database thread and changes nothing."""

    def open_socket_vault(self, scope: Scope) -> MemberFacts | None:
        """Whose cookies the handshake carries, with the vault opened; None: no session.

        TooManyOpened if this session comes again and again. (So this one may write, too.)
        """

    def changes(self, members: Sequence[Member]) -> Mapping[Member, Change]:
        """What is different as of now, in one query for all; who is absent may go on."""

    def used(self, member: Member) -> None:
        """This person acted just now: the session is not idle. (This one may write.)"""


_doorkeeper: Doorkeeper | None = None


def set_doorkeeper(doorkeeper: Doorkeeper) -> None:
    global _doorkeeper
    _doorkeeper = doorkeeper


def doorkeeper() -> Doorkeeper:
    assert _doorkeeper is not None, "iswg fills this port at start"
    return _doorkeeper


def encode(frame: Frame) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


class Allowance:
    """So many in a minute, and no more."""

    __slots__ = ("limit", "minute", "taken")

    def __init__(self, limit: int) -> None:
        self.limit, self.minute, self.taken = limit, 0, 0

    def take(self) -> bool:
        minute = int(monotonic() // 60)
        if minute != self.minute:
            self.minute, self.taken = minute, 0
        self.taken += 1
        return self.taken <= self.limit


class MemberConsumer:
    """One socket, from handshake to close. What its frames mean is up to the subclass."""

    member: Member
    desk: Desk

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.frames = Allowance(FRAMES_A_MINUTE)

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).serve()

        return application

    async def opened(self) -> None:
        """The socket is accepted and its member known."""

    async def on_frame(self, frame: Frame) -> None:
        """A well-formed frame of a member in good standing."""
        raise NotImplementedError

    def closed(self) -> None:
        """The socket is gone, whoever ended it."""

    async def serve(self) -> None:
        await self.receive()
        if not from_our_pages(self.scope):
            await self.send({"type": "websocket.close"})  # before accepting: HTTP 403
            return
        async with desk() as self.desk:
            await self._serve_member()

    async def _serve_member(self) -> None:
        try:
            facts = await self.desk.ask(doorkeeper().open_socket_vault, self.scope)
        except (DatabaseError, InterfaceError):
            await self._accept_to_close(Close.TRY_LATER)
            return
        except TooManyOpened:
            await self._accept_to_close(Close.TOO_MANY)
            return
        if facts is None:
            await self._accept_to_close(Close.NOT_SIGNED_IN)
            return
        self.member = Member(facts, self.send, self.scope.get("iswg.wire"))
        # The cookies have done their work: the vault's secret does not stay in memory.
        self.scope.pop("headers", None)
        await self.send({"type": "websocket.accept"})
        try:
            await self.opened()
            await self._listen()
        except (DatabaseError, InterfaceError):
            await self.member.close(Close.TRY_LATER)
        finally:
            self.member.closing, self.member.vault = True, None
            self.closed()

    async def _accept_to_close(self, code: Close) -> None:
        """A browser tells a page nothing about a refused handshake, so accept, then say why."""
        await self.send({"type": "websocket.accept"})
        await self.send({"type": "websocket.close", "code": int(code)})

    async def _listen(self) -> None:
        while not self.member.closing:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                return
            frame = self._read(message.get("text"))
            if isinstance(frame, Close):
                await self.member.close(frame)
            elif await self.member.meet(await self.desk.change_of(self.member)):
                await self.on_frame(frame)

    def _read(self, text: str | None) -> Frame | Close:
        """The frame in this message, or why the socket must close."""
        if text is None:
            return Close.NOT_OUR_PROTOCOL
        if len(text) > MAX_FRAME or len(text.encode()) > MAX_FRAME:
            return Close.TOO_BIG
        if not self.frames.take():
            return Close.TOO_MANY
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            return Close.NOT_OUR_PROTOCOL
        return frame if isinstance(frame, dict) else Close.NOT_OUR_PROTOCOL


def from_our_pages(scope: Scope) -> bool:
    """Whether the handshake was started by a page of this portal (cookies go with any).

    In development the portal answers on several names of this machine; the page's own name and
    port must then be the one it speaks to.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1").lower().rstrip("/")
    if origin and origin == settings.ORIGIN.lower().rstrip("/"):
        return True
    host = headers.get(b"host", b"").decode("latin1").lower()
    if settings.PRODUCTION or not host or urlsplit(origin).netloc != host:
        return False
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
