"""Who saw the longer directory is not shown a shorter one."""

import uuid

import pytest

from activity.models import Checkpoint, JournalEntry
from tests.factories import PHRASE, signed_in
from vault import directory as ledger
from vault import remembered, sessions
from vault.colleagues import (
    FingerprintChanged,
    confirm_fingerprint,
    enter_person,
    off_board,
)
from vault.crypto.errors import CannotOpen
from vault.directory import DirectoryShortened, directory
from vault.models import DirectoryEntry, Remembered

pytestmark = pytest.mark.urls("tests.vault.pages")


@pytest.fixture
def shortened(world):
    """Fiji signs in, Vanuatu loses a colleague, Fiji sees it; then the revocation vanishes.

    What is left is a perfectly signed directory of last week.
    """

    def shorten():
        before = directory().size
        off_board(**world.act(world.vu), leaver=world.vu_contact)
        world.vault(world.fj)
        DirectoryEntry.objects.filter(seq__gte=before).delete()
        ledger.forget()
        return before

    return shorten


def test_a_shortened_directory_verifies_and_is_refused_by_who_saw_the_longer_one(world, shortened):
    size = shortened()
    assert directory().size == size, "nothing is wrong with it by itself"
    with pytest.raises(DirectoryShortened):
        world.vault(world.fj)
    assert world.vault(world.pw).is_granted, "who has not seen the longer one cannot know"


def test_an_open_session_notices_before_anything_is_sealed(world, shortened):
    vault = world.vault(world.fj)
    assert vault.directory().size
    shortened()
    with pytest.raises(DirectoryShortened):
        vault.directory()
    with pytest.raises(DirectoryShortened):
        vault.sealable_epoch("VU")


def test_the_log_in_goes_on_locked_and_says_why(world, shortened):
    shortened()
    client = signed_in(world.fj)
    assert client.get("/seen/").content == b"locked"
    request = client.get("/seen/").wsgi_request
    assert sessions.trouble(request) == "DirectoryShortened"
    noted = JournalEntry.objects.get(event="vault.seal_broken")
    assert noted.user_id == world.fj.pk
    response = client.post("/open/", {"phrase": PHRASE})
    assert response.status_code == 409
    assert "older than the one you have seen" in response.content.decode()


def test_another_history_of_the_same_length_is_refused(world, shortened):
    """Not shorter: the lost lines replaced by others, all of them genuine."""
    longer = shortened() + 2
    for name in ("one", "two"):
        newcomer = world.newcomer("PW", name=name)
        words = world.words(newcomer)
        enter_person(**world.act(world.pw), person=newcomer, compared=words)
    assert directory().size == longer
    with pytest.raises(DirectoryShortened):
        world.vault(world.fj)


def test_a_longer_directory_is_remembered_when_it_is_seen(world):
    vault = world.vault(world.fj)
    before = remembered.recall(world.fj.pk, vault.remember_key)
    world.colleague("VU")
    vault.directory()
    after = remembered.recall(world.fj.pk, vault.remember_key)
    assert after.size == before.size + 1
    assert after.head == directory().head.hex()


def test_memory_is_readable_by_its_owner_alone(world):
    key = remembered.remember_key(world.roots[world.fj.pk])
    assert remembered.recall(world.fj.pk, key).slots
    with pytest.raises(CannotOpen):
        remembered.recall(world.vu.pk, key)


def test_the_memory_of_another_or_a_damaged_one_opens_nothing(world):
    mine, other = (Remembered.objects.get(user=u) for u in (world.fj, world.vu))
    for blob in (bytes(other.blob), b"", bytes(mine.blob)[:-1]):
        Remembered.objects.filter(user=world.fj).update(blob=blob)
        with pytest.raises(CannotOpen):
            world.vault(world.fj)


def test_two_windows_remember_the_higher_of_both(world):
    key = remembered.remember_key(world.roots[world.fj.pk])
    old = remembered.recall(world.fj.pk, key)
    world.colleague("VU")
    world.vault(world.fj)
    remembered.keep(world.fj.pk, key, old.with_epoch("FJ", 1))
    assert remembered.recall(world.fj.pk, key).size == directory().size


# Checkpoints of the journal -------------------------------------------------------------------


def _checkpoint(size, root=b"\x01" * 32):
    return Checkpoint.objects.create(size=size, root=root, head=root, signature=b"\x02" * 64)


def test_a_checkpoint_that_was_seen_cannot_be_taken_back(world):
    _checkpoint(100)
    later = _checkpoint(200)
    assert world.vault(world.fj)
    later.delete()
    with pytest.raises(DirectoryShortened):
        world.vault(world.fj)
    assert world.vault(world.vu), "who has not seen it cannot know"


def test_a_checkpoint_that_was_seen_cannot_be_rewritten(world):
    _checkpoint(100)
    assert world.vault(world.fj)
    _checkpoint(200)
    assert world.vault(world.fj), "a later one is fine"
    Checkpoint.objects.filter(size=200).update(root=b"\x07" * 32)
    with pytest.raises(DirectoryShortened):
        world.vault(world.fj)


# Fingerprints ---------------------------------------------------------------------------------


def test_a_compared_fingerprint_is_noted_for_who_compared_it(world):
    vault, epoch = world.vault(world.fj), directory().epoch("VU")
    confirm_fingerprint(
        actor=world.actor(world.fj), vault=vault, administration="VU", compared=epoch.fingerprint
    )
    memory = remembered.recall(world.fj.pk, vault.remember_key)
    assert remembered.confirmed_keys(memory) == {epoch.key_id}
    assert vault.confirmed() == {epoch.key_id}
    assert world.vault(world.vu).confirmed() == set()


def test_other_words_confirm_nothing(world):
    vault = world.vault(world.fj)
    with pytest.raises(FingerprintChanged):
        confirm_fingerprint(
            actor=world.actor(world.fj),
            vault=vault,
            administration="VU",
            compared=directory().epoch("PW").fingerprint,
        )
    assert vault.confirmed() == set()


def test_asking_for_all_administrations_costs_as_much_as_for_one(
    world, django_assert_max_num_queries
):
    vault = world.vault(world.fj)
    vault.directory()
    with django_assert_max_num_queries(5):
        found = vault.sealable_epochs(["FJ", "VU", "PW", "OCO", "TO"])
    assert [code for code, epoch in found.items() if epoch is None] == ["TO"]


def test_nothing_is_published_against_a_shortened_directory(world, shortened):
    """The author's session is open, and has seen the longer one."""
    from vault.manifests import sign_manifest
    from vault.objects import DataKey

    key = DataKey.make("bulletin", uuid.uuid4())
    vault = world.vault(world.fj)
    facts = {"clear": {}, "holders": [], "sealed": {}}
    assert sign_manifest(vault, key, **facts)
    shortened()
    with pytest.raises(DirectoryShortened):
        sign_manifest(vault, DataKey.make("bulletin", uuid.uuid4()), **facts)
