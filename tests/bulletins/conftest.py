"""For the tests about attachments: a folder of their own, and officers with a page of their own."""

import pytest

from tests.bulletins.attaching import Officer
from tests.factories import signed_in


@pytest.fixture
def files_dir(settings, tmp_path):
    """Where the sealed files of this test lie, and nothing else."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def vanuatu(world):
    """The browser of Vanuatu's coordinator."""
    return signed_in(world.vu)


@pytest.fixture
def author(world, files_dir):
    """Fiji's coordinator at the composer."""
    return Officer(world.fj)


@pytest.fixture
def reader(world, files_dir):
    """Vanuatu's coordinator, to whom the author's bulletins go."""
    return Officer(world.vu)
