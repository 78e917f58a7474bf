"""The arithmetic of the record: a chain of hashes, a tree over it, and signed checkpoints.

No database here and no clock; `tools/verify_journal.py` repeats these few lines with the
standard library, so that an administration can check its copy of the journal alone.

Each line is `hash = SHA-256(label | seq | prev | entry)`, so a line that is edited, taken out
or put in breaks the chain behind it. Whoever can write the database could compute a whole new
chain; so, at least daily, a *checkpoint* states the length, the newest hash and the Merkle root
(RFC 6962) and is signed with a key that the database does not hold. Checkpoints are mailed to
every administration: a journal that was rewritten or shortened disagrees with them.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vault.crypto.canonical import canonical
from vault.crypto.errors import CannotOpen
from vault.crypto.signing import SigningKey, VerifyKey

LINE = b"iswg/v1/journal line\n"
CHECKPOINT = "iswg/v1/journal checkpoint"
# What the first line points back to.
GENESIS = hashlib.sha256(b"iswg/v1/journal begins").digest()


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is stored. `entry` is None in a copy for somebody who may not read it."""

    seq: int
    prev: bytes
    entry: bytes | None
    hash: bytes


def entry_bytes(facts: dict[str, Any]) -> bytes:
    """The one spelling of an entry that is hashed and kept."""
    return canonical(facts)


def line_hash(seq: int, prev: bytes, entry: bytes) -> bytes:
    """Number and previous hash have fixed lengths, so nothing can slide from one to the next."""
    return hashlib.sha256(LINE + seq.to_bytes(8, "big") + prev + entry).digest()


def append(seq: int, prev: bytes, facts: dict[str, Any]) -> Line:
    """The line that comes after line `seq - 1`, whose hash is `prev`."""
    entry = entry_bytes(facts)
    return Line(seq, prev, entry, line_hash(seq, prev, entry))


class Tree:
    """The Merkle root of the hashes so far, keeping only one node per level."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[bytes] = []

    def add(self, line: bytes) -> None:
        self.size += 1
        node, position = hashlib.sha256(b"\0" + line).digest(), self.size
        while position % 2 == 0:
            node = _parent(self._nodes.pop(), node)
            position //= 2
        self._nodes.append(node)

    @property
    def root(self) -> bytes:
        if not self._nodes:
            return hashlib.sha256(b"").digest()
        root = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            root = _parent(left, root)
        return root


def _parent(left: bytes, right: bytes) -> bytes:
    # The leading byte keeps a leaf from being passed off as a node (RFC 6962, section 2.1).
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says: so many lines, this newest hash, this root, at this time."""

    size: int
    head: bytes
    root: bytes
    made_at: datetime.datetime

    def message(self) -> bytes:
        return canonical(
            {
                "size": self.size,
                "head": self.head,
                "root": self.root,
                "made_at": utc_text(self.made_at),
            }
        )


def utc_text(moment: datetime.datetime) -> str:
    """A moment to the second, always in UTC, always spelt alike."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(key: SigningKey, statement: Statement) -> bytes:
    return key.sign(CHECKPOINT, statement.message())


def is_signed(key: VerifyKey, statement: Statement, signature: bytes) -> bool:
    try:
        key.verify(CHECKPOINT, statement.message(), signature)
    except CannotOpen:
        return False
    return True


# What can be wrong with a journal. The words for people are in activity/words.py.
GAP = "gap"
BROKEN = "broken"
EDITED = "edited"
CUT = "cut"
REWRITTEN = "rewritten"
FORGED = "forged"
MISFILED = "misfiled"
LOST = "lost"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and at which line (or checkpoint)."""

    kind: str
    seq: int


@dataclass(slots=True)
class Report:
    """The result of a walk through the whole journal."""

    size: int = 0
    head: bytes = GENESIS
    root: bytes = b""
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify(
    lines: Iterable[Line],
    checkpoints: Iterable[tuple[Statement, bytes]],
    key: VerifyKey,
    *,
    most: int = 20,
) -> Report:
    """Walk the journal once, in constant memory, and say what is wrong with it.

    After a break the walk goes on from what the line itself claims, and only the first
    checkpoint that disagrees is named, so that one edit is not reported for every line behind.
    """
    report, tree = Report(), Tree()
    due = sorted(checkpoints, key=lambda pair: pair[0].size)
    faults = _checkpoint_faults(due, key)
    agreed = True
    waiting = iter(due)
    upcoming = next(waiting, None)
    for line in lines:
        faults += _line_faults(report, line)
        report.size, report.head = line.seq, line.hash
        tree.add(line.hash)
        while upcoming and upcoming[0].size <= line.seq:
            if agreed and not _agrees(upcoming[0], report, tree):
                faults.append(Fault(REWRITTEN, upcoming[0].size))
                agreed = False
            upcoming = next(waiting, None)
    if upcoming:
        faults.append(Fault(CUT, due[-1][0].size))
    report.root, report.checkpoints, report.faults = tree.root, len(due), faults[:most]
    return report


def _checkpoint_faults(pairs: list[tuple[Statement, bytes]], key: VerifyKey) -> list[Fault]:
    return [
        Fault(FORGED, statement.size)
        for statement, signature in pairs
        if not is_signed(key, statement, signature)
    ]


def _line_faults(report: Report, line: Line) -> Iterator[Fault]:
    if line.seq != report.size + 1:
        yield Fault(GAP, report.size + 1)
    elif line.prev != report.head:
        yield Fault(BROKEN, line.seq)
    if line.entry is not None and line_hash(line.seq, line.prev, line.entry) != line.hash:
        yield Fault(EDITED, line.seq)


def _agrees(statement: Statement, report: Report, tree: Tree) -> bool:
    """Whether the journal so far is the one that was signed. A gap before it is told apart."""
    return statement.size != report.size or (statement.head, statement.root) == (
        report.head,
        tree.root,
    )
