"""What ends, ends in every open page at once; what passes through Redis and logs says nothing.

At the real server, with a Redis of its own that is stopped where the promise says so.
"""

import base64
import json
import socket
import threading
import time
import uuid

import pytest
import redis
from django.contrib.sessions.models import Session
from websockets.exceptions import ConnectionClosed

from access.wire import SLOW_SOCKET
from accounts.models import User
from discussions.services.participants import remove_participant
from tests.live.servers import running
from tests.live.test_portal import environment
from tests.live.threads import Socket, cast, cookies_of, say, thread_of
from tests.live.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def started(tmp_path, world, redis_url=""):
    env = {**environment(tmp_path), "ISWG_DIRECTORY_PIN": world.pin, "REDIS_URL": redis_url}
    return running(tmp_path, "iswg.serve", "-p", "0", "--access-log", "-", **env)


@pytest.fixture
def portal(tmp_path, world, own_redis, other_process):
    with started(tmp_path, world, own_redis.url) as server:
        yield server


def heard_to_the_end(page, quiet=2.5):
    """All that a page hears until it is silent or closed; the code of the close."""
    frames = []
    try:
        while True:
            frames.append(page.hear(timeout=quiet))
    except TimeoutError:
        return frames, None
    except ConnectionClosed as end:
        return frames, end.rcvd.code if end.rcvd else None


class TestFromThatInstant:
    def test_nothing_reaches_who_was_let_go_suspended_or_signed_out(self, world, portal, own_redis):
        thread = thread_of(world)
        topic = f"thread:{thread.uuid}"
        people = [world.fj, world.vu, world.pw, world.oco]
        cookies = {user.pk: cookies_of(user) for user in people}
        pages = {
            user.pk: [Socket(portal.port, cookies[user.pk]) for _ in range(2)] for user in people
        }
        for two in pages.values():
            for page in two:
                page.subscribe(topic)
                page.tell({"t": "here", "topic": topic, "on": True})
        own_redis.stop()
        say(world, world.fj, thread, "before")
        for two in pages.values():
            for page in two:
                event = page.hear_until("event")[-1]
                assert "before" in event["html"]

        remove_participant(
            actor=world.actor(world.fj), vault=world.vault(world.fj), thread=thread, name="VU"
        )
        User.objects.filter(pk=world.pw.pk).update(is_active=False)
        key = cookies[world.oco.pk].partition("iswg=")[2].partition(";")[0]
        assert Session.objects.filter(session_key=key).delete()[0] == 1
        say(world, world.fj, thread, "afterwards")

        for page in pages[world.fj.pk]:
            frames, _ = heard_to_the_end(page)
            assert any("afterwards" in frame.get("html", "") for frame in frames)
        for user, code in ((world.vu, None), (world.pw, 4403), (world.oco, 4401)):
            for page in pages[user.pk]:
                frames, closed = heard_to_the_end(page, quiet=0.3)  # Fiji heard it seconds ago
                assert closed == code
                assert "afterwards" not in json.dumps(frames)
                refusals = [one for one in frames if one["t"] == "refused"]
                assert refusals == ([{"t": "refused", "topic": topic}] if code is None else [])

    def test_without_an_end_everybody_hears_everything(self, world, portal):
        """The same set-up without an end: everybody hears everything."""
        thread = thread_of(world)
        topic = f"thread:{thread.uuid}"
        with Socket(portal.port, cookies_of(world.vu)) as page:
            page.subscribe(topic)
            say(world, world.fj, thread, "afterwards")
            assert "afterwards" in page.hear_until("event")[-1]["html"]


class Tap:
    """Everything that a Redis is told, and tells."""

    def __init__(self, url):
        self.lines, self.client = [], redis.Redis.from_url(url)
        self.ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.ready.wait(10)

    def _listen(self):
        with self.client.monitor() as monitor:
            self.ready.set()
            try:
                for command in monitor.listen():
                    self.lines.append(command["command"])
            except redis.RedisError:
                pass


def test_no_word_of_a_message_is_in_redis_or_in_a_log(world, portal, own_redis):
    tap = Tap(own_redis.url)
    thread = thread_of(world, topic="Zanzimoor at the wharf")
    topic = f"thread:{thread.uuid}"
    with (
        Socket(portal.port, cookies_of(world.fj)) as fiji,
        Socket(portal.port, cookies_of(world.vu)) as vanuatu,
    ):
        for page in (fiji, vanuatu):
            page.subscribe(topic, "threads:all")
            page.tell({"t": "here", "topic": topic, "on": True})
        fiji.tell({"t": "typing", "topic": topic})
        fiji.post(thread, "the quillfish lands at night")
        assert "quillfish" in vanuatu.hear_until("event")[-1]["html"]
        vanuatu.post(thread, "a quillfish reply", message="quillfish")  # refused, and not quoted
        data = {"thread": thread.ref, "number": 2}
        vanuatu.tell({"t": "act", "c": "r", "act": "discussions.read", "data": data})
        assert fiji.hear_until("seen")[-1]["code"] == "VU"
        vanuatu.tell({"t": "quillfish", "zanzimoor": "quillfish"})
        vanuatu.tell({"t": "act", "c": "x", "act": "quillfish", "data": {"thread": "zanzimoor"}})
        vanuatu.hear_until("refused")
        time.sleep(0.5)
    passed, logged = "\n".join(tap.lines), portal.said()
    assert "hub.words" in passed
    assert "hub.nudge" in passed
    for place in (passed, logged):
        for word in ("quillfish", "zanzimoor", "wharf", "lands"):
            assert word not in place.lower()


class Deaf:
    """A page whose link takes nothing more: its socket is open, and nobody reads it."""

    def __init__(self, port, cookies, topic):
        self.wire = socket.socket()
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.wire.connect(("127.0.0.1", port))
        here, key = f"127.0.0.1:{port}", base64.b64encode(bytes(16)).decode()
        handshake = [
            "GET /ws/ HTTP/1.1", f"Host: {here}", f"Origin: http://{here}", f"Cookie: {cookies}",
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}", "", "",
        ]  # fmt: skip
        self.wire.sendall("\r\n".join(handshake).encode())
        self._read_to(b"\r\n\r\n")
        self._tell({"t": "subscribe", "topics": [topic]})
        self._read_to(b'"t":"ready"')

    def _read_to(self, mark):
        seen = b""
        while mark not in seen:
            seen += (part := self.wire.recv(4096))
            assert part, seen

    def _tell(self, frame):
        body = json.dumps(frame).encode()
        assert len(body) < 126
        self.wire.sendall(bytes((0x81, 0x80 | len(body))) + bytes(4) + body)  # masked with nothing

    def is_cut_off(self):
        """Whether the server has hung up; what waits here to be read stays unread."""
        self.wire.settimeout(0.01)
        try:
            self._tell({"t": "pong"})
        except TimeoutError:
            return False
        except OSError:
            return True
        return False


class TestTrouble:
    STORM = 150

    def test_pages_are_served_while_everybody_comes_back_at_once(self, world, portal):
        """Twelve threads open sockets and drop them without a word, as a link that breaks does."""
        thread = thread_of(world)
        topic = f"thread:{thread.uuid}"
        cookies = [cookies_of(user) for user in cast(world)]
        visitor = Visitor(portal)
        visitor.cookies = dict(one.split("=", 1) for one in cookies[0].split("; "))
        faults, left = [], list(range(self.STORM))

        def come_back():
            while left:
                number = left.pop()
                try:
                    page = Socket(portal.port, cookies[number % len(cookies)])
                    page.subscribe(topic)
                    page.wire.socket.close()
                except Exception as fault:
                    faults.append(type(fault).__name__)

        before = portal.memory()
        threads = [threading.Thread(target=come_back) for _ in range(12)]
        for one in threads:
            one.start()
        statuses = []
        while any(one.is_alive() for one in threads):
            statuses.append(visitor.read("GET", "/threads/")[0])
        assert faults == []
        assert set(statuses) <= {200}
        assert portal.memory() - before < 60 * 2**20
        with Socket(portal.port, cookies[1]) as page:
            page.subscribe(topic)
            say(world, world.fj, thread, "still here")
            assert "still here" in page.hear_until("event")[-1]["html"]

    MOST = 250  # messages: far more than the system's own buffers and ours take

    def test_who_does_not_read_is_cut_off_and_nobody_else_notices(self, world, portal):
        """Four sockets are opened and never read again, while more is said than a reader may
        leave waiting; somebody who reads hears all of it, and each message once."""
        thread = thread_of(world)
        topic = f"thread:{thread.uuid}"
        cookies = [cookies_of(user) for user in (world.fj, world.vu)]
        deaf = [Deaf(portal.port, cookies[0], topic) for _ in range(4)]
        before, said = portal.memory(), 0
        with Socket(portal.port, cookies[1]) as page:
            page.subscribe(topic)
            while not all(one.is_cut_off() for one in deaf):
                assert said < self.MOST, "whoever does not read is never cut off"
                say(world, world.fj, thread, f"{said} " + "&" * 7_900)
                heard = [one for one in page.hear_until("event") if one["t"] == "event"]
                assert [f">{said} &amp;" in one["html"] for one in heard] == [True]
                said += 1
            assert portal.memory() - before < 40 * 2**20
            assert portal.get("/healthz", timeout=60).startswith(b"HTTP/1.1 200 ")
            say(world, world.fj, thread, "still here")
            assert "still here" in page.hear_until("event")[-1]["html"]
        assert said * 7_900 * len("&amp;") > SLOW_SOCKET

    FRAMES = [
        ("x" * 17_000, 1009),
        (b"\x00\x01", 4400),
        ("not json", 4400),
        ("[]", 4400),
        ('{"t":"subscribe","topics":"thread:x"}', 4400),
        ('{"t":"here","topic":7}', 4400),
        ('{"t":"here","topic":"thread:x","on":"yes"}', 4400),
        ('{"t":"typing"}', 4400),
        ('{"t":"act","c":7,"act":"discussions.post"}', 4400),
    ]

    def test_a_frame_of_another_size_or_type_closes(self, world, portal):
        cookies = cookies_of(world.fj)
        for frame, code in self.FRAMES:
            page = Socket(portal.port, cookies)
            page.wire.send(frame)
            assert heard_to_the_end(page, quiet=10) == ([], code), frame

    def test_frames_out_of_order_are_answered_and_change_nothing(self, world, portal):
        thread = thread_of(world)
        topic = f"thread:{thread.uuid}"
        number = thread.last_number
        with Socket(portal.port, cookies_of(world.fj)) as page:
            page.tell({"t": "typing", "topic": topic})
            page.tell({"t": "here", "topic": topic, "on": False})
            page.tell({"t": "pong"})
            page.tell({"t": "subscribe", "topics": ["thread:no-uuid", f"thread:{uuid.uuid4()}"]})
            frames = page.hear_until("ready")
            assert [frame["t"] for frame in frames] == ["refused", "refused", "ready"]
            page.tell({"t": "act", "c": "1", "act": "discussions.post", "data": {"thread": 7}})
            assert page.hear()["t"] == "refused"
        thread.refresh_from_db()
        assert thread.last_number == number
