"""Epochs in the directory: who makes one, who vouches for it, and what a break is."""

import pytest
from django.db import transaction

from tests.vault.forging import (
    EVIL,
    accepted,
    epoch,
    epoch_key,
    forge,
    minutes_ago,
    refused,
    user,
)
from vault.crypto.derive import make_secret
from vault.crypto.keys import EpochKeys
from vault.directory import directory
from vault.directory_rules import NEXT_LABEL, epoch_statement

# Epochs ---------------------------------------------------------------------------------------


def test_the_former_epoch_vouches_for_the_next(world):
    fj = world.keys(world.fj)
    forge(fj, "epoch", **epoch(fj, "FJ", 2, former=epoch_key(world, "FJ")))
    assert accepted().epoch("FJ").number == 2
    assert not accepted().epoch("FJ").broken


def test_an_epoch_without_its_predecessors_word_is_refused(world):
    fj = world.keys(world.fj)
    forge(fj, "epoch", **epoch(fj, "FJ", 2))
    refused()


def test_another_administrations_epoch_does_not_vouch(world):
    fj = world.keys(world.fj)
    forge(fj, "epoch", **epoch(fj, "FJ", 2, former=epoch_key(world, "VU")))
    refused()


@pytest.mark.parametrize("signer", ["vu", "oco"])
def test_nobody_makes_an_epoch_for_another_administration(world, signer):
    keys = world.keys(getattr(world, signer))
    forge(keys, "epoch", **epoch(keys, "FJ", 2, former=epoch_key(world, "FJ")))
    refused()


@pytest.mark.parametrize("number", [0, 1, 3, -1, True, "2"])
def test_epochs_are_numbered_without_a_gap(world, number):
    fj = world.keys(world.fj)
    forge(fj, "epoch", **epoch(fj, "FJ", number, former=epoch_key(world, "FJ")))
    refused()


@pytest.mark.parametrize("code", ["FJ", "VU"])
def test_anepoch_key_is_used_once(world, code):
    """Fiji's next epoch with a key that is known already: its own former one, or Vanuatu's."""
    fj = world.keys(world.fj)
    facts = epoch(fj, "FJ", 2)
    facts["public"] = directory().epoch(code).public.to_bytes()
    facts["voucher"] = epoch_key(world, "FJ").sign(NEXT_LABEL, epoch_statement(facts))
    forge(fj, "epoch", **facts)
    refused()


def test_a_word_given_for_one_epoch_does_not_serve_another_key(world):
    """The former epoch vouched for one public key; the line carries another."""
    fj = world.keys(world.fj)
    facts = epoch(fj, "FJ", 2, former=epoch_key(world, "FJ"))
    facts["public"] = EpochKeys.derive(make_secret()).public.to_bytes()
    forge(fj, "epoch", **facts)
    refused()


def test_the_first_epoch_of_a_new_administration_is_not_a_break(world):
    forge(world.keys(world.oco), "user", **user("TO"))
    forge(EVIL, "epoch", **epoch(EVIL, "TO", 1))
    made = accepted().epoch("TO")
    assert not made.broken
    assert accepted().sealable_epoch("TO") == made


def test_a_first_epoch_carries_nobodys_word(world):
    """A witness under it would make a break of what is none, and mark it for ever."""
    forge(world.keys(world.oco), "user", **user("TO"))
    third = world.keys(world.vu)
    forge(EVIL, "epoch", **epoch(EVIL, "TO", 1, witness=third, witnessed_at=minutes_ago(1)))
    refused()


@pytest.mark.parametrize(
    ("witness", "may"),
    [("vu", True), ("pw_contact", True), ("fj_contact", False), ("oco", False)],
)
def test_a_break_needs_a_witness_of_a_third_administration(world, witness, may):
    fj, third = world.keys(world.fj), world.keys(getattr(world, witness))
    forge(fj, "epoch", **epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(1)))
    if may:
        assert accepted().epoch("FJ").broken
    else:
        refused()


def test_a_revoked_witness_is_none(world):
    fj, third = world.keys(world.fj), world.keys(world.vu)
    forge(world.keys(world.vu_contact), "revoke", key=third.public.key_id)
    forge(fj, "epoch", **epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(1)))
    refused()


def test_a_rogue_officer_and_a_ghost_cannot_take_an_administrations_mail(world):
    """The Secretariat enters a ghost for Fiji, who tries to make Fiji's next epoch."""
    oco = world.keys(world.oco)
    forge(oco, "user", **user("FJ"))
    accepted()
    for how in ({}, {"witness": oco}, {"witness": EVIL}):
        with transaction.atomic():
            before = transaction.savepoint()
            forge(EVIL, "epoch", **epoch(EVIL, "FJ", 2, witnessed_at=minutes_ago(1), **how))
            refused()
            transaction.savepoint_rollback(before)
    third = world.keys(world.vu)
    forge(EVIL, "epoch", **epoch(EVIL, "FJ", 2, witness=third, witnessed_at=minutes_ago(1)))
    made = accepted().epoch("FJ")
    assert made.broken, "it takes a second administration, and it is marked for ever"
    assert accepted().sealable_epoch("FJ") is None, "and nothing is sealed to it for 72 hours"


def test_after_a_break_sealing_waits_72_hours_from_the_witness(world):
    fj, third = world.keys(world.fj), world.keys(world.vu)
    day = 24 * 60
    facts = epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(3 * day - 5))
    forge(fj, "epoch", **facts)
    made = accepted().epoch("FJ")
    assert accepted().sealable_epoch("FJ") is None
    assert accepted().sealable_epoch("FJ", confirmed=frozenset({made.key_id})) == made


def test_maker_and_witness_together_cannot_let_the_72_hours_pass_beforehand(world):
    """Both write an old time. The server entered the line today, and counts from there."""
    fj, third = world.keys(world.fj), world.keys(world.vu)
    facts = epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(72 * 60 + 1))
    forge(fj, "epoch", **facts)
    assert accepted().epoch("FJ").number == 2
    assert accepted().sealable_epoch("FJ") is None


def test_the_time_of_the_witness_cannot_be_edited(world):
    fj, third = world.keys(world.fj), world.keys(world.vu)
    facts = epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(1))
    forge(fj, "epoch", **{**facts, "witnessed_at": minutes_ago(80 * 60)})
    refused()


def test_a_witness_of_tomorrow_is_refused(world):
    fj, third = world.keys(world.fj), world.keys(world.vu)
    facts = epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(-60 * 24))
    forge(fj, "epoch", **facts)
    refused()


# Machines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("signer", "may"), [("fj", True), ("vu", False), ("oco", False)])
def test_a_machine_is_vouched_for_by_its_own_administration(world, signer, may):
    facts = {"client": "c-1", "administration": "FJ", "public": EVIL.box.public.to_bytes()}
    forge(world.keys(getattr(world, signer)), "client", **facts)
    if not may:
        refused()
        return
    key_id = EVIL.box.public.key_id
    assert accepted().client(key_id).administration == "FJ"
    forge(world.keys(world.fj), "revoke", key=key_id)
    assert accepted().client(key_id) is None
