"""What every test may ask for. Each app's own cast stands in its own conftest."""

import gc
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from tests import emptying
from tests.services import on_postgres as runs_on_postgres
from tests.twice import left_out

HERE = Path(__file__).parent


def pytest_configure(config):
    emptying.use()
    config.addinivalue_line(
        "markers", "only_on(database): sqlite or postgres; says nothing new on the other"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from tests.sharing import Shares

    return Shares(config, log)


def pytest_collection_modifyitems(config, items):
    again = [item for item in items if left_out(item, on_postgres=runs_on_postgres())]
    config.hook.pytest_deselected(items=again)
    items[:] = [item for item in items if item not in set(again)]


def pytest_collection_finish():
    """What is loaded by now stays until the end: looking through it for rubbish takes time."""
    gc.collect()
    gc.freeze()


# Playwright's own loop runs in the same thread as the test that looks into the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """A page leaves its reader's language in the thread, and a process remembers names."""
    from accounts import queries

    translation.activate("en")
    queries._names.cache_clear()


@pytest.fixture
def data_dir(settings, tmp_path) -> Path:
    """A fresh data folder for a test that looks at what lies on the disk."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


@pytest.fixture
def world(db, settings):
    """Fiji, Vanuatu, Palau and the Secretariat, with real keys (tests/factories.py)."""
    from tests.factories import make_world

    return make_world(settings)


@pytest.fixture
def desk(world):
    """What the cast does with bulletins, by the services (tests/desk.py)."""
    from tests.desk import Desk

    return Desk(world)


@pytest.fixture
def table(world):
    """What the cast does in discussions, by the services (tests/table.py)."""
    from tests.table import Table

    return Table(world)


@pytest.fixture
def hall(world):
    """What the cast does in meetings, by the services (tests/hall.py)."""
    from meetings.groups import KNOWN, group
    from tests.hall import Hall

    for code in KNOWN:  # a test that empties the tables takes what migrations entered along
        group(code)
    return Hall(world)


@pytest.fixture
def chancery(world):
    """What the cast does with the register, by the services (tests/chancery.py)."""
    from tests.chancery import Chancery

    return Chancery(world)


@pytest.fixture
def on_postgres() -> bool:
    """For the few tests whose promise is about one of the two databases."""
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """Where the system's Chromium is, or nothing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)
