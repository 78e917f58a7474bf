"""Our steps at the front door: who reads, who writes, who enters and who confirms."""

import datetime
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from access.policy import Refused
from access.roles import Role
from activity.events import Event
from activity.models import JournalEntry, LiveEvent, Notice, OutgoingMail
from mous.live_steps import StepPages
from mous.models import Act, ActState, RegisterKey, StepNote
from mous.notes import notes_of, open_notes, stored_documents, verified
from mous.sealing import open_present
from mous.services.steps import write_note
from mous.waiting import next_steps
from tests.bulletins.attaching import fetched
from tests.factories import signed_in
from vault import storage
from vault.manifests import SealBroken
from vault.verification import findings

pytestmark = pytest.mark.django_db
CANARY = "The wexelbird clause troubles the attorney."
BODY = b"The quagmarine opinion.\n"
NAME = "quagmarine-opinion.txt"
PLACE = "/mous/oco-mou/fj/steps/"


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery):
    found = chancery.open()
    chancery.act("FJ", "TEXT_CIRCULATED", "2024-02-01")
    chancery.act("FJ", "REVIEW_STARTED", "2024-03-01")
    return found


@pytest.fixture
def party(chancery, instrument):
    return chancery.party(instrument, "FJ")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def writes(client, place=PLACE, *, file=None, **typed):
    """As without scripts: the document first, then the note."""
    shown = client.get(place).content.decode()
    if file:
        action = re.search(r'class="upload" method="post" action="([^"]+)"', shown)[1]
        client.post(action, {"file": SimpleUploadedFile(*file)})
    draft = re.search(r'name="draft" value="([^"]+)"', shown)
    draft_id = draft[1] if draft else str(uuid4())
    facts = {"draft": draft_id, "step": "REVIEW_STARTED", "words": CANARY, "waits_for": ""}
    return client.post(place, {**facts, **typed})


def noted(chancery, user, party, **more):
    facts = {"note_id": uuid4(), "step": "REVIEW_STARTED", "words": CANARY, **more}
    return write_note(**chancery.both(user), party=party, **facts)


def documents_on(client, place=PLACE) -> list[str]:
    return re.findall(r'href="(/mous/[^"]+/notes/[^"]+)"', client.get(place).content.decode())


class TestWhoReads:
    def test_the_administration_and_the_secretariat_read_words_and_documents(
        self, world, instrument
    ):
        fiji, officer = signed_in(world.fj), signed_in(world.oco)
        assert writes(fiji, file=(NAME, BODY)).status_code == 302
        for reader in (fiji, officer, signed_in(world.fj_contact)):
            page = reader.get(PLACE)
            assert CANARY in words(page)
            assert NAME in words(page)
            (place,) = documents_on(reader)
            assert fetched(reader.get(place)) == BODY
        assert JournalEntry.objects.filter(event=Event.EVIDENCE_DOWNLOADED).count() == 3

    def test_another_administration_is_refused_with_a_sentence_and_nothing_of_it(
        self, world, instrument
    ):
        fiji = signed_in(world.fj)
        writes(fiji, file=(NAME, BODY))
        (document,) = documents_on(fiji)
        vanuatu = signed_in(world.vu)
        for place in (PLACE, document):
            answer = vanuatu.get(place)
            assert answer.status_code == 403
            assert "for the administration itself and the depositary" in words(answer)
            assert CANARY not in words(answer)
            assert NAME not in words(answer)
        assert vanuatu.get("/mous/oco-mou/vu/steps/").status_code == 200
        # Nor through the own steps, which it may read.
        assert vanuatu.get(document.replace("/fj/", "/vu/")).status_code == 404

    def test_an_observer_does_not_find_the_page_and_nobody_finds_one_without_a_participant(
        self, world, instrument
    ):
        assert signed_in(world.newcomer("FJ", Role.OBSERVER)).get(PLACE).status_code in {302, 404}
        assert signed_in(world.fj).get("/mous/oco-mou/zz/steps/").status_code == 404
        assert Client().get(PLACE).status_code == 302

    def test_with_the_rules_switched_off_the_key_still_decides(
        self, world, chancery, party, monkeypatch
    ):
        from access import faces
        from access.faces import Decision
        from access.policy import Action

        noted(chancery, world.fj, party)
        monkeypatch.setitem(faces._RULES, Action.READ_STEPS, lambda *_: Decision(True))
        answer = signed_in(world.vu).get(PLACE)
        assert answer.status_code == 200
        assert CANARY not in words(answer)
        assert "opens with your key" in words(answer)

    def test_a_reader_reads_and_writes_nothing(self, world, instrument):
        writes(signed_in(world.fj))
        reader = signed_in(world.colleague("FJ", Role.READER, name="reader"))
        page = reader.get(PLACE)
        assert CANARY in words(page)
        assert 'name="words"' not in page.content.decode()
        assert writes(reader).status_code == 403
        assert StepNote.objects.count() == 1
        writer = signed_in(world.colleague("FJ", Role.CONTRIBUTOR, name="writer"))
        assert writes(writer).status_code == 302

    def test_its_words_are_nowhere_but_under_the_seal(self, world, instrument, caplog):
        assert writes(signed_in(world.fj), file=(NAME, BODY)).status_code == 302
        writes(signed_in(world.oco), words=f"Answer: {CANARY}")
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    text = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in row)
                    assert "wexelbird" not in text, table
                    assert "quagmarine" not in text, table
        assert "wexelbird" not in caplog.text
        assert "quagmarine" not in caplog.text


class TestWriting:
    def test_another_administration_writes_nothing_and_sends_no_file(self, world, instrument):
        vanuatu = signed_in(world.vu)
        draft = str(uuid4())
        typed = {"draft": draft, "step": "REVIEW_STARTED", "words": "x", "waits_for": ""}
        assert vanuatu.post(PLACE, typed).status_code == 403
        answer = vanuatu.post(f"{PLACE}files/{draft}/", {"file": SimpleUploadedFile("a.txt", b"a")})
        assert answer.status_code == 403
        assert not StepNote.objects.exists()
        assert writes(signed_in(world.fj)).status_code == 302

    def test_somebody_elses_draft_is_not_taken_along(self, world, chancery, party):
        fiji = signed_in(world.fj)
        shown = fiji.get(PLACE).content.decode()
        action = re.search(r'class="upload" method="post" action="([^"]+)"', shown)[1]
        fiji.post(action, {"file": SimpleUploadedFile(NAME, BODY)})
        draft = re.search(r'name="draft" value="([^"]+)"', fiji.get(PLACE).content.decode())[1]
        assert draft in action
        answer = writes(signed_in(world.oco), draft=draft)
        assert answer.status_code == 400
        assert not StepNote.objects.exists()
        answer = writes(signed_in(world.vu), "/mous/oco-mou/vu/steps/", draft=draft)
        assert answer.status_code == 400
        # Nor one's own, begun for another administration.
        officer, vanuatu = signed_in(world.oco), PLACE.replace("/fj/", "/vu/")
        shown = officer.get(vanuatu).content.decode()
        action = re.search(r'class="upload" method="post" action="([^"]+)"', shown)[1]
        officer.post(action, {"file": SimpleUploadedFile("theirs.txt", b"theirs")})
        other = re.search(r'name="draft" value="([^"]+)"', officer.get(vanuatu).content.decode())[1]
        assert writes(officer, draft=other).status_code == 400
        assert writes(fiji).status_code == 302
        assert NAME in words(signed_in(world.oco).get(PLACE))

    def test_what_was_typed_stays_when_it_is_refused(self, world, instrument):
        fiji = signed_in(world.fj)
        answer = writes(fiji, since="2031-01-01", waits_for="legal")
        assert answer.status_code == 400
        assert "still to come" in words(answer)
        assert CANARY in answer.content.decode()
        answer = writes(fiji, words=" ")
        assert "Write a note, attach a document" in words(answer)
        assert not StepNote.objects.exists()

    def test_sent_twice_it_is_written_once(self, world, instrument):
        fiji, draft = signed_in(world.fj), str(uuid4())
        for _ in range(2):
            assert writes(fiji, draft=draft).status_code == 302
        assert StepNote.objects.count() == 1

    def test_it_says_with_whom_the_step_lies_and_since_when(self, world, instrument):
        writes(signed_in(world.fj), waits_for="cabinet", since="2024-09-01")
        for reader in (world.fj, world.oco):
            page = words(signed_in(reader).get(PLACE))
            assert "Lies with Cabinet or parliament since 1 Sep 2024" in page
        assert "Since 1 Mar 2024" in page

    def test_a_note_on_a_step_that_is_past_says_nothing_of_the_present_one(
        self, world, chancery, party
    ):
        noted(chancery, world.fj, party, waits_for="legal", since=datetime.date(2024, 3, 2))
        chancery.act("FJ", "APPROVED_TO_SIGN", "2024-10-01")
        page = words(signed_in(world.fj).get(PLACE))
        assert "Since 1 Oct 2024" in page
        assert "Lies with The administration" in page

    def test_the_other_side_is_told_and_its_pages_ask_again(self, world, chancery, party):
        from access.sockets import Member, MemberFacts

        noted(chancery, world.oco, party)
        told = {one.recipient for one in Notice.objects.filter(event=Event.STEP_NOTED)}
        assert told == {world.fj, world.fj_contact, world.oco_contact}
        assert set(OutgoingMail.objects.filter(kind=Event.STEP_NOTED).values_list("recipient")) == {
            (one.pk,) for one in told
        }
        event = LiveEvent.objects.latest("pk")
        assert event.topic == f"steps:{party.pk}"
        members = {
            user.pk: Member(
                MemberFacts(user.pk, b"", world.actor(user).administration, "en", "UTC", None), None
            )
            for user in (world.fj, world.oco, world.vu)
        }
        kind = StepPages()
        shown = kind.judge(event, list(members.values()))
        assert set(shown) == {members[world.fj.pk], members[world.oco.pk]}
        assert kind.draw(event, None, "en", "UTC", None) == ""
        assert kind.may_subscribe(members[world.fj.pk], event.topic)
        assert not kind.may_subscribe(members[world.vu.pk], event.topic)
        assert not kind.may_subscribe(members[world.fj.pk], "steps:abc")

    def test_nothing_in_the_register_at_large_says_that_a_note_was_written(
        self, world, chancery, instrument, party
    ):
        before = LiveEvent.objects.filter(topic=f"register:{instrument.uuid}").count()
        noted(chancery, world.fj, party)
        assert LiveEvent.objects.filter(topic=f"register:{instrument.uuid}").count() == before


class TestEnteringAStep:
    def enters(self, client, kind="APPROVED_TO_SIGN", day="2024-11-04", place=PLACE):
        typed = {"act": str(uuid4()), "kind": kind, "done_on": day}
        return client.post(f"{place}enter/", typed)

    def test_one_enters_and_a_colleague_confirms(self, world, instrument):
        fiji, colleague = signed_in(world.fj), signed_in(world.fj_contact)
        assert self.enters(fiji).status_code == 302
        act = Act.objects.get(kind="APPROVED_TO_SIGN")
        assert act.state == ActState.ENTERED
        page = words(fiji.get(PLACE))
        assert "You entered it: a colleague or the Secretariat confirms it." in page
        place = f"{PLACE}confirm/{act.number}/"
        assert fiji.post(place).status_code == 403
        assert place in colleague.get(PLACE).content.decode()
        assert colleague.post(place).status_code == 302
        act.refresh_from_db()
        assert act.is_confirmed
        assert "4 Nov 2024" in words(fiji.get(PLACE))
        assert colleague.post(place).status_code == 404

    def test_the_secretariat_can_be_the_second_person(self, world, instrument):
        self.enters(signed_in(world.fj))
        number = Act.objects.get(kind="APPROVED_TO_SIGN").number
        assert signed_in(world.oco).post(f"{PLACE}confirm/{number}/").status_code == 302

    def test_another_administration_neither_enters_nor_confirms(self, world, instrument):
        vanuatu = signed_in(world.vu)
        assert self.enters(vanuatu).status_code == 403
        self.enters(signed_in(world.fj))
        number = Act.objects.get(kind="APPROVED_TO_SIGN").number
        assert vanuatu.post(f"{PLACE}confirm/{number}/").status_code == 403
        # Nor through the own steps.
        own = PLACE.replace("/fj/", "/vu/")
        assert vanuatu.post(f"{own}confirm/{number}/").status_code == 404
        assert Act.objects.get(number=number).state == ActState.ENTERED

    def test_a_contributor_notes_but_does_not_enter(self, world, instrument):
        client = signed_in(world.colleague("FJ", Role.CONTRIBUTOR, name="writer"))
        assert "Enter the step" not in words(client.get(PLACE))
        assert self.enters(client).status_code == 403

    def test_only_what_comes_next_is_offered(self, world, instrument):
        fiji = signed_in(world.fj)
        assert self.enters(fiji, kind="SIGNED_DEFINITIVE").status_code == 400
        assert self.enters(fiji, kind="TEXT_CIRCULATED").status_code == 400
        assert self.enters(fiji, day="2031-01-01").status_code == 400
        assert self.enters(fiji, kind="TRANSLATION_REQUESTED").status_code == 302

    def test_a_review_that_was_started_is_under_way_until_what_comes_after_it(
        self, world, chancery, instrument
    ):
        page = words(signed_in(world.fj).get(PLACE))
        assert "Waits for Legal and policy review" in page
        assert "Under way since 1 Mar 2024" in page
        chancery.act("FJ", "APPROVED_TO_SIGN", "2024-10-01")
        page = words(signed_in(world.fj).get(PLACE))
        assert "Waits for Authority to sign" in page
        assert "Under way" not in page
        assert "Not recorded" in page  # the translation, which nobody needed

    def test_who_takes_part_waits_for_nothing(self, world, chancery, instrument):
        chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-12-01")
        page = words(signed_in(world.fj).get(PLACE))
        assert "Waits for Comes into effect" in page
        assert "Lies with The Secretariat" in page
        chancery.act("FJ", "IN_EFFECT", "2025-01-01")
        page = words(signed_in(world.fj).get(PLACE))
        assert "Waits for" not in page
        assert "Not needed" in page  # the procedures after a definitive signature


class TestTheHomePage:
    def test_it_is_told_what_waits_on_the_own_administration(self, world, chancery, party):
        on = datetime.date(2025, 1, 1)
        (step,) = next_steps(world.actor(world.fj), on)
        assert (step.instrument, step.words) == (party.instrument, "Obtain the authority to sign")
        chancery.act("FJ", "IN_EFFECT", "2024-12-01")
        assert next_steps(world.actor(world.fj), on) == []
        assert next_steps(world.actor(world.vu), on) == []  # the Secretariat sends the text


class TestByHand:
    def test_a_note_that_was_changed_is_shown_to_nobody_and_found(self, world, chancery, party):
        noted(chancery, world.fj, party, waits_for="legal")
        assert list(findings()) == []
        StepNote.objects.update(waits_for="cabinet")
        answer = signed_in(world.fj).get(PLACE)
        assert "not what was signed, so it is not shown" in words(answer)
        assert CANARY not in words(answer)
        assert "is not what was signed" in " ".join(findings())

    def test_one_that_is_gone_is_missed(self, world, chancery, party):
        noted(chancery, world.fj, party)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM mous_stepnote")
        assert "is gone" in " ".join(findings())

    def test_one_that_was_moved_to_another_administration_is_found(
        self, world, chancery, instrument, party
    ):
        noted(chancery, world.fj, party)
        StepNote.objects.update(party=chancery.party(instrument, "VU"))
        assert CANARY not in words(signed_in(world.vu).get(PLACE.replace("/fj/", "/vu/")))
        assert "is not what was signed" in " ".join(findings())

    def test_a_key_that_was_put_on_another_desk_opens_nothing_there(self, world, chancery, party):
        noted(chancery, world.fj, party)
        RegisterKey.objects.filter(desk="FJ").update(desk="VU")
        assert CANARY not in words(signed_in(world.fj).get(PLACE))
        assert "is not what was signed" in " ".join(findings())

    def test_a_document_put_in_its_place_is_met(self, world, instrument):
        fiji = signed_in(world.fj)
        writes(fiji, file=(NAME, BODY))
        (stored,) = stored_documents([StepNote.objects.get()])[StepNote.objects.get().uuid].values()
        with storage.open_kept(stored.row.disk_name) as kept:
            path = kept.name
        with open(path, "r+b") as kept:
            kept.seek(60)
            kept.write(b"\x00\x01\x02")
        (place,) = documents_on(fiji)
        answer = signed_in(world.oco).get(place)
        assert answer.status_code == 409
        assert "This file is damaged on the server" in words(answer)
        assert JournalEntry.objects.filter(event=Event.SEAL_BROKEN).count() == 1

    def test_other_bytes_that_somebody_with_the_key_sealed_are_not_what_was_written(
        self, world, party
    ):
        """Both sides hold the key of the desk; only the author signed which file it was."""
        writes(signed_in(world.fj), file=(NAME, BODY))
        ((one,), vault) = (
            open_notes(world.vault(world.oco), notes_of(party)),
            world.vault(world.oco),
        )
        opened, stored = open_present(vault, "FJ"), stored_documents([one.note])[one.note.uuid]
        (fact,) = one.words.files
        assert verified(opened, one.note, stored, fact).name == NAME
        for said in ({"sha256": "0" * 64}, {"name": "other.txt"}, {"size": 3}):
            with pytest.raises(SealBroken):
                verified(opened, one.note, stored, replace(fact, **said))


def test_a_service_refuses_by_itself(world, chancery, party):
    with pytest.raises(Refused):
        noted(chancery, world.vu, party)
    noted(chancery, world.fj, party)
