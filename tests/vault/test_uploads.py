"""Uploads under every accident: the process dies, the disk is full, a copy was put back.

Two promises are held by a witness who copies the disk after every step: no place under one
header is ever sealed for two different pieces, and nothing readable lies there.
"""

import errno
import io
import os
import pathlib
import random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from bulletins.services import DRAFT_KIND
from tests.bulletins.attaching import on_disk, pieces
from tests.vault.inspection.build import GPS, exif, jpeg, windows_program
from tests.vault.uploading import BODY, OTHER, Author, Witness
from vault import files, finishing, storage, uploads
from vault.crypto.stream import CHUNK, HEADER, SEALED_CHUNK
from vault.models import SealedFile

pytestmark = pytest.mark.django_db

PHOTOGRAPH, ITS_CLEAN_TWIN = jpeg(exif(GPS)), jpeg()


class Crash(Exception):
    """The process dies here: what the disk has stays, what the database had not yet is gone."""


@pytest.fixture
def author(world, desk, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return Author(world, desk)


def put_and_crash(author, file, at, body=BODY):
    """The piece reaches the disk, and the process dies before the row says so."""
    try:
        with transaction.atomic():
            author.put(file, at, body)
            raise Crash
    except Crash:
        pass


class TestCrashes:
    def test_the_same_piece_again_after_a_crash_before_the_commit(self, author):
        file, witness = author.begin(), Witness()
        author.put(file, 0)
        put_and_crash(author, file, CHUNK)
        # The disk is ahead of the row.
        assert SealedFile.objects.get().received == CHUNK
        assert storage.path_of(file.disk_name, part=True).stat().st_size > HEADER + SEALED_CHUNK
        witness.look()
        header = bytes(file.header)
        for at, _piece in pieces(BODY)[1:]:
            file = author.put(file, at)
            witness.look()
        assert (file.state, author.plain(file), bytes(file.header)) == ("ready", BODY, header)

    def test_another_piece_after_it_begins_the_file_anew_and_under_another_header(self, author):
        file, witness = author.begin(), Witness()
        author.put(file, 0)
        put_and_crash(author, file, CHUNK)
        witness.look()
        again = author.put(file, CHUNK, OTHER)
        assert (again.received, again.state) == (0, "arriving")
        assert bytes(again.header) != bytes(file.header)
        for at, _piece in pieces(OTHER):
            again = author.put(again, at, OTHER)
            witness.look()
        assert (again.state, author.plain(again)) == ("ready", OTHER)

    def test_the_last_piece_with_its_padding_is_compared_as_a_whole(self, author):
        file, witness = author.begin(), Witness()
        for at, _piece in pieces(BODY)[:-1]:
            author.put(file, at)
        put_and_crash(author, file, 3 * CHUNK)
        # It was even kept before the crash, of which the row knows nothing: all of it once more.
        assert SealedFile.objects.get().received == 3 * CHUNK
        witness.look()
        file = author.put(file, 3 * CHUNK)
        while file.state == "arriving":
            file = author.put(file, file.received)
            witness.look()
        assert author.plain(file) == BODY

    @pytest.mark.parametrize("left", [0, HEADER - 1, HEADER + 5, HEADER + SEALED_CHUNK + 5])
    def test_less_on_the_disk_than_the_row_says_begins_the_file_anew(self, author, left):
        file = author.begin()
        for at in (0, CHUNK):
            file = author.put(file, at)
        os.truncate(storage.path_of(file.disk_name, part=True), left)
        again = author.put(file, 2 * CHUNK)
        assert again.received == 0
        assert bytes(again.header) != bytes(file.header)
        for at, _piece in pieces(BODY):
            again = author.put(again, at)
        assert author.plain(again) == BODY

    def test_a_part_that_is_gone_or_of_another_file_begins_the_file_anew(self, author):
        one, two = author.begin(), author.begin()
        for file in (one, two):
            author.put(file, 0)
        part, other = (storage.path_of(f.disk_name, part=True) for f in (one, two))
        part.write_bytes(other.read_bytes())
        other.unlink()
        assert author.put(one, CHUNK).received == 0
        assert author.put(two, CHUNK).received == 0

    @pytest.mark.parametrize("seed", range(12))
    def test_whatever_happens_in_whatever_order_no_nonce_seals_two_pieces(self, author, seed):
        """Pieces of two versions of a file, crashes, torn and lost parts, as they come."""
        chance, witness = random.Random(seed), Witness()
        file = author.begin()
        for _ in range(25):
            file = SealedFile.objects.get(pk=file.pk)
            if file.state != "arriving":
                break
            body = BODY if chance.random() < 0.7 else OTHER
            if chance.random() < 0.6:
                author.put(file, file.received, body)
            else:
                put_and_crash(author, file, file.received, body)
                part = storage.path_of(file.disk_name, part=True)
                if part.exists() and chance.random() < 0.5:
                    os.truncate(part, chance.randrange(part.stat().st_size))
            witness.look()
        assert witness.seen


class TestFinishing:
    """The checks read the whole file, so a crash in them is the likeliest of all."""

    @pytest.mark.parametrize(
        ("name", "sent", "kept"),
        [("crates.txt", BODY, BODY), ("reef.jpg", PHOTOGRAPH, ITS_CLEAN_TWIN)],
        ids=["kept", "cleaned"],
    )
    def test_a_crash_before_the_checks_is_made_good_by_the_next_question(
        self, author, name, sent, kept
    ):
        file = author.all_but_checked(sent, name)
        shown = files.shown(author.vault, file)
        assert (shown["words"], shown["again"]) == ("received, not checked yet", True)
        done = author.go_on(file)
        assert (done.state, author.plain(done)) == ("ready", kept)

    def test_a_crash_between_the_disk_and_the_row_is_made_good(self, author):
        file = author.all_but_checked()
        storage.keep(file.disk_name)
        assert author.go_on(file).state == "ready"
        assert author.plain(author.go_on(file)) == BODY

    @pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
    def test_what_was_damaged_meanwhile_is_asked_for_again(self, author, damage):
        file = author.all_but_checked()
        part = storage.path_of(file.disk_name, part=True)
        raw = bytearray(part.read_bytes())
        if damage == "flipped":
            raw[len(raw) // 2] ^= 1
        part.write_bytes(raw[: -5 if damage == "cut" else None])
        if damage == "gone":
            part.unlink()
        again = author.go_on(file)
        assert (again.state, again.received) == ("arriving", 0)
        for at, _piece in pieces(BODY):
            again = author.put(again, at)
        assert author.plain(again) == BODY

    def test_checks_that_fail_say_what_to_do_and_can_be_asked_for_again(self, author, monkeypatch):
        """A fault in our own reader of some format, which no file of ours has yet."""

        def broken(*_):
            raise RuntimeError

        monkeypatch.setattr(finishing, "inspect", broken)
        with pytest.raises(uploads.NotAccepted) as refusal:
            author.send()
        assert "Remove it, and tell the operator" in refusal.value.sentence
        assert refusal.value.status == 422
        monkeypatch.undo()
        assert author.go_on(SealedFile.objects.get()).state == "ready"

    @pytest.mark.parametrize("sent", [BODY, PHOTOGRAPH], ids=["kept", "cleaned"])
    def test_a_file_removed_while_it_is_checked_leaves_no_copy(self, author, sent):
        stale = author.all_but_checked(sent, "")
        SealedFile.objects.all().delete()  # its bytes would go a moment later
        with pytest.raises(ObjectDoesNotExist):
            uploads.go_on(vault=author.vault, file=stale)
        assert len(on_disk()) == 1

    def test_whoever_checks_an_earlier_beginning_leaves_the_later_one_alone(self, author):
        stale = author.all_but_checked()
        storage.path_of(stale.disk_name, part=True).write_bytes(b"damaged")
        author.put(author.go_on(stale), 0)
        late = finishing._finished(author.vault, stale)
        assert (late.state, late.received) == ("arriving", CHUNK)

    def test_whoever_checks_second_does_not_bring_back_what_was_refused(self, author):
        stale = author.all_but_checked(windows_program(), "reef.jpg")
        author.go_on(stale)
        storage.remove(stale.disk_name)
        late = finishing._finished(author.vault, stale)
        assert (late.state, late.received) == ("refused", len(windows_program()))

    @pytest.mark.parametrize("sent", [BODY, PHOTOGRAPH], ids=["kept", "cleaned"])
    def test_two_processes_that_check_it_at_once_leave_one_file(self, author, sent):
        stale = author.all_but_checked(sent, "")
        first, second = (finishing._finished(author.vault, stale) for _ in range(2))
        assert (first.state, first.disk_name) == (second.state, second.disk_name)
        assert [path.name for path in on_disk() if path.suffix != ".part"] == [first.disk_name]

    def test_a_name_without_an_ending_gets_the_one_of_its_content(self, author):
        shown = files.shown(author.vault, author.send(jpeg(), "reef"))
        assert shown["name"] == "reef.jpg"


@pytest.fixture
def small_disk(monkeypatch):
    """A disk with room for so many bytes more; what does not fit is cut off, as on a real one."""
    room = {"left": None}

    class Raw(io.FileIO):
        def write(self, body):
            if room["left"] is None:
                return super().write(body)
            if room["left"] <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            done = super().write(bytes(body)[: room["left"]])
            room["left"] -= done
            return done

    real = pathlib.Path.open

    def opened(path, mode="r", *more):
        if path.suffix != ".part" or ("+" not in mode and "a" not in mode):
            return real(path, mode, *more)
        raw = Raw(path, mode.replace("b", ""))
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    monkeypatch.setattr(pathlib.Path, "open", opened)
    return room


class TestFullDisk:
    def test_a_full_disk_is_said_and_a_torn_piece_is_gone_on_with(self, author, small_disk):
        file, witness = author.begin(), Witness()
        author.put(file, 0)
        small_disk["left"] = 10_000
        for _ in range(2):
            with pytest.raises(uploads.NotAccepted) as refusal:
                author.put(file, CHUNK)
            assert (refusal.value.status, "disk is full" in refusal.value.sentence) == (503, True)
            witness.look()
        part = storage.path_of(file.disk_name, part=True)
        assert part.stat().st_size == HEADER + SEALED_CHUNK + 10_000
        small_disk["left"] = None
        header = bytes(file.header)
        for at, _piece in pieces(BODY)[1:]:
            file = author.put(file, at)
            witness.look()
        assert (author.plain(file), bytes(file.header)) == (BODY, header)

    def test_another_piece_over_a_torn_one_begins_anew(self, author, small_disk):
        file = author.begin()
        small_disk["left"] = 10_000
        with pytest.raises(uploads.NotAccepted):
            author.put(file, 0)
        small_disk["left"] = None
        again = author.put(file, 0, OTHER)
        assert again.received == 0
        assert bytes(again.header) != bytes(file.header)

    def test_a_disk_that_fills_up_while_a_file_is_cleaned_loses_nothing(self, author, small_disk):
        body = jpeg(exif(GPS), scan=b"\x12" * 2 * CHUNK)
        file = author.all_but_checked(body, "reef.jpg")
        before = on_disk()
        small_disk["left"] = CHUNK
        with pytest.raises(uploads.NotAccepted) as refusal:
            author.go_on(file)
        assert refusal.value.status == 503
        assert on_disk() == before
        small_disk["left"] = None
        assert author.go_on(file).state == "ready"

    def test_a_small_file_of_a_form_is_wholly_there_or_not_at_all(self, author, small_disk):
        small_disk["left"] = 100
        with pytest.raises(uploads.NotAccepted):
            uploads.receive_whole(
                **author.acting, kind=DRAFT_KIND, object_id=author.draft.pk, name="a.txt", body=BODY
            )
        assert not SealedFile.objects.exists()
