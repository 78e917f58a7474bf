"""What every test may ask for. Each app's own cast stands in its own conftest."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings

# Playwright's own loop runs in the same thread as the test that looks into the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


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
def on_postgres() -> bool:
    """For the few tests whose promise is about one of the two databases."""
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """Where the system's Chromium is, or nothing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)
