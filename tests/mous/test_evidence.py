"""Documents of acts: sealed as they arrive, verified before they leave, recorded; no trace."""

import datetime
import logging
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from access.roles import Role
from activity.chores import tick
from activity.events import Event
from activity.models import JournalEntry, OutgoingMail
from mous.facts import DRAFT_KIND
from mous.models import Act, ActDraft
from mous.services.evidence import stored_files
from tests.bulletins.attaching import fetched, pieces, text_of
from tests.bulletins.test_canaries import database_dump
from tests.factories import signed_in
from tests.mous.office import BODY, enters, hidden, links, page, photograph, typed, words
from vault import storage
from vault.models import SealedFile
from vault.uploads import receive_whole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery):
    return chancery.open()


def recorded(event):
    return JournalEntry.objects.filter(event=event).count()


def sends(client, place, name, body):
    """As upload.js does: announced, then piece by piece."""
    begun = client.post(place, {"name": name, "size": len(body)}, HTTP_ACCEPT="application/json")
    assert begun.status_code == 201, begun.content
    url = begun.json()["url"]
    for offset, piece in pieces(body):
        answer = client.put(
            url, piece, content_type="application/octet-stream",
            headers={"Upload-Offset": str(offset), "Accept": "application/json"},
        )  # fmt: skip
    assert answer.json()["done"], answer.content
    return url


def files_place(act_id, code="any", slug="oco-mou"):
    return f"/mous/{slug}/drafts/act/{code}/{act_id}/files/"


class TestReading:
    def test_every_member_reads_it_while_the_act_still_waits(self, world, instrument):
        enters(signed_in(world.oco), ("quagmarine.txt", BODY))
        for person in (world.vu, world.fj_contact, world.oco_contact):
            client = signed_in(person)
            (link,) = links(client.get(page("acts", 1)), "/files/")
            answer = client.get(link)
            assert fetched(answer) == BODY
            assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''quagmarine.txt"
        assert recorded(Event.EVIDENCE_DOWNLOADED) == 3
        reader = signed_in(world.colleague("PW", Role.READER, name="reader"))
        assert fetched(reader.get(link)) == BODY

    def test_an_observer_and_a_stranger_find_nothing(self, world, instrument):
        enters(signed_in(world.oco), ("quagmarine.txt", BODY))
        (link,) = links(signed_in(world.fj).get(page("acts", 1)), "/files/")
        observer = signed_in(world.newcomer("PW", Role.OBSERVER, name="observer"))
        assert observer.get(link).status_code == 404
        assert Client().get(link).status_code == 302
        assert recorded(Event.EVIDENCE_DOWNLOADED) == 0

    def test_its_sum_stands_on_the_page(self, world, instrument):
        import hashlib

        enters(signed_in(world.oco), ("quagmarine.txt", BODY))
        shown = words(signed_in(world.vu).get(page("acts", 1)))
        assert hashlib.sha256(BODY).hexdigest() in shown

    def test_a_file_of_another_act_or_instrument_is_not_found(self, world, chancery, instrument):
        other = chancery.open("reefs")
        client = signed_in(world.oco)
        enters(client, ("one.txt", BODY))
        enters(client, ("two.txt", b"other\n"), party="VU")
        enters(client, ("three.txt", b"third\n"), slug=other.slug)
        (link,) = links(client.get(page("acts", 1)), "/files/")
        assert client.get(link).status_code == 200
        assert client.get(link.replace("/acts/1/", "/acts/2/")).status_code == 404
        assert client.get(link.replace("oco-mou", "reefs")).status_code == 404
        assert client.get(page("acts", 1, "files", uuid.uuid4())).status_code == 404
        assert recorded(Event.SEAL_BROKEN) == 0

    def test_one_put_in_its_place_by_hand_is_met_before_the_first_byte(self, world, instrument):
        enters(signed_in(world.oco), ("quagmarine.txt", BODY))
        (stored,) = stored_files([Act.objects.get()]).values()
        with storage.open_kept(stored.row.disk_name) as kept:
            path = kept.name
        with open(path, "r+b") as kept:
            kept.seek(60)
            kept.write(b"\x00\x01\x02")
        answer = signed_in(world.vu).get(page("acts", 1, "files", stored.id))
        assert answer.status_code == 409
        assert "This file is damaged on the server" in words(answer)
        assert (recorded(Event.SEAL_BROKEN), recorded(Event.EVIDENCE_DOWNLOADED)) == (1, 0)

    def test_an_act_that_somebody_changed_by_hand_shows_neither_words_nor_files(
        self, world, instrument
    ):
        enters(signed_in(world.oco), ("quagmarine.txt", BODY), signatory="Ana Snargle")
        Act.objects.update(kind="IN_EFFECT")
        client = signed_in(world.fj)
        shown = words(client.get(page("acts", 1)))
        assert "is not what two persons signed" in shown
        assert "Ana Snargle" not in shown
        client.post(page("acts", 1, "confirm"))
        assert Act.objects.get().is_waiting
        (stored,) = stored_files([Act.objects.get()]).values()
        assert client.get(page("acts", 1, "files", stored.id)).status_code == 409


class TestArriving:
    def test_a_large_one_comes_in_pieces_and_goes_along(self, world, instrument):
        client, body = signed_in(world.oco), text_of(150_000)
        act_id = hidden(client.get(page("enter")), "act")
        sends(client, files_place(act_id), "scan.txt", body)
        assert "scan.txt" in words(client.get(page("enter")))  # the page loaded anew
        assert hidden(client.get(page("enter")), "act") == act_id
        assert client.post(page("enter"), typed(act=act_id)).status_code == 302
        (link,) = links(client.get(page("acts", 1)), "/files/")
        assert fetched(signed_in(world.vu).get(link)) == body
        assert not ActDraft.objects.exists()

    def test_half_a_file_is_not_entered(self, world, instrument):
        client, body = signed_in(world.oco), text_of(150_000)
        act_id = hidden(client.get(page("enter")), "act")
        begun = client.post(files_place(act_id), {"name": "scan.txt", "size": len(body)})
        answer = client.put(
            begun.json()["url"], pieces(body)[0][1], content_type="application/octet-stream",
            headers={"Upload-Offset": "0"},
        )  # fmt: skip
        assert answer.status_code == 200
        answer = client.post(page("enter"), typed(act=act_id))
        assert answer.status_code == 400
        assert "A file has not arrived in full" in words(answer)
        assert not Act.objects.exists()

    def test_nobody_touches_the_files_of_anothers_draft(self, world, instrument):
        client, body = signed_in(world.oco), text_of(2000)
        act_id = hidden(client.get(page("enter")), "act")
        url = sends(client, files_place(act_id), "scan.txt", body)
        assert client.get(url).status_code == 200
        for person in (world.oco_contact, world.fj, world.vu):
            other = signed_in(person)
            json = {"Accept": "application/json"}
            assert other.get(url, headers=json).status_code == 404
            assert other.delete(url, headers=json).status_code == 404
            assert other.post(url + "remove/").status_code == 404
            begun = other.post(files_place(act_id), {"name": "x.txt", "size": 3}, headers=json)
            assert begun.status_code in (403, 409)
        assert SealedFile.objects.count() == 1

    def test_a_draft_takes_files_from_its_author_alone(self, world, chancery, instrument):
        draft = ActDraft.objects.create(
            instrument=instrument, purpose="act", author=world.oco, administration_id="OCO"
        )
        facts = {"kind": DRAFT_KIND, "object_id": draft.pk, "name": "x.txt", "body": BODY}
        for person in (world.oco_contact, world.fj):
            with pytest.raises(ActDraft.DoesNotExist):
                receive_whole(**chancery.both(person), **facts)
        receive_whole(**chancery.both(world.oco), **facts)
        assert SealedFile.objects.get().owner_id == world.oco.pk

    def test_who_may_enter_nothing_may_send_nothing(self, world, chancery, instrument):
        reader = signed_in(world.colleague("FJ", Role.READER, name="reader"))
        place, facts = files_place(uuid.uuid4()), {"name": "x.txt", "size": 3}
        assert reader.post(place, facts).status_code == 403
        assert signed_in(world.fj).post(place, facts).status_code == 201
        for code in ("vu", "oco"):
            answer = signed_in(world.fj).post(files_place(uuid.uuid4(), code), facts)
            assert answer.status_code in (403, 404)
        text = f"/mous/oco-mou/drafts/text/any/{uuid.uuid4()}/files/"
        assert signed_in(world.fj).post(text, facts).status_code == 403
        assert signed_in(world.oco).post(text, facts).status_code == 201

    def test_after_a_month_what_was_only_begun_is_gone_with_its_files(
        self, world, instrument, django_capture_on_commit_callbacks
    ):
        client = signed_in(world.oco)
        act_id = hidden(client.get(page("enter")), "act")
        sends(client, files_place(act_id), "scan.txt", text_of(2000))
        tick(now=timezone.now() + datetime.timedelta(days=29))
        assert SealedFile.objects.count() == 1
        with django_capture_on_commit_callbacks(execute=True):
            tick(now=timezone.now() + datetime.timedelta(days=31))
        assert not SealedFile.objects.exists()
        assert not ActDraft.objects.exists()


class TestNoTrace:
    """What is typed and sent is found nowhere but under a key."""

    CANARIES = ("zanquilla", "vorpentine", "brillowmast", "tuvanikel", "quagmarine", "sproketaan")

    def test_in_the_database_the_logs_and_the_mails(
        self, world, instrument, settings, tmp_path, caplog
    ):
        caplog.set_level(logging.DEBUG)
        body = b"sproketaan " * 200
        oco = signed_in(world.oco)
        answer = enters(
            oco, ("quagmarine.txt", body), place="zanquilla hall", signatory="Vorpentine",
            text="brillowmast", note="tuvanikel", kind="DECLARATION",
        )  # fmt: skip
        assert answer.status_code == 302
        signed_in(world.fj).post(page("acts", 1, "confirm"))
        assert "Vorpentine" in words(signed_in(world.vu).get(page("acts", 1)))
        assert "brillowmast" in words(signed_in(world.vu).get(page("notifications", 1)))
        assert OutgoingMail.objects.exists()
        kept = database_dump() + caplog.text.encode()
        kept += b"".join(p.read_bytes() for p in (tmp_path / "files").rglob("*") if p.is_file())
        for canary in self.CANARIES:
            for form in (canary, canary.capitalize(), canary.encode().hex()):
                assert form.encode() not in kept, canary

    def test_a_photograph_loses_where_it_was_taken(self, world, instrument):
        enters(signed_in(world.oco), ("page.jpg", photograph()))
        shown = signed_in(world.fj).get(page("acts", 1)).content.decode()
        assert "Show the photograph" in shown
