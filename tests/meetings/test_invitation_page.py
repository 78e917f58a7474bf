"""The invitation, at the front door: the Secretariat invites, Fiji answers, others read it."""

import datetime

import pytest
from django.urls import reverse

from meetings.models import Delegate, Meeting, Reply, State
from meetings.services.invitations import answer, invite
from meetings.services.series import move_meeting
from tests.factories import signed_in

TITLE = "Ad hoc on the Ziphrannet"


@pytest.fixture
def planned(hall):
    return hall.plan("FJ", "VU", title=TITLE)


@pytest.fixture
def invited(world, planned):
    return invite(actor=world.actor(world.oco), meeting=planned)


def at(meeting):
    return reverse("meetings:invitation", args=[meeting.ref])


def test_the_secretariat_invites_from_the_page(world, planned, post):
    client = signed_in(world.oco)
    page = client.get(at(planned)).content.decode()
    assert TITLE in page
    day = planned.local_date - datetime.timedelta(days=6)
    response = client.post(at(planned), {"invite": "1", "replies_due_on": day.isoformat()})
    assert response.status_code == 302
    meeting = Meeting.objects.get(pk=planned.pk)
    assert (meeting.state, meeting.replies_due_on) == (State.INVITED, day)
    assert "contact.fj@test.invalid" in post.send()
    assert 'name="invite"' not in client.get(at(planned)).content.decode()


def test_a_deadline_after_the_meeting_is_refused_beside_its_field(world, planned):
    day = planned.local_date + datetime.timedelta(days=1)
    response = signed_in(world.oco).post(
        at(planned), {"invite": "1", "replies_due_on": day.isoformat()}
    )
    assert response.status_code == 400
    assert "Answers are wanted before the meeting." in response.content.decode()


def test_nobody_else_invites(world, planned):
    response = signed_in(world.fj).post(
        at(planned), {"invite": "1", "replies_due_on": "2026-12-01"}
    )
    assert response.status_code == 403
    assert Meeting.objects.get(pk=planned.pk).state == State.PLANNED


def test_fiji_answers_and_names_who_comes(world, invited):
    client = signed_in(world.fj_contact)
    response = client.post(
        at(invited),
        {"answer": "yes", "delegates": [world.fj_contact.pk], "alternates": [world.fj.pk],
         "names": "Mele, analyst", "base": "0"},
    )  # fmt: skip
    assert response.status_code == 302
    assert Reply.objects.get().answer == "yes"
    assert Delegate.objects.count() == 2
    page = signed_in(world.vu).get(at(invited)).content.decode()
    for words in ("Mele, analyst", world.fj_contact.name, "Yes"):
        assert words in page


def test_who_takes_no_part_finds_nothing(world, invited):
    assert signed_in(world.fj).get(at(invited)).status_code == 200
    assert signed_in(world.pw).get(at(invited)).status_code == 404
    assert signed_in(world.pw).post(at(invited), {"answer": "yes"}).status_code == 404


def test_two_colleagues_who_name_people_at_once_lose_nothing(world, hall, invited):
    client = signed_in(world.fj)
    client.get(at(invited))
    answer(**hall.both(world.fj_contact), meeting=invited, answer="yes", names="Tevita")
    typed = {"answer": "maybe", "names": "Mele", "base": "0"}
    response = client.post(at(invited), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "A colleague wrote meanwhile: Tevita." in page
    assert "Mele" in page
    assert 'name="base" value="1"' in page
    assert client.post(at(invited), {**typed, "names": "Tevita, Mele", "base": "1"}).url


def test_after_a_move_the_page_asks_again(world, hall, invited):
    answer(**hall.both(world.fj), meeting=invited, answer="yes")
    move_meeting(
        actor=world.actor(world.oco), meeting=invited, clock=datetime.time(9), minutes=60,
        day=invited.local_date + datetime.timedelta(days=1),
    )  # fmt: skip
    page = signed_in(world.fj).get(at(invited)).content.decode()
    assert "Please answer again." in page
    assert "Yes, for the former time" in page


def test_a_reader_sees_who_answers_instead(world, invited):
    page = signed_in(world.colleague("FJ", role="reader")).get(at(invited)).content.decode()
    assert "A contact point, a coordinator or the head answers for the administration." in page
    assert 'name="answer"' not in page


def test_a_single_meeting_as_a_file_says_no_more_than_the_mail(world, invited):
    address = reverse("meetings:ics", args=[invited.ref])
    text = signed_in(world.fj).get(address).content.decode()
    assert invited.uid in text
    assert "Ziphrannet" not in text
    assert signed_in(world.pw).get(address).status_code == 404
