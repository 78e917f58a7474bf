"""Bytes onto one WebSocket, straight to the system when nothing else waits for it.

The public `send()` of ASGI builds a frame for each socket and goes through four objects to the
same place; for the thousand sockets of one message that is most of the work. Here the frame is
built once, and written as the transport itself would have written it.

Python's own `socket.send` lets go of the interpreter's lock for each socket, and then waits up to
5 ms to have it back from whoever draws a page meanwhile: seconds for a message to five hundred.
The same call of the system takes 7 microseconds and never waits, so it is made without letting go.

It never decides who is shown what: whoever calls has judged this socket for this frame. And it
never insists: when anything about the connection is not as expected, it says no, and the frame
goes the public way. It knows Daphne's protocol by its attributes only, so nothing is imported.
"""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Callable, Iterable
from typing import Any

# A page may fall this far behind before its socket is cut; it comes back and asks from its number.
SLOW_SOCKET = 512 * 1024
TEXT = 0x81  # a whole text message in one frame, not masked (RFC 6455, 5.2)


def frame_of(text: str) -> bytes:
    """The frame that carries this text from the server."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((TEXT, size)) + payload
    if size < 65536:
        return bytes((TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((TEXT, 127)) + size.to_bytes(8, "big") + payload


def frames_of(texts: Iterable[str]) -> bytes:
    """Several frames, to be written at once."""
    return b"".join(map(frame_of, texts))


def backlog(transport: Any) -> int:
    """How many bytes Twisted still holds for this reader (0 if a transport does not tell)."""
    try:
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)
    except AttributeError:
        return 0


def _system_send() -> Callable[[int, bytes, int, int], int] | None:
    """`send` of the system, called with the interpreter's lock held; None where there is none."""
    try:
        send = ctypes.PyDLL(None).send
    except (AttributeError, OSError, TypeError):
        return None
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t
    return send


# Never wait, whatever the socket says; and no signal when the reader has gone.
AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0)
_send = _system_send() if getattr(socket, "MSG_DONTWAIT", 0) else None


def send_at_once(plain: socket.socket, frames: bytes) -> int:
    """How much of this the system takes now; 0 when it is full, or the reader has gone."""
    if _send is not None:
        return max(0, _send(plain.fileno(), frames, len(frames), AT_ONCE))
    try:
        return plain.send(frames)
    except OSError:
        return 0


class Wire:
    """The sending end of one open socket."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def put(self, frames: bytes) -> bool:
        """Write whole frames now; False if they must go the public way.

        What the system does not take at once is left to the transport, behind what it holds
        already, so that bytes keep their order whichever way they came.
        """
        protocol = self._protocol
        transport = protocol.transport
        try:
            plain = not protocol.send_queue and protocol._perMessageCompress is None
            if not plain or protocol.state != protocol.STATE_OPEN:
                return False
            if transport.disconnecting or not transport.connected:
                return False
            held = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
            if held:
                if held > SLOW_SOCKET:
                    transport.abortConnection()
                else:
                    transport.write(frames)
                return True
            sent = send_at_once(transport.socket, frames)
        except AttributeError:
            return False
        if sent < len(frames):  # full for the moment, or gone: the transport finds out which
            transport.write(frames[sent:])
        return True

    def waiting(self) -> int:
        """Bytes that this reader has not taken yet."""
        return backlog(self._protocol.transport)
