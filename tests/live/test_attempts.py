"""Two web processes before one database: who was stopped by one is stopped by the other."""

import pytest

from tests.live.test_portal import started
from tests.live.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "wrong wrong wrong wrong"


def tried(portal, email, password=WRONG) -> int:
    visitor = Visitor(portal)
    visitor.read("GET", "/sign-in/")
    return visitor.post("/sign-in/", login=email, password=password)[0]


def test_five_tries_are_five_whichever_process_counts_them(tmp_path, transactional_db):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with started(tmp_path / "one") as one, started(tmp_path / "two") as two:
        somebody = "coordinator.fj@test.invalid"
        answers = [tried(portal, somebody) for portal in (one, two, one, two, one)]
        assert answers == [200] * 5
        assert tried(two, somebody) == 429
        assert tried(one, somebody) == 429
        assert tried(two, "coordinator.vu@test.invalid") == 200
