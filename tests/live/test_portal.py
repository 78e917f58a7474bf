"""The real program, `python -m iswg.serve`, as a browser meets it."""

import json
import os
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from accounts.models import Membership, User
from tests.live import lagoon
from tests.live.lagoon import happen
from tests.live.servers import ROOT, everything, request, running

pytestmark = pytest.mark.django_db(transaction=True)


def environment(folder: Path) -> dict[str, str]:
    """What makes the server process share this test's database and secrets."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.live.portal_settings",
        "PORTAL_DATABASE": json.dumps(str(connection.settings_dict["NAME"])),
        "PORTAL_DATA": str(folder / "data"),
        "PORTAL_KEY": settings.SECRET_KEY,
    }


@pytest.fixture(scope="module")
def portal(django_db_setup, tmp_path_factory):
    """One server for all that does not stop it: starting takes seconds."""
    folder = tmp_path_factory.mktemp("portal")
    with started(folder) as server:
        yield server


@pytest.fixture
def own_portal(tmp_path):
    with started(tmp_path) as server:
        yield server


def started(folder):
    command = ("iswg.serve", "-p", "0", "--access-log", "-")
    return running(folder, *command, **environment(folder))


def sign_in(name: str, code: str = "FJ") -> str:
    """A person in good standing with a session; the cookie of that session."""
    person = lagoon.sign_in(name, code)
    Membership.objects.get_or_create(administration_id=code, since="1998-01-01")
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def open_socket(server, cookie="", *, origin=None, path="/ws/"):
    return connect(
        f"ws://127.0.0.1:{server.port}{path}",
        origin=origin or f"http://127.0.0.1:{server.port}",
        additional_headers={"Cookie": cookie} if cookie else {},
    )


def subscribe(page, *topics, since=None):
    frame = {"t": "subscribe", "topics": list(topics)}
    page.send(json.dumps(frame if since is None else {**frame, "since": since}))
    return heard(page)


def heard(page):
    while (frame := json.loads(page.recv(timeout=15))) == {"t": "ping"}:  # at any time
        pass
    return frame


def closed_with(page) -> int:
    with pytest.raises(ConnectionClosed) as end:
        heard(page)
    return end.value.rcvd.code


class TestPages:
    def test_it_answers(self, portal):
        assert portal.get("/healthz").startswith(b"HTTP/1.1 200 ")
        assert portal.get("/nowhere/").startswith(b"HTTP/1.1 ")

    def test_a_stranger_is_shown_the_way_in(self, portal):
        answer = portal.get("/bulletins/")
        assert answer.startswith(b"HTTP/1.1 302 ")
        assert b"/sign-in/?next=/bulletins/" in answer

    def test_a_body_that_is_too_large_is_refused_at_any_address(self, portal):
        for path in ("/sign-in/", "/nowhere/", "/ws/"):
            with portal.connect() as wire:
                wire.sendall(request("POST", path, f"Content-Length: {97 * 1024}"))
                assert everything(wire).startswith(b"HTTP/1.1 413 ")

    def test_what_a_visitor_says_about_addresses_is_not_believed(self, portal):
        portal.get("/healthz?x", "X-Forwarded-For: 198.51.100.77")
        assert "198.51.100" not in portal.said()

    def test_searches_are_not_in_the_log(self, portal):
        portal.get("/search/?q=palolo")
        assert "GET /search/ 302" in portal.said()
        assert "palolo" not in portal.said()


class TestOneProcess:
    def second(self, tmp_path) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "iswg.serve", "-p", "0"],
            cwd=ROOT, env={**os.environ, **environment(tmp_path)},
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip

    def test_a_second_one_on_the_same_folder_is_refused_in_words(
        self, own_portal, tmp_path, on_postgres
    ):
        if on_postgres:
            pytest.skip("PostgreSQL allows several")
        answer = self.second(tmp_path)
        assert answer.returncode == 1
        assert f"Process {own_portal.pid} already serves" in answer.stderr
        assert "Traceback" not in answer.stderr

    def test_after_it_stopped_another_may_start(self, own_portal, tmp_path):
        assert own_portal.stop() == 0
        with started(tmp_path) as next_one:
            assert next_one.get("/healthz").startswith(b"HTTP/1.1 200 ")

    def test_an_address_that_is_taken_is_said_so(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            answer = subprocess.run(
                [sys.executable, "-m", "iswg.serve", "-p", port],
                cwd=ROOT, env={**os.environ, **environment(tmp_path)},
                capture_output=True, text=True, timeout=30,
            )  # fmt: skip
        assert answer.returncode == 1
        assert "Cannot listen" in answer.stderr


class TestSockets:
    def test_a_page_hears_what_another_process_wrote_down(self, portal):
        """No layer joins the two processes: the hub finds out by looking."""
        cookie = sign_in("mere")
        person = User.objects.get(name="mere")
        with open_socket(portal, cookie) as page:
            assert subscribe(page, f"person:{person.pk}")["t"] == "ready"
            number = happen(f"person:{person.pk}", "accounts.appointed", quietly=True)
            frame = heard(page)
        assert (frame["t"], frame["id"]) == ("event", number)

    def test_what_was_missed_comes_with_the_next_page(self, portal):
        cookie = sign_in("mere")
        topic = f"person:{User.objects.get(name='mere').pk}"
        seen = happen(topic, "accounts.appointed")
        missed = happen(topic, "accounts.appointed")
        with open_socket(portal, cookie) as page:
            assert subscribe(page, topic, since=seen)["id"] == missed
            assert heard(page) == {"t": "ready", "id": missed}

    def test_nobody_hears_about_somebody_else(self, portal):
        cookie = sign_in("mere")
        other = lagoon.sign_in("tevita")
        with open_socket(portal, cookie) as page:
            for topic in (f"person:{other.pk}", "administration:TO", "bulletin:nonsense"):
                assert subscribe(page, topic) == {"t": "refused", "topic": topic}
                assert heard(page)["t"] == "ready"

    def test_a_cookie_of_somebody_else_on_this_name_does_no_harm(self, portal):
        cookie = sign_in("mere")
        with open_socket(portal, 'prefs={"a":1}; ' + cookie) as page:
            assert subscribe(page)["t"] == "ready"

    def test_without_a_session_the_socket_closes_and_says_so(self, portal):
        with open_socket(portal) as page:
            assert closed_with(page) == 4401

    def test_a_session_that_ends_closes_the_page_at_the_next_event(self, portal):
        cookie = sign_in("mere")
        topic = f"person:{User.objects.get(name='mere').pk}"
        with open_socket(portal, cookie) as page:
            subscribe(page, topic)
            Session.objects.all().delete()
            happen(topic, "accounts.appointed", quietly=True)
            assert closed_with(page) == 4401

    def test_a_suspended_person_is_shown_out_at_the_next_event(self, portal):
        cookie = sign_in("mere")
        topic = f"person:{User.objects.get(name='mere').pk}"
        with open_socket(portal, cookie) as page:
            subscribe(page, topic)
            User.objects.update(is_active=False)
            happen(topic, "accounts.appointed", quietly=True)
            assert closed_with(page) in (4401, 4403)

    def test_another_sites_page_gets_no_socket(self, portal):
        cookie = sign_in("mere")
        with (
            pytest.raises(InvalidStatus) as refusal,
            open_socket(portal, cookie, origin="https://evil.example"),
        ):
            pass
        assert refusal.value.response.status_code == 403

    def test_there_is_no_other_socket(self, portal):
        with pytest.raises(InvalidStatus) as refusal, open_socket(portal, path="/ws/other/"):
            pass
        assert refusal.value.response.status_code == 403

    def test_nonsense_and_large_frames_close_it(self, portal):
        cookie = sign_in("mere")
        for frame, code in (("{", 4400), (b"{}", 4400), ("x" * 16385, 1009)):
            with open_socket(portal, cookie) as page:
                page.send(frame)
                assert closed_with(page) == code

    def test_too_many_frames_close_it(self, portal):
        cookie = sign_in("mere")
        with open_socket(portal, cookie) as page:
            for _ in range(125):
                page.send('{"t":"pong"}')
            assert closed_with(page) == 4429

    def test_all_of_it_leaves_no_trace_of_trouble_and_a_clean_stop(self, own_portal):
        cookie = sign_in("mere")
        topic = f"person:{User.objects.get(name='mere').pk}"
        with open_socket(own_portal, cookie) as page:
            subscribe(page, topic)
            for _ in range(3):
                with open_socket(own_portal, cookie) as other:
                    other.send("{")
            happen(topic, "accounts.appointed", quietly=True)
            assert heard(page)["t"] == "event"
            assert own_portal.stop() == 0
            assert closed_with(page) == 1001
        assert "Traceback" not in own_portal.said()
