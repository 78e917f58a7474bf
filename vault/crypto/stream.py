"""STREAM 03/01: a file, sealed in pieces as it arrives and opened in pieces as it is read.

    'OC' 03 01 | salt 28 | commitment 32 | chunk 0 | chunk 1 | ... | last chunk

    k | commitment = HKDF-SHA256(salt, key, 'OC' 03 01 | context, 64)
    chunk i        = AES-256-GCM(k, nonce = i in 11 bytes | last flag in 1, at most 64 KiB)

An envelope must be held whole before its first byte may be believed. A file of 50 MB must not, so
this is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar, CRYPTO 2015), as in `age`:
each chunk is believed on its own. **The nonce** is its place: a chunk moved, doubled or taken from
another file does not open. **The last flag** is in the nonce too: a file cut at a chunk's edge ends
with a chunk that was not sealed as the last. **Salt, commitment, context** do what they do in an
envelope; the key is fresh for each file, so counting from zero never repeats a nonce.

**Padding.** The end is filled with zeros up to a Padmé size (`padding.py`), inside the ciphertext,
by `seal_chunk` itself when it is told that a piece is the last. The true size is kept elsewhere,
sealed; whoever reads passes it as `size`. One of another size class does not fit the file and is
refused.

**What a caller must keep.** Between two requests nobody remembers anything: the header is stored,
index and last flag are given. Then it is the caller who must not seal *two different* pieces at one
index under one header, because that would be one nonce for two messages, the thing GCM does not
survive. A piece that was acknowledged is never sealed again. One that may have been (the reply was
lost, the process died) is compared with what lies on the disk, by `StreamSealer.holds`, which
only opens; if it differs, the file starts again under a new header.

**Accepted:** the padded size shows, and so does the progress of an upload.
"""

from __future__ import annotations

import hmac
import io
import secrets
from collections.abc import Callable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.crypto.derive import key_and_commitment
from vault.crypto.errors import CannotOpen
from vault.crypto.formats import STREAM
from vault.crypto.padding import padme

CHUNK = 65536
TAG = 16
SEALED_CHUNK = CHUNK + TAG
HEADER = 64
_SALT = slice(4, 32)
_COMMITMENT = slice(32, 64)


def chunk_count(size: int) -> int:
    """In how many pieces a file of this size is handed in. An empty file is one empty piece."""
    return max(1, -(-size // CHUNK))


def stored_chunk_count(size: int) -> int:
    """How many chunks then lie on the disk: the pieces, and what the padding adds behind them."""
    return chunk_count(padme(size))


def sealed_size(size: int) -> int:
    """How many bytes a file of this size takes on the disk: header, chunks, tags, padding."""
    return HEADER + padme(size) + TAG * stored_chunk_count(size)


class StreamSealer:
    """Seals the pieces of one file, in any number of requests, remembering nothing in between."""

    __slots__ = ("_aead", "_opener", "header")

    def __init__(self, key: bytes, context: bytes, header: bytes) -> None:
        self._opener = StreamOpener(key, context, header)  # refuses a header of something else
        self._aead = self._opener._aead
        self.header = bytes(header)

    @classmethod
    def start(cls, key: bytes, context: bytes) -> StreamSealer:
        """A new file. Keep `.header`: it is the first 64 bytes, and what `resume` needs."""
        return cls(key, context, _make_header(secrets.token_bytes(28), key, context))

    @classmethod
    def resume(cls, key: bytes, context: bytes, header: bytes) -> StreamSealer:
        """The same file in a later request."""
        return cls(key, context, header)

    def seal_chunk(self, index: int, last: bool, body: bytes) -> bytes:
        """What to write at `HEADER + index * SEALED_CHUNK` for this piece of the file.

        Every piece but the last is exactly `CHUNK` long. For the last one the answer also holds
        the padding, which may run over into further chunks.
        """
        if not last:
            if len(body) != CHUNK:
                raise ValueError("only the last piece of a file may be short")
            return self._seal(index, False, body)
        if len(body) > CHUNK or (index and not body):
            raise ValueError("a last piece has 1 to 65536 bytes, or none if it is the only one")
        return self._seal_end(index, body)

    def holds(self, index: int, last: bool, body: bytes, sealed: bytes) -> bool:
        """Is this what `seal_chunk` makes of this very piece? Seals nothing, see above."""
        if not last and len(body) != CHUNK:
            return False
        count = stored_chunk_count(index * CHUNK + len(body)) - index if last else 1
        pieces = [sealed[at : at + SEALED_CHUNK] for at in range(0, len(sealed), SEALED_CHUNK)]
        if len(pieces) != count:
            return False
        try:
            opened = b"".join(
                self._opener.open_chunk(index + n, last and n == count - 1, piece)
                for n, piece in enumerate(pieces)
            )
        except CannotOpen:
            return False
        return hmac.compare_digest(opened, body.ljust(len(opened), b"\0"))

    def _seal_end(self, index: int, body: bytes) -> bytes:
        rest = body.ljust(padme(index * CHUNK + len(body)) - index * CHUNK, b"\0")
        starts = range(0, len(rest), CHUNK)
        return b"".join(
            self._seal(index + n, n == len(starts) - 1, rest[at : at + CHUNK])
            for n, at in enumerate(starts)
        )

    def _seal(self, index: int, last: bool, body: bytes) -> bytes:
        return self._aead.encrypt(_nonce(index, last), body, None)


def _make_header(salt: bytes, key: bytes, context: bytes) -> bytes:
    """Apart from `start` only so that the golden vectors can be made again byte by byte."""
    return STREAM + salt + key_and_commitment(salt, key, STREAM + context)[1]


def _nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class StreamOpener:
    """Opens single chunks of one file, in any order.

    It vouches for each chunk and its place, not for the file being whole: `last` is what the
    caller believes, and has to come from the size. `SealedReader` and `verify_stream` do that.
    """

    __slots__ = ("_aead",)

    def __init__(self, key: bytes, context: bytes, header: bytes) -> None:
        header = bytes(header)  # a database may hand out a memoryview
        if len(header) != HEADER or not header.startswith(STREAM):
            raise CannotOpen
        once, commitment = key_and_commitment(header[_SALT], key, STREAM + context)
        if not hmac.compare_digest(commitment, header[_COMMITMENT]):
            raise CannotOpen
        self._aead = AESGCM(once)

    def open_chunk(self, index: int, last: bool, sealed: bytes | memoryview) -> bytes:
        """The plain chunk, with the padding if it has any."""
        # The lengths follow from the format; checked here, so that a writer which knows the key
        # cannot make a file that means different things to readers which count differently.
        if not (TAG < len(sealed) <= SEALED_CHUNK and (last or len(sealed) == SEALED_CHUNK)):
            raise CannotOpen
        try:
            return self._aead.decrypt(_nonce(index, last), sealed, None)
        except InvalidTag:
            raise CannotOpen from None

    def open_chunk_into(
        self, index: int, last: bool, sealed: memoryview, plain: memoryview
    ) -> None:
        """The same into memory that is there already; for whoever reads a whole file."""
        try:
            self._aead.decrypt_into(_nonce(index, last), sealed, None, plain)
        except (InvalidTag, ValueError):
            raise CannotOpen from None


def verify_stream(
    fileobj: BinaryIO,
    key: bytes,
    context: bytes,
    size: int,
    *,
    digest: Callable[[memoryview], object] | None = None,
) -> None:
    """Return if every byte of this sealed file is genuine; else `CannotOpen`.

    To be called before the first byte goes out: a reader who has been sent half a file cannot be
    told that the other half was damaged. Two buffers of 64 KiB serve for a file of any size.

    Genuine means: sealed by somebody who holds the key, and every reader holds it. `digest` (the
    `update` of a hash) is given the plain file on the way, for comparing with a signed sum.
    """
    opener, end, count = opener_for(fileobj, key, context, size), padme(size), last_of(size) + 1
    sealed, plain = memoryview(bytearray(SEALED_CHUNK)), memoryview(bytearray(CHUNK))
    for index in range(count):
        length = min(CHUNK, end - index * CHUNK)
        _read_exactly(fileobj, sealed[: length + TAG])
        opener.open_chunk_into(index, index == count - 1, sealed[: length + TAG], plain[:length])
        padding_from = max(0, size - index * CHUNK)
        if digest is not None:
            digest(plain[: min(length, padding_from)])
        if padding_from < length and bytes(plain[padding_from:length]).strip(b"\0"):
            raise CannotOpen


def last_of(size: int) -> int:
    return stored_chunk_count(size) - 1


def opener_for(fileobj: BinaryIO, key: bytes, context: bytes, size: int) -> StreamOpener:
    """The opener, after comparing the file's length with what `size` says; stands at chunk 0."""
    if fileobj.seek(0, io.SEEK_END) != sealed_size(size):
        raise CannotOpen
    fileobj.seek(0)
    return StreamOpener(key, context, fileobj.read(HEADER))


def opened_pieces(fileobj: BinaryIO, key: bytes, context: bytes, size: int) -> Iterator[bytes]:
    """The plain file from beginning to end, a chunk at a time and in constant memory.

    For what `verify_stream` has passed: damage still shows, but only when it is met.
    """
    opener, end, last = opener_for(fileobj, key, context, size), padme(size), last_of(size)
    sealed = memoryview(bytearray(SEALED_CHUNK))
    for index in range(chunk_count(size)):
        start = index * CHUNK
        chunk = sealed[: min(CHUNK, end - start) + TAG]
        _read_exactly(fileobj, chunk)
        plain = opener.open_chunk(index, index == last, chunk)
        yield plain if len(plain) <= size - start else plain[: size - start]


def _read_exactly(fileobj: BinaryIO, target: memoryview) -> None:
    """Straight into its place. Raw files may give less than was asked for."""
    while target:
        count = fileobj.readinto(target)  # type: ignore[attr-defined]  # every binary file has it
        if not count:
            raise CannotOpen
        target = target[count:]
