"""Daphne, with the three things that this portal cannot do without.

* A request's body stays in memory and below a bound. Twisted, under Daphne, writes every body of
  100 kB, and every chunked one, in clear to the temporary folder before Django sees a byte.
* An exception after a response has begun ends that connection and nothing else. In Daphne 4.2.3
  it stops the loop that clears finished connections away, for good.
* A reader slower than what we send makes the sender wait (pages, downloads) or is cut off and
  comes back (sockets); neither fills the memory.

`iswg/serve.py` starts it, `iswg/access_log.py` is its log, and tests/live shows each of these with
and without.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from inspect import isfunction
from io import BytesIO
from typing import Any

# Daphne installs the event loop's reactor when its server module is imported: it comes first.
import daphne.server as daphne_server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import reactor

from access.wire import SLOW_SOCKET, Wire, backlog
from iswg.onehop import MAX_BODY, SHIELD

logger = logging.getLogger("iswg.server")

MAX_FRAME = 16 * 1024
STALLED_DOWNLOAD = 120.0
LINGER = 5.0
LIMITS: dict[str, Any] = {
    "server_name": "",
    "verbosity": 0,
    "websocket_max_message_size": MAX_FRAME,
    "websocket_max_frame_size": MAX_FRAME,
    "websocket_handshake_timeout": 10,
    "websocket_connect_timeout": 10,
    "application_close_timeout": 10,
}

_SORRY = """<!doctype html><html lang="en"><meta charset="utf-8"><title>413</title>
<h1>This is too large to send in one go</h1>
<p>Nothing was saved. Go back: what you typed is still there. Files above 64 KB are sent in pieces,
which needs JavaScript; without it, make the file smaller.</p>
<div lang="fr"><h1>Envoi trop volumineux</h1>
<p>Rien n'a été enregistré. Revenez en arrière : votre texte y est encore. Les fichiers de plus de
64 Ko sont envoyés par morceaux, ce qui exige JavaScript ; sans lui, réduisez le fichier.</p></div>
</html>""".encode()
_SHIELD = b"".join(b"%b: %b\r\n" % pair for pair in SHIELD)
TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n%bContent-Length: %d\r\n\r\n%b"
) % (_SHIELD, len(_SORRY), _SORRY)
NOT_UNDERSTOOD = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n%bContent-Length: 0\r\n\r\n" % (
    _SHIELD
)


class PortalRequest(WebRequest):
    """One HTTP request: bounded, in memory, and answered no faster than it is read."""

    refused = False
    _gap: asyncio.Future[None] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django reads forms; letting Twisted do it too would only cost time and a copy.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    # What arrives

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's name)
        self.content = BytesIO()
        if length is not None and length > MAX_BODY:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self.refused:
            return
        if self.content.tell() + len(data) > MAX_BODY:
            self._refuse()
        else:
            self.content.write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if self.refused:
            self.channel.transport.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        """Answer 413 now, then read and drop for a while, so that the answer is not lost.

        Closing at once with unread bytes makes the system send a reset, and the browser shows
        that instead of our sentence.
        """
        self.refused = True
        self.content = BytesIO()
        self.requestHeaders.removeHeader(b"Expect")
        transport = self.channel.transport
        transport.write(TOO_LARGE)
        transport.loseWriteConnection()
        reactor.callLater(LINGER, transport.abortConnection)
        self.server.log_action("http", "refused", {"client": transport.getPeer(), "status": 413})

    # What leaves

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message.get("more_body") and not self.producer and self.channel and not self.finished:
            self.registerProducer(self, True)
        super().handle_reply(message)

    def finish(self) -> None:
        if self.producer:
            self.unregisterProducer()
        super().finish()

    def pauseProducing(self) -> None:  # noqa: N802
        if self._gap is None or self._gap.done():
            self._gap = asyncio.get_running_loop().create_future()

    def resumeProducing(self) -> None:  # noqa: N802
        if self._gap is not None and not self._gap.done():
            self._gap.set_result(None)

    stopProducing = resumeProducing  # noqa: N815

    async def caught_up(self) -> None:
        """Wait until the reader has taken most of what was written; give up on one who does not."""
        if self._gap is None or self._gap.done():
            return
        try:
            await asyncio.wait_for(asyncio.shield(self._gap), STALLED_DOWNLOAD)
        except TimeoutError:
            self.transport.abortConnection()

    # What goes wrong

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self.resumeProducing()
        super().connectionLost(reason)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own answers (400, 500, 503), in plain words, with the headers of all."""
        kind = (b"content-type", b"text/plain; charset=utf-8")
        headers = [kind, (b"cache-control", b"no-store"), *SHIELD]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": f"{status} {body}".encode()})

    def handle_exception(self, exception: BaseException) -> None:
        """After the first byte there is no other status to send: cut, so that the client knows."""
        if self._response_started:
            self.transport.abortConnection()
        else:
            super().handle_exception(exception)


class PortalSocket(WebSocketProtocol):
    """One WebSocket: a reader who falls far behind is cut off, and asks again from its number."""

    # Autobahn copies its 29 options into each connection, and writes a text of them for a log that
    # nobody keeps. They are the same for all: the factory puts them here, once.
    CONFIG_ATTRS = ()

    def onOpen(self) -> None:  # noqa: N802
        """The handshake has done its work: its cookies, and the request they came with, do not
        stay in memory for as long as a page is open."""
        super().onOpen()
        self.transport.unregisterProducer()  # the channel of HTTP, which holds the request
        for kept in (self.clean_headers, self.http_headers, self.request.headers):
            kept.clear()
        self.http_request_data = b""

    def handle_reply(self, message: dict[str, Any]) -> None:
        """A page that went away while its answer was drawn: there is nobody to tell, and no fault.

        The application learns of it by its own `websocket.disconnect`, a moment later.
        """
        if self.state in (self.STATE_CONNECTING, self.STATE_OPEN):
            super().handle_reply(message)

    def sendHttpErrorResponse(  # noqa: N802
        self,
        code: int,
        reason: str,
        responseHeaders: Any = None,  # noqa: N803
    ) -> None:
        """A handshake that is refused, with the headers of every other answer."""
        shield = [(name.decode(), value.decode()) for name, value in SHIELD]
        super().sendHttpErrorResponse(code, reason, [*(responseHeaders or ()), *shield])

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802
        if backlog(self.transport) > SLOW_SOCKET:
            self.transport.abortConnection()
        else:
            super().serverSend(content, binary)

    def say_goodbye(self) -> None:
        """Close because the server stops; autobahn's own close allows no such code."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=self.CLOSE_STATUS_CODE_GOING_AWAY, isReply=False)

    def handle_exception(self, exception: BaseException) -> None:
        try:
            super().handle_exception(exception)
        except Exception:
            self.transport.abortConnection()

    def check_timeouts(self) -> None:
        try:
            super().check_timeouts()
        except Exception:
            self.transport.abortConnection()


class NamesOnly(logging.Filter):
    """Daphne writes an exception's message into its log line; a message may quote somebody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                type(part).__name__ if isinstance(part, BaseException) else part
                for part in record.args
            )
        return True


logging.getLogger("daphne.server").addFilter(NamesOnly())


class PortalFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = PortalRequest
        # Twisted refuses what is no HTTP at all by itself, in a bare line. It has no other place.
        channel = getattr(protocol, "_channel", protocol)
        channel._respondToBadRequestAndDisconnect = lambda: _not_understood(channel)
        return protocol


def _not_understood(channel: Any) -> None:
    channel.transport.write(NOT_UNDERSTOOD)
    channel.loseConnection()


class PortalSocketFactory(WebSocketFactory):
    protocol = PortalSocket

    def setProtocolOptions(self, **options: Any) -> None:  # noqa: N802
        # Say why (1009: too big) before hanging up, so that the page need not guess.
        super().setProtocolOptions(failByDrop=False, **options)
        for name in WebSocketProtocol.CONFIG_ATTRS:
            value = getattr(self, name)
            setattr(PortalSocket, name, staticmethod(value) if isfunction(value) else value)


class PortalServer(daphne_server.Server):
    """Daphne's server with our requests and sockets, and housekeeping that does not stop."""

    connections: dict[Any, dict[str, Any]]

    def run(self) -> None:
        # Daphne takes its factories from its module and has no other place to name them.
        daphne_server.HTTPFactory = PortalFactory
        daphne_server.WebSocketFactory = PortalSocketFactory
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, PortalSocket):
            scope["iswg.wire"] = Wire(protocol)
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if message.get("more_body"):
            await protocol.caught_up()

    def application_checker(self) -> None:
        self._whatever_happens(super().application_checker, self.application_checker, 1)

    def timeout_checker(self) -> None:
        self._whatever_happens(super().timeout_checker, self.timeout_checker, 2)

    @staticmethod
    def _whatever_happens(check: Any, again: Any, seconds: float) -> None:
        """Run one of Daphne's checks, which plan their next turn last, so only if nothing fails."""
        try:
            check()
        except Exception:
            logger.exception("A check of open connections failed and goes on")
            reactor.callLater(seconds, again)

    def kill_all_applications(self) -> Any:
        """Tell open pages that we go, then let every application end."""
        for protocol in self.connections:
            if isinstance(protocol, PortalSocket):
                protocol.say_goodbye()
        # A request that is still arriving has no application yet, which Daphne does not expect.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        host, number = self.listening_addresses[-1]
        shown = f"[{host}]" if ":" in host else host
        print(f"Listening on http://{shown}:{number}", flush=True)

    def listen_error(self, failure: Any) -> None:
        print(f"Cannot listen: {failure.getErrorMessage()}", file=sys.stderr)
        self.stop()
