"""A hand in the database: each single thing replaced, swapped or rolled back by somebody with
write access is met by the page with words, never by a wrong reader, never by a 500."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bulletins import services
from bulletins.models import Bulletin, Draft, Recipient, Revision
from tests.desk import TITLE
from tests.factories import signed_in
from vault import directory, remembered
from vault.models import DirectoryEntry, EpochGrant, KeyHolder, KeySlot, Manifest, VaultSession

pytestmark = pytest.mark.django_db

NOT_SIGNED = "This bulletin is not what its author signed"
NO_KEY = "Your session does not hold the key"


@pytest.fixture
def vanuatu(world):
    return signed_in(world.vu)


@pytest.fixture
def issued(desk, world):
    return desk.publish(world.fj, tlp="TLP:AMBER+STRICT")


@pytest.fixture
def other(desk, world):
    return desk.publish(world.fj, title="Another one altogether", body="Other words.")


def look(client, bulletin):
    return client.get(reverse("bulletins:detail", args=[bulletin.ref]))


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_untouched_it_is_read(vanuatu, issued):
    assert TITLE in words(look(vanuatu, issued))


CLEAR_FIELDS = {
    "tlp": "TLP:CLEAR",
    "product_type": "mo",
    "urgency": "immediate",
    "due_on": "2030-01-01",
    "valid_until": None,
    "issued_at": "2020-01-01T00:00:00Z",
    "origin": "PW",
}


@pytest.mark.parametrize("column", CLEAR_FIELDS)
def test_a_clear_field_changed_by_hand_is_met_in_list_and_page(vanuatu, issued, column):
    name = f"{column}_id" if column == "origin" else column
    Bulletin.objects.filter(pk=issued.pk).update(**{name: CLEAR_FIELDS[column]})
    assert TITLE not in words(vanuatu.get(reverse("bulletins:list")))
    answer = look(vanuatu, issued)
    assert answer.status_code == 409
    assert NOT_SIGNED in words(answer)
    assert TITLE not in words(answer)


def test_red_turned_into_clear_is_not_shown_as_clear(desk, world):
    red = desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(world.vu_contact.pk,))
    Bulletin.objects.filter(pk=red.pk).update(tlp="TLP:CLEAR")
    Recipient.objects.filter(bulletin=red).update(named_only=False)
    for person, seen in ((world.vu_contact, NOT_SIGNED), (world.vu, NO_KEY)):
        client = signed_in(person)
        page = words(look(client, red))
        assert seen in page
        assert TITLE not in page


def test_a_recipient_added_by_hand_reads_nothing_and_is_met_by_the_others(vanuatu, issued, world):
    Recipient.objects.create(administration_id="PW", bulletin=issued)
    palau = signed_in(world.pw)
    page = words(look(palau, issued))
    assert NO_KEY in page
    assert TITLE not in page
    assert NOT_SIGNED in words(look(vanuatu, issued))


def test_a_holder_copied_to_another_administration_opens_nothing(issued, world):
    Recipient.objects.create(administration_id="PW", bulletin=issued)
    holder = KeyHolder.objects.get(object_id=issued.uuid, holder="VU")
    key_id = world.vault(world.pw).epoch_key_id(1)
    KeyHolder.objects.create(
        kind=holder.kind, object_id=holder.object_id, revision=1, key_id=key_id, holder="PW",
        epoch=1, box=holder.box,
    )  # fmt: skip
    palau = signed_in(world.pw)
    page = words(look(palau, issued))
    assert NOT_SIGNED in page
    assert TITLE not in page


@pytest.mark.parametrize("field", ["sealed_title", "sealed_content"])
def test_words_of_another_bulletin_put_in_its_place(vanuatu, issued, other, field):
    stolen = getattr(Revision.objects.get(bulletin=other), field)
    Revision.objects.filter(bulletin=issued).update(**{field: stolen})
    answer = look(vanuatu, issued)
    assert answer.status_code == 409
    assert NOT_SIGNED in words(answer)
    assert "Another one" in words(look(vanuatu, other))


def test_title_and_text_exchanged_within_one_bulletin(vanuatu, issued):
    row = Revision.objects.get(bulletin=issued)
    row.sealed_title, row.sealed_content = row.sealed_content, row.sealed_title
    row.save()
    assert NOT_SIGNED in words(look(vanuatu, issued))


def test_a_manifest_missing_forged_or_of_another_bulletin(vanuatu, issued, other):
    genuine = Manifest.objects.get(object_id=issued.uuid)
    body = json.loads(bytes(genuine.body))
    body["clear"]["tlp"] = "TLP:CLEAR"
    forged = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    stolen = Manifest.objects.get(object_id=other.uuid)
    for changes in (
        {"body": forged},
        {"signature": bytes(64)},
        {"body": stolen.body, "signature": stolen.signature, "hash": stolen.hash},
        {"author": stolen.author_id + 1},
    ):
        names = [n.replace("author", "author_id") for n in changes]
        before = {n: getattr(genuine, n) for n in names}
        Manifest.objects.filter(pk=genuine.pk).update(**changes)
        answer = look(vanuatu, issued)
        assert answer.status_code == 409, changes
        assert NOT_SIGNED in words(answer), changes
        Manifest.objects.filter(pk=genuine.pk).update(**before)
    assert TITLE in words(look(vanuatu, issued))
    genuine.delete()
    assert NOT_SIGNED in words(look(vanuatu, issued))


def test_a_manifest_signed_by_somebody_for_another_administration(vanuatu, issued, world, desk):
    """Palau's officer knows how to sign, but not for Fiji."""
    stolen = Manifest.objects.get(object_id=desk.publish(world.pw).uuid)
    genuine = Manifest.objects.get(object_id=issued.uuid)
    body = json.loads(bytes(genuine.body))
    body |= {"author": world.pw.pk, "key": json.loads(bytes(stolen.body))["key"]}
    signing = world.vault(world.pw).content
    raw = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    Manifest.objects.filter(pk=genuine.pk).update(
        body=raw, signature=signing.sign("iswg/v1/manifest", raw), author=world.pw.pk
    )
    assert NOT_SIGNED in words(look(vanuatu, issued))


def test_the_journal_row_of_the_publication_removed(vanuatu, issued):
    from activity.models import JournalEntry

    JournalEntry.objects.filter(event="bulletins.issued").delete()
    assert NOT_SIGNED in words(look(vanuatu, issued))


def test_a_grant_of_a_colleague_swapped_in(issued, world):
    """The contact's grant row takes the coordinator's box: signing in opens no epoch."""
    mine = EpochGrant.objects.get(user=world.vu_contact)
    theirs = EpochGrant.objects.get(user=world.vu)
    EpochGrant.objects.filter(pk=mine.pk).update(box=theirs.box, signature=theirs.signature)
    client = Client()
    client.post(
        reverse("account_login"),
        {"login": world.vu_contact.email, "password": "reef lantern copra harbour tide"},
    )
    answer = look(client, issued)
    assert answer.status_code in (302, 409)
    assert TITLE not in words(answer)


def test_a_slot_of_somebody_else_signs_nobody_in(world):
    theirs = KeySlot.objects.get(user=world.vu, kind="passphrase")
    KeySlot.objects.filter(user=world.vu_contact, kind="passphrase").update(blob=theirs.blob)
    answer = Client().post(
        reverse("account_login"),
        {"login": world.vu_contact.email, "password": "reef lantern copra harbour tide"},
    )
    assert answer.status_code == 200
    assert "do not go together" in words(answer)


def test_a_vault_row_or_cookie_of_another_session_opens_nothing(vanuatu, issued, world):
    fiji = signed_in(world.fj)
    name = settings.VAULT_COOKIE_NAME
    own = vanuatu.cookies[name].value
    for value in (fiji.cookies[name].value, own[:-2] + "AA", "x", ""):
        vanuatu.cookies[name] = value
        answer = look(vanuatu, issued)
        assert answer.status_code == 302, value
        assert "/unlock/" in answer.url, value
    vanuatu.cookies[name] = own
    assert TITLE in words(look(vanuatu, issued))
    row = VaultSession.objects.get(user=world.vu)
    stolen = VaultSession.objects.get(user=world.fj)
    VaultSession.objects.filter(pk=row.pk).update(blob=stolen.blob)
    assert "/unlock/" in look(vanuatu, issued).url


def test_an_epoch_substituted_in_the_directory_stops_sealing_and_says_so(vanuatu, issued, desk,
                                                                         world):  # fmt: skip
    entry = DirectoryEntry.objects.order_by("-seq").first()
    body = bytes(entry.body).replace(b"1", b"2", 1)
    DirectoryEntry.objects.filter(pk=entry.pk).update(body=body)
    directory.forget()  # a process that had verified it goes on with what it verified
    answer = look(vanuatu, issued)
    assert answer.status_code == 409
    assert "directory" in words(answer).lower()


def test_a_shortened_directory_is_noticed_by_whoever_saw_the_longer_one(desk, world):
    phrase = "reef lantern copra harbour tide"
    world.vault(world.fj).directory()
    DirectoryEntry.objects.order_by("-seq").first().delete()
    client = Client()
    client.post(reverse("account_login"), {"login": world.fj.email, "password": phrase})
    assert "Your keys did not open" in words(client.get("/", follow=True))
    page = client.post(reverse("vault:unlock"), {"password": phrase})
    assert "older than the one you have seen before" in words(page)
    kept = client.post(reverse("bulletins:new"), {"title": "Kept nonetheless", "save": "1"})
    assert kept.status_code == 409
    assert "Kept nonetheless" in words(kept)


def test_a_draft_put_under_another_author_opens_for_neither(desk, world):
    draft = desk.draft(world.fj)
    draft.author_id = world.fj_contact.pk
    draft.save()
    assert services.open_draft_or_none(world.vault(world.fj_contact), draft) is None
    client = signed_in(world.fj_contact)
    answer = client.get(reverse("bulletins:draft", args=[draft.pk]))
    assert answer.status_code == 409
    assert TITLE not in words(answer)


PUT_BACK = "This draft is older than the version you saved last"


def test_a_draft_put_back_to_an_older_version_is_met_before_it_is_sent(desk, world):
    """The older row is genuine, seal and all; its author remembers that there was a later one."""
    draft = desk.draft(world.fj, title="With the informant's name")
    former = {name: getattr(draft, name) for name in ("version", "sealed")}
    client = signed_in(world.fj)
    place = reverse("bulletins:draft", args=[draft.pk])
    fields = {"title": "Without it", "version": "1", "save": "1"}
    assert client.post(place, fields).status_code == 302
    assert PUT_BACK not in words(client.get(place))
    Draft.objects.filter(pk=draft.pk).update(**former)
    page = client.get(place)
    assert PUT_BACK in words(page)
    assert "With the informant" in page.content.decode(), "it may be all that is left"
    assert PUT_BACK in words(client.get(reverse("bulletins:check", args=[draft.pk])))


def test_what_was_sent_or_thrown_away_is_not_remembered(desk, world):
    sent, gone = desk.draft(world.fj), desk.draft(world.fj, title="Other")
    vault = world.vault(world.fj)
    known = lambda: remembered.recall(vault.user_id, vault.remember_key).drafts  # noqa: E731
    assert known() == {sent.pk.hex: 1, gone.pk.hex: 1}
    services.publish_bulletin(**desk.acting(world.fj), draft=sent, version=1)
    services.discard_draft(**desk.acting(world.fj), draft=gone)
    assert known() == {}


def test_a_made_up_bulletin_with_a_key_of_its_own_shows_no_title(desk, world, vanuatu):
    """Whoever writes to the database can seal a key to Vanuatu's public key; that is not enough."""
    import uuid

    from bulletins.facts import facts_of
    from vault.directory import directory
    from vault.objects import TITLE_FLOOR, DataKey, Holder, clear_facts, hand_out

    made_up = Bulletin.objects.create(
        uuid=uuid.uuid4(), ref="B-FAKED", product_type="alert", tlp="TLP:CLEAR",
        origin_id="FJ", author=world.fj,
    )  # fmt: skip
    for code, place in (("FJ", "origin"), ("VU", "to")):
        Recipient.objects.create(administration_id=code, bulletin=made_up, place=place)
    key = DataKey.make("bulletin", made_up.uuid)
    title = key.seal_field(
        "title", b"Forged headline", binds=clear_facts(facts_of(made_up)), floor=TITLE_FLOOR
    )
    Revision.objects.create(bulletin=made_up, number=1, sealed_title=title, sealed_content=b"")
    epoch = directory().epoch("VU")
    hand_out(key, [Holder("VU", epoch.number, epoch.public.box)])
    genuine = desk.publish(world.fj)
    page = words(vanuatu.get(reverse("bulletins:list")))
    assert TITLE in page
    assert "Forged headline" not in page
    assert "B-FAKED" in page
    assert "Forged headline" not in words(vanuatu.get("/"))
    assert "Forged" not in words(vanuatu.get(reverse("search"), {"q": "headline"}))
    assert NOT_SIGNED in words(look(vanuatu, made_up))
    assert KeyHolder.objects.get(object_id=genuine.uuid, holder="VU").wrap is not None
    assert KeyHolder.objects.get(object_id=made_up.uuid).wrap is None


def test_a_headline_that_palau_signs_is_not_listed_as_fijis(desk, world, vanuatu):
    """An insider with a hand in the database can sign, but only as the own administration."""
    from bulletins.facts import facts_of
    from vault.manifests import sign_manifest
    from vault.objects import TITLE_FLOOR, DataKey, Holder, clear_facts, hand_out

    for origin, author, seen in (("FJ", world.pw, False), ("PW", world.pw, True)):
        row = Bulletin.objects.create(
            ref=f"B-{origin}000", product_type="alert", tlp="TLP:CLEAR", origin_id=origin,
            author=author,
        )  # fmt: skip
        Recipient.objects.create(administration_id="VU", bulletin=row)
        key = DataKey.make("bulletin", row.uuid)
        words_of_it = f"Headline as {origin}".encode()
        binds = clear_facts(facts_of(row))
        title = key.seal_field("title", words_of_it, binds=binds, floor=TITLE_FLOOR)
        Revision.objects.create(bulletin=row, number=1, sealed_title=title, sealed_content=b"")
        epoch = directory.directory().epoch("VU")
        holders = [Holder("VU", epoch.number, epoch.public.box)]
        hand_out(key, holders)
        sign_manifest(world.vault(world.pw), key, clear=facts_of(row), holders=holders, sealed={})
        page = words(vanuatu.get(reverse("bulletins:list")))
        assert (f"Headline as {origin}" in page) is seen
