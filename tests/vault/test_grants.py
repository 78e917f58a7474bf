"""Whose grants are believed. Whoever holds a believed grant is handed the next key in passing,
so a ghost in the directory, or somebody who left, must not come to one by any signature."""

import pytest
from django.utils import timezone

from activity import chain
from activity.events import Event
from activity.models import JournalEntry, JournalHead
from activity.record import entry_facts, filed_under
from vault import colleagues, grants
from vault.believing import granted_keys
from vault.crypto.box import seal_to
from vault.crypto.derive import make_secret
from vault.directory import directory
from vault.epochs import rotate_epoch
from vault.grants import GRANT_LABEL, VOUCHER_LABEL
from vault.models import EpochGrant


@pytest.fixture
def ghost(world):
    """A false colleague of Fiji's, whom a rogue Secretariat entered in the directory."""
    return entered(world, "ghost")


def entered(world, name):
    user = world.newcomer("FJ", name=name)
    colleagues.enter_person(**world.act(world.oco), person=user, compared=world.words(user))
    return user


def epoch_keys(world, user):
    vault = world.vault(user)
    return next(iter(vault.epochs.values()))


def plant(world, signer, to, *, as_of=None, voucher=None, keys=None):
    """A grant row with a genuine signature of `signer`, put there by a hand in the database."""
    keys = keys or world.keys(signer)
    entry = directory().person(to.pk)
    row = EpochGrant(
        administration="FJ", epoch=directory().epoch("FJ").number, user=to, key_id=entry.key_id,
        granter=signer, granter_key=keys.public.key_id, as_of=as_of or directory().size,
    )  # fmt: skip
    row.box = seal_to(entry.public.box, grants.grant_place(row), make_secret())
    row.signature = keys.identity.sign(GRANT_LABEL, grants.grant_statement(row))
    if voucher is not None:
        row.voucher = voucher.signing.sign(VOUCHER_LABEL, grants.grant_statement(row))
    row.save(force_insert=True)
    return row


def write_in_the_journal(signer, to, epoch):
    """What a hand in the database can do: the next line of the chain, dated as it likes."""
    from access.actors import current_actor

    head = JournalHead.objects.get()
    now = timezone.now() - timezone.timedelta(days=1)
    detail = {"epoch": epoch, "key": directory().person(to.pk).key_id.hex()}
    place = f"accounts.user:{to.pk}"
    facts = entry_facts(current_actor(signer.pk), Event.KEY_GRANTED, place, detail, now)
    line = chain.append(head.seq + 1, bytes(head.hash), facts)
    JournalEntry.objects.create(
        seq=line.seq, prev=line.prev, entry=line.entry, hash=line.hash, **filed_under(facts)
    )
    JournalHead.objects.update(seq=line.seq, hash=line.hash)


def believed(user):
    view = directory()
    entry = view.person(user.pk)
    return entry is not None and entry.key_id in granted_keys(view, view.epoch("FJ"))


def is_handed_the_next(world, user):
    made = rotate_epoch(**world.act(world.fj))
    return EpochGrant.objects.filter(user=user, epoch=made.number).exists()


# Genuine ones ---------------------------------------------------------------------------------


def test_who_was_granted_by_somebody_who_holds_the_key_is_handed_the_next(world):
    other = world.colleague("FJ")
    assert believed(other)
    assert is_handed_the_next(world, other)


def test_so_is_who_was_granted_by_somebody_who_has_left_since(world):
    """A second coordinator, granted by the first, granted a colleague and left."""
    from access.roles import Role

    second = world.colleague("FJ", Role.COORDINATOR, name="second")
    third = world.newcomer("FJ", name="third")
    colleagues.welcome(**world.act(second), colleague=third, compared=world.words(third))
    colleagues.off_board(**world.act(world.oco), leaver=second)
    assert directory().is_behind("FJ")
    assert believed(third)
    assert is_handed_the_next(world, third)


def test_a_grant_of_before_there_were_vouchers_is_believed_of_who_holds_the_key(world):
    other = world.colleague("FJ")
    EpochGrant.objects.update(voucher=b"")
    assert believed(other)
    assert is_handed_the_next(world, other)


# Ghosts ---------------------------------------------------------------------------------------


def test_a_ghost_who_grants_herself_the_key_is_not_believed(world, ghost):
    plant(world, ghost, ghost)
    assert not believed(ghost)
    assert not is_handed_the_next(world, ghost)


def test_two_ghosts_who_grant_each_other_are_not_believed(world, ghost):
    other = entered(world, "otherghost")
    plant(world, ghost, other)
    plant(world, other, ghost)
    assert not believed(ghost)
    assert not believed(other)


def test_a_ghost_with_the_help_of_somebody_who_knows_the_key_is_not_believed(world, ghost):
    """The epoch behind: somebody left, still knows its secret, and vouches with it."""
    kept = epoch_keys(world, world.fj_contact)
    colleagues.off_board(**world.act(world.oco), leaver=world.fj_contact)
    plant(world, ghost, ghost, voucher=kept)
    assert not believed(ghost)
    assert not is_handed_the_next(world, ghost)


def test_a_ghost_who_was_revoked_vouches_for_no_other(world, ghost):
    """She granted another ghost before, and a hand wrote it in the journal in time."""
    other = entered(world, "otherghost")
    plant(world, ghost, other)
    write_in_the_journal(ghost, other, 1)
    colleagues.off_board(**world.act(world.oco), leaver=ghost)
    assert not believed(other)


# Leavers --------------------------------------------------------------------------------------


@pytest.fixture
def left(world, ghost):
    """Fiji's contact point left and kept every secret; the epoch is behind."""
    keys, kept, here = (
        world.keys(world.fj_contact),
        epoch_keys(world, world.fj_contact),
        directory().size,
    )
    colleagues.off_board(**world.act(world.oco), leaver=world.fj_contact)
    assert directory().is_behind("FJ")
    return {"keys": keys, "voucher": kept}, here


def test_a_grant_signed_after_the_leaving_is_not_believed(world, ghost, left):
    kept, _before = left
    plant(world, world.fj_contact, ghost, **kept)
    assert not believed(ghost)


def test_nor_is_one_dated_back_to_before_the_leaving(world, ghost, left):
    """Every signature is right. The journal knows of no such grant from before she left."""
    kept, before = left
    plant(world, world.fj_contact, ghost, as_of=before, **kept)
    assert not believed(ghost)
    assert not is_handed_the_next(world, ghost)


def test_nor_with_a_line_in_the_journal_that_was_written_afterwards(world, ghost, left):
    kept, before = left
    plant(world, world.fj_contact, ghost, as_of=before, **kept)
    write_in_the_journal(world.fj_contact, ghost, 1)
    assert not believed(ghost)
    assert not is_handed_the_next(world, ghost)


def test_one_made_in_truth_before_the_leaving_is_believed(world, ghost):
    """The success beside the refusals: the same rows, written by the service in time."""
    from access.roles import Role

    world.fj_contact.appointments.update(role=Role.COORDINATOR)
    colleagues.welcome(**world.act(world.fj_contact), colleague=ghost, compared=world.words(ghost))
    colleagues.off_board(**world.act(world.oco), leaver=world.fj_contact)
    assert believed(ghost)


def test_a_grant_says_at_what_length_of_the_directory_it_was_made(world):
    """A row whose length was changed by hand is no grant any more."""
    other = world.colleague("FJ")
    row = EpochGrant.objects.get(user=other)
    assert row.as_of == directory().size
    EpochGrant.objects.filter(pk=row.pk).update(as_of=row.as_of - 1)
    assert not believed(other)


def test_a_voucher_of_another_administration_is_none(world):
    other = world.colleague("FJ")
    row = EpochGrant.objects.get(user=other)
    foreign = epoch_keys(world, world.vu).signing
    row.voucher = foreign.sign(VOUCHER_LABEL, grants.grant_statement(row))
    row.save()
    assert not believed(other)
