"""`load_demo`: whole or not at all, once, and never among real people."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from bulletins.models import Bulletin
from iswg.demo import story
from iswg.demo.clock import Clock, told_by
from iswg.demo.pieces import Piece
from iswg.installation import is_demonstration
from tests.factories import PHRASE
from vault.directory import is_founded
from vault.models import KeyClaim


def test_it_says_what_it_does_and_who_one_may_be(demo):
    assert "24 administrations" in demo.said
    for name in ("contact.<code>", "head.<code>", "liaison.nc", "secretariat", "observer.ptccc"):
        assert name in demo.said
    assert f"Passphrase of all of them: {PHRASE}" in demo.said


def test_it_says_no_title_while_it_works(demo):
    assert not [word for word in ("Velvet", "QQQU", "Nautilus") if word in demo.said]


def test_the_installation_is_marked_as_a_demonstration(demo):
    assert is_demonstration()


def test_a_second_time_is_refused_in_a_sentence_and_changes_nothing(demo):
    before = User.objects.count(), Bulletin.objects.count()
    with pytest.raises(CommandError, match="holds people or bulletins already"):
        call_command("load_demo")
    assert (User.objects.count(), Bulletin.objects.count()) == before


@pytest.mark.django_db
def test_a_database_with_one_person_in_it_is_refused(data_dir):
    User.objects.enter(email="somebody@example.org", name="Somebody real")
    with pytest.raises(CommandError, match="holds people or bulletins already"):
        call_command("load_demo")
    assert User.objects.count() == 1
    assert not is_demonstration()


@pytest.mark.django_db
def test_a_production_site_is_refused(settings, data_dir):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production site"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_pin_of_another_directory_is_refused(settings, data_dir):
    settings.DIRECTORY_PIN = "ab" * 32
    with pytest.raises(CommandError, match="pin of an earlier key directory"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_passphrase_that_would_be_guessed_is_refused_and_nothing_stays(settings, data_dir):
    settings.DEMO_PASSPHRASE = "customs"
    with pytest.raises(CommandError, match="at least 15 characters"):
        call_command("load_demo", verbosity=0)
    assert_nothing_stayed()


@pytest.mark.django_db
def test_what_fails_halfway_leaves_nothing_behind(monkeypatch, data_dir):
    lost = Piece("015", "Key line", purpose="Test", hour=1, files=("a-lost-file.csv",))
    monkeypatch.setattr(story, "PIECES", (lost,))
    with pytest.raises(FileNotFoundError):
        call_command("load_demo", verbosity=0)
    assert_nothing_stayed()


def assert_nothing_stayed():
    assert not User.objects.exists()
    assert not is_founded()
    assert not is_demonstration()
    assert abs(timezone.now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)


def test_the_clock_of_the_story_moves_every_date_and_then_stops():
    clock = Clock(datetime.date(2026, 11, 21))
    clock.move_to(clock.at(-3, 2))
    with told_by(clock):
        assert timezone.now() == datetime.datetime(2026, 11, 18, 2, tzinfo=datetime.UTC)
        assert timezone.localdate() == datetime.date(2026, 11, 18)
        assert KeyClaim().made_at == timezone.now()
    assert KeyClaim().made_at > clock.moment
    assert timezone.now() > clock.moment


def test_the_clock_of_the_story_never_goes_back():
    clock = Clock(datetime.date(2026, 11, 21))
    clock.move_to(clock.at(-3))
    with pytest.raises(ValueError, match="in order"):
        clock.move_to(clock.at(-4))
