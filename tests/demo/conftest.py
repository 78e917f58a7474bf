"""The demonstration, loaded once for all tests of this folder, into the real (test) database.

What `load_demo` committed stays for the next test; each test's own changes are rolled back.
"""

import datetime
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from access.actors import current_actor
from accounts.models import User
from bulletins.models import Bulletin
from iswg.demo.pieces import facts_by_number, origin_of
from tests.factories import PHRASE, root_of
from tests.twice import asks_the_database
from vault import directory as ledger
from vault.epochs import open_vault

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """These tests run after all others that touch the database, so nobody else's test meets one
    that is full of people, or was emptied of what migrations entered; and before those that touch
    none, which another process runs meanwhile.

    pytest-django sorts by the mark; so it is given after the sorting.
    """
    items.sort(key=_turn)
    for item in items:
        if HERE in item.path.parents and "demo" in item.fixturenames:
            item.add_marker(pytest.mark.django_db)


def _turn(item) -> int:
    if HERE in item.path.parents:
        return 1
    return 0 if asks_the_database(item) else 2


@dataclass(frozen=True)
class Demonstration:
    """What `load_demo` said, and the folder it wrote to."""

    said: str
    folder: Path
    today: datetime.date

    def person(self, name):
        return User.objects.get(email=f"{name}@demo.invalid")

    def bulletin(self, number):
        """One of the twelve, by what the file says of it; its title is sealed."""
        facts = facts_by_number()[number]
        day = self.today + datetime.timedelta(days=facts["offset_days"])
        return Bulletin.objects.get(origin=origin_of(facts), issued_at__date=day)

    def acting(self, name):
        """`**demo.acting("contact.fj")`: the actor and the vault of a session."""
        person = self.person(name)
        return {
            "actor": current_actor(person.pk),
            "vault": open_vault(person, root_of(person, PHRASE)),
        }


@pytest.fixture(scope="package")
def _loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demonstration")
    places = {f"{name}_DIR": folder / name.lower() for name in ("FILES", "MAIL", "SPOOL")}
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=folder, DIRECTORY_PIN="", DEMO_PASSPHRASE=PHRASE, **places),
    ):
        said, today = io.StringIO(), timezone.now().date()
        ledger.forget()
        call_command("load_demo", stdout=said)
        yield Demonstration(said.getvalue(), folder, today)
        call_command("flush", verbosity=0, interactive=False)
        ledger.forget()


@pytest.fixture
def demo(_loaded):
    yield _loaded
    ledger.forget()
