"""Attachments as they are fetched: whole and unchanged, or not one byte and a sentence."""

import hashlib
import os
from urllib.parse import unquote

import pytest
from django.urls import reverse

from activity.models import JournalEntry
from bulletins.models import Recipient
from tests.bulletins.attaching import (
    CHUNK,
    fetched,
    issued_with,
    on_disk,
    pieces,
    text_of,
    the_file,
    words,
)
from tests.factories import sign_in
from tests.vault.inspection.build import GPS, exif, jpeg
from tests.vault.scanners import nobody_there, scanner
from vault.crypto.stream import HEADER, SEALED_CHUNK, StreamSealer
from vault.file_facts import open_draft_key, stream_context
from vault.models import EpochGrant, SealedFile, VaultSession

pytestmark = pytest.mark.django_db

BODY = text_of(2 * CHUNK + 1000)
DAMAGED = "This file is damaged on the server"


def broken_seals() -> int:
    return JournalEntry.objects.filter(event="vault.seal_broken").count()


def downloads() -> int:
    return JournalEntry.objects.filter(event="bulletins.file_downloaded").count()


class TestWhole:
    @pytest.mark.parametrize("size", [1, 64, CHUNK, CHUNK + 1, 2 * CHUNK + 1000])
    def test_what_was_sent_is_what_is_fetched(self, author, reader, size):
        bulletin = issued_with(author, text_of(size))
        answer = reader.fetch(bulletin)
        assert fetched(answer) == text_of(size)
        assert answer["Content-Length"] == str(size)
        assert downloads() == 1

    def test_the_sum_that_is_shown_is_that_of_the_fetched_bytes(self, author, reader):
        bulletin = issued_with(author, BODY)
        shown = reader.files_of(bulletin)[0]
        assert shown["digest"] == hashlib.sha256(fetched(reader.fetch(bulletin))).hexdigest()
        assert f'title="{shown["digest"]}"' in reader.open(bulletin).content.decode()

    def test_the_position_of_a_photograph_does_not_leave_the_portal(self, author, reader):
        photograph = jpeg(exif(GPS))
        assert b"Exif" in photograph
        bulletin = issued_with(author, photograph, "reef.jpg")
        got = fetched(reader.fetch(bulletin))
        assert got == jpeg()
        assert reader.files_of(bulletin)[0]["digest"] == hashlib.sha256(got).hexdigest()
        assert "The position where it was taken was removed." in words(reader.open(bulletin))

    def test_the_author_and_colleagues_fetch_it_too(self, author, world, reader):
        bulletin = issued_with(author, BODY)
        for user in (world.fj, world.fj_contact, world.vu_contact):
            reader.client.logout()
            sign_in(reader.client, user)
            assert fetched(reader.fetch(bulletin)) == BODY

    def test_several_files_come_in_the_order_in_which_they_were_attached(self, author, reader):
        for number in range(3):
            author.send(f"{number}.txt", text_of(100, seed=number))
        bulletin = author.publish()
        assert [file["name"] for file in reader.files_of(bulletin)] == ["0.txt", "1.txt", "2.txt"]
        for number in range(3):
            assert fetched(reader.fetch(bulletin, number)) == text_of(100, seed=number)


class TestHeaders:
    @pytest.fixture
    def answer(self, author, reader):
        return reader.fetch(issued_with(author, BODY))

    def test_it_is_a_download_that_no_browser_shows_runs_or_keeps(self, answer):
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Cache-Control"] == "no-store"

    def test_the_head_of_it_can_be_asked_for(self, author, reader, answer):
        url = answer.wsgi_request.path
        head = reader.client.head(url)
        names = ("Content-Type", "Content-Length", "Content-Disposition", "Cache-Control")
        assert [head[name] for name in names] == [answer[name] for name in names]
        assert head.content == b""
        assert reader.client.post(url).status_code == 405

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ("Māhina liste à Nouméa.txt", "Māhina liste à Nouméa.txt"),
            ('a"; filename="setup.pdf.txt', "a_; filename=_setup.pdf.txt"),
            ("a';x=''b.txt", "a';x=''b.txt"),
            ("100% sure; really, $x.txt", "100% sure; really, $x.txt"),
            ("../../etc/passwd.txt", "passwd.txt"),
            ("con.txt", "file_con.txt"),
        ],
    )
    def test_a_name_is_only_a_name(self, author, reader, given, told):
        answer = reader.fetch(issued_with(author, b"seen at the wharf", given))
        start, _, name = answer["Content-Disposition"].partition("''")
        assert start == "attachment; filename*=UTF-8"
        assert unquote(name) == told
        assert not set(name) & set("\"'; \r\n\\/,")

    @pytest.mark.parametrize("given", ["a\r\nSet-Cookie: x=y.txt", "a\0.txt", "a\u2028.txt"])
    def test_a_name_with_line_ends_is_not_even_accepted(self, author, given):
        said = author.send(given, b"seen at the wharf")
        assert said.status == 400
        assert "hidden characters" in said.error


def flip(path, at):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def cut(path, to):
    os.truncate(path, to)


LAST = HEADER + 2 * SEALED_CHUNK
DISK = {
    "the mark at the beginning": lambda path: flip(path, 0),
    "the header": lambda path: flip(path, 40),
    "the first piece": lambda path: flip(path, HEADER),
    "the seal of the first piece": lambda path: flip(path, HEADER + SEALED_CHUNK - 1),
    "the second piece": lambda path: flip(path, HEADER + SEALED_CHUNK + 99),
    "the last piece": lambda path: flip(path, LAST + 5),
    "the padding": lambda path: flip(path, LAST + 1000),
    "the last byte": lambda path: flip(path, -1),
    "one byte less": lambda path: cut(path, path.stat().st_size - 1),
    "one piece less": lambda path: cut(path, LAST),
    "only the header": lambda path: cut(path, HEADER),
    "nothing": lambda path: cut(path, 0),
    "one byte more": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "gone": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


class TestDamage:
    @pytest.mark.parametrize("case", DISK)
    def test_a_stored_file_that_was_touched_is_met_before_the_first_byte(
        self, author, reader, case
    ):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        DISK[case](the_file())
        for ask in (reader.client.get, reader.client.head):
            answer = ask(url)
            assert (answer.status_code, answer.streaming) == (409, False)
        assert DAMAGED in words(reader.client.get(url))
        assert (broken_seals(), downloads()) == (3, 0)
        assert reader.open(bulletin).status_code == 200, "its words are as they were"

    def test_pieces_of_one_file_exchanged_among_themselves(self, author, reader):
        bulletin = issued_with(author, text_of(3 * CHUNK))
        raw, path = the_file().read_bytes(), the_file()
        one, two = HEADER, HEADER + SEALED_CHUNK
        path.write_bytes(
            raw[:one] + raw[two : two + SEALED_CHUNK] + raw[one:two] + raw[two + SEALED_CHUNK :]
        )
        assert DAMAGED in words(reader.fetch(bulletin))

    def test_other_words_sealed_in_its_place_by_a_reader_who_holds_the_key(
        self, author, reader, world
    ):
        """A recipient with a hand on the server's disk; the author's sum is signed."""
        author.send("crates.txt", BODY)
        row, forged = SealedFile.objects.get(), text_of(len(BODY), seed=5)
        key = open_draft_key(world.vault(world.fj), row)
        bulletin = author.publish()
        honest = the_file().read_bytes()
        for header in (bytes(row.header), StreamSealer.start(key, stream_context(row.id)).header):
            sealer = StreamSealer.resume(key, stream_context(row.id), header)
            for body in (BODY, forged):
                rest = pieces(body)
                seals = [sealer.seal_chunk(n, at == rest[-1][0], piece)
                         for n, (at, piece) in enumerate(rest)]  # fmt: skip
                the_file().write_bytes(header + b"".join(seals))
                answer = reader.fetch(bulletin)
                assert answer.status_code == (200 if body == BODY else 409)
        the_file().write_bytes(honest)
        assert fetched(reader.fetch(bulletin)) == BODY

    @pytest.fixture
    def two(self, author, world):
        """Two bulletins with a file of the same size each."""
        first = issued_with(author, text_of(500), "one.txt")
        author.draft_id = type(author.draft_id)(int=author.draft_id.int ^ 1)
        return first, issued_with(author, text_of(500, seed=3), "two.txt")

    def test_the_file_of_another_bulletin_put_in_its_place(self, two, reader):
        one, other = on_disk()
        raw = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(raw)
        for bulletin in two:
            assert DAMAGED in words(reader.fetch(bulletin))

    @pytest.mark.parametrize("columns", [("disk_name",), ("disk_name", "header")])
    def test_a_row_that_points_to_the_file_of_another_bulletin(self, two, reader, columns):
        rows = [SealedFile.objects.get(object_id=bulletin.uuid) for bulletin in two]
        stolen = {name: getattr(rows[1], name) for name in columns}
        SealedFile.objects.filter(pk=rows[1].pk).update(disk_name="0" * 32)
        SealedFile.objects.filter(pk=rows[0].pk).update(**stolen)
        url = reverse("bulletins:download", args=[two[0].ref, rows[0].pk])
        assert DAMAGED in words(reader.client.get(url))

    @pytest.mark.parametrize(
        "changes",
        [
            {"padded_size": 1}, {"facts": bytes(600)}, {"header": bytes(64)}, {"object_key": None},
            {"object_key": bytes(200)}, {"facts": b""},
        ],
    )  # fmt: skip
    def test_a_row_changed_by_hand(self, author, reader, changes):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        before = SealedFile.objects.values(*changes).get()
        SealedFile.objects.update(**changes)
        assert DAMAGED in words(reader.client.get(url))
        assert broken_seals() == 1
        SealedFile.objects.update(**before)
        assert fetched(reader.client.get(url)) == BODY

    def test_keys_and_facts_of_two_files_of_one_bulletin_exchanged(self, author, reader):
        for number in range(2):
            author.send(f"{number}.txt", text_of(500, seed=number))
        bulletin = author.publish()
        url = reader.files_of(bulletin)[0]["url"]
        names = ("facts", "header", "object_key", "disk_name", "padded_size")
        one, two = SealedFile.objects.order_by("position")
        SealedFile.objects.filter(pk=two.pk).update(disk_name="0" * 32)
        SealedFile.objects.filter(pk=one.pk).update(**{n: getattr(two, n) for n in names})
        assert DAMAGED in words(reader.client.get(url))

    def test_after_damage_the_others_fetch_what_is_whole(self, two, reader):
        flip(on_disk()[0], 99)
        answers = [reader.fetch(bulletin) for bulletin in two]
        assert sorted(answer.status_code for answer in answers) == [200, 409]


class TestWhoMay:
    def test_the_id_of_another_bulletins_file_under_a_readable_reference(
        self, author, reader, world
    ):
        readable = issued_with(author, BODY)
        author.draft_id = type(author.draft_id)(int=author.draft_id.int ^ 1)
        other = issued_with(author, text_of(99))
        theirs = SealedFile.objects.get(object_id=other.uuid)
        url = reverse("bulletins:download", args=[readable.ref, theirs.pk])
        assert reader.client.get(url).status_code == 404
        assert broken_seals() == 0

    def test_a_file_of_a_draft_is_fetched_by_nobody(self, author, reader):
        readable = issued_with(author, BODY)
        author.draft_id = type(author.draft_id)(int=author.draft_id.int ^ 1)
        author.send("crates.txt", BODY)
        draft = SealedFile.objects.get(kind="draft")
        for person in (author, reader):
            url = reverse("bulletins:download", args=[readable.ref, draft.pk])
            assert person.client.get(url).status_code == 404

    def test_strangers_find_nothing_and_the_signed_out_are_led_to_the_door(
        self, author, reader, world
    ):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        reader.client.logout()
        assert "/sign-in/" in reader.client.get(url).url
        sign_in(reader.client, world.pw)
        assert reader.client.get(url).status_code == 404
        assert broken_seals() == 0

    def test_a_locked_session_unlocks_first_and_comes_back(self, author, reader):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        VaultSession.objects.all().delete()
        assert reader.client.get(url).url == f"/unlock/?next={url.replace('/', '%2F')}"

    def test_whoever_holds_no_key_is_told_so_and_no_seal_is_called_broken(
        self, author, reader, world
    ):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        EpochGrant.objects.filter(user=world.vu_contact).delete()
        reader.client.logout()
        sign_in(reader.client, world.vu_contact)
        answer = reader.client.get(url)
        assert answer.status_code == 409
        assert "does not hold the key" in words(answer)
        assert broken_seals() == 0

    def test_with_a_row_of_recipients_added_by_hand_it_stays_shut(self, author, reader, world):
        bulletin = issued_with(author, BODY)
        url = reader.files_of(bulletin)[0]["url"]
        Recipient.objects.create(administration_id="PW", bulletin=bulletin)
        reader.client.logout()
        sign_in(reader.client, world.pw)
        assert "does not hold the key" in words(reader.client.get(url))


@pytest.mark.django_db(transaction=True)
class TestScanner:
    """An issued file that nobody has scanned yet: shut, until a reader's key lets it be asked."""

    @pytest.fixture
    def waiting(self, author, settings):
        settings.CLAMD_URL = nobody_there()
        return lambda body: issued_with(author, body)

    def test_it_cannot_be_fetched_and_the_reason_is_said(self, waiting, reader):
        bulletin = waiting(BODY)
        assert "waiting to be scanned" in words(reader.open(bulletin))
        answer = reader.fetch(bulletin)
        assert (answer.status_code, answer.streaming) == (409, False)
        assert "This file has not been scanned yet" in words(answer)
        assert (broken_seals(), downloads()) == (0, 0)

    def test_it_is_asked_about_again_when_somebody_opens_it(self, waiting, reader, settings):
        bulletin = waiting(BODY)
        url = reader.files_of(bulletin)[0]["url"]
        assert f'href="{url}"' in reader.open(bulletin).content.decode(), "there is a way to ask"
        with scanner(settings) as clamd:
            assert fetched(reader.client.get(url)) == BODY
            assert fetched(reader.client.get(url)) == BODY
        assert clamd.seen == 1
        assert "waiting to be scanned" not in words(reader.open(bulletin))

    def test_what_is_found_then_is_removed_said_and_recorded(self, waiting, reader, settings):
        bulletin = waiting(b"a quombat, a quombat")
        with scanner(settings) as clamd:
            for _ in range(2):
                answer = reader.fetch(bulletin)
                assert answer.status_code == 409
                assert "The malware scanner refused this file" in words(answer)
        assert (clamd.seen, on_disk()) == (1, [])
        assert "The malware scanner refused this file" in words(reader.open(bulletin))
        assert JournalEntry.objects.filter(event="bulletins.file_refused").count() == 1
        assert (broken_seals(), downloads()) == (0, 0)

    def test_a_refused_one_whose_bytes_a_crash_left_there_stays_shut(
        self, waiting, reader, settings
    ):
        bulletin = waiting(BODY)
        SealedFile.objects.update(state="refused")
        with scanner(settings) as clamd:
            assert "The malware scanner refused this file" in words(reader.fetch(bulletin))
        assert (clamd.seen, len(on_disk())) == (0, 1)

    def test_a_damaged_one_is_not_even_sent_to_the_scanner(self, waiting, reader, settings):
        bulletin = waiting(BODY)
        flip(the_file(), 500)
        with scanner(settings) as clamd:
            assert DAMAGED in words(reader.fetch(bulletin))
        assert clamd.seen == 0

    def test_the_author_is_told_on_the_draft_and_can_ask_again(self, author, settings):
        settings.CLAMD_URL = nobody_there()
        said = author.send("crates.txt", BODY)
        assert (said.done, said.state) == (True, "scan_pending")
        assert "waiting for the malware scanner" in words(author.page())
        again = f"{said.url}again/"
        assert "waiting for the malware scanner" in words(author.client.post(again, follow=True))
        with scanner(settings):
            assert "checked, encrypted" in words(author.client.post(again, follow=True))
        assert again not in author.page().content.decode()
