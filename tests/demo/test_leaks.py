"""The words of the demonstration lie nowhere on the server: database, log of it, files, mail."""

import base64
import zlib

import pytest
from django.core.management import call_command

from activity.models import Notice, OutgoingMail
from iswg.demo.aftermath import ANSWER
from iswg.demo.pieces import PIECES
from tests.bulletins.test_canaries import database_dump, encodings, inflated
from tests.factories import PHRASE

WORDS = [
    "Velvet Gannet", "Palewater", "QQQU100", "Paper Nautilus", "Coral Lantern", "Ashdrift",
    "Ormolu Tern", "EE400001174ZZ", "overhand knot", "ventouses", "cold smokes", "0440917",
    "Seal mismatch", "False floor", "sea cucumber", "Sealed packages", "Undervalued vehicle",
    "Quarterly threat", "several passports", "vitamin powder", "frozen bait", "small craft week",
    "bilateral authority", ANSWER.key_line[:24], PHRASE,
    *(name for piece in PIECES for name in piece.files),
]  # fmt: skip


def assert_none_in(body, where):
    everything = body + inflated(body)
    found = [word for word in WORDS for form in encodings(word) if form in everything]
    assert not found, f"{found} in {where}"


@pytest.mark.parametrize("hide", [
    lambda words: words, lambda words: words.hex().encode(), zlib.compress,
    base64.b64encode, lambda words: words.decode().encode("utf-16"),
])  # fmt: skip
def test_the_scan_is_not_blind(hide):
    with pytest.raises(AssertionError):
        assert_none_in(hide(b"...overdue: Velvet Gannet, Neiafu..."), "here")


def test_no_word_lies_in_the_database(demo):
    assert_none_in(database_dump(), "the database")


def test_no_word_lies_in_the_folder_of_data(demo):
    files = [path for path in demo.folder.rglob("*") if path.is_file()]
    assert sum("files" in path.parts for path in files) >= sum(len(p.files) for p in PIECES)
    for path in files:
        assert_none_in(path.read_bytes() + path.name.encode(), path.name)


def test_no_word_goes_out_by_mail(demo, settings):
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    call_command("tick")
    OutgoingMail.objects.filter(sent_at=None).update(not_before="2020-01-01T00:00Z")
    call_command("deliver_mail")
    mails = list((demo.folder / "mail").glob("*.eml"))
    assert mails, "the invitation and the reminders"
    for path in mails:
        assert_none_in(path.read_bytes(), "a mail")
        path.unlink()


def test_the_reminders_of_the_first_day_are_few(demo, settings):
    """Two are late, some are due within days; the past year asks for nothing."""
    call_command("tick")
    reminders = OutgoingMail.objects.filter(kind__contains="acknowledgement", sent_at=None)
    assert 2 <= reminders.count() <= 60
    assert "acknowledgement_late" in {mail.kind.split(".")[-1] for mail in reminders}


def test_the_mails_of_the_story_are_not_sent_again_on_the_first_day(demo):
    waiting = OutgoingMail.objects.filter(sent_at=None)
    assert [mail.address for mail in waiting] == ["contributor.to@demo.invalid"]
    assert not OutgoingMail.objects.exclude(secret=None).exclude(pk__in=waiting).exists()


def test_notices_from_before_the_last_visit_have_been_read(demo):
    for name in ("contact.fj", "secretariat"):
        person = demo.person(name)
        unread = Notice.objects.filter(recipient=person, read_at=None)
        assert not unread.filter(at__lt=person.last_login).exists()
