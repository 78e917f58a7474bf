"""Whose key is this? Nobody but those who may says so, and what was said stays said.

The attacker of this page can write every row. What she cannot write is a signature.
"""

import json

import pytest
from django.db import transaction

from tests.vault.forging import EVIL, accepted, epoch, epoch_key, forge, minutes_ago, refused, user
from vault.crypto.canonical import canonical
from vault.crypto.derive import make_secret
from vault.crypto.keys import EpochKeys, PersonKeys
from vault.directory import DirectoryBroken, directory
from vault.directory_lines import first_line
from vault.directory_rules import (
    line_hash,
)
from vault.models import DirectoryEntry


def test_the_directory_is_read_from_the_pin(world):
    view = accepted()
    assert view.size == DirectoryEntry.objects.count()
    assert {entry.user_id for entry in view.people("FJ")} == {world.fj.pk, world.fj_contact.pk}
    assert view.epoch("FJ").number == 1
    assert view.person(world.fj.pk).public == world.keys(world.fj).public


@pytest.mark.parametrize("pin", ["", "00" * 32, "not a pin"])
def test_without_the_right_pin_it_is_not_believed(world, settings, pin, data_dir):
    settings.DIRECTORY_PIN = pin
    refused()


def test_an_empty_directory_with_a_pin_is_not_believed(world):
    DirectoryEntry.objects.all().delete()
    refused()


# Joining --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signer", "code", "may"),
    [
        ("fj", "FJ", True),
        ("fj_contact", "FJ", True),
        ("oco", "FJ", True),
        ("oco", "OCO", True),
        ("vu", "FJ", False),
        ("fj", "OCO", False),
        ("fj", "VU", False),
    ],
)
def test_a_colleague_or_the_secretariat_vouches(world, signer, code, may):
    forge(world.keys(getattr(world, signer)), "user", **user(code))
    if may:
        assert accepted().person(9999).administration == code
    else:
        refused()


def test_a_stranger_vouches_for_nobody(world):
    forge(EVIL, "user", **user("FJ"))
    refused()


def test_a_signature_of_somebody_else_under_a_members_name_is_refused(world):
    """Signed with the forger's key, said to be by Fiji's coordinator."""
    keys = PersonKeys.derive(make_secret())
    keys.public = world.keys(world.fj).public
    forge(keys, "user", **user("FJ"))
    refused()


def test_a_person_has_one_key_at_a_time(world):
    forge(world.keys(world.fj), "user", **user("FJ", user_id=world.fj_contact.pk))
    refused()


def test_a_key_stands_for_one_person_only(world):
    taken = world.keys(world.fj_contact)
    forge(world.keys(world.fj), "user", **user("FJ", taken))
    refused()


def test_a_revoked_key_is_never_entered_again(world):
    keys = world.keys(world.fj)
    gone = world.keys(world.fj_contact)
    forge(keys, "revoke", key=gone.public.key_id)
    assert accepted().person(world.fj_contact.pk) is None
    forge(keys, "user", **user("FJ", gone, world.fj_contact.pk))
    refused()


def test_a_false_colleague_is_there_for_all_to_see(world):
    """The Secretariat can vouch for a ghost: it is listed, and holds nothing."""
    forge(world.keys(world.oco), "user", **user("FJ"))
    assert 9999 in {entry.user_id for entry in accepted().people("FJ")}


# Leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signer", "may"), [("fj_contact", True), ("oco", True), ("vu", False), ("pw", False)]
)
def test_a_colleague_or_the_secretariat_revokes(world, signer, may):
    forge(world.keys(getattr(world, signer)), "revoke", key=world.keys(world.fj).public.key_id)
    if may:
        view = accepted()
        assert view.person(world.fj.pk) is None
        assert view.history(world.fj.pk)[0].revoked
    else:
        refused()


@pytest.mark.parametrize("kind", ["user", "epoch", "revoke", "client"])
def test_who_is_revoked_signs_nothing_any_more(world, kind):
    ex, keys = world.keys(world.fj_contact), world.keys(world.fj)
    facts = {
        "user": user("FJ"),
        "epoch": epoch(ex, "FJ", 2, former=epoch_key(world, "FJ")),
        "revoke": {"key": keys.public.key_id},
        "client": {"client": "c", "administration": "FJ", "public": EVIL.box.public.to_bytes()},
    }[kind]
    with transaction.atomic():
        before = transaction.savepoint()
        forge(ex, kind, **facts)
        accepted()
        transaction.savepoint_rollback(before)
    forge(keys, "revoke", key=ex.public.key_id)
    accepted()
    forge(ex, kind, **facts)
    refused()


def test_nobody_is_revoked_twice(world):
    gone = world.keys(world.fj_contact).public.key_id
    forge(world.keys(world.fj), "revoke", key=gone)
    forge(world.keys(world.fj), "revoke", key=gone)
    refused()


# The chain ------------------------------------------------------------------------------------


def test_any_other_kind_of_line_is_refused(world):
    forge(world.keys(world.oco), "note", text="hello")
    refused()


def test_a_line_never_steps_back_in_time(world):
    forge(world.keys(world.fj), "user", at=minutes_ago(60 * 24 * 365), **user("FJ"))
    refused()


@pytest.mark.parametrize("missing", ["user", "administration", "public"])
def test_a_line_with_something_missing_is_refused(world, missing):
    facts = user("FJ")
    del facts[missing]
    forge(world.keys(world.fj), "user", **facts)
    refused()


def test_every_single_line_edited_is_noticed(world):
    for row in DirectoryEntry.objects.all():
        for name in ("body", "signature", "hash", "prev"):
            good = bytes(getattr(row, name))
            bad = bytes([good[0] ^ 1]) + good[1:]
            DirectoryEntry.objects.filter(pk=row.pk).update(**{name: bad})
            refused()
            DirectoryEntry.objects.filter(pk=row.pk).update(**{name: good})
    accepted()


def test_an_edited_line_with_a_mended_chain_is_noticed(world):
    """An epoch's public key exchanged, and every hash after it computed again."""
    rows = list(DirectoryEntry.objects.order_by("seq"))
    target = next(row for row in rows if b'"kind":"epoch"' in bytes(row.body))
    facts = json.loads(bytes(target.body))
    facts["public"] = EpochKeys.derive(make_secret()).public.to_bytes().hex()
    prev = bytes(target.prev)
    for row in rows[target.seq :]:
        said = facts if row is target else json.loads(bytes(row.body))
        body = canonical({**said, "prev": prev})
        digest = line_hash(body, bytes(row.signature))
        DirectoryEntry.objects.filter(pk=row.pk).update(prev=prev, body=body, hash=digest)
        prev = digest
    refused()


@pytest.mark.parametrize("act", ["middle deleted", "two exchanged", "one twice"])
def test_lines_deleted_exchanged_or_repeated_are_noticed(world, act):
    rows = list(DirectoryEntry.objects.order_by("seq"))
    if act == "middle deleted":
        rows[3].delete()
    elif act == "two exchanged":
        _write(rows[3].seq, rows[4])
        _write(rows[4].seq, rows[3])
    else:
        DirectoryEntry.objects.create(
            seq=len(rows),
            prev=rows[-1].prev,
            body=rows[-1].body,
            signature=rows[-1].signature,
            hash=rows[-1].hash,
        )
    refused()


def _write(seq, row):
    names = ("prev", "body", "signature", "hash")
    DirectoryEntry.objects.filter(seq=seq).update(**{name: getattr(row, name) for name in names})


def test_another_first_line_is_refused_however_well_signed(world):
    """A whole directory of the attacker's own."""
    DirectoryEntry.objects.all().delete()
    with transaction.atomic():
        first_line(1, "OCO", EVIL)
    refused()


def test_the_first_line_is_a_secretariat_officers(world, data_dir):
    DirectoryEntry.objects.all().delete()
    with pytest.raises(DirectoryBroken), transaction.atomic():
        first_line(1, "FJ", EVIL)
    assert first_line(1, "OCO", EVIL)


def test_a_process_that_verified_it_goes_on_with_what_it_verified(world):
    """Between two readings a hand exchanges a key: the false one is never used."""
    genuine = directory().epoch("FJ").public
    row = next(r for r in DirectoryEntry.objects.all() if b'"kind":"epoch"' in bytes(r.body))
    DirectoryEntry.objects.filter(pk=row.pk).update(body=b"{}")
    assert directory().epoch("FJ").public == genuine
    refused()


def test_reading_again_costs_one_small_query(world, django_assert_num_queries):
    directory()
    with django_assert_num_queries(1):
        directory()


def test_only_what_was_added_is_read_again(world, django_assert_num_queries):
    directory()
    forge(world.keys(world.fj), "user", **user("FJ"))
    with django_assert_num_queries(3):
        assert directory().person(9999)
