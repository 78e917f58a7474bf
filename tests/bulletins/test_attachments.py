"""Attachments as they arrive: in pieces, over links that break, from people who may and may not."""

import threading
import time
import uuid
from hashlib import sha256

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Appointment
from activity.models import JournalEntry
from bulletins.models import Bulletin, Draft
from tests.bulletins.attaching import CHUNK, FIELDS, Officer, on_disk, pieces, text_of, words
from tests.factories import sign_in
from tests.vault.inspection.build import windows_program
from vault.models import SealedFile, VaultSession

pytestmark = pytest.mark.django_db

BODY = text_of(3 * CHUNK + 1000)


class TestPieces:
    def test_a_file_sent_in_pieces_is_attached(self, author):
        said = author.send("crates.txt", BODY)
        assert (said.done, said.state, said.offset) == (True, "ready", len(BODY))
        assert "crates.txt" in said.html
        assert "checked, encrypted" in said.html
        assert "crates.txt" in words(author.page())

    @pytest.mark.parametrize("size", [1, 63, 64, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
    def test_whatever_its_size(self, author, size):
        assert author.send("crates.txt", text_of(size)).done

    def test_cut_in_the_middle_it_goes_on_from_where_the_server_is(self, author):
        url = author.begin("crates.txt", BODY, upto=2 * CHUNK)
        # The link broke. The page asks, and sends nothing twice.
        answer = author.client.get(url).json()
        assert (answer["offset"], answer["done"]) == (2 * CHUNK, False)
        for at, piece in pieces(BODY)[2:]:
            answer = author.put(url, at, piece).json()
        assert answer["done"]

    def test_a_piece_out_of_step_is_told_where_to_go_on(self, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        for offset in (0, 2 * CHUNK, 17, len(BODY), 10**14):
            answer = author.put(url, offset, BODY[:CHUNK])
            assert (answer.status_code, answer.json()["offset"]) == (409, CHUNK), offset
        assert author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]).json()["offset"] == 2 * CHUNK

    def test_the_last_piece_sent_twice_finds_the_file_finished(self, author):
        url = author.begin("crates.txt", BODY, upto=len(BODY))
        at, last = pieces(BODY)[-1]
        for body in (last, b""):
            again = author.put(url, at, body)
            assert (again.status_code, again.json()["done"]) == (409, True)
        assert "crates.txt" in again.json()["html"]
        assert author.client.get(url).json()["done"]

    @pytest.mark.parametrize(
        ("offset", "length"),
        [(0, 0), (0, 1), (0, CHUNK - 1), (0, CHUNK + 1), (3 * CHUNK, 999), (3 * CHUNK, 1001)],
    )
    def test_a_piece_of_the_wrong_size_is_refused_and_the_right_one_follows(
        self, author, offset, length
    ):
        url = author.begin("crates.txt", BODY, upto=offset)
        answer = author.put(url, offset, bytes(length))
        assert answer.status_code == 400
        assert "does not fit" in answer.json()["error"]
        assert author.put(url, offset, BODY[offset : offset + CHUNK]).status_code == 200

    @pytest.mark.parametrize("offset", ["", "abc", "-1", "1.5", "9" * 20])
    def test_a_piece_without_a_place_is_refused(self, author, offset):
        url = author.begin("crates.txt", BODY)
        answer = author.put(url, offset, BODY[:CHUNK])
        assert answer.status_code == 400
        assert "Upload-Offset" in answer.json()["error"]

    def test_a_file_taken_away_while_it_is_sent_is_gone_with_a_sentence(self, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        assert author.client.delete(url).json() == {"removed": True}
        answer = author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK])
        assert answer.status_code == 404
        assert "not there any more" in answer.json()["error"]

    def test_nothing_that_is_answered_may_be_kept_by_a_browser(self, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        for answer in (
            author.client.get(url),
            author.put(url, 7, b""),
            author.client.get(author.files_url),
        ):
            assert "no-store" in answer["Cache-Control"]


class TestLimits:
    @pytest.mark.parametrize(
        ("size", "status", "sentence"),
        [
            (0, 400, "This file is empty"),
            ("-1", 400, "This file is empty"),
            ("much", 400, "This file is empty"),
            (50 * 1024 * 1024 + 1, 413, "up to 50 MB"),
        ],
    )
    def test_a_size_that_cannot_be_is_refused_in_words(self, author, size, status, sentence):
        answer = author.announce("crates.txt", size)
        assert (answer.status_code, on_disk()) == (status, [])
        assert sentence in answer.json()["error"]

    def test_fifty_megabytes_are_taken(self, author):
        assert author.announce("crates.txt", 50 * 1024 * 1024).status_code == 201

    def test_twenty_files_and_no_more(self, author):
        for _ in range(20):
            assert author.announce("crates.txt", 5).status_code == 201
        answer = author.announce("crates.txt", 5)
        assert answer.status_code == 400
        assert "Up to 20 files" in answer.json()["error"]
        author.client.delete(reverse("bulletins:piece", args=[author.draft_id, a_file().pk]))
        assert author.announce("crates.txt", 5).status_code == 201

    def test_a_server_that_cannot_keep_it_says_so_and_loses_nothing(self, author, files_dir):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        away = files_dir.rename(files_dir.with_name("unmounted"))
        files_dir.write_text("not a folder: every write below it fails")
        answer = author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK])
        assert answer.status_code == 503
        assert "could not keep" in answer.json()["error"]
        assert author.announce("other.txt", 5).status_code == 503
        files_dir.unlink()
        away.rename(files_dir)
        assert author.client.get(url).json()["offset"] == CHUNK
        for at, piece in pieces(BODY)[1:]:
            answer = author.put(url, at, piece).json()
        assert answer["done"]


def a_file() -> SealedFile:
    return SealedFile.objects.first()


class TestWhoMay:
    def test_into_the_draft_of_a_colleague_or_of_another_administration(self, world, author):
        author.begin("crates.txt", BODY, upto=CHUNK)
        before = {path: path.read_bytes() for path in on_disk()}
        url = reverse("bulletins:piece", args=[author.draft_id, a_file().pk])
        for user in (world.fj_contact, world.pw, world.oco):
            other = Officer(user)
            other.draft_id = author.draft_id
            for answer in (
                other.announce("mine.txt", 5),
                other.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]),
                other.client.get(url),
                other.client.delete(url),
                other.client.post(f"{url}remove/"),
                other.client.post(f"{url}again/"),
            ):
                assert answer.status_code == 404
        assert {path: path.read_bytes() for path in on_disk()} == before
        assert SealedFile.objects.count() == 1

    def test_a_file_of_somebody_else_under_the_own_draft(self, world, author):
        author.begin("crates.txt", BODY, upto=CHUNK)
        palau = Officer(world.pw)
        assert palau.announce("mine.txt", 5).status_code == 201
        theirs = SealedFile.objects.get(owner=world.fj)
        url = reverse("bulletins:piece", args=[palau.draft_id, theirs.pk])
        assert palau.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]).status_code == 404
        assert palau.client.delete(url).status_code == 404

    def test_into_one_that_was_published_or_discarded(self, author):
        url = author.begin("crates.txt", BODY, upto=len(BODY))
        author.publish()
        before = on_disk()
        answer = author.announce("late.txt", 5)
        assert answer.status_code == 404
        assert "not there any more" in answer.json()["error"]
        assert author.client.delete(url).status_code == 404
        assert on_disk() == before
        assert SealedFile.objects.count() == 1

    def test_a_reader_may_write_no_draft_and_so_attaches_nothing(self, world, files_dir):
        from access.roles import Role

        reader = Officer(world.colleague("FJ", Role.READER, name="reader"))
        answer = reader.announce("crates.txt", 5)
        assert answer.status_code == 403
        assert "Readers can read" in answer.json()["error"]
        assert JournalEntry.objects.filter(event="access.refused").exists()
        assert on_disk() == []
        assert not Draft.objects.exists()

    def test_whoever_becomes_a_reader_in_the_middle_sends_no_further_piece(self, world, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        Appointment.objects.filter(user=world.fj).update(role="reader")
        for answer in (author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]), author.client.get(url)):
            assert answer.status_code == 404
        assert author.announce("other.txt", 5).status_code == 403
        Appointment.objects.filter(user=world.fj).update(role="coordinator")
        assert author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]).status_code == 200

    def test_signed_out_in_the_middle_the_upload_goes_on_after_signing_in(self, world, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        Session.objects.all().delete()
        for answer in (
            author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]),
            author.client.get(url),
            author.announce("other.txt", 5),
            author.client.get(author.files_url),
        ):
            assert answer.status_code == 401
            assert "Sign in" in answer.json()["error"]
        sign_in(author.client, world.fj)
        assert author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]).json()["offset"] == 2 * CHUNK

    def test_locked_in_the_middle_the_upload_goes_on_after_unlocking(self, author):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        VaultSession.objects.all().delete()
        answer = author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK])
        assert answer.status_code == 401
        assert "locked" in answer.json()["error"]
        author.client.post(reverse("vault:unlock"), {"password": "reef lantern copra harbour tide"})
        assert author.put(url, CHUNK, BODY[CHUNK : 2 * CHUNK]).json()["offset"] == 2 * CHUNK

    def test_a_page_left_open_over_a_sign_in_learns_the_new_token(self, world):
        """The old anti-forgery token is refused after a sign-in in another tab."""
        author = Officer(None, enforce_csrf_checks=True)

        def signed_in() -> None:
            author.client.get("/sign-in/")
            token = author.client.cookies["iswg-csrf"].value
            phrase = "reef lantern copra harbour tide"
            author.client.post("/sign-in/", {"login": world.fj.email, "password": phrase,
                                           "csrfmiddlewaretoken": token})  # fmt: skip

        def announced(token):
            return author.client.post(
                author.files_url, {"name": "a.txt", "size": "5"}, headers={"X-CSRFToken": token}
            )

        signed_in()
        old = author.client.get(author.files_url).json()["token"]
        url = announced(old).json()["url"]
        author.client.post(reverse("account_logout"), {"csrfmiddlewaretoken": old})
        signed_in()
        assert announced(old).status_code == 403
        for address in (url, author.files_url):
            assert announced(author.client.get(address).json()["token"]).status_code == 201


class TestWithoutScripts:
    def test_text_and_small_files_in_one_form(self, author):
        answer = author.post_form(file=[upload("one.txt", b"one"), upload("two.txt", b"two")])
        page = words(author.client.get(answer.url))
        assert "one.txt" in page
        assert "two.txt" in page
        assert FIELDS["title"] in page or FIELDS["title"] in str(
            author.page().context["form"]["title"].value()
        )
        assert [f.state for f in SealedFile.objects.all()] == ["ready", "ready"]

    def test_no_message_carries_a_name_into_a_cookie_or_the_database(self, author):
        for name, body in (("quombat.txt", b"one"), ("quombat.jpg", windows_program())):
            answer = author.client.post(author.files_url, {"file": upload(name, body)})
            told = [str(message) for message in get_messages(answer.wsgi_request)]
            assert told
            assert "quombat" not in str(told)

    def test_the_page_has_a_place_for_them_where_scripts_do_not_run(self, author):
        page = author.client.get(reverse("bulletins:new")).content.decode()
        form = page[page.index('id="compose"') : page.index("</form>", page.index('id="compose"'))]
        assert '<noscript><div class="field">' in form
        assert 'name="file"' in form
        assert page.count("data-upload data-list") == 1
        assert 'data-list="#files" hidden' in page

    @pytest.mark.parametrize(
        ("name", "body", "sentence"),
        [
            ("one.txt", b"", "empty"),
            ("reef.jpg", windows_program(), "a Windows program"),
            ("one.txt", b"x" * 70_000, "attached: checked"),
        ],
    )
    def test_a_file_alone_is_answered_with_a_page_and_a_sentence(
        self, author, name, body, sentence
    ):
        answer = author.client.post(author.files_url, {"file": upload(name, body)}, follow=True)
        assert answer.status_code == 200
        assert sentence in words(answer)

    def test_one_that_is_too_large_for_a_form_is_answered_in_words(self, author):
        answer = author.client.post(author.files_url, {"file": upload("a.txt", b"x" * 99_000)},
                                  follow=True)  # fmt: skip
        assert "above 64 KB needs JavaScript" in words(answer)
        assert not SealedFile.objects.exists()
        assert "Choose a file first" in words(author.client.post(author.files_url, {}, follow=True))

    @pytest.mark.parametrize("ended", [Session, VaultSession])
    def test_signed_out_or_locked_it_is_led_to_the_door_and_back(self, author, ended):
        author.client.post(author.files_url, {"file": upload("a.txt", b"first")})
        ended.objects.all().delete()
        answer = author.client.post(author.files_url, {"file": upload("b.txt", b"second")})
        assert answer.status_code == 302
        assert str(author.draft_id) in answer.url
        assert "The file was not sent" in words(author.client.get(answer.url))
        assert SealedFile.objects.count() == 1

    def test_it_is_removed_by_a_button(self, author):
        said = author.send("crates.txt", BODY)
        page = author.client.post(f"{said.url}remove/", follow=True)
        assert "The file is removed" in words(page)
        assert "crates.txt" not in words(page)


def upload(name, body):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, body)


class TestTheDraft:
    def test_a_file_may_come_before_the_first_word_and_the_words_are_kept(self, author):
        author.send("crates.txt", BODY)
        autosave = reverse("bulletins:autosave", args=[author.draft_id])
        kept = author.client.post(autosave, {"title": "Typed afterwards", "version": "0"})
        assert kept.json()["version"] == 2
        other = author.client.post(autosave, {"title": "Another window", "version": "0"})
        assert other.status_code == 409

    @pytest.mark.django_db(transaction=True)
    def test_a_discarded_draft_takes_its_files_with_it(self, author):
        author.send("crates.txt", BODY)
        author.begin("half.txt", BODY, upto=CHUNK)
        assert len(on_disk()) == 2
        author.client.post(reverse("bulletins:discard", args=[author.draft_id]))
        assert on_disk() == []
        assert not SealedFile.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_a_published_file_survives_the_end_of_its_draft(self, author):
        author.send("crates.txt", BODY)
        author.publish()
        assert not Draft.objects.exists()
        assert len(on_disk()) == 1

    def test_a_file_chosen_again_is_compared_with_all_that_has_arrived(self, author):
        url = author.begin("crates.txt", BODY, upto=2 * CHUNK)

        def said(body: bytes, offset: int = 2 * CHUNK):
            parts = (sha256(body[at : at + CHUNK]).digest() for at in range(0, 2 * CHUNK, CHUNK))
            digest = sha256(b"".join(parts)).hexdigest()
            answer = author.client.post(
                url, {"digest": digest}, headers={"Upload-Offset": str(offset)}
            )
            return answer.status_code, answer.json().get("same")

        second_differs = BODY[:CHUNK] + b"?" + BODY[CHUNK + 1 :]
        assert said(BODY) == (200, True)
        assert said(second_differs) == (200, False)
        assert said(BODY, offset=CHUNK) == (409, None)

    def test_nobody_else_learns_what_has_arrived(self, author, world):
        url = author.begin("crates.txt", BODY, upto=CHUNK)
        digest = {"digest": sha256(sha256(BODY[:CHUNK]).digest()).hexdigest()}
        step = {"Upload-Offset": str(CHUNK)}
        assert author.client.post(url, digest, headers=step).json()["same"] is True
        other = Officer(world.fj_contact)
        assert other.client.post(url, digest, headers=step).status_code == 404

    def test_half_a_file_stands_against_sending(self, author):
        author.begin("crates.txt", BODY, upto=CHUNK)
        assert "are here already; choose the file again" in words(author.page())
        author.client.post(
            reverse("bulletins:draft", args=[author.draft_id]), {**FIELDS, "version": "1"}
        )
        check = author.client.get(reverse("bulletins:check", args=[author.draft_id]))
        assert "has not arrived in full" in words(check)
        author.client.post(reverse("bulletins:publish", args=[author.draft_id]), {"version": "2"})
        assert not Bulletin.objects.exists()

    def test_a_file_that_is_gone_from_the_disk_is_said_so_and_stands_against_sending(self, author):
        author.send("crates.txt", BODY)
        on_disk()[0].unlink()
        assert "damaged on the server: remove it" in words(author.page())
        author.client.post(
            reverse("bulletins:draft", args=[author.draft_id]), {**FIELDS, "version": "1"}
        )
        author.client.post(reverse("bulletins:publish", args=[author.draft_id]), {"version": "2"})
        assert not Bulletin.objects.exists()

    def test_a_file_whose_facts_were_changed_by_hand_can_still_be_removed(self, author):
        said = author.send("crates.txt", BODY)
        SealedFile.objects.update(facts=bytes(400))
        assert "a file whose name cannot be read" in words(author.page())
        assert author.put(said.url, 0, BODY[:CHUNK]).status_code == 409
        author.client.post(f"{said.url}remove/")
        assert not SealedFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_files_at_once_for_a_draft_that_is_not_there_yet(author):
    """No lock error, no second draft, no file lost. A browser sends one by one; others may not."""
    results, body = [], text_of(2 * CHUNK + 5)
    cookies = author.client.cookies

    def send(number: int) -> None:
        try:
            same = Officer(None)
            same.client.cookies, same.draft_id = cookies, author.draft_id
            said = same.send(f"crates{number}.txt", body)
            results.append(said.status)
        except Exception as trouble:
            results.append(repr(trouble))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(10)]
    with transaction.atomic():
        # Whoever comes must wait here, and then all of them go on in the same moment.
        Draft.objects.create(
            id=author.draft_id, author=author.user, administration_id="FJ", sealed=b""
        )
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        transaction.set_rollback(True)
    for thread in threads:
        thread.join()
    assert results == [200] * 10
    assert Draft.objects.get().pk == author.draft_id
    assert set(SealedFile.objects.values_list("state", "object_id")) == {("ready", author.draft_id)}
    assert len(on_disk()) == 10


def test_a_draft_that_is_not_there_gets_the_id_that_its_page_chose(author):
    author.begin("crates.txt", BODY)
    assert Draft.objects.get().pk == author.draft_id != uuid.uuid4()
