"""From an empty database to a directory with a pin."""

import pytest
from django.core.exceptions import PermissionDenied

from access.roles import Role
from tests.factories import World, _administration, _enter
from vault import directory as ledger
from vault import passphrases
from vault.directory import DirectoryBroken, directory, is_founded
from vault.models import DirectoryEntry


@pytest.fixture
def empty(db, settings, data_dir):
    settings.DIRECTORY_PIN = ""
    ledger.forget()
    _administration("OCO")
    _administration("FJ")
    return World()


@pytest.fixture
def officer(empty):
    user = _enter("OCO", "coordinator", Role.SECRETARIAT)
    empty._begin(user)
    return user


def test_before_anything_there_is_no_directory(empty):
    assert not is_founded()
    with pytest.raises(DirectoryBroken):
        directory()


def test_the_first_officer_signs_her_own_line_and_the_pin_is_kept(
    empty, officer, django_capture_on_commit_callbacks, data_dir
):
    with django_capture_on_commit_callbacks(execute=True):
        pin = passphrases.found_directory(**empty.act(officer))
    assert (data_dir / "secrets" / "directory_pin").read_text().strip() == pin
    assert directory().person(officer.pk).is_secretariat
    assert bytes(DirectoryEntry.objects.get().hash).hex() == pin


def test_in_production_the_pin_goes_into_the_settings_and_into_no_file(
    empty, officer, django_capture_on_commit_callbacks, data_dir, settings, caplog
):
    settings.PRODUCTION = True
    with django_capture_on_commit_callbacks(execute=True):
        pin = passphrases.found_directory(**empty.act(officer))
    assert not (data_dir / "secrets").exists()
    assert f"ISWG_DIRECTORY_PIN={pin}" in caplog.text
    with pytest.raises(DirectoryBroken):
        directory()
    settings.DIRECTORY_PIN = pin
    assert directory().size == 1


def test_a_directory_is_founded_once(empty, officer, settings):
    settings.DIRECTORY_PIN = passphrases.found_directory(**empty.act(officer))
    second = _enter("OCO", "second", Role.SECRETARIAT)
    empty._begin(second)
    with pytest.raises(PermissionDenied):
        passphrases.found_directory(**empty.act(second))


def test_nobody_else_founds_it(empty):
    fiji = _enter("FJ", "coordinator", Role.COORDINATOR)
    empty._begin(fiji)
    with pytest.raises(PermissionDenied):
        passphrases.found_directory(**empty.act(fiji))
    assert not is_founded()


def test_a_lost_table_is_not_an_empty_portal(empty, officer, settings):
    """With a pin there must be a first line; nobody begins again unnoticed."""
    settings.DIRECTORY_PIN = passphrases.found_directory(**empty.act(officer))
    DirectoryEntry.objects.all().delete()
    assert is_founded()
    with pytest.raises(PermissionDenied):
        passphrases.found_directory(**empty.act(officer))
