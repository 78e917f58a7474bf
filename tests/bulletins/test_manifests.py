"""What an author signed about the files, and when: a hand in the database changes neither."""

import datetime
import hashlib
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import JournalEntry
from bulletins.facts import KIND, facts_of
from bulletins.models import Bulletin, Recipient, Revision
from tests.bulletins.attaching import fetched, text_of, words
from tests.desk import TITLE
from tests.factories import signed_in
from vault import colleagues, manifests
from vault.crypto.canonical import canonical
from vault.directory import directory
from vault.manifests import LABEL, sign_manifest
from vault.models import FileState, Manifest, SealedFile
from vault.objects import TITLE_FLOOR, DataKey, Holder, clear_facts, hand_out

pytestmark = pytest.mark.django_db
NOT_SIGNED = "This bulletin is not what its author signed"


@pytest.fixture
def with_files(author):
    author.send("first.txt", text_of(2_000, 1))
    author.send("second.txt", text_of(2_000, 2))
    return author.publish()


def is_refused(reader, bulletin):
    page = reader.open(bulletin)
    return page.status_code == 409 and NOT_SIGNED in words(page)


# Which files, in which order --------------------------------------------------------------------


def test_untouched_the_files_stand_in_their_order(with_files, reader):
    page = words(reader.open(with_files))
    assert page.index("first.txt") < page.index("second.txt")
    assert fetched(reader.fetch(with_files)) == text_of(2_000, 1)


def test_files_put_into_another_order_are_met(with_files, reader):
    one, two = SealedFile.objects.order_by("position")
    for changes in ({"position": 7}, {"made_at": timezone.now()}):
        before = {name: getattr(one, name) for name in changes}
        SealedFile.objects.filter(pk=two.pk).update(position=one.position)
        SealedFile.objects.filter(pk=one.pk).update(**changes)
        assert is_refused(reader, with_files), changes
        SealedFile.objects.filter(pk=one.pk).update(**before)
        SealedFile.objects.filter(pk=two.pk).update(position=two.position)
        assert not is_refused(reader, with_files)


@pytest.mark.parametrize("state", sorted(set(FileState) - {FileState.READY}))
def test_a_file_that_was_ready_is_not_put_aside(with_files, reader, state):
    """Shown as refused, or as waiting, it would be hidden from everybody it was sent to."""
    row = SealedFile.objects.order_by("position").first()
    SealedFile.objects.filter(pk=row.pk).update(state=state)
    assert is_refused(reader, with_files)
    assert reader.client.get(
        reverse("bulletins:download", args=[with_files.ref, row.pk])
    ).status_code == 409  # fmt: skip


@pytest.mark.parametrize("changes", [{"kind": "draft"}, {"object_id": uuid.uuid4()}])
def test_a_file_taken_away_is_missed(with_files, reader, changes):
    row = SealedFile.objects.order_by("position").last()
    SealedFile.objects.filter(pk=row.pk).update(**changes)
    assert is_refused(reader, with_files)


def test_a_file_that_waited_is_released_or_refused_by_the_scanner_and_still_as_signed():
    said = {"v": 2, "files": [["a", FileState.SCAN_PENDING]]}
    for state in (FileState.SCAN_PENDING, FileState.READY, FileState.REFUSED):
        assert manifests.are_as_signed(said, [("a", state)])
    assert not manifests.are_as_signed(said, [("b", FileState.READY)])
    assert not manifests.are_as_signed(said, [])


# When -------------------------------------------------------------------------------------------


@pytest.fixture
def issued(desk, world):
    """A bulletin by Fiji's contact, who is about to leave."""
    return desk.publish(world.fj_contact)


@pytest.fixture
def vanuatu(world):
    return signed_in(world.vu)


def look(client, bulletin) -> str:
    return words(client.get(reverse("bulletins:detail", args=[bulletin.ref])))


def resign(bulletin, content, **changes):
    """The manifest of this bulletin, changed and signed anew by whoever holds that key."""
    row = Manifest.objects.get(object_id=bulletin.uuid)
    said = json.loads(bytes(row.body)) | changes
    body = canonical({name: value for name, value in said.items() if value is not None})
    signature = content.sign(LABEL, body)
    value = hashlib.sha256(body + signature).digest()
    Manifest.objects.filter(pk=row.pk).update(body=body, signature=signature, hash=value)
    return value.hex()


def in_the_journal(bulletin, manifest, at=None):
    """The line of the issue, as somebody writes it who can write to the database."""
    line = JournalEntry.objects.get(target__endswith=str(bulletin.uuid), event="bulletins.issued")
    said = json.loads(bytes(line.entry))
    said["detail"]["manifest"] = manifest
    said["at"] = at.isoformat() if at else said["at"]
    JournalEntry.objects.filter(pk=line.pk).update(entry=canonical(said))


def leave(world):
    colleagues.off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert directory().history(world.fj_contact.pk)[-1].revoked


def test_who_left_afterwards_still_wrote_it(issued, world, vanuatu):
    leave(world)
    assert TITLE in look(vanuatu, issued)


def test_a_manifest_says_how_long_the_directory_was(issued):
    said = json.loads(bytes(Manifest.objects.get(object_id=issued.uuid).body))
    assert (said["v"], said["as_of"]) == (2, directory().size)


def test_a_signature_as_of_after_the_leaving_is_none(issued, world, vanuatu):
    """The leaver kept the key, and somebody lends a hand in the database: the journal too."""
    content = world.vault(world.fj_contact).content
    leave(world)
    in_the_journal(issued, resign(issued, content, as_of=directory().size))
    assert NOT_SIGNED in look(vanuatu, issued)


def test_a_directory_longer_than_there_is_has_signed_nothing(issued, world, vanuatu):
    content = world.vault(world.fj_contact).content
    for as_of in (directory().size + 1, 0, -1, "7", True, None):
        in_the_journal(issued, resign(issued, content, as_of=as_of))
        assert NOT_SIGNED in look(vanuatu, issued), as_of
        resign(issued, content, as_of=directory().size)
    in_the_journal(issued, resign(issued, content, as_of=directory().size))
    assert TITLE in look(vanuatu, issued)


def test_a_signature_dated_back_is_met_by_the_journal(issued, world, vanuatu):
    content = world.vault(world.fj_contact).content
    before = directory().size
    leave(world)
    later = timezone.now() + datetime.timedelta(seconds=5)
    in_the_journal(issued, resign(issued, content, as_of=before), at=later)
    assert NOT_SIGNED in look(vanuatu, issued)


def forged(world, content_of, as_of) -> Bulletin:
    """A bulletin that never was, signed with the key of somebody who left; no line names it."""
    author = content_of.user_id
    row = Bulletin.objects.create(
        ref="B-0F0F0", product_type="alert", tlp="TLP:CLEAR", origin_id="FJ", author_id=author
    )
    Recipient.objects.create(administration_id="VU", bulletin=row)
    key = DataKey.make(KIND, row.uuid)
    binds = clear_facts(facts_of(row))
    title = key.seal_field("title", b"Forged headline", binds=binds, floor=TITLE_FLOOR)
    Revision.objects.create(bulletin=row, number=1, sealed_title=title, sealed_content=b"")
    epoch = directory().epoch("VU")
    holders = [Holder("VU", epoch.number, epoch.public.box)]
    hand_out(key, holders)
    sign_manifest(content_of, key, clear=facts_of(row), holders=holders, sealed={})
    resign(row, content_of.content, **as_of)
    return row


@pytest.mark.parametrize("version", ["the present one", "the former one"])
def test_a_headline_by_who_left_is_not_listed_however_it_is_dated(world, vanuatu, version):
    vault, before = world.vault(world.fj_contact), directory().size
    leave(world)
    former = {"v": None, "files": None, "as_of": None}
    row = forged(world, vault, {"as_of": before} if version == "the present one" else former)
    page = words(vanuatu.get(reverse("bulletins:list")))
    assert "B-0F0F0" in page
    assert "Forged headline" not in page
    assert NOT_SIGNED in look(vanuatu, row)


# The former version -----------------------------------------------------------------------------


@pytest.fixture
def of_old(issued, world):
    """As it was written before manifests had a version."""
    content = world.vault(world.fj_contact).content
    in_the_journal(issued, resign(issued, content, v=None, as_of=None, files=None))
    said = json.loads(bytes(Manifest.objects.get(object_id=issued.uuid).body))
    assert not {"v", "as_of", "files"} & set(said)
    return issued


def test_what_was_issued_before_opens_as_before(of_old, vanuatu):
    assert TITLE in words(vanuatu.get(reverse("bulletins:list")))
    assert TITLE in look(vanuatu, of_old)


def test_also_after_its_author_left(of_old, world, vanuatu):
    leave(world)
    assert TITLE in words(vanuatu.get(reverse("bulletins:list")))
    assert TITLE in look(vanuatu, of_old)


def test_a_version_that_nobody_knows_is_refused(issued, world, vanuatu):
    content = world.vault(world.fj_contact).content
    for version in (0, 3, "2", None):
        in_the_journal(issued, resign(issued, content, v=version))
        expected = TITLE if version is None else NOT_SIGNED
        assert expected in look(vanuatu, issued), version
