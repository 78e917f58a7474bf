"""What a sealed thing is, and where it belongs, in bytes that can be read in only one way.

Every operation of this package takes a `context`: purpose, object type, UUID, field, revision,
administration, epoch, key id, whatever makes the place unique. The context is not stored with the
ciphertext; whoever opens must know it from the row in hand. So a title copied into the field of
the text, a wrapped key copied to another administration's row, or revision 1 put back in the
place of revision 2 does not open, although key and ciphertext are both genuine.

For that, two different lists of parts must never give the same bytes. Joining with a separator
would not do ("a", "b|c" and "a|b", "c"). Each part is written as type, length, value: reading
from the left there is no choice anywhere, so the encoding is injective. `1`, `"1"` and `b"1"` are
three different parts.
"""

from uuid import UUID

Part = int | str | bytes | UUID

_VERSION = b"iswg/v1/context"


def context(purpose: str, *parts: Part) -> bytes:
    """The bytes that stand for exactly this purpose and exactly these parts."""
    written = [_VERSION]
    for part in (purpose, *parts):
        kind, value = _encode(part)
        written += (kind, len(value).to_bytes(4, "big"), value)
    return b"".join(written)


def _encode(part: Part) -> tuple[bytes, bytes]:
    # A bool is an int to Python. Whoever passes one meant something else, so it is refused
    # rather than being the same as 0 or 1; None is refused for the same reason.
    if isinstance(part, str):
        return b"s", part.encode()
    if isinstance(part, bytes):
        return b"b", part
    if isinstance(part, bool):
        raise TypeError("a context has no truth values")
    if isinstance(part, int):
        return b"i", _eight_bytes(part)
    if isinstance(part, UUID):
        return b"u", part.bytes
    raise TypeError("a context is made of int, str, bytes and UUID")


def _eight_bytes(number: int) -> bytes:
    if not 0 <= number < 2**64:
        raise ValueError("a number in a context is between 0 and 2**64")
    return number.to_bytes(8, "big")
