"""An administration's key: who is granted it, who opens what, and what a hand cannot change."""

import datetime
from dataclasses import replace

import pytest

from access.policy import Refused
from access.roles import Role
from activity.models import JournalEntry, LiveEvent
from tests.factories import PHRASE, person
from vault import colleagues, epochs, grants, passphrases
from vault.colleagues import FingerprintChanged
from vault.crypto.box import seal_to
from vault.crypto.derive import make_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.directory import directory
from vault.epochs import key_holders, make_first_epoch, rotate_epoch
from vault.grants import GRANT_LABEL
from vault.models import EpochGrant, EpochLink, KeyClaim, Remembered, VaultSession


def grant_of(user):
    return EpochGrant.objects.get(user=user)


# Opening --------------------------------------------------------------------------------------


def test_colleagues_open_the_same_key_and_others_another(world):
    one, two = world.vault(world.fj), world.vault(world.fj_contact)
    assert set(one.epochs) == set(two.epochs)
    assert not set(one.epochs) & set(world.vault(world.vu).epochs)
    key_id = directory().epoch("FJ").key_id
    assert one.holds(key_id)
    assert one.wrap_key(key_id) == two.wrap_key(key_id)
    assert not world.vault(world.vu).holds(key_id)


def test_a_vault_gives_no_key_that_it_does_not_hold(world):
    vault, foreign = world.vault(world.fj), directory().epoch("VU").key_id
    for ask in (vault.wrap_key, vault.box_key, vault.epoch_number):
        with pytest.raises(CannotOpen):
            ask(foreign)


def test_the_secretariat_holds_no_key_of_anybody_else(world):
    vault = world.vault(world.oco)
    assert len(vault.epochs) == 1
    assert not any(vault.holds(directory().epoch(code).key_id) for code in ("FJ", "VU", "PW"))


def test_what_is_for_a_person_alone_is_not_for_her_colleague(world):
    one, two = world.vault(world.fj), world.vault(world.fj_contact)
    assert one.personal_id != two.personal_id
    assert one.holds(one.personal_id)
    assert not two.holds(one.personal_id)
    assert one.wrap_key(one.personal_id) != two.wrap_key(two.personal_id)
    assert one.box_key(one.personal_id).public == directory().person(world.fj.pk).public.personal


def test_without_a_grant_only_what_is_ones_own_opens(world):
    newcomer = world.newcomer("FJ")
    vault = world.vault(newcomer)
    assert not vault.is_granted
    assert vault.key_ids == (vault.personal_id,)


# A hand in the database -----------------------------------------------------------------------


def test_a_grant_of_another_person_opens_nothing(world):
    mine, other = grant_of(world.fj), grant_of(world.fj_contact)
    box, signature = bytes(other.box), bytes(other.signature)
    EpochGrant.objects.filter(pk=mine.pk).update(box=box, signature=signature)
    with pytest.raises(CannotOpen):
        world.vault(world.fj)
    assert world.vault(world.fj_contact).is_granted


def test_a_grant_of_another_administration_opens_nothing(world):
    mine, other = grant_of(world.fj), grant_of(world.vu)
    other.delete()
    EpochGrant.objects.filter(pk=mine.pk).update(
        box=other.box, signature=other.signature, granter=world.vu, granter_key=other.granter_key
    )
    with pytest.raises(CannotOpen):
        world.vault(world.fj)


CHANGES = {
    "granter": lambda w: {"granter": w.oco},
    "granter's key": lambda w: {"granter_key": w.keys(w.vu).public.key_id},
    "both": lambda w: {"granter": w.vu, "granter_key": w.keys(w.vu).public.key_id},
    "length of the directory": lambda w: {"as_of": 3},
    "a length to come": lambda w: {"as_of": 10_000},
    "number": lambda w: {"epoch": 2},
    "signature": lambda w: {"signature": b"\x00" * 64},
    "box": lambda w: {"box": b"\x00" * 1200},
    "empty box": lambda w: {"box": b""},
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_edited_grant_opens_nothing(world, change):
    EpochGrant.objects.filter(user=world.fj_contact).update(**CHANGES[change](world))
    with pytest.raises(CannotOpen):
        world.vault(world.fj_contact)
    assert world.vault(world.fj).is_granted


def _signed(keys, grant, box):
    """A grant row with a genuine signature of `keys`."""
    grant.granter_key, grant.box = keys.public.key_id, box
    grant.signature = keys.identity.sign(GRANT_LABEL, grants.grant_statement(grant))
    grant.save()


def test_a_false_secret_in_a_genuine_grant_is_met_by_the_directory(world):
    """A colleague, rogue, hands over a key of her own instead of Fiji's."""
    grant, keys = grant_of(world.fj_contact), world.keys(world.fj)
    grant.granter_key = keys.public.key_id
    public = directory().person(world.fj_contact.pk).public.box
    _signed(keys, grant, seal_to(public, grants.grant_place(grant), make_secret()))
    with pytest.raises(CannotOpen):
        world.vault(world.fj_contact)


def test_a_grant_as_of_a_directory_to_come_is_none(world):
    grant, keys = grant_of(world.fj_contact), world.keys(world.fj)
    grant.as_of = directory().size + 1
    _signed(keys, grant, bytes(grant.box))
    with pytest.raises(CannotOpen):
        world.vault(world.fj_contact)


def test_the_secretariat_cannot_grant_what_is_fijis(world):
    """Even with the right secret in it, a grant by somebody of another administration is none."""
    secret = next(iter(world.vault(world.fj).epochs.values())).secret
    grant, keys = grant_of(world.fj_contact), world.keys(world.oco)
    grant.granter, grant.granter_key = world.oco, keys.public.key_id
    public = directory().person(world.fj_contact.pk).public.box
    _signed(keys, grant, seal_to(public, grants.grant_place(grant), secret))
    with pytest.raises(CannotOpen):
        world.vault(world.fj_contact)


def test_a_newer_grant_put_back_to_an_older_one_is_noticed_by_who_opened_the_newer(world):
    former = EpochGrant.objects.filter(user=world.fj_contact).values().get()
    rotate_epoch(**world.act(world.fj))
    assert world.vault(world.fj_contact).newest == 2
    EpochGrant.objects.filter(user=world.fj_contact).delete()
    EpochGrant.objects.create(**former)
    with pytest.raises(CannotOpen):
        world.vault(world.fj_contact)


def test_a_link_of_another_administration_or_a_damaged_one_opens_no_older_epoch(world):
    for code in ("FJ", "VU"):
        rotate_epoch(**world.act(person(code, "coordinator")))
    assert len(world.vault(world.fj).epochs) == 2
    foreign = EpochLink.objects.get(administration="VU").blob
    EpochLink.objects.filter(administration="FJ").update(blob=foreign)
    vault = world.vault(world.fj)
    assert vault.newest == 2
    assert len(vault.epochs) == 1, "the newest opens; the page of an older thing says so"


# First key, rotation --------------------------------------------------------------------------


def _tonga(world):
    from accounts.models import Administration, AdministrationKind

    Administration.objects.create(
        code="TO", kind=AdministrationKind.MEMBER, name="Tonga", name_fr="Tonga"
    )
    return world.newcomer("TO", Role.COORDINATOR)


def test_the_first_officer_is_entered_by_the_secretariat_and_makes_the_first_key(world):
    officer = _tonga(world)
    with pytest.raises(CannotOpen):
        make_first_epoch(**world.act(officer))
    colleagues.enter_person(**world.act(world.oco), person=officer, compared=world.words(officer))
    made = make_first_epoch(**world.act(officer))
    assert (made.number, made.broken) == (1, False)
    assert world.vault(officer).holds(made.key_id)
    assert not world.vault(world.oco).holds(made.key_id)


def test_a_first_key_is_made_once(world):
    with pytest.raises(CannotOpen):
        make_first_epoch(**world.act(world.fj))


def test_rotation_gives_a_new_key_to_those_who_hold_the_old(world):
    before = directory().epoch("FJ")
    newcomer = world.newcomer("FJ")
    made = rotate_epoch(**world.act(world.fj))
    assert made.number == 2
    for user in (world.fj, world.fj_contact):
        vault = world.vault(user)
        assert vault.holds(made.key_id)
        assert vault.holds(before.key_id), "the new opens the old"
    assert not world.vault(newcomer).is_granted


def test_a_ghost_in_the_directory_is_not_handed_the_key_in_passing(world):
    """Entered by a rogue Secretariat, and with a grant row written by a hand in the database."""
    ghost = world.newcomer("FJ")
    colleagues.enter_person(**world.act(world.oco), person=ghost, compared=world.words(ghost))
    row = EpochGrant.objects.filter(user=world.fj_contact).values().get()
    key_id = directory().person(ghost.pk).key_id
    EpochGrant.objects.create(**{**row, "id": None, "user_id": ghost.pk, "key_id": key_id})
    made = rotate_epoch(**world.act(world.fj))
    assert not EpochGrant.objects.filter(user=ghost, epoch=made.number).exists()


def test_who_left_cannot_date_a_grant_of_a_later_key_back(world):
    """The one who left keeps her own keys; a hand in the database helps her, and a rogue
    Secretariat entered the ghost. The ghost is not handed the next key for it."""
    ghost = world.newcomer("FJ")
    colleagues.enter_person(**world.act(world.oco), person=ghost, compared=world.words(ghost))
    leaver, keys, here = world.fj_contact, world.keys(world.fj_contact), directory().size
    colleagues.off_board(**world.act(world.fj), leaver=leaver)
    false = EpochGrant(
        administration="FJ", epoch=2, user=ghost, key_id=directory().person(ghost.pk).key_id,
        granter=leaver, granter_key=keys.public.key_id, as_of=here,
    )  # fmt: skip
    public = directory().person(ghost.pk).public.box
    _signed(keys, false, seal_to(public, grants.grant_place(false), make_secret()))
    rotate_epoch(**world.act(world.fj))
    granted = EpochGrant.objects.filter(epoch=3).values_list("user", flat=True)
    assert set(granted) == {world.fj.pk}


def test_who_may_not_read_any_more_is_left_out_of_the_next_key(world):
    world.fj_contact.appointments.update(role=Role.OBSERVER)
    rotate_epoch(**world.act(world.fj))
    assert not EpochGrant.objects.filter(user=world.fj_contact, epoch=2).exists()


def test_after_a_new_key_every_open_session_is_asked_for_the_phrase(world, client):
    from tests.factories import sign_in

    sign_in(client, world.fj_contact)
    assert VaultSession.objects.filter(user=world.fj_contact).exists()
    rotate_epoch(**world.act(world.fj))
    assert not VaultSession.objects.filter(user=world.fj_contact).exists()


@pytest.mark.parametrize("who", ["fj_reader", "oco"])
def test_only_contact_points_and_coordinators_make_keys(world, who):
    reader = world.colleague("FJ", Role.READER, name="reader")
    user = reader if who == "fj_reader" else world.oco
    act = world.act(user)
    if user == world.oco:
        act["actor"] = world.actor(world.oco)
        with pytest.raises(CannotOpen):
            make_first_epoch(**act)
        return
    with pytest.raises(Refused):
        rotate_epoch(**act)
    assert directory().epoch("FJ").number == 1


def test_the_keys_of_somebody_else_serve_nobody(world):
    """The actor says she is Fiji's coordinator, and brings the keys of the contact point."""
    with pytest.raises(CannotOpen):
        rotate_epoch(actor=world.actor(world.fj), keys=world.keys(world.fj_contact))
    with pytest.raises(CannotOpen):
        rotate_epoch(actor=world.actor(world.fj), keys=PersonKeys.derive(make_secret()))
    elsewhere = replace(world.actor(world.fj), administration="VU")
    with pytest.raises(CannotOpen):
        rotate_epoch(actor=elsewhere, keys=world.keys(world.fj))
    newcomer, actor = world.newcomer("FJ"), world.actor(world.fj)
    for keys in (world.keys(world.fj_contact), world.keys(world.oco)):
        with pytest.raises(CannotOpen):
            colleagues.enter_person(
                actor=actor, keys=keys, person=newcomer, compared=world.words(newcomer)
            )
        with pytest.raises(CannotOpen):
            colleagues.off_board(actor=actor, keys=keys, leaver=world.fj_contact)
    assert directory().person(world.fj_contact.pk)


# Joining --------------------------------------------------------------------------------------


def test_a_coordinator_compares_the_words_and_hands_over_the_key(world):
    newcomer = world.newcomer("FJ")
    colleagues.welcome(**world.act(world.fj), colleague=newcomer, compared=world.words(newcomer))
    assert world.vault(newcomer).holds(directory().epoch("FJ").key_id)
    recorded = JournalEntry.objects.filter(target=f"accounts.user:{newcomer.pk}")
    assert {"vault.key_entered", "vault.key_granted"} <= set(
        recorded.values_list("event", flat=True)
    )
    assert LiveEvent.objects.filter(topic=f"person:{newcomer.pk}").exists()


def test_words_that_differ_enter_nobody(world):
    """A hand exchanged the waiting key between the telephone call and the button."""
    newcomer = world.newcomer("FJ")
    heard = world.words(newcomer)
    evil = PersonKeys.derive(make_secret()).public.to_bytes()
    KeyClaim.objects.filter(user=newcomer).update(public=evil)
    with pytest.raises(FingerprintChanged):
        colleagues.welcome(**world.act(world.fj), colleague=newcomer, compared=heard)
    assert directory().person(newcomer.pk) is None
    assert not EpochGrant.objects.filter(user=newcomer).exists()


@pytest.mark.parametrize("who", ["fj_contact", "vu", "oco"])
def test_who_may_not_grant_is_refused(world, who):
    newcomer = world.newcomer("FJ")
    user = getattr(world, who)
    with pytest.raises(Refused):
        colleagues.welcome(**world.act(user), colleague=newcomer, compared=world.words(newcomer))
    assert not EpochGrant.objects.filter(user=newcomer).exists()


def test_an_observer_is_granted_nothing(world):
    newcomer = world.newcomer("FJ", Role.OBSERVER)
    with pytest.raises(Refused):
        colleagues.welcome(
            **world.act(world.fj), colleague=newcomer, compared=world.words(newcomer)
        )


def test_granting_twice_is_harmless(world):
    newcomer = world.newcomer("FJ")
    for _ in range(2):
        colleagues.welcome(
            **world.act(world.fj), colleague=newcomer, compared=world.words(newcomer)
        )
    assert EpochGrant.objects.filter(user=newcomer).count() == 1
    assert world.vault(newcomer).is_granted


def test_somebody_who_lost_everything_begins_again_with_another_key(world):
    former = directory().person(world.fj_contact.pk)
    fresh = passphrases.begin(
        actor=world.actor(world.fj_contact), user=world.fj_contact, passphrase=PHRASE
    )
    world.roots[world.fj_contact.pk] = fresh.root
    assert not world.vault(world.fj_contact).is_granted
    colleagues.welcome(
        **world.act(world.fj),
        colleague=world.fj_contact,
        compared=world.words(world.fj_contact),
    )
    assert world.vault(world.fj_contact).is_granted
    view = directory()
    assert view.person(world.fj_contact.pk).key_id != former.key_id
    assert view.person_at(former.key_id).revoked


# Counting -------------------------------------------------------------------------------------


def test_the_number_of_readers_is_who_holds_a_key_and_a_role(world):
    assert key_holders(["FJ", "VU", "TO"]) == {"FJ": 2, "VU": 2, "TO": 0}
    world.colleague("FJ")
    world.newcomer("FJ", name="waiting")
    assert epochs.readers("FJ") == 3
    world.fj_contact.appointments.update(role=Role.OBSERVER)
    assert epochs.readers("FJ") == 2


def test_counting_costs_two_queries_however_many(world, django_assert_num_queries):
    directory()
    with django_assert_num_queries(2):
        key_holders(["FJ", "VU", "PW", "OCO"])


def test_a_moved_person_opens_nothing_of_the_former_administration(world):
    """The appointment changed and nobody revoked the key yet."""
    world.fj_contact.appointments.update(administration="VU")
    vault = world.vault(world.fj_contact)
    assert not vault.is_granted
    assert Remembered.objects.filter(user=world.fj_contact).exists()


def test_a_clock_that_is_behind_shuts_nobody_out(world, monkeypatch):
    """The key was entered by a clock that was right; then the server's fell back by a day."""
    from django.utils import timezone

    behind = timezone.now() - datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: behind)
    assert world.vault(world.fj).sealable_epoch("VU") is not None
