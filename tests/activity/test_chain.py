"""The arithmetic: golden values, and everything that somebody could do to the lines."""

import datetime
import hashlib
from dataclasses import replace

import pytest

from activity import chain
from vault.crypto.signing import SigningKey

KEY = SigningKey.derive(bytes(32))
STRANGER = SigningKey.derive(bytes(31) + b"\1")
NOON = datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.UTC)


def lines(count, *, salt=""):
    prev, made = chain.GENESIS, []
    for seq in range(1, count + 1):
        made.append(chain.append(seq, prev, {"event": "bulletins.opened", "n": seq, "salt": salt}))
        prev = made[-1].hash
    return made


def checkpoint(made, *, key=KEY):
    tree = chain.Tree()
    for line in made:
        tree.add(line.hash)
    statement = chain.Statement(len(made), made[-1].hash, tree.root, NOON)
    return statement, chain.sign(key, statement)


def found(made, *checkpoints):
    report = chain.verify(made, checkpoints, KEY.public)
    return [(fault.kind, fault.seq) for fault in report.faults]


def test_the_hash_of_a_line_never_changes_its_recipe():
    line = chain.append(1, chain.GENESIS, {"event": "bulletins.issued"})
    assert line.entry == b'{"event":"bulletins.issued"}'
    assert (
        line.hash.hex()
        == hashlib.sha256(
            b"iswg/v1/journal line\n"
            + bytes([0, 0, 0, 0, 0, 0, 0, 1])
            + hashlib.sha256(b"iswg/v1/journal begins").digest()
            + b'{"event":"bulletins.issued"}'
        ).hexdigest()
    )


def test_the_tree_gives_the_roots_of_the_published_examples():
    # Certificate Transparency's own test vectors for RFC 6962, the first eight inputs.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    tree = chain.Tree()
    assert tree.root == hashlib.sha256(b"").digest()
    for size, text in enumerate(inputs, start=1):
        tree.add(bytes.fromhex(text))
        assert tree.root.hex() == roots.get(size, tree.root.hex())


def test_a_journal_that_nobody_touched_is_whole():
    made = lines(20)
    assert found(made, checkpoint(made[:7]), checkpoint(made)) == []


def test_an_edited_line_is_named():
    made = lines(20)
    made[8] = replace(made[8], entry=made[8].entry.replace(b'"n":9', b'"n":8'))
    assert found(made, checkpoint(lines(20))) == [(chain.EDITED, 9)]


def test_an_edited_line_with_a_fresh_hash_breaks_the_chain_behind_it():
    made = lines(20)
    made[8] = chain.append(9, made[8].prev, {"event": "bulletins.opened", "n": 8})
    assert found(made, checkpoint(lines(20))) == [(chain.BROKEN, 10), (chain.REWRITTEN, 20)]


def test_a_deleted_line_is_named():
    made = lines(20)
    del made[8]
    assert found(made)[0] == (chain.GAP, 9)


def test_a_line_put_in_is_named():
    made = lines(20)
    made.insert(8, replace(made[8], entry=b"{}"))
    assert (chain.GAP, 10) in found(made)


def test_two_lines_that_changed_places_are_named():
    made = lines(20)
    made[8], made[9] = made[9], made[8]
    assert (chain.GAP, 9) in found(made)


def test_a_journal_that_was_cut_disagrees_with_its_checkpoint():
    made = lines(20)
    assert found(made[:15], checkpoint(made)) == [(chain.CUT, 20)]


def test_a_journal_that_was_wholly_rewritten_disagrees_with_its_checkpoints_once():
    made, other = lines(20), lines(20, salt="else")
    assert found(other) == []
    assert found(other, checkpoint(made[:10]), checkpoint(made)) == [(chain.REWRITTEN, 10)]


def test_a_checkpoint_signed_by_somebody_else_is_named():
    made = lines(20)
    assert found(made, checkpoint(made, key=STRANGER)) == [(chain.FORGED, 20)]


@pytest.mark.parametrize(
    "change",
    [{"size": 19}, {"head": bytes(32)}, {"root": bytes(32)}, {"made_at": NOON.replace(hour=13)}],
    ids=lambda change: next(iter(change)),
)
def test_every_figure_of_a_checkpoint_is_signed(change):
    statement, signature = checkpoint(lines(20))
    assert chain.is_signed(KEY.public, statement, signature)
    assert not chain.is_signed(KEY.public, replace(statement, **change), signature)


def test_lines_that_are_hidden_from_a_reader_still_hold_the_chain_together():
    made = lines(20)
    hidden = [replace(line, entry=None) if line.seq % 3 else line for line in made]
    assert found(hidden, checkpoint(made)) == []
    hidden[10] = replace(hidden[10], hash=bytes(32))
    assert found(hidden, checkpoint(made)) != []


def test_an_empty_journal_is_whole():
    assert found([]) == []
