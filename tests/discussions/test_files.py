"""Files of messages: they arrive as those of bulletins do, and are what their author sent."""

import uuid

import pytest
from django.urls import reverse

from activity.models import JournalEntry
from discussions.models import ThreadDraft
from discussions.sealing import message_key, open_epoch
from discussions.services.messages import withdraw_message
from discussions.services.participants import add_participant, remove_participant
from tests.bulletins.attaching import fetched, on_disk, text_of, words
from tests.discussions.taking_part import Writer
from tests.vault.scanners import nobody_there
from vault.crypto.stream import CHUNK, StreamSealer
from vault.file_facts import FileFacts, seal_facts, stream_context
from vault.models import SealedFile

BODY = text_of(CHUNK + 500)


@pytest.fixture
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def thread(world, table, files_dir):
    return table.open(world.fj, "VU")


@pytest.fixture
def fiji(world, thread):
    return Writer(world.fj, thread)


@pytest.fixture
def vanuatu(world, thread):
    return Writer(world.vu, thread)


def recorded(event: str) -> int:
    return JournalEntry.objects.filter(event=event).count()


class TestArriving:
    def test_what_is_sent_with_a_message_is_fetched_by_who_takes_part(self, world, fiji, vanuatu):
        message = fiji.sends("crates.txt", BODY)
        assert "crates.txt" in vanuatu.reads()
        answer = vanuatu.fetches(message)
        assert fetched(answer) == BODY
        assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''crates.txt"
        assert recorded("discussions.file_downloaded") == 1

    def test_the_first_file_begins_the_draft_under_the_id_of_the_page(self, fiji):
        said = fiji.announce("crates.txt", 100)
        assert said.status_code == 201
        draft = ThreadDraft.objects.get(pk=fiji.draft_id)
        assert said.json()["version"] == draft.version

    def test_a_file_goes_on_after_the_page_was_loaded_again(self, fiji, vanuatu):
        url = fiji.begin("crates.txt", BODY, upto=CHUNK)
        assert fiji.client.get(url).json()["offset"] == CHUNK
        assert fiji.put(url, CHUNK, BODY[CHUNK:]).json()["done"]
        assert fiji.says().status_code == 200

    def test_a_file_that_has_not_arrived_holds_the_message_back_with_a_sentence(self, fiji):
        fiji.begin("crates.txt", BODY, upto=CHUNK)
        answer = fiji.says()
        assert answer.status_code == 400
        assert "has not arrived in full" in answer.json()["error"]

    def test_a_file_can_be_taken_away_again_before_it_is_sent(
        self, fiji, django_capture_on_commit_callbacks
    ):
        said = fiji.send("crates.txt", BODY)
        with django_capture_on_commit_callbacks(execute=True):
            assert fiji.client.delete(said.url).json() == {"removed": True}
        fiji.says("Without.")
        assert on_disk() == []

    def test_a_second_window_is_told_to_load_its_page(self, fiji):
        fiji.send("crates.txt", BODY)
        fiji.draft_id = uuid.uuid4()
        answer = fiji.announce("other.txt", 100)
        assert answer.status_code == 409
        assert "Another window" in answer.json()["error"]

    def test_a_file_without_words_is_a_message(self, fiji, vanuatu):
        message = fiji.sends("crates.txt", BODY, text="")
        assert fetched(vanuatu.fetches(message)) == BODY


class TestWhoMay:
    def test_a_stranger_finds_neither_the_place_for_a_file_nor_a_file(self, world, thread, fiji):
        message = fiji.sends("crates.txt", BODY)
        palau = Writer(world.pw, thread)
        assert palau.announce("mine.txt", 10).status_code == 404
        assert palau.fetches(message).status_code == 404
        assert recorded("discussions.file_downloaded") == 0

    def test_nobody_touches_the_file_of_anothers_draft(self, world, thread, fiji, vanuatu):
        said = fiji.send("crates.txt", BODY)
        vanuatu.draft_id = fiji.draft_id
        assert vanuatu.client.get(said.url).status_code == 404
        assert vanuatu.client.delete(said.url).status_code == 404
        assert vanuatu.announce("mine.txt", 10).status_code == 404
        colleague = Writer(world.fj_contact, thread)
        assert colleague.client.delete(said.url).status_code == 404
        assert fiji.client.get(said.url).json()["done"]

    def test_who_joins_later_fetches_nothing_of_before(self, world, table, files_dir):
        thread = table.open(world.fj, "VU", history="joining")
        before = Writer(world.fj, thread).sends("before.txt", BODY)
        add_participant(**table.both(world.fj), thread=thread, name="PW")
        after = Writer(world.fj, thread).sends("after.txt", BODY)
        palau = Writer(world.pw, thread)
        assert palau.fetches(before).status_code == 404
        assert fetched(palau.fetches(after)) == BODY

    def test_who_was_removed_fetches_nothing(self, world, table, files_dir):
        thread = table.open(world.fj, "VU", "PW")
        message = Writer(world.fj, thread).sends("crates.txt", BODY)
        palau = Writer(world.pw, thread)
        assert fetched(palau.fetches(message)) == BODY
        remove_participant(**table.both(world.fj), thread=thread, name="PW")
        assert palau.fetches(message).status_code == 404

    def test_what_was_withdrawn_is_off_the_disk(
        self, world, table, fiji, vanuatu, django_capture_on_commit_callbacks
    ):
        message = fiji.sends("crates.txt", BODY)
        url = vanuatu.file_url(message)
        with django_capture_on_commit_callbacks(execute=True):
            withdraw_message(**table.both(world.fj), message=message)
        assert vanuatu.client.get(url).status_code == 404
        assert on_disk() == []

    def test_signed_out_the_page_is_told_and_can_go_on(self, world, thread, fiji):
        url = fiji.begin("crates.txt", BODY, upto=CHUNK)
        fiji.client.logout()
        assert fiji.put(url, CHUNK, BODY[CHUNK:]).status_code == 401


class TestWhatWasSent:
    """Attacks by a hand in the database, and by a reader who holds the key."""

    def damaged(self, answer) -> bool:
        return answer.status_code == 409 and "This file is damaged" in words(answer)

    def test_files_of_two_messages_exchanged_in_the_database_are_met(self, fiji, vanuatu):
        first = fiji.sends("first.txt", text_of(300, seed=1))
        second = fiji.sends("second.txt", text_of(300, seed=2))
        rows = {m: SealedFile.objects.get(object_id=m.uuid) for m in (first, second)}
        for own, other in ((first, second), (second, first)):
            SealedFile.objects.filter(pk=rows[own].pk).update(object_id=other.uuid)
        assert self.damaged(vanuatu.fetches(first))
        assert self.damaged(vanuatu.fetches(second))
        assert recorded("vault.seal_broken") == 2

    def test_all_but_the_id_exchanged_is_met_too(self, fiji, vanuatu):
        first = fiji.sends("first.txt", text_of(300, seed=1))
        second = fiji.sends("second.txt", text_of(300, seed=2))
        names = ("disk_name", "header", "facts", "object_key", "padded_size")
        rows = [SealedFile.objects.get(object_id=m.uuid) for m in (first, second)]
        taken = [{name: getattr(row, name) for name in names} for row in rows]
        SealedFile.objects.filter(pk=rows[0].pk).update(disk_name=uuid.uuid4().hex)
        SealedFile.objects.filter(pk=rows[1].pk).update(**taken[0])
        SealedFile.objects.filter(pk=rows[0].pk).update(**taken[1])
        assert self.damaged(vanuatu.fetches(first))
        assert self.damaged(vanuatu.fetches(second))

    def test_the_stored_piece_of_another_file_is_met(self, fiji, vanuatu, files_dir):
        fiji.sends("first.txt", text_of(300, seed=1))
        message = fiji.sends("second.txt", text_of(300, seed=2))
        one, other = on_disk()
        bytes_of_one = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(bytes_of_one)
        assert self.damaged(vanuatu.fetches(message))

    def test_other_bytes_under_the_very_key_are_met(self, world, fiji, vanuatu, thread):
        """A reader who also has the database can open the file's key and seal what he likes."""
        message = fiji.sends("crates.txt", text_of(300, seed=1))
        row = SealedFile.objects.get(object_id=message.uuid)
        message.epoch.thread = thread
        key = message_key(open_epoch(world.vault(world.vu), message.epoch), message)
        file_key = key.open_field(f"file key:{row.id}", bytes(row.object_key))
        body = text_of(300, seed=7)
        forge(row, file_key, body, "crates.txt")
        (path,) = on_disk()
        assert path.exists()
        assert self.damaged(vanuatu.fetches(message))
        assert recorded("vault.seal_broken") == 1

    def test_what_the_database_names_and_its_author_did_not_is_no_file_of_the_message(
        self, fiji, vanuatu
    ):
        message = fiji.sends("crates.txt", BODY)
        row = SealedFile.objects.get(object_id=message.uuid)
        ghost = SealedFile.objects.get(pk=row.pk)
        ghost.pk, ghost.disk_name = uuid.uuid4(), uuid.uuid4().hex
        ghost.save(force_insert=True)
        url = reverse("discussions:download", args=[message.thread.ref, 1, ghost.pk])
        assert self.damaged(vanuatu.client.get(url))
        assert str(ghost.pk) not in vanuatu.reads()

    def test_a_file_gone_from_the_database_is_missed_on_the_page(self, fiji, vanuatu):
        message = fiji.sends("crates.txt", BODY)
        SealedFile.objects.filter(object_id=message.uuid).delete()
        page = vanuatu.reads()
        assert "crates.txt" in page
        assert "damaged on the server" in page


def forge(row: SealedFile, key: bytes, body: bytes, name: str) -> None:
    """What somebody with the file's key puts in place of a small file."""
    import hashlib

    sealer = StreamSealer.start(key, stream_context(row.id))
    (path,) = on_disk()
    path.write_bytes(sealer.header + sealer.seal_chunk(0, True, body))
    facts = FileFacts(
        name=name, size=len(body), media_type="text/plain",
        sha256=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip
    SealedFile.objects.filter(pk=row.pk).update(
        header=sealer.header, facts=seal_facts(key, row.id, facts)
    )


class TestScanner:
    def test_a_file_that_waits_for_the_scanner_is_not_sent_and_the_page_says_why(
        self, fiji, vanuatu, settings
    ):
        settings.CLAMD_URL = nobody_there()
        message = fiji.sends("crates.txt", BODY)
        answer = vanuatu.fetches(message)
        assert answer.status_code == 409
        assert "not been scanned yet" in words(answer)
