"""A private address shows a calendar when and nothing else, as long as its person has standing."""

import datetime
import re

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Administration, Appointment
from meetings.models import FeedKey, Meeting
from meetings.services.feeds import MOST
from meetings.services.invitations import invite
from meetings.services.series import cancel_meeting
from tests.factories import sign_in, signed_in
from tests.hall import ITEM

TITLE = "Ad hoc on the Ziphrannet"


@pytest.fixture
def officer(client, world):
    """Fiji's contact point at the page of the own calendar."""
    sign_in(client, world.fj_contact)
    return client


@pytest.fixture
def invited(world, hall):
    meeting = hall.plan("FJ", "VU", title=TITLE)
    hall.item(meeting)
    return invite(actor=world.actor(world.oco), meeting=meeting)


def make(client):
    page = client.post(reverse("meetings:calendar")).content.decode()
    return re.search(r"/calendar/[\w-]+\.ics", page)[0]


def events(response):
    calendar = Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "PUBLISH"
    return calendar.walk("VEVENT")


def test_an_address_shows_the_own_meetings_without_a_session(officer, world, hall, invited):
    others = invite(actor=world.actor(world.oco), meeting=hall.plan("VU"))
    planned = hall.plan("FJ")
    response = Client().get(make(officer))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(response)
    assert event["UID"] == invited.uid not in (others.uid, planned.uid)
    assert event["SUMMARY"] == "ISWG meeting"
    assert event.decoded("DTSTART") == invited.starts_at
    assert vobject.readOne(response.content.decode()).vevent.dtend.value == invited.ends_at
    for word in (TITLE, ITEM, "ATTENDEE", "contact", "ORGANIZER"):
        assert word not in response.content.decode()


def test_a_cancelled_meeting_is_shown_as_such(officer, world, invited):
    address = make(officer)
    cancel_meeting(actor=world.actor(world.oco), meeting=invited)
    (event,) = events(Client().get(address))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_what_did_not_change_is_not_sent_again(officer, world, invited):
    address = make(officer)
    tag = Client().get(address)["ETag"]
    again = Client().get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    Meeting.objects.update(sequence=1)
    assert Client().get(address, headers={"if-none-match": tag}).status_code == 200


def test_only_the_hash_is_kept_and_the_address_is_shown_once(officer, world):
    token = make(officer).split("/")[-1].removesuffix(".ics")
    key = FeedKey.objects.get()
    assert len(bytes(key.token_hash)) == 32
    assert token.encode() not in bytes(key.token_hash)
    assert token not in officer.get(reverse("meetings:calendar")).content.decode()


def test_an_address_taken_back_answers_no_more(officer, client, world, invited):
    address = make(officer)
    key = FeedKey.objects.get()
    stranger = signed_in(world.vu)
    assert stranger.post(reverse("meetings:revoke_feed", args=[key.pk])).status_code == 404
    assert Client().get(address).status_code == 200
    officer.post(reverse("meetings:revoke_feed", args=[key.pk]))
    assert Client().get(address).status_code == 404


def _suspended(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def _asleep(user):
    type(user).objects.filter(pk=user.pk).update(asleep_since=timezone.now())


def _without_role(user):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=user).update(until=yesterday)


def _out(user):
    Administration.objects.filter(pk="FJ").update(suspended_on=timezone.localdate())


@pytest.mark.parametrize("loses", [_suspended, _asleep, _without_role, _out])
def test_it_stops_the_instant_its_person_loses_standing(officer, world, invited, loses):
    address = make(officer)
    assert Client().get(address).status_code == 200
    loses(world.fj_contact)
    assert Client().get(address).status_code == 404


def test_a_wrong_address_gets_nothing_and_soon_not_even_that(officer, world, invited):
    right = make(officer)
    answers = [Client().get(f"/calendar/{n:043d}.ics").status_code for n in range(35)]
    assert set(answers[:30]) == {404}
    assert answers[-1] == 429
    assert Client().get(right).status_code == 200


def test_a_program_that_asks_all_the_time_is_told_to_wait(officer, world, invited):
    address = make(officer)
    answers = [Client().get(address) for _ in range(61)]
    assert answers[0].status_code == 200
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "3600")


def test_nobody_keeps_more_addresses_than_a_person_needs(officer, world):
    for _ in range(MOST):
        make(officer)
    assert officer.post(reverse("meetings:calendar")).status_code == 302
    assert FeedKey.objects.count() == MOST
