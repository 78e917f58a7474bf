"""Who said this, and as what.

Ed25519 (RFC 8032) over `context("iswg/v1/signature", label, message)`. The label says what the
signature is *for* ("iswg/v1/manifest", "iswg/v1/directory entry"), with its length ahead of it: a
signature given for one purpose is none for another, even if the messages happen to be the same
bytes. Signing is deterministic, so there is no random number to get wrong.

Signatures are not post-quantum, and boxes are. That is deliberate: a box copied today can be
opened in twenty years, but a signature forged in twenty years does not deceive anybody today. When
that changes it is a new algorithm number.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.errors import CannotOpen

PUBLIC_LENGTH = 32
SIGNATURE_LENGTH = 64

# The y coordinates of the eight points of small order, and those that are not reduced. Under such
# a "key" a signature can be valid for any message at all, so its owner could deny or swap what she
# signed. They have no honest use. (The highest bit, the sign of x, is ignored in the comparison.)
SMALL_ORDER = frozenset(
    number.to_bytes(32, "little")
    for number in (
        0,
        1,
        2**255 - 20,  # p - 1
        2**255 - 19,  # p, which is 0 again
        2**255 - 18,  # p + 1, which is 1 again
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    )
)


class VerifyKey:
    """What others need to check a signature. Equal when the bytes are equal."""

    __slots__ = ("_key", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = bytes(raw)
        self._key = _public_from(self._raw)

    @classmethod
    def from_bytes(cls, raw: bytes) -> VerifyKey:
        """The key that these 32 bytes are; anything that cannot bind a signer is refused."""
        return cls(raw)

    def to_bytes(self) -> bytes:
        """32 bytes, as RFC 8032 writes them."""
        return self._raw

    def verify(self, label: str, message: bytes, signature: bytes) -> None:
        """Return if the holder of this key signed this message as this; else `CannotOpen`."""
        try:
            self._key.verify(bytes(signature), _signed(label, message))
        except InvalidSignature:
            raise CannotOpen from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and other._raw == self._raw

    def __hash__(self) -> int:
        return hash(self._raw)


class SigningKey:
    """What a signer needs. It is derived whenever it is needed and never stored."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = VerifyKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def derive(cls, secret: bytes) -> SigningKey:
        """The same key from the same secret, for ever."""
        return cls(derive(secret, "iswg/v1/signing/ed25519 seed"))

    def sign(self, label: str, message: bytes) -> bytes:
        """64 bytes that say: the holder of this key stated this message, as this."""
        return self._key.sign(_signed(label, message))


def _signed(label: str, message: bytes) -> bytes:
    return context("iswg/v1/signature", label, bytes(message))


def _public_from(raw: bytes) -> Ed25519PublicKey:
    if len(raw) != PUBLIC_LENGTH or raw[:31] + bytes([raw[31] & 0x7F]) in SMALL_ORDER:
        raise CannotOpen
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise CannotOpen from None
