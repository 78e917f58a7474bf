"""Who leaves opens nothing from the next second on, whatever was kept."""

import copy
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from access.policy import Refused
from access.roles import Role
from activity.models import LiveEvent, Notice
from tests.factories import PHRASE, sign_in
from vault import sessions, slots
from vault.colleagues import off_board
from vault.crypto.box import open_box
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import EpochGrant, EpochLink, KeyHolder, VaultSession
from vault.objects import DataKey, Holder, hand_out, open_key
from vault.rewrap import could_have_read, pending_rows, rewrap_pending

KIND = "thing"


def publish(*codes):
    """An object sealed to these administrations' present epochs."""
    key, view = DataKey.make(KIND, uuid.uuid4()), directory()
    epochs = [view.epoch(code) for code in codes]
    hand_out(key, [Holder(e.administration, e.number, e.public.box) for e in epochs])
    return key


def reads(vault, key):
    try:
        return open_key(vault, KIND, key.object_id, 1)._secret == key._secret
    except CannotOpen:
        return False


def test_the_leaver_opens_nothing_any_more_and_colleagues_everything(world):
    before = publish("FJ", "VU")
    assert reads(world.vault(world.fj_contact), before)
    made = off_board(**world.act(world.fj), leaver=world.fj_contact)
    after = publish("FJ", "VU")
    assert made.number == 2
    vault = world.vault(world.fj)
    assert reads(vault, before)
    assert reads(vault, after)
    gone = world.vault(world.fj_contact)
    assert not gone.is_granted
    assert not reads(gone, before)
    assert not reads(gone, after)


def test_old_keys_and_the_new_database_open_nothing_newer(world):
    """The leaver kept every secret she ever held, and steals the whole database afterwards."""
    kept, box_key = world.vault(world.fj_contact), world.keys(world.fj_contact).box
    before = publish("FJ", "VU")
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    after = publish("FJ", "VU")
    rewrap_pending(world.vault(world.fj))
    old = list(kept.epochs.values())
    secrets = [s for keys in old for s in (keys.secret, keys.wrap_key)]
    secrets += [kept.draft_key, kept.content_secret, kept.personal_secret, kept.remember_key]
    for row in KeyHolder.objects.filter(holder="FJ"):
        for epoch in (1, 2):
            for key_id in (bytes(row.key_id), *kept.key_ids):
                where = DataKey(KIND, row.object_id, 1, bytes(32))._holder_context(
                    "iswg/v1/object wrap", "FJ", epoch, key_id
                )
                for secret in secrets:
                    with pytest.raises(CannotOpen):
                        open_sealed(secret, where, bytes(row.wrap or b""))
        if row.box:
            for keys in old:
                with pytest.raises(CannotOpen):
                    open_box(keys.box, where, bytes(row.box))
    for grant in EpochGrant.objects.filter(epoch=2):
        with pytest.raises(CannotOpen):
            open_box(box_key, b"", bytes(grant.box))
    link = EpochLink.objects.get(administration="FJ")
    for secret in secrets:
        with pytest.raises(CannotOpen):
            open_sealed(secret, context("iswg/v1/epoch link", "FJ", 2, 1), bytes(link.blob))
    assert not reads(kept, before), "wrapped again, so even what lay there before is shut"
    assert not reads(kept, after)


def test_before_anybody_wrapped_again_it_is_shown_as_pending(world):
    before = publish("FJ", "VU")
    assert reads(world.vault(world.fj), before)
    kept = world.vault(world.fj_contact)
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert pending_rows("FJ").count() == 1
    assert reads(kept, before), "which is why it is done at the next log-in"
    assert could_have_read("FJ", world.fj_contact.pk).count() == 1
    rewrap_pending(world.vault(world.fj))
    assert pending_rows("FJ").count() == 0
    assert not reads(kept, before)


def test_the_next_colleague_who_signs_in_wraps_everything_again(world, client):
    opened, unopened = publish("FJ", "VU"), publish("FJ")
    assert reads(world.vault(world.fj), opened)
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert pending_rows("FJ").count() == 2
    sign_in(client, world.fj)
    assert pending_rows("FJ").count() == 0
    assert not KeyHolder.objects.filter(holder="FJ", box__isnull=False).exists()
    vault = world.vault(world.fj)
    assert reads(vault, opened)
    assert reads(vault, unopened)
    assert KeyHolder.objects.get(holder="VU").epoch == 1


def test_every_session_ends_at_once(world, client):
    sign_in(client, world.fj_contact)
    key = client.session.session_key
    vault = sessions.open_for_socket(
        {"iswg-vault": client.cookies["iswg-vault"].value}, key, world.fj_contact
    )
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert not VaultSession.objects.filter(user=world.fj_contact).exists()
    assert sessions.still_open({vault.session_id}) == set()
    assert client.get("/").status_code == 302
    assert LiveEvent.objects.filter(topic=f"person:{world.fj_contact.pk}").exists()


def test_colleagues_are_told(world):
    other = world.colleague("FJ")
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    told = Notice.objects.filter(event="vault.key_revoked").values_list("recipient", flat=True)
    assert other.pk in told
    assert world.vu.pk not in told


@pytest.mark.parametrize("who", ["fj_contact", "vu"])
def test_who_may_not_is_refused_and_nothing_has_happened(world, who):
    target = world.fj if who == "fj_contact" else world.fj_contact
    with pytest.raises(Refused):
        off_board(**world.act(getattr(world, who)), leaver=target)
    assert directory().person(target.pk)
    assert directory().epoch("FJ").number == 1
    assert world.vault(target).is_granted


def test_the_secretariat_ends_a_key_and_a_colleague_makes_the_next(world):
    from vault.epochs import rotate_epoch

    third = world.colleague("FJ")
    assert off_board(**world.act(world.oco), leaver=world.fj_contact) is None
    view = directory()
    assert view.person(world.fj_contact.pk) is None
    assert view.is_behind("FJ")
    rotate_epoch(**world.act(world.fj))
    assert not directory().is_behind("FJ")
    assert world.vault(third).newest == 2
    assert not world.vault(world.fj_contact).is_granted


def test_who_was_granted_by_a_leaver_keeps_the_grant(world):
    """The coordinator granted a colleague and left; the Secretariat revoked her."""
    off_board(**world.act(world.oco), leaver=world.fj)
    assert world.vault(world.fj_contact).is_granted


def test_a_leaver_grants_nobody_after_the_leaving(world):
    """She kept her keys and the epoch's secret, and writes a grant into the database."""
    from vault import grants as module
    from vault.crypto.box import seal_to

    newcomer = world.newcomer("FJ")
    keys, kept = world.keys(world.fj_contact), world.vault(world.fj_contact)
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    from vault.colleagues import enter_person

    enter_person(**world.act(world.oco), person=newcomer, compared=world.words(newcomer))
    entry = directory().person(newcomer.pk)
    grant = EpochGrant(
        administration="FJ",
        epoch=1,
        user=newcomer,
        key_id=entry.key_id,
        granter=world.fj_contact,
        granter_key=keys.public.key_id,
        as_of=directory().size,
    )
    secret = next(iter(kept.epochs.values())).secret
    grant.box = seal_to(entry.public.box, module.grant_place(grant), secret)
    grant.signature = keys.identity.sign(module.GRANT_LABEL, module.grant_statement(grant))
    grant.save()
    with pytest.raises(CannotOpen):
        world.vault(newcomer)


def test_the_former_slot_still_answers_and_gives_nothing_of_the_administration(world):
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert slots.open_passphrase(world.fj_contact, PHRASE)
    assert not world.vault(world.fj_contact).is_granted


# Wrapping again -------------------------------------------------------------------------------


def test_a_damaged_row_is_left_and_hides_no_other(world):
    from vault.epochs import rotate_epoch

    good, bad = publish("FJ"), publish("FJ")
    KeyHolder.objects.filter(object_id=bad.object_id).update(box=b"\x00" * 1188)
    rotate_epoch(**world.act(world.fj))
    assert rewrap_pending(world.vault(world.fj)) == 1
    assert reads(world.vault(world.fj), good)
    assert pending_rows("FJ").get().object_id == bad.object_id
    assert rewrap_pending(world.vault(world.fj)) == 0


def test_rows_of_others_are_not_touched(world):
    from vault.epochs import rotate_epoch

    publish("VU")
    mine = world.vault(world.fj)
    personal = DataKey.make(KIND, uuid.uuid4())
    hand_out(personal, [Holder.person(world.fj.pk, mine.personal.public)])
    before = list(KeyHolder.objects.order_by("pk").values())
    rotate_epoch(**world.act(world.fj))
    assert rewrap_pending(world.vault(world.fj)) == 0
    assert list(KeyHolder.objects.order_by("pk").values()) == before
    assert reads(world.vault(world.fj), personal)


def test_of_two_colleagues_who_come_at_once_the_second_changes_nothing(world):
    """The second listed the rows before the first had wrapped them."""
    from vault import rewrap
    from vault.epochs import rotate_epoch

    key = publish("FJ")
    former = directory().epoch("FJ").key_id
    rotate_epoch(**world.act(world.fj))
    vault = world.vault(world.fj)
    newest = vault.epoch_key_id(2)
    listed = KeyHolder.objects.filter(key_id__in=[former]).order_by("pk")
    assert rewrap._rewrap(vault, newest, listed) == 1
    after = KeyHolder.objects.values().get()
    assert rewrap._rewrap(vault, newest, listed) == 0
    assert KeyHolder.objects.values().get() == after
    assert reads(vault, key)


def test_a_false_row_under_the_new_key_does_not_cost_the_genuine_one(world):
    from vault.epochs import rotate_epoch

    key = publish("FJ")
    rotate_epoch(**world.act(world.fj))
    row = KeyHolder.objects.get()
    newest = directory().epoch("FJ")
    KeyHolder.objects.create(
        kind=row.kind,
        object_id=row.object_id,
        revision=1,
        key_id=newest.key_id,
        holder="FJ",
        epoch=2,
        wrap=b"nonsense",
    )
    rewrap_pending(world.vault(world.fj))
    assert KeyHolder.objects.filter(pk=row.pk).exists()
    assert key.object_id == row.object_id


def test_what_was_sealed_to_both_epochs_is_held_once(world):
    from vault.epochs import rotate_epoch

    key = publish("FJ")
    rotate_epoch(**world.act(world.fj))
    newest = directory().epoch("FJ")
    hand_out(key, [Holder("FJ", newest.number, newest.public.box)])
    rewrap_pending(world.vault(world.fj))
    assert KeyHolder.objects.get(holder="FJ").epoch == 2
    assert reads(world.vault(world.fj), key)


def test_more_than_one_batch_is_wrapped_in_a_few_statements(world, django_assert_max_num_queries):
    from vault.epochs import rotate_epoch
    from vault.rewrap import BATCH

    epoch = directory().epoch("FJ")
    key = publish("FJ")
    vault = world.vault(world.fj)
    assert reads(vault, key)
    row = KeyHolder.objects.get()
    from vault import objects

    rows = []
    for _ in range(BATCH + 20):
        one = DataKey.make(KIND, uuid.uuid4())
        copied = copy.copy(row)
        copied.pk, copied.object_id = None, one.object_id
        copied.wrap = objects.wrapped(vault, one, copied)
        rows.append(copied)
    KeyHolder.objects.bulk_create(rows)
    rotate_epoch(**world.act(world.fj))
    renewed = world.vault(world.fj)
    with django_assert_max_num_queries(20):
        assert rewrap_pending(renewed) == BATCH + 21
    assert not KeyHolder.objects.filter(key_id=epoch.key_id).exists()


def test_nobody_without_a_grant_wraps_anything(world):
    assert rewrap_pending(world.vault(world.newcomer("FJ"))) == 0


def test_suspending_oneself_is_refused(world):
    with pytest.raises(PermissionDenied):
        off_board(**world.act(world.fj), leaver=world.fj)


def test_a_reader_leaves_like_anybody(world):
    reader = world.colleague("FJ", Role.READER)
    off_board(**world.act(world.fj), leaver=reader)
    assert not world.vault(reader).is_granted
