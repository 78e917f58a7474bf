import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from access import sockets
from activity import topics
from tests.live.lagoon import Doorkeeper, Lagoon


@pytest.fixture(scope="package", autouse=True)
def no_connection_stays_open(django_db_setup):
    """The thread of `sync_to_async` keeps its connection, and PostgreSQL waits for it."""
    yield
    asyncio.run(sync_to_async(connections.close_all)())


@pytest.fixture
def doorkeeper(monkeypatch) -> Doorkeeper:
    keeper = Doorkeeper()
    monkeypatch.setattr(sockets, "_doorkeeper", keeper)
    return keeper


@pytest.fixture
def lagoon(transactional_db, monkeypatch, doorkeeper) -> Lagoon:
    kind = Lagoon()
    monkeypatch.setattr(topics, "_kinds", {"lagoon": kind})
    return kind


@pytest.fixture
def nudges_only(monkeypatch):
    """The hub does not look for itself, so that what arrives was nudged."""
    monkeypatch.setattr("activity.hub.POLL", 600)
