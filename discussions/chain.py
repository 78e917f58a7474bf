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


def is_unbroken(rows: Sequence[Any], last_number: int, last_hash: bytes) -> bool:
    """Whether these rows follow one another; and, if they reach the end, end where the thread
    says it ends. `rows` are in the order of their numbers, any stretch of a thread."""
    for before, after in pairwise(rows):
        if after.number != before.number + 1 or bytes(after.prev) != bytes(before.hash):
            return False
    if not rows:
        return last_number == 0
    if rows[0].number == 1 and bytes(rows[0].prev) != START:
        return False
    if rows[-1].number == last_number:
        return bytes(rows[-1].hash) == bytes(last_hash)
    return rows[-1].number < last_number
