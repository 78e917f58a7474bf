"""What others do while a file arrives: other windows, the scanner, the sweeper, the sender."""

import os
import time

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.db import transaction

from access.policy import Refused
from accounts.models import User
from bulletins.services import DRAFT_KIND, publish_bulletin
from tests.bulletins.attaching import on_disk
from tests.vault.inspection.build import GPS, exif, jpeg, windows_program
from tests.vault.scanners import CLEAN, FOUND, nobody_there, scanner
from tests.vault.uploading import BODY, Author, in_thread
from vault import files, finishing, storage, uploads
from vault.crypto.errors import CannotOpen
from vault.models import FileState, SealedFile
from vault.objects import DataKey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author(world, desk, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return Author(world, desk)


class TestOthersMeanwhile:
    def test_whoever_asks_while_it_is_checked_is_told_so_and_the_work_is_done_once(
        self, author, settings
    ):
        file = author.all_but_checked()
        with scanner(settings) as clamd:
            clamd.may_answer.clear()
            first = in_thread(author.go_on, file)
            assert clamd.asked.wait(20)
            asked = author.go_on(file)
            assert (asked.state, asked.received) == ("arriving", len(BODY))
            clamd.may_answer.set()
            first.join()
            assert (author.go_on(file).state, clamd.seen) == ("ready", 1)

    def test_no_more_than_two_files_keep_this_process_busy(self, author, settings):
        waiting = [author.all_but_checked() for _ in range(3)]
        with scanner(settings) as clamd:
            clamd.may_answer.clear()
            busy = [in_thread(author.go_on, file) for file in waiting[:2]]
            while clamd.seen < 2:
                time.sleep(0.01)
            assert author.go_on(waiting[2]).state == "arriving"
            clamd.may_answer.set()
            for thread in busy:
                thread.join()
            assert {author.go_on(file).state for file in waiting} == {"ready"}

    def test_nobody_waits_for_the_database_while_a_file_is_checked(self, author, settings, world):
        """The scanner, which is asked in the middle of the checks, writes to the database."""
        written = []

        def writes(got):
            act = in_thread(lambda: written.append(User.objects.update(zone="Pacific/Fiji")))
            act.join(10)
            return CLEAN

        with scanner(settings, writes):
            for body, name in ((BODY, "crates.txt"), (jpeg(exif(GPS)), "reef.jpg")):
                assert author.send(body, name).state == "ready"
        assert len(written) == 2
        assert all(written)

    def test_a_draft_that_is_published_meanwhile_takes_no_further_file(self, author):
        publish_bulletin(**author.acting, draft=author.draft, version=1)
        with pytest.raises(ObjectDoesNotExist):
            author.begin()
        assert on_disk() == []
        assert not SealedFile.objects.exists()

    def test_half_a_file_is_never_handed_over_whatever_the_caller_judged(self, author):
        author.begin()
        with pytest.raises(CannotOpen), transaction.atomic():
            files.adopt(
                author.vault, DRAFT_KIND, "bulletin", DataKey.make("bulletin", author.draft.pk)
            )
        assert SealedFile.objects.get().kind == DRAFT_KIND

    def test_a_file_that_was_published_meanwhile_is_not_removed_with_the_draft(self, author):
        author.send()
        stale = SealedFile.objects.get()
        publish_bulletin(**author.acting, draft=author.draft, version=1)
        files.discard(stale)
        assert SealedFile.objects.get().kind == "bulletin"
        assert len(on_disk()) == 1

    def test_somebody_elses_draft_takes_no_file_even_by_the_service(self, author, world):

        with pytest.raises(Refused):
            uploads.begin(
                actor=world.actor(world.fj_contact), vault=world.vault(world.fj_contact),
                kind=DRAFT_KIND, object_id=author.draft.pk, name="a.txt", size=5,
            )  # fmt: skip
        assert on_disk() == []


class TestScanner:
    def test_a_scanner_that_is_away_keeps_a_file_waiting_until_it_answers(self, author, settings):
        settings.CLAMD_URL = nobody_there()
        file = author.send()
        assert file.state == FileState.SCAN_PENDING
        assert author.go_on(file).state == FileState.SCAN_PENDING
        assert "waiting for the malware scanner" in files.shown(author.vault, file)["words"]
        with scanner(settings):
            assert author.go_on(file).state == "ready"
        assert author.plain(file) == BODY

    @pytest.mark.parametrize(
        ("body", "name"), [(b"a quombat", "a.txt"), (jpeg(exif(GPS)), "reef.jpg")]
    )
    def test_what_it_refuses_is_removed_and_said(self, author, settings, body, name):
        with scanner(settings, lambda got: FOUND) as clamd:
            file = author.send(body, name)
        assert (file.state, clamd.seen, on_disk()) == ("refused", 1, [])
        assert "malware scanner refused" in files.shown(author.vault, file)["words"]
        assert files.unfinished(DRAFT_KIND, author.draft.pk)

    def test_what_it_refuses_later_is_removed_then(self, author, settings):
        settings.CLAMD_URL = nobody_there()
        file = author.send(b"a quombat")
        assert len(on_disk()) == 1
        with scanner(settings):
            assert author.go_on(file).state == "refused"
        assert on_disk() == []

    def test_it_is_not_asked_about_what_the_inspection_refuses(self, author, settings):
        with scanner(settings) as clamd:
            assert author.send(windows_program(), "reef.jpg").state == "refused"
        assert clamd.seen == 0


class TestSweeping:
    def old(self, path):
        long_ago = time.time() - 25 * 3600
        os.utime(path, (long_ago, long_ago))
        return path

    def leave_behind(self, name=None):
        name = name or storage.make_name()
        storage.create_part(name, b"left by a crash")
        return self.old(storage.path_of(name, part=True))

    def test_the_tick_takes_away_what_a_crash_left_and_nothing_else(self, author):
        kept, arriving = author.send(), author.begin()
        self.old(storage.path_of(kept.disk_name))
        self.old(storage.path_of(arriving.disk_name, part=True))
        storage.create_part(storage.make_name(), b"younger than a day: its row may be on its way")
        stranger = (
            self.old(storage.path_of(kept.disk_name).with_name("notes.txt")) if False else None
        )
        before = on_disk()
        left = self.leave_behind()
        call_command("tick")
        assert not left.exists()
        assert on_disk() == before
        assert stranger is None
        assert author.plain(kept) == BODY

    def test_nothing_is_taken_away_when_it_is_the_database_that_is_wrong(self, author, caplog):
        """An empty database beside a full folder: a wrong setting must not cost the files."""
        left = [self.leave_behind() for _ in range(finishing.MOST_LEFTOVERS + 1)]
        call_command("tick")
        assert all(path.exists() for path in left)
        assert "look at the database" in caplog.text
        left.pop().unlink()
        call_command("tick")
        assert not any(path.exists() for path in left)

    def test_a_file_that_is_not_ours_is_left_alone(self, author):
        file = author.send()
        other = storage.path_of(file.disk_name).with_name("lost+found")
        other.write_text("of the operator")
        self.old(other)
        assert finishing.sweep() == 0
        assert other.exists()

    def test_a_name_that_was_not_made_here_reaches_no_file(self):
        for name in ("../../etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "/x", ""):
            with pytest.raises(ValueError, match="not a name"):
                storage.path_of(name)


def test_only_the_portal_itself_can_look_into_the_folders(author, settings):
    author.send()
    folders = [settings.FILES_DIR, *(p for p in settings.FILES_DIR.iterdir())]
    assert {path.stat().st_mode & 0o077 for path in [*folders, *on_disk()]} == {0}
