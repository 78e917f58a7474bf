"""The front door, for tests that go in by it."""

import pytest
from django.test import Client

from tests.factories import sign_in


@pytest.fixture
def door():
    """A browser, signed in as somebody: `door(world.fj)`; as nobody: `door()`."""

    def open_as(user=None):
        browser = Client()
        if user is not None:
            sign_in(browser, user)
        return browser

    return open_as
