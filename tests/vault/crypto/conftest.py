"""What the tests of the cryptography share: one key, one place, and the golden vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from vault.crypto.context import context

VECTORS = Path(__file__).parent.parent / "vectors"


@pytest.fixture
def key() -> bytes:
    return bytes(range(32))


@pytest.fixture
def place() -> bytes:
    return context("iswg/v1/test", "bulletin", "title", 1)


@pytest.fixture
def vectors():
    """`vectors("envelope")`: the golden vectors of one format."""

    def load(name: str) -> list[dict[str, Any]]:
        return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["vectors"]

    return load
