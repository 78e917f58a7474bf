import pytest

from access import sockets
from activity import topics
from tests.live.lagoon import Doorkeeper, Lagoon


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
