"""A small world for the live tests: people with sessions, and a kind of topic of its own.

`lagoon:FJ` can be heard by whoever holds an appointment for Fiji as of now. Its events are
sealed for the key `FJ`, except those whose name ends in `.plain`. The doorkeeper reads sessions
and people from the database each time, as the real one does; a socket's vault is a cookie that
lists the keys it opens.
"""

import datetime
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie

from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from access.sockets import Change, MemberFacts
from accounts.models import Administration, Appointment, User
from activity.consumers import LiveConsumer
from activity.models import LiveEvent
from activity.nudge import nudge

TODAY = datetime.date(2026, 11, 21)


class Keys:
    """The open vault of one socket."""

    def __init__(self, names):
        self.names = {name.encode() for name in names}

    def holds(self, key_id):
        return key_id in self.names


class Doorkeeper:
    def __init__(self):
        self.asked = []
        self.acted = []

    def open_socket_vault(self, scope):
        cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode())
        session = cookies["session"].value if "session" in cookies else ""
        row = Session.objects.filter(session_key=session).first()
        if row is None:
            return None
        user = User.objects.get(pk=row.session_data)
        appointment = Appointment.objects.filter(user=user).first()
        keys = cookies["keys"].value.split("-") if "keys" in cookies else None
        return MemberFacts(
            user_id=user.pk,
            session=session.encode(),
            administration=appointment.administration_id,
            language=user.language,
            zone=user.zone,
            vault=Keys(keys) if keys else None,
        )

    def changes(self, members):
        self.asked.append(len(members))
        living = set(Session.objects.values_list("session_key", flat=True))
        locked = set(Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk"))
        people = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
        found = {}
        for member in members:
            session = member.session.decode()
            if session not in living:
                found[member] = Change.SIGNED_OUT
            elif member.user_id not in people:
                found[member] = Change.NOT_ALLOWED
            elif (session,) in locked:
                found[member] = Change.VAULT_LOCKED
        return found

    def used(self, member):
        self.acted.append(member.user_id)


class Lagoon:
    """A kind of topic, which counts how often it was asked."""

    def __init__(self):
        self.judged, self.drawn = [], []

    def may_subscribe(self, member, topic):
        return member.user_id in self._people(topic)

    def judge(self, event, members):
        self.judged.append(event.pk)
        people = self._people(event.topic)
        key = None if event.event.endswith(".plain") else event.topic[-2:].encode()
        return {member: key for member in members if member.user_id in people}

    def draw(self, event, key_id, language, zone, vault):
        assert key_id is None or vault.holds(key_id)
        self.drawn.append((event.pk, key_id, language, zone))
        return f"<p>{event.target} {language}</p>"

    @staticmethod
    def _people(topic):
        held = Appointment.objects.filter(administration=topic.partition(":")[2], until=None)
        return set(held.values_list("user_id", flat=True))


def administration(code):
    return Administration.objects.get_or_create(
        code=code, defaults={"kind": "member", "name": code, "name_fr": code}
    )[0]


def appoint(person, code):
    Appointment.objects.create(
        user=person, administration=administration(code), role="contact", since=TODAY
    )


def sign_in(name, code="FJ", *, language="en", zone="Pacific/Fiji"):
    """A person with an appointment and a living session, whose key is the person's name."""
    person = User.objects.enter(
        email=f"{name}@demo.invalid", name=name, language=language, zone=zone
    )
    appoint(person, code)
    Session.objects.create(
        session_key=name,
        session_data=str(person.pk),
        expire_date=timezone.now() + datetime.timedelta(hours=8),
    )
    return person


def sign_out(name):
    Session.objects.filter(session_key=name).delete()


def lock(name):
    Session.objects.filter(session_key=name).update(expire_date=timezone.now())


def happen(topic="lagoon:FJ", event="lagoon.changed", target="yacht", *, quietly=False):
    """Something is written down, as a service does it; `quietly` loses the nudge."""
    with transaction.atomic():
        row = LiveEvent.objects.create(topic=topic, event=event, target=target)
        if not quietly:
            transaction.on_commit(lambda: nudge(row.pk), robust=True)
    return row.pk


def handshake(session="", keys="FJ", origin="http://localhost:8000", host="localhost:8000"):
    cookie = f"session={session}" + (f"; keys={keys}" if keys else "")
    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    return [*headers, *([(b"origin", origin.encode())] if origin else [])]


class Page(WebsocketCommunicator):
    """An open page, as the server sees it."""

    async def subscribe(self, *topics, since=None):
        """Subscribe, and return the frames up to and including `ready`."""
        frame = {"t": "subscribe", "topics": list(topics) or ["lagoon:FJ"]}
        await self.send_json_to(frame if since is None else {**frame, "since": since})
        frames = [await self.heard()]
        while frames[-1]["t"] != "ready":
            frames.append(await self.heard())
        return frames

    async def heard(self):
        return await self.receive_json_from(timeout=10)

    async def closed_with(self):
        """The code that the server closes with; what it says before is skipped."""
        while True:
            message = await self.receive_output(timeout=10)
            if message["type"] == "websocket.close":
                return message["code"]


@asynccontextmanager
async def page(session="", *, topics=("lagoon:FJ",), since=None, keys="FJ", **details):
    """A page of this session with its socket open, subscribed unless `topics` is empty."""
    opened = Page(LiveConsumer.as_asgi(), "/ws/", headers=handshake(session, keys, **details))
    accepted, _ = await opened.connect(timeout=10)
    assert accepted
    try:
        if topics:
            await opened.subscribe(*topics, since=since)
        yield opened
    finally:
        await opened.disconnect()
