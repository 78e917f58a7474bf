"""Twenty people write at once beside the worker, through the real server and its real database.

No page answers 500, no lock error is met, nothing that was answered as kept is lost, and the
journal has no gap.
"""

import http.client
import re
import threading
import urllib.parse
import uuid

import pytest
from django.conf import settings

from access.roles import Role
from activity.models import JournalEntry
from bulletins.models import Bulletin, Draft, Recipient
from tests.desk import BODY, KEY_LINE
from tests.factories import PHRASE
from tests.live.servers import running
from tests.live.test_portal import environment
from vault.models import EpochGrant

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, ROUNDS = 20, 3
FORM = {
    "key_line": KEY_LINE, "body": BODY, "product_type": "alert", "urgency": "routine",
    "tlp": "TLP:AMBER", "pap": "PAP:GREEN", "source_reliability": "B",
    "information_credibility": "2", "requested_action": "sighting", "purpose": "A search",
    "language": "en",
}  # fmt: skip


class Browser:
    """One person's connection to the server, with cookies and the anti-forgery token."""

    def __init__(self, port: int) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.host, self.cookies, self.token = f"localhost:{port}", {}, ""
        self.seen: list[tuple[str, int]] = []

    def ask(self, method: str, path: str, fields: list[tuple[str, str]] | None = None):
        headers = {
            "Host": self.host,
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Origin": f"http://{self.host}",
        }
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode([*fields, ("csrfmiddlewaretoken", self.token)])
        self.wire.request(method, path, body, headers)
        answer = self.wire.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'csrfmiddlewaretoken" value="([^"]+)', page):
            self.token = found[1]
        self.seen.append((path, answer.status))
        return answer.status, answer.headers.get("Location", ""), page

    def sign_in(self, email: str) -> None:
        self.ask("GET", "/sign-in/")
        status, *_ = self.ask("POST", "/sign-in/", [("login", email), ("password", PHRASE)])
        assert status == 302, f"sign-in answered {status}"
        self.ask("GET", "/bulletins/new/")

    def publish(self, title: str, to: str) -> str:
        draft = str(uuid.uuid4())
        fields = [("title", title), ("recipients", to), ("draft", draft), *FORM.items()]
        self.ask("POST", f"/bulletins/drafts/{draft}/save/", [*fields, ("version", "0")])
        status, place, _ = self.ask(
            "POST", f"/bulletins/drafts/{draft}/", [*fields, ("version", "1"), ("check", "1")]
        )
        assert status == 302, (status, place)
        _, _, page = self.ask("GET", place)
        version = re.search(r'name="version" value="(\d+)"', page)[1]
        status, place, _ = self.ask(
            "POST", f"/bulletins/drafts/{draft}/publish/", [("version", version)]
        )
        assert status == 302, status
        return place


@pytest.fixture
def portal(tmp_path, world):
    env = {**environment(tmp_path), "ISWG_DIRECTORY_PIN": settings.DIRECTORY_PIN}
    with running(tmp_path, "iswg.serve", "-p", "0", **env) as server:
        yield server


@pytest.fixture
def worker(tmp_path, world):
    """The background worker beside it, on the same database."""
    import os
    import subprocess
    import sys

    env = {**os.environ, **environment(tmp_path), "ISWG_DIRECTORY_PIN": settings.DIRECTORY_PIN}
    with (tmp_path / "worker-output").open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"], env=env, stdout=sink, stderr=sink
        )
    yield process
    process.terminate()
    process.wait(20)


def test_twenty_people_write_at_once_and_nothing_is_lost(portal, worker, world):
    people = [
        world.colleague(code, Role.CONTACT, name=f"officer{number}")
        for number in range(PEOPLE // 4)
        for code in ("FJ", "VU", "PW", "OCO")
    ]
    assert EpochGrant.objects.count() >= PEOPLE
    issued, faults = [], []

    def work(number: int, email: str) -> None:
        browser = Browser(portal.port)
        try:
            browser.sign_in(email)
            to = "VU" if ".fj@" in email else "FJ"
            for turn in range(ROUNDS):
                issued.append(browser.publish(f"Bulletin {number}-{turn}", to))
                browser.ask("POST", issued[-1] + "acknowledge/", [])
                browser.ask("GET", "/bulletins/")
                for place in issued[-3:]:
                    browser.ask("POST", place + "acknowledge/", [])
        except Exception as fault:
            faults.append(repr(fault)[:300])
        faults.extend(seen for seen in browser.seen if seen[1] >= 500)

    threads = [
        threading.Thread(target=work, args=(number, person.email))
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults, (faults[:5], portal.said()[-2000:])
    assert worker.poll() is None
    assert Bulletin.objects.count() == len(issued) == PEOPLE * ROUNDS
    assert not Draft.objects.exists()
    assert Recipient.objects.exclude(acknowledged_at=None).exists()
    numbers = list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert "locked" not in portal.said()
