"""Texts: deposited once, fetched by every member, compared by their sum, certified on paper."""

import hashlib
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.policy import Refused
from activity.events import Event
from activity.models import JournalEntry
from mous.models import TextVersion
from mous.services.texts import deposit_text
from tests.bulletins.attaching import fetched
from tests.factories import signed_in
from tests.mous.office import SLUG, hidden, page, words
from vault import storage
from vault.models import SealedFile

pytestmark = pytest.mark.django_db
TEXT = b"Article 1. The quombat of the reef.\n"


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery):
    return chancery.open()


def deposits(client, language="en", body=TEXT, *, slug=SLUG, **more):
    """As without scripts."""
    place = page("texts", slug=slug)
    data = {"text": hidden(client.get(place), "text"), "language": language, "note": "", **more}
    return client.post(place, {**data, "file": SimpleUploadedFile("agreed.txt", body)})


def recorded(event):
    return JournalEntry.objects.filter(event=event).count()


def place(what, row, slug=SLUG):
    return page("texts", row.uuid, what, slug=slug)


def test_every_member_fetches_what_was_deposited_and_sees_its_sum(world, instrument):
    assert deposits(signed_in(world.oco), note="As agreed in Vaiaku").status_code == 302
    row = TextVersion.objects.get()
    assert row.sha256 == hashlib.sha256(TEXT).hexdigest()
    reader = signed_in(world.vu)
    shown = words(reader.get(page("texts")))
    for part in (row.sha256, "agreed.txt", "As agreed in Vaiaku", "Version 1"):
        assert part in shown
    assert fetched(reader.get(place("file", row))) == TEXT
    assert recorded(Event.TEXT_DEPOSITED) == recorded(Event.CERTIFIED_COPY_TAKEN) == 1
    assert b"Vaiaku" not in bytes(row.sealed)


def test_languages_share_a_version_and_a_new_one_is_said(world, instrument):
    client = signed_in(world.oco)
    deposits(client)
    deposits(client, "fr", b"Article premier.\n")
    answer = deposits(client, "fr", b"Another.\n")
    assert answer.status_code == 400
    assert "Another text is a new version." in words(answer)
    answer = client.post(
        page("texts"),
        {"text": hidden(answer, "text"), "language": "fr", "anew": "on", "note": ""},
    )
    assert answer.status_code == 302
    rows = TextVersion.objects.order_by("number", "language").values_list("number", "language")
    assert list(rows) == [(1, "en"), (1, "fr"), (2, "fr")]


def test_exactly_one_file_and_sent_twice_once(world, instrument):
    client = signed_in(world.oco)
    data = {"text": str(uuid.uuid4()), "language": "en", "note": "Kept words"}
    answer = client.post(page("texts"), data)
    assert "exactly one a language" in words(answer)
    assert "Kept words" in answer.content.decode()
    data["file"] = SimpleUploadedFile("agreed.txt", TEXT)
    assert client.post(page("texts"), data).status_code == 302
    del data["file"]
    assert client.post(page("texts"), data).status_code == 302
    assert TextVersion.objects.count() == 1


def test_only_the_depositary_deposits(world, chancery, instrument):
    data = {"text": str(uuid.uuid4()), "language": "en", "note": ""}
    for person in (world.fj, world.vu_contact):
        client = signed_in(person)
        assert "Deposit a text" not in words(client.get(page("texts")))
        assert client.post(page("texts"), data).status_code == 403
        with pytest.raises(Refused):
            deposit_text(
                **chancery.both(person), instrument=instrument, text_id=uuid.uuid4(), language="en"
            )
    assert not TextVersion.objects.exists()


def test_a_copy_is_compared_by_its_sum(world, instrument):
    deposits(signed_in(world.oco))
    client = signed_in(world.fj)
    same = client.get(page("texts") + "?sum=" + hashlib.sha256(TEXT).hexdigest().upper())
    assert "Yes: this is the sum of version 1" in words(same)
    other = client.get(page("texts") + "?sum=" + hashlib.sha256(b"other").hexdigest())
    assert "No text of this instrument has this sum." in words(other)


def test_a_certified_true_copy_is_a_paper_and_is_recorded(world, instrument):
    deposits(signed_in(world.oco))
    answer = signed_in(world.fj).get(place("certified", TextVersion.objects.get()))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert recorded(Event.CERTIFIED_COPY_TAKEN) == 1


def test_nothing_is_certified_of_a_file_that_is_damaged(world, instrument):
    deposits(signed_in(world.oco))
    with storage.open_kept(SealedFile.objects.get().disk_name) as kept:
        path = kept.name
    with open(path, "r+b") as kept:
        kept.seek(70)
        kept.write(b"\x00\x01\x02\x03")
    client, row = signed_in(world.fj), TextVersion.objects.get()
    assert client.get(place("certified", row)).status_code == 409
    assert client.get(place("file", row)).status_code == 409
    assert recorded(Event.SEAL_BROKEN) == 2
    assert recorded(Event.CERTIFIED_COPY_TAKEN) == 0


def test_a_sum_changed_by_hand_is_met(world, instrument):
    deposits(signed_in(world.oco))
    TextVersion.objects.update(sha256=hashlib.sha256(b"forged").hexdigest())
    client = signed_in(world.fj)
    assert "This text is not what was deposited." in words(client.get(page("texts")))
    assert client.get(place("file", TextVersion.objects.get())).status_code == 409


def test_a_text_of_another_instrument_is_not_found(world, chancery, instrument):
    chancery.open("reefs")
    deposits(signed_in(world.oco))
    row, client = TextVersion.objects.get(), signed_in(world.fj)
    assert client.get(place("file", row)).status_code == 200
    for what in ("file", "certified"):
        assert client.get(place(what, row, "reefs")).status_code == 404
