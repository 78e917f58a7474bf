"""Numbers without gaps: each message carries the hash of the one before it.

A reader who has number 18 and its hash has, provably, all of 1 to 18 in that order and in the
words in which they were first sent: whoever takes one out, puts one in or changes the order
would have to forge every signature after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from vault.crypto.canonical import canonical
from vault.crypto.context import context

START = bytes(32)


def link(statement: Mapping[str, Any], signature: bytes) -> bytes:
    """The hash of a message: over its first statement (the hash before it within) and signature."""
    parts = canonical(dict(statement)), bytes(signature)
    return hashlib.sha256(context("iswg/v1/message chain", *parts)).digest()


def is_unbroken(rows: Sequence[Any], numbers: range, last_number: int, last_hash: bytes) -> bool:
    """Whether these rows are exactly those `numbers`, one following the other; and whether the
    first and the last of a thread are its beginning and the end that the thread knows."""
    if [row.number for row in rows] != list(numbers):
        return False
    if any(bytes(after.prev) != bytes(before.hash) for before, after in pairwise(rows)):
        return False
    if not rows:
        return True
    if rows[0].number == 1 and bytes(rows[0].prev) != START:
        return False
    return rows[-1].number != last_number or bytes(rows[-1].hash) == bytes(last_hash)
