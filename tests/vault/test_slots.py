"""A person's root opens with her phrase or her code, and with nothing else."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.factories import PHRASE, sign_in
from vault import passphrases, slots
from vault.crypto.errors import CannotOpen
from vault.models import KeySlot, Remembered, SlotKind

NEW = "mangrove ferry ladder quiet saffron"


def slot(user, kind=SlotKind.PASSPHRASE):
    return KeySlot.objects.get(user=user, kind=kind)


def test_phrase_and_printed_code_open_the_same_root(world):
    code = world.recovery_codes[world.fj.pk]
    root = slots.open_passphrase(world.fj, PHRASE)
    assert root == world.roots[world.fj.pk]
    assert slots.open_recovery(world.fj, code.lower().replace("-", " ")) == root


@pytest.mark.parametrize("phrase", ["", " ", PHRASE.upper(), PHRASE + " ", PHRASE[:-1], "x" * 5000])
def test_another_phrase_opens_nothing(world, phrase):
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, phrase)


def test_another_persons_code_opens_nothing(world):
    with pytest.raises(CannotOpen):
        slots.open_recovery(world.fj, world.recovery_codes[world.vu.pk])


def test_nobody_has_a_slot_that_opens(world):
    with pytest.raises(CannotOpen):
        slots.open_passphrase(None, PHRASE)


def test_an_unknown_name_costs_the_same_work_as_a_known_one(world, monkeypatch):
    """The costly part is counted, not timed: one run each, at the same price."""
    runs = []
    real = slots.stretch_in_turn

    def counted(phrase, salt, cost):
        runs.append(cost)
        return real(phrase, salt, cost)

    monkeypatch.setattr(slots, "stretch_in_turn", counted)
    without_slot = world.newcomer("FJ")
    KeySlot.objects.filter(user=without_slot).delete()
    runs.clear()
    for person in (world.fj, without_slot, None):
        with pytest.raises(CannotOpen):
            slots.open_passphrase(person, "not the phrase at all")
    assert len(runs) == 3
    assert len(set(runs)) == 1


def test_an_unknown_name_asks_the_database_as_often(world, django_assert_num_queries):
    for person in (world.fj, None):
        with django_assert_num_queries(1), pytest.raises(CannotOpen):
            slots.open_passphrase(person, "not the phrase at all")


def test_two_people_with_one_phrase_have_slots_without_anything_in_common(world):
    one, other = bytes(slot(world.fj).blob), bytes(slot(world.vu).blob)
    assert not {one[i : i + 16] for i in range(4, len(one) - 16)} & {
        other[i : i + 16] for i in range(4, len(other) - 16)
    }


# A hand in the database -----------------------------------------------------------------------


def test_a_slot_moved_to_another_person_opens_nothing(world):
    row = slot(world.vu)
    KeySlot.objects.filter(user=world.fj, kind=SlotKind.PASSPHRASE).update(
        blob=row.blob, pepper_id=row.pepper_id, serial=row.serial
    )
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)
    assert slots.open_passphrase(world.vu, PHRASE)


def test_a_slot_relabelled_as_the_other_kind_opens_nothing(world):
    code_slot = slot(world.fj, SlotKind.RECOVERY)
    KeySlot.objects.filter(user=world.fj, kind=SlotKind.PASSPHRASE).update(blob=code_slot.blob)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


@pytest.mark.parametrize(
    "change",
    [{"passes": 2}, {"memory_kib": 128}, {"lanes": 2}, {"memory_kib": 2**31 - 1}, {"serial": 7}],
    ids=str,
)
def test_a_slot_whose_figures_were_edited_opens_nothing(world, change):
    KeySlot.objects.filter(user=world.fj).update(**change)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


def test_a_slot_put_back_after_a_change_of_phrase_opens_nothing(world):
    former = KeySlot.objects.filter(user=world.fj, kind=SlotKind.PASSPHRASE).values().get()
    passphrases.change_passphrase(actor=world.actor(world.fj), user=world.fj, old=PHRASE, new=NEW)
    assert slots.open_passphrase(world.fj, NEW) == world.roots[world.fj.pk]
    KeySlot.objects.filter(user=world.fj, kind=SlotKind.PASSPHRASE).delete()
    KeySlot.objects.create(**former)
    for phrase in (PHRASE, NEW):
        with pytest.raises(CannotOpen):
            slots.open_passphrase(world.fj, phrase)


def test_a_slot_put_back_under_the_new_number_opens_nothing(world):
    former = bytes(slot(world.fj).blob)
    passphrases.change_passphrase(actor=world.actor(world.fj), user=world.fj, old=PHRASE, new=NEW)
    KeySlot.objects.filter(user=world.fj, kind=SlotKind.PASSPHRASE).update(blob=former)
    for phrase in (PHRASE, NEW):
        with pytest.raises(CannotOpen):
            slots.open_passphrase(world.fj, phrase)


def test_slot_and_memory_of_another_together_open_nothing(world):
    """One phrase for both, so only the person in the context tells them apart."""
    theirs = slot(world.vu)
    memory = Remembered.objects.get(user=world.vu)
    KeySlot.objects.filter(pk=slot(world.fj).pk).update(blob=theirs.blob)
    Remembered.objects.filter(user=world.fj).update(blob=memory.blob)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


def test_without_the_memory_of_what_was_seen_no_slot_opens(world):
    """Else deleting that row would make every roll-back innocent."""
    Remembered.objects.filter(user=world.fj).delete()
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


@pytest.mark.parametrize("place", [0, 3, 10, 40, 70, -1])
def test_a_flipped_byte_in_a_slot_is_noticed(world, place):
    row = slot(world.fj)
    blob = bytearray(row.blob)
    blob[place] ^= 1
    KeySlot.objects.filter(pk=row.pk).update(blob=bytes(blob))
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


# Change, recover, begin again -----------------------------------------------------------------


def test_a_changed_phrase_keeps_the_keys_and_ends_the_sessions(world):
    before = world.fj.auth_epoch
    root = passphrases.change_passphrase(
        actor=world.actor(world.fj), user=world.fj, old=PHRASE, new=NEW
    )
    assert root == world.roots[world.fj.pk]
    assert world.fj.auth_epoch == before + 1
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


def test_a_phrase_is_changed_only_with_the_former_one(world):
    with pytest.raises(CannotOpen):
        passphrases.change_passphrase(
            actor=world.actor(world.fj), user=world.fj, old="something else", new=NEW
        )
    assert slots.open_passphrase(world.fj, PHRASE)


@pytest.mark.parametrize(("phrase", "reason"), [("short", "short"), ("a" * 20, "common")])
def test_a_phrase_that_would_be_guessed_is_refused(world, phrase, reason):
    with pytest.raises(passphrases.WeakPhrase) as refusal:
        passphrases.change_passphrase(
            actor=world.actor(world.fj), user=world.fj, old=PHRASE, new=phrase
        )
    assert refusal.value.reason == reason
    assert slots.open_passphrase(world.fj, PHRASE)


def test_nobody_changes_the_phrase_of_somebody_else(world):
    with pytest.raises(PermissionDenied):
        passphrases.change_passphrase(
            actor=world.actor(world.oco), user=world.fj, old=PHRASE, new=NEW
        )
    assert slots.open_passphrase(world.fj, PHRASE)


def test_a_printed_code_is_good_once(world):
    code = world.recovery_codes[world.fj.pk]
    again = passphrases.recover(
        actor=world.actor(world.fj), user=world.fj, code=code, passphrase=NEW
    )
    assert slots.open_passphrase(world.fj, NEW) == world.roots[world.fj.pk]
    with pytest.raises(CannotOpen):
        slots.open_recovery(world.fj, code)
    assert slots.open_recovery(world.fj, again.recovery_code)


def test_a_new_printed_code_replaces_the_former(world):
    code = passphrases.renew_recovery_code(
        actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE
    )
    assert slots.open_recovery(world.fj, code)
    with pytest.raises(CannotOpen):
        slots.open_recovery(world.fj, world.recovery_codes[world.fj.pk])


def test_a_slot_follows_when_the_price_of_a_guess_is_raised(world, settings):
    settings.ARGON_COST = replace(settings.ARGON_COST, passes=2)
    assert slots.open_passphrase(world.fj, PHRASE), "the former price is in the row"
    sign_in(Client(), world.fj)
    assert slot(world.fj).passes == 2
    assert slots.open_passphrase(world.fj, PHRASE)
    assert slot(world.vu).passes == 1


@pytest.mark.slow
def test_the_real_price_opens_too(world, settings):
    from vault.crypto.phrase import ArgonCost

    settings.ARGON_COST = ArgonCost()
    passphrases.change_passphrase(actor=world.actor(world.fj), user=world.fj, old=PHRASE, new=NEW)
    assert slot(world.fj).memory_kib == 65536
    assert slots.open_passphrase(world.fj, NEW)


def test_of_two_windows_with_one_printed_code_the_second_is_refused(world, monkeypatch):
    """Both have opened the slot; only then does the first one write."""
    code, quicker = world.recovery_codes[world.fj.pk], []
    actor, real = world.actor(world.fj), slots.open_recovery

    def overtaken(user, typed):
        root = real(user, typed)
        if not quicker:
            quicker.append(True)
            passphrases.recover(actor=actor, user=world.fj, code=code, passphrase=NEW)
        return root

    monkeypatch.setattr(slots, "open_recovery", overtaken)
    with pytest.raises(CannotOpen):
        passphrases.recover(actor=actor, user=world.fj, code=code, passphrase=PHRASE)
    assert slots.open_passphrase(world.fj, NEW)
