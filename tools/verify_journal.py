#!/usr/bin/env python3
"""Checks a journal that was downloaded from the portal, without the portal.

    python3 verify_journal.py journal-FJ-2026-11-21.jsonl --key <64 hex digits>
        --checkpoint mail-of-1-july.eml --checkpoint mail-of-1-october.eml

It needs Python 3.9 or later and the package `cryptography` (for signatures), nothing else, and
no network. The file may hold the lines of one administration in full and those of the others as
hashes. Give the checkpoints that were mailed to you (the mails as files, or their text): they
are what the portal cannot take back. The key is on the portal's page of checkpoints and in the
minutes; if you leave it out, the one in the file is used, and the last line says so.

What is checked: lines follow each other without a gap; each line shown is what was hashed; each
hash continues the one before; every checkpoint is signed, and the journal is long enough for it
and has its head and its Merkle root.
"""

import argparse
import email
import email.policy
import hashlib
import json
import re
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("The package cryptography is missing. Install it with: pip install cryptography")

FORMAT = "iswg-journal/1"
GENESIS = hashlib.sha256(b"iswg/v1/journal begins").digest()
LINE = b"iswg/v1/journal line\n"


class Unreadable(Exception):
    """The file is not such an export, or is damaged as a file."""


# The chain -----------------------------------------------------------------------------------


def line_hash(seq, prev, entry):
    return hashlib.sha256(LINE + seq.to_bytes(8, "big") + prev + entry).digest()


class Tree:
    """The Merkle root of RFC 6962 over the hashes so far, one node a level."""

    def __init__(self):
        self.size, self.nodes = 0, []

    def add(self, line):
        self.size += 1
        node, position = hashlib.sha256(b"\0" + line).digest(), self.size
        while position % 2 == 0:
            node = hashlib.sha256(b"\1" + self.nodes.pop() + node).digest()
            position //= 2
        self.nodes.append(node)

    def root(self):
        if not self.nodes:
            return hashlib.sha256(b"").digest()
        root = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


# The signature: Ed25519 over typed, length-prefixed parts ---------------------------------------


def part(kind, value):
    return kind + len(value).to_bytes(4, "big") + value


def signed_bytes(checkpoint):
    facts = {name: checkpoint[name] for name in ("size", "head", "root", "made_at")}
    message = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    return (
        b"iswg/v1/context"
        + part(b"s", b"iswg/v1/signature")
        + part(b"s", b"iswg/v1/journal checkpoint")
        + part(b"b", message)
    )


def is_signed(checkpoint, key):
    try:
        signature = bytes.fromhex(checkpoint["signature"])
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_bytes(checkpoint))
    except (InvalidSignature, ValueError):
        return False
    return True


# Reading ---------------------------------------------------------------------------------------

CHECKPOINT = re.compile(
    r"size\s+(\d+)\s+made\s+(\S+)\s+head\s+([0-9a-f]{64})\s+root\s+([0-9a-f]{64})"
    r"\s+sign\s+([0-9a-f]{64})\s*([0-9a-f]{64})"
)


def mailed_checkpoints(path):
    """The checkpoints in a mail saved as a file, or in any text that quotes them."""
    with open(path, "rb") as file:
        raw = file.read()
    text = raw.decode("utf-8", "replace")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    body = mail.get_body(("plain",)) if mail.keys() else None
    if body is not None:
        text += "\n" + body.get_content()
    # A mail program may have put "> " ahead of each line.
    text = re.sub(r"^[>\s]+", "", text, flags=re.MULTILINE)
    found = {
        match: {
            "size": int(match[0]),
            "made_at": match[1],
            "head": match[2],
            "root": match[3],
            "signature": match[4] + match[5],
        }
        for match in CHECKPOINT.findall(text)
    }
    if not found:
        raise Unreadable(f"{path} holds no checkpoint.")
    return list(found.values())


def read_export(path):
    """The head of the file, its lines as (seq, hash, entry or None), and its checkpoints."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    if not rows or rows[0].get("format") != FORMAT:
        raise Unreadable(f"{path} is not an export of the journal ({FORMAT}).")
    lines, checkpoints = [], []
    for row in rows[1:]:
        if "seq" in row:
            lines.append((row["seq"], bytes.fromhex(row["hash"]), row["entry"].encode()))
        elif "from" in row:
            hashes = bytes.fromhex(row["hashes"])
            lines += [
                (row["from"] + i // 32, hashes[i : i + 32], None) for i in range(0, len(hashes), 32)
            ]
        elif "checkpoint" in row:
            checkpoints.append(row["checkpoint"])
    return rows[0], lines, checkpoints


# Judging ---------------------------------------------------------------------------------------


def chain_faults(lines, states):
    """What is wrong with the lines. Fills `states`: length -> (newest hash, root) there."""
    prev, expected, tree = GENESIS, 1, Tree()
    for seq, digest, entry in lines:
        if seq != expected:
            yield f"Line {expected} is missing: line {seq} comes in its place."
            return
        if entry is not None and line_hash(seq, prev, entry) != digest:
            yield (
                f"Line {seq} was changed after it was written, "
                "or does not continue the line before it."
            )
        tree.add(digest)
        prev, expected = digest, seq + 1
        if seq in states:
            states[seq] = (digest, tree.root())


def checkpoint_faults(checkpoint, source, state, size, key):
    name = f"The checkpoint of {checkpoint['size']} lines ({source}, {checkpoint['made_at']})"
    if not is_signed(checkpoint, key):
        yield f"{name} was not signed with the journal's key."
    elif checkpoint["size"] > size:
        yield f"{name} is longer than the journal of {size} lines: lines were cut off."
    elif state is not None and state != (
        bytes.fromhex(checkpoint["head"]),
        bytes.fromhex(checkpoint["root"]),
    ):
        yield f"{name} was made over other lines: the journal was rewritten."


def check(lines, checkpoints, claimed, key):
    """Every sentence of what is wrong; nothing if all is well."""
    states = {checkpoint["size"]: None for checkpoint, _source in checkpoints}
    yield from chain_faults(lines, states)
    if claimed != len(lines):
        yield f"The file says that it holds {claimed} lines, and holds {len(lines)}."
    for checkpoint, source in checkpoints:
        state = states[checkpoint["size"]]
        yield from checkpoint_faults(checkpoint, source, state, len(lines), key)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", help="the proof that was downloaded (.jsonl)")
    parser.add_argument("--key", help="the journal's public key, 64 hex digits, from the minutes")
    parser.add_argument(
        "--checkpoint", action="append", default=[], metavar="MAIL", help="a mailed checkpoint"
    )
    return parser.parse_args()


def main():
    options = arguments()
    try:
        head, lines, inside = read_export(options.file)
        checkpoints = [(checkpoint, "in the file") for checkpoint in inside]
        for path in options.checkpoint:
            checkpoints += [(checkpoint, path) for checkpoint in mailed_checkpoints(path)]
        key = bytes.fromhex(options.key or head["key"])
        faults = list(check(lines, checkpoints, head["size"], key))
    except (
        OSError,
        UnicodeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        Unreadable,
    ) as no:
        print(f"This cannot be read as an export of the journal. {no}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault, file=sys.stderr)
    shown = sum(entry is not None for _seq, _digest, entry in lines)
    print(f"{len(lines)} lines, {shown} of them shown in full, {len(checkpoints)} checkpoints.")
    print("The journal does NOT verify." if faults else "The journal is whole.")
    if not options.checkpoint:
        print("No mailed checkpoint was given: a complete rewrite could not be seen.")
    if not options.key:
        print("The key was taken from the file itself: compare it with the minutes.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
