import asyncio
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import connections

from access import sockets
from activity import topics
from activity.nudge import Messenger
from tests import services
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


@pytest.fixture(autouse=True)
def no_ping_unless_asked_for(monkeypatch):
    """Each page has its turn once in twenty seconds, which may be in the middle of any test."""
    monkeypatch.setattr("activity.hub.BEAT", 1e9)


@pytest.fixture
def nudges_only(monkeypatch):
    """The hub does not look for itself, so that what arrives was nudged."""
    monkeypatch.setattr("activity.hub.POLL", 600)


@pytest.fixture
def own_redis():
    """A Redis of this test's own, which it may stop."""
    server = services.start_redis()
    yield server
    server.stop()


@pytest.fixture
def other_process(own_redis, monkeypatch) -> Iterator[Messenger]:
    """This process nudges through that Redis, as one that has no pages of its own: the worker
    for one. Without it a portal that the test started finds out by its own look, after a second."""
    host = {"address": own_redis.url, "socket_timeout": None}
    before = channel_layers.set("default", RedisPubSubChannelLayer(hosts=[host]))
    messenger = Messenger()
    monkeypatch.setattr("activity.nudge._messenger", messenger)
    yield messenger
    channel_layers.set("default", before)
