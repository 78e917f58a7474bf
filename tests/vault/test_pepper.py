"""The pepper is the outer layer, and is replaced with nobody present."""

import secrets

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from activity.models import JournalEntry
from tests.factories import PHRASE
from vault import pepper, slots
from vault.crypto.errors import CannotOpen
from vault.models import KeySlot
from vault.rotation import still_under_another


@pytest.fixture
def two(settings):
    """The next pepper is set, the former one kept beside it."""
    former = dict(settings.PEPPERS)
    settings.PEPPERS = {7: secrets.token_bytes(32), **former}
    return former


def only_new(settings):
    settings.PEPPERS = {7: settings.PEPPERS[7]}


def test_a_value_opens_under_its_label_and_pepper_only(settings):
    sealed = pepper.pepper_seal("seed", b"body")
    assert pepper.pepper_open("seed", sealed) == b"body"
    with pytest.raises(CannotOpen):
        pepper.pepper_open("other", sealed)
    settings.PEPPERS = {1: secrets.token_bytes(32)}
    with pytest.raises(CannotOpen):
        pepper.pepper_open("seed", sealed)


@pytest.mark.parametrize("sealed", ["", "AA==", "not base64", "é", "A" * 200])
def test_what_is_not_sealed_text_does_not_open(sealed):
    with pytest.raises(CannotOpen):
        pepper.pepper_open_text("seed", sealed)


def test_after_the_rotation_the_former_pepper_is_not_needed(world, two, settings):
    before = {slot.pk: bytes(slot.blob) for slot in KeySlot.objects.all()}
    call_command("rotate_pepper")
    assert still_under_another() == 0
    only_new(settings)
    for user in (world.fj, world.vu, world.oco):
        assert slots.open_passphrase(user, PHRASE) == world.roots[user.pk]
        assert slots.open_recovery(user, world.recovery_codes[user.pk])
    assert all(bytes(slot.blob) != before[slot.pk] for slot in KeySlot.objects.all())


def test_the_former_pepper_opens_nothing_after_the_rotation(world, two, settings):
    call_command("rotate_pepper")
    settings.PEPPERS = two
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


def test_without_the_rotation_both_are_needed(world, two, settings):
    assert slots.open_passphrase(world.fj, PHRASE)
    only_new(settings)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)


def test_second_factors_follow(world, two, settings):
    settings.PEPPERS = two
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        data = {name: get_adapter().encrypt("JBSWY3DPEHPK3PXP"), "used_mask": 5}
        Authenticator.objects.create(user=world.fj, type=kind, data=data)
    settings.PEPPERS = {7: secrets.token_bytes(32), **two}
    call_command("rotate_pepper")
    only_new(settings)
    for factor in Authenticator.objects.all():
        name = "secret" if factor.type == "totp" else "seed"
        assert get_adapter().decrypt(factor.data[name]) == "JBSWY3DPEHPK3PXP"
        assert factor.data["used_mask"] == 5


def test_running_it_again_changes_nothing(world, two):
    call_command("rotate_pepper")
    before = {slot.pk: bytes(slot.blob) for slot in KeySlot.objects.all()}
    call_command("rotate_pepper")
    assert before == {slot.pk: bytes(slot.blob) for slot in KeySlot.objects.all()}


def test_it_goes_on_where_it_was_cut_off(world, two):
    first = KeySlot.objects.order_by("pk").first()
    slots.renew_pepper(first.pk)
    assert still_under_another() == KeySlot.objects.count() - 1
    call_command("rotate_pepper")
    assert still_under_another() == 0


def test_a_missing_pepper_is_said_in_words(world, two, settings):
    only_new(settings)
    with pytest.raises(CommandError, match="Add the former pepper"):
        call_command("rotate_pepper")


def test_the_rotation_is_in_the_journal_under_the_commands_name(world, two):
    call_command("rotate_pepper")
    entry = JournalEntry.objects.get(event="vault.pepper_rotated")
    assert entry.user_id is None
    assert b'"command":"rotate_pepper"' in bytes(entry.entry)


def test_a_slot_relabelled_to_the_other_pepper_does_not_open(world, two):
    KeySlot.objects.update(pepper_id=7)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)
