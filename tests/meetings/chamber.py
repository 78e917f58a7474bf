"""The live room in browsers of the test client: a meeting of Fiji, Vanuatu and Palau."""

import datetime
import re
from html import unescape
from uuid import uuid4

from django.utils import timezone

from accounts.models import Seat
from meetings.models import Proposal
from meetings.services.room import call_item, check_in, open_meeting
from tests.factories import signed_in

JSON = {"headers": {"Accept": "application/json"}}


def furnished(world, hall):
    """Fiji, Vanuatu and Palau hold the seats, Fiji has the chair; nothing is open yet. The third
    item is closed to all but Vanuatu and the Secretariat."""
    since = timezone.localdate() - datetime.timedelta(days=365)
    for code in ("FJ", "VU", "PW"):
        Seat.objects.create(administration_id=code, since=since, elected="by acclamation")
    meeting = hall.plan("FJ", "VU", "PW", chair="FJ", title="Session on the quombat")
    items = [
        hall.item(meeting),
        hall.item(meeting, "Second thing", lead=""),
        hall.item(meeting, "Wexelbird: who was paid", lead="Snargle.", closed_to=["VU"]),
    ]
    return Room(world, hall, meeting, items)


class Room:
    def __init__(self, world, hall, meeting, items):
        self.world, self.hall, self.meeting, self.items = world, hall, meeting, items
        self.url = f"/meetings/{meeting.ref}/live/"
        self.browsers = {}

    def actor(self, user):
        return {"actor": self.world.actor(user)}

    def opened(self, *users, item=0):
        open_meeting(**self.actor(self.world.oco), meeting=self.meeting)
        for user in users:
            check_in(**self.actor(user), meeting=self.meeting)
        if item is not None:
            call_item(**self.actor(self.world.oco), item=self.items[item])
        return self

    def browser(self, user):
        if user.pk not in self.browsers:
            self.browsers[user.pk] = signed_in(user)
        return self.browsers[user.pk]

    def page(self, user, address=""):
        answer = self.browser(user).get(self.url + address)
        assert answer.status_code == 200
        return words_of(answer)

    def post(self, user, address, data=None, **more):
        return self.browser(user).post(self.url + address, data or {}, **more)

    def says(self, user, address, data=None, **more):
        """What the page says after the form was sent."""
        return words_of(self.post(user, address, data, follow=True, **more))

    def notes(self, user, words, base, item=0, **more):
        address = f"items/{self.items[item].uuid}/notes/"
        return self.post(user, address, {"words": words, "base": base, **more}, **JSON)

    def puts(self, words, method="consensus", user=None, item=0):
        data = {"decision-words": words, "decision-method": method, "decision-proposal": uuid4()}
        data["decision-item"] = self.items[item].uuid
        answer = self.post(user or self.world.fj, "decisions/", data)
        assert answer.status_code == 302
        return Proposal.objects.latest("pk")


def words_of(answer) -> str:
    text = re.sub(r"<(script|template)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))
