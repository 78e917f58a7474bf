"""Lengths that say little.

A ciphertext is as long as its plaintext, and a length is a fact: "Nil return." is shorter than the
description of a seizure. Everything is therefore lengthened to one of few sizes before sealing.

The sizes are those of Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files",
PETS 2019): a length keeps only as many leading bits as its exponent has, so that at most O(log log
n) bits of the length leak, at a cost of at most 12 % and falling as things get longer. Powers of
two would leak a little less and cost up to 100 %, which thin links do not bear.

Below a floor there is one size only. 64 bytes is the common floor; titles take 160, because
titles stand in lists where they can be compared with each other, and hardly any is longer.

Accepted: the size class still shows (about 50 kB is not about 5 MB). It is said so to members.
"""

from vault.crypto.errors import CannotOpen

FLOOR = 64
_PREFIX = 4  # the true length, big-endian, ahead of the body and inside the ciphertext


def padme(length: int, *, floor: int = FLOOR) -> int:
    """The smallest Padmé size that holds this many bytes and is not below the floor."""
    if length < 0 or floor < 1:
        raise ValueError("a length is not negative, and a floor is at least 1")
    at_least = max(length, floor)
    exponent = at_least.bit_length() - 1
    kept = exponent.bit_length()
    low_bits = (1 << max(0, exponent - kept)) - 1
    return (at_least + low_bits) & ~low_bits


def padded_length(length: int, *, floor: int = FLOOR) -> int:
    """How long `pad` makes a body of this length."""
    return padme(_PREFIX + length, floor=floor)


def pad(body: bytes, *, floor: int = FLOOR) -> bytes:
    """The body, its length ahead of it and zeros behind it."""
    if len(body) >= 1 << (8 * _PREFIX):
        raise ValueError("a body of 4 GiB or more belongs into a stream")
    framed = len(body).to_bytes(_PREFIX, "big") + body
    return framed.ljust(padme(len(framed), floor=floor), b"\0")


def unpad(padded: bytes) -> bytes:
    """The body again. Only ever called on what an envelope vouched for.

    Therefore there is no padding oracle to fear here; the strictness (zeros only, a Padmé size
    only) makes the padded form of a body unique per floor, so that a manifest which hashes one
    form cannot be shown another.
    """
    length, rest = int.from_bytes(padded[:_PREFIX], "big"), padded[_PREFIX:]
    well_formed = len(padded) >= _PREFIX and padme(len(padded), floor=1) == len(padded)
    if not well_formed or length > len(rest) or rest[length:].strip(b"\0"):
        raise CannotOpen
    return rest[:length]
