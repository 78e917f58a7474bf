"""Finding the date: the Secretariat looks for it, asks in a poll, and settles on a time."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from access.policy import Refused
from accounts.models import Administration, Seat
from activity.models import Notice
from activity.reminders import send_due
from meetings.models import Meeting, Poll, PollAnswer
from meetings.reminders import unanswered_invitations, unanswered_polls
from meetings.services.invitations import answer, invite
from meetings.services.poll import answer_poll, close_poll, open_poll
from meetings.services.series import NotPossible
from tests.factories import signed_in
from tests.meetings.conftest import event_of

DAY = datetime.timedelta(days=1)
ZONES = {"FJ": "Pacific/Fiji", "VU": "Pacific/Efate", "PW": "Pacific/Palau", "OCO": "Pacific/Fiji"}


@pytest.fixture
def zones(world):
    for code, zone in ZONES.items():
        Administration.objects.filter(pk=code).update(zone=zone)


@pytest.fixture
def meeting(hall, zones):
    return hall.plan("FJ", "VU", "PW", title="Ad hoc on the Ziphrannet", day=None, clock=None)


def walls(*hours, days=20):
    day = timezone.localdate() + days * DAY
    return [(day, datetime.time(hour)) for hour in hours]


def ask(world, meeting, *hours, days=20):
    return open_poll(
        actor=world.actor(world.oco), meeting=meeting, candidates=walls(*hours or (9, 11, 14)),
        closes_on=timezone.localdate() + 7 * DAY,
    )  # fmt: skip


def says(world, user, meeting, *answers):
    keys = list(meeting.poll.candidates.values_list("pk", flat=True))
    answer_poll(
        actor=world.actor(user), meeting=meeting,
        answers=dict(zip(keys, answers, strict=False)),
    )  # fmt: skip


def at(meeting):
    return reverse("meetings:poll", args=[meeting.ref])


# By the services -----------------------------------------------------------------------------


def test_the_last_answer_of_an_administration_counts(world, meeting):
    ask(world, meeting)
    says(world, world.fj, meeting, "yes", "maybe", "no")
    says(world, world.fj_contact, meeting, "no")
    rows = PollAnswer.objects.filter(administration="FJ").order_by("candidate__starts_at")
    assert [row.answer for row in rows] == ["no", "maybe", "no"]
    assert rows[0].user == world.fj_contact


def test_only_who_prepares_asks_and_only_who_may_answers(world, hall, meeting):
    with pytest.raises(Refused):
        open_poll(
            actor=world.actor(world.fj), meeting=meeting, candidates=walls(9, 10),
            closes_on=timezone.localdate(),
        )  # fmt: skip
    ask(world, meeting)
    reader = world.colleague("FJ", role="reader")
    for user in (reader, world.colleague("VU", role="contributor")):
        with pytest.raises(Refused):
            says(world, user, meeting, "yes")
    with pytest.raises(Refused):
        close_poll(actor=world.actor(world.fj), meeting=meeting, candidate_id=None)
    assert not PollAnswer.objects.exists()


@pytest.mark.parametrize(
    ("hours", "closes_in", "field"),
    [((9,), 7, "candidates"), (range(13), 7, "candidates"), ((9, 10), 30, "closes_on"),
     ((9, 10), -1, "closes_on")],
)  # fmt: skip
def test_what_is_no_poll_is_refused_beside_its_field(world, meeting, hours, closes_in, field):
    with pytest.raises(NotPossible) as refusal:
        open_poll(
            actor=world.actor(world.oco), meeting=meeting, candidates=walls(*hours),
            closes_on=timezone.localdate() + closes_in * DAY,
        )  # fmt: skip
    assert set(refusal.value.faults) == {field}


def test_after_the_last_day_of_the_administration_itself_nobody_answers(world, meeting):
    poll = ask(world, meeting)
    today = timezone.now().astimezone(datetime.UTC).date()
    Poll.objects.filter(pk=poll.pk).update(closes_on=today - DAY)
    Administration.objects.filter(pk="PW").update(zone="Etc/GMT+12")
    Administration.objects.filter(pk="FJ").update(zone="Etc/GMT-14")
    with pytest.raises(NotPossible):
        says(world, world.fj, meeting, "yes")
    if timezone.now().hour < 12:  # while it is still yesterday on the last clock of the world
        says(world, world.pw, meeting, "yes")
        assert PollAnswer.objects.get().administration_id == "PW"


def test_the_time_that_is_chosen_is_the_meetings_and_calendars_follow(world, hall, zones, post):
    meeting = invite(actor=world.actor(world.oco), meeting=hall.plan("FJ", "VU"))
    poll = ask(world, meeting)
    post.send()
    second = poll.candidates.all()[1]
    now = close_poll(actor=world.actor(world.oco), meeting=meeting, candidate_id=second.pk)
    assert now.starts_at == second.starts_at
    assert Poll.objects.get().chosen == second
    mail = post.send()["contact.fj@test.invalid"]
    assert event_of(mail).decoded("DTSTART") == second.starts_at
    with pytest.raises(NotPossible):
        says(world, world.fj, meeting, "yes")


def test_a_closed_poll_can_be_followed_by_another_and_an_open_one_cannot(world, meeting):
    ask(world, meeting)
    with pytest.raises(NotPossible):
        ask(world, meeting, 8, 9)
    close_poll(actor=world.actor(world.oco), meeting=meeting, candidate_id=None)
    assert ask(world, meeting, 8, 9).candidates.count() == 2


def test_candidates_of_another_poll_are_not_taken(world, hall, meeting):
    ask(world, meeting)
    other = hall.plan("FJ", day=None, clock=None)
    theirs = ask(world, other).candidates.first()
    with pytest.raises(NotPossible):
        answer_poll(actor=world.actor(world.fj), meeting=meeting, answers={theirs.pk: "yes"})
    with pytest.raises(NotPossible):
        close_poll(actor=world.actor(world.oco), meeting=meeting, candidate_id=theirs.pk)


# Reminders -----------------------------------------------------------------------------------


def test_who_has_not_answered_a_poll_is_reminded(world, meeting, post):
    poll = ask(world, meeting)
    Poll.objects.filter(pk=poll.pk).update(
        made_at=timezone.now() - 10 * DAY, closes_on=timezone.localdate() + DAY
    )
    says(world, world.fj, meeting, "yes")
    Notice.objects.all().delete()
    noon = datetime.datetime.combine(timezone.localdate(), datetime.time(12), datetime.UTC)
    assert {one.administration for one in unanswered_polls(noon)} == {"VU", "PW"}
    assert send_due(world.actor(world.oco), noon) == 2
    assert send_due(world.actor(world.oco), noon) == 0
    mails = post.send()
    assert "contact.pw@test.invalid" in mails
    assert "contact.fj@test.invalid" not in mails
    text = mails["contact.pw@test.invalid"].get_body(("plain",)).get_content()
    assert f"/meetings/{meeting.ref}/poll/" in text
    assert "Ziphrannet" not in text


def test_who_has_not_answered_an_invitation_is_reminded(world, hall, zones, post):
    meeting = invite(actor=world.actor(world.oco), meeting=hall.plan("FJ", "VU"))
    answer(**hall.both(world.fj), meeting=meeting, answer="no")
    due = datetime.datetime.combine(meeting.replies_due_on, datetime.time(1), datetime.UTC)
    assert [one.administration for one in unanswered_invitations(due)] == ["VU"]
    Notice.objects.all().delete()
    assert send_due(world.actor(world.oco), due) == 1
    late = due + 7 * DAY - datetime.timedelta(hours=3)
    assert send_due(world.actor(world.oco), min(late, meeting.starts_at - DAY)) in (0, 1)
    events = set(Notice.objects.values_list("event", flat=True))
    assert "meetings.reply_due" in events
    assert {one.recipient for one in Notice.objects.all()} == {world.vu, world.vu_contact}
    text = post.send()["contact.vu@test.invalid"].get_body(("plain",)).get_content()
    assert f"/meetings/{meeting.ref}/invitation/" in text


# At the front door ---------------------------------------------------------------------------


def test_the_secretariat_finds_a_date_and_asks(world, meeting):
    for code in ("FJ", "VU", "PW"):
        Seat.objects.create(administration_id=code, since=datetime.date(2020, 1, 1), elected="x")
    client = signed_in(world.oco)
    response = client.get(reverse("meetings:find"), {"meeting": meeting.ref})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('id="day-') == 14
    assert "all 3 are at work" in page
    times = re.findall(r'name="time" value="([^"]+)"', page)
    typed = {
        "meeting": meeting.ref, "time": times[:3],
        "closes_on": (timezone.localdate() + 2 * DAY).isoformat(),
    }  # fmt: skip
    response = client.post(f"{reverse('meetings:find')}?meeting={meeting.ref}", typed)
    assert response.url == at(meeting)
    kept = [one.starts_at for one in Poll.objects.get().candidates.all()]
    fiji = [datetime.datetime.fromisoformat(f"{one}+12:00") for one in times[:3]]
    assert kept == fiji
    told = set(Notice.objects.filter(event="meetings.poll_opened").values_list("recipient", flat=1))
    assert world.fj.pk in told


def test_one_time_is_too_few_and_what_was_ticked_stays(world, meeting):
    client = signed_in(world.oco)
    address = f"{reverse('meetings:find')}?meeting={meeting.ref}"
    time = re.findall(r'name="time" value="([^"]+)"', client.get(address).content.decode())[0]
    response = client.post(address, {
        "meeting": meeting.ref, "time": [time],
        "closes_on": (timezone.localdate() + 2 * DAY).isoformat(),
    })  # fmt: skip
    page = response.content.decode()
    assert response.status_code == 400
    assert "Choose between 2 and 12 times." in page
    assert f'value="{time}" checked' in page


def test_nobody_else_looks_for_dates(world, meeting):
    assert signed_in(world.fj).get(reverse("meetings:find")).status_code == 403


def test_a_representative_answers_and_sees_the_own_weekday(world, meeting):
    """Nine in Suva is six in Palau, before anybody works."""
    ask(world, meeting, 9, 14)
    client = signed_in(world.pw_contact)
    page = client.get(at(meeting)).content.decode()
    assert "Outside office hours for" in page
    keys = list(Poll.objects.get().candidates.values_list("pk", flat=True))
    response = client.post(at(meeting), {f"time-{keys[0]}": "no", f"time-{keys[1]}": "yes"})
    assert response.status_code == 302
    page = client.get(at(meeting)).content.decode()
    assert f'name="time-{keys[1]}" value="yes" checked' in page
    assert client.post(at(meeting), {}).status_code == 400


def test_the_secretariat_reads_the_answers_and_settles(world, meeting):
    ask(world, meeting, 11, 14)
    says(world, world.fj, meeting, "yes", "no")
    client = signed_in(world.oco)
    page = client.get(at(meeting)).content.decode()
    assert "2 have not answered: Palau, Vanuatu" in page
    assert 'name="close"' in page
    first = Poll.objects.get().candidates.first()
    response = client.post(at(meeting), {"close": str(first.pk)})
    assert response.url == reverse("meetings:invitation", args=[meeting.ref])
    assert Meeting.objects.get(pk=meeting.pk).starts_at == first.starts_at
    assert 'name="close"' not in client.get(at(meeting)).content.decode()


def test_who_takes_no_part_finds_no_poll(world, hall, zones):
    meeting = hall.plan("FJ", day=None, clock=None)
    ask(world, meeting)
    assert signed_in(world.fj).get(at(meeting)).status_code == 200
    assert signed_in(world.vu).get(at(meeting)).status_code == 404
    assert signed_in(world.vu).post(at(meeting), {"close": "none"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-13-40",
        "who=all",
        "codes=XX&who=chosen",
        "minutes=7",
        "start=9999-12-31",
        "host=ZZ",
    ],
)
def test_an_address_typed_by_hand_shows_the_form_again(world, query):
    response = signed_in(world.oco).get(f"{reverse('meetings:find')}?{query}")
    assert response.status_code == 400


def test_home_says_what_waits_for_an_answer_until_there_is_one(world, hall, meeting):
    invited = invite(actor=world.actor(world.oco), meeting=hall.plan("FJ", title="Ziphrannet"))
    ask(world, meeting)
    client = signed_in(world.fj)
    page = client.get("/").content.decode()
    for verb in ("Reply to the invitation", "Answer the poll"):
        assert verb in page
        assert verb not in signed_in(world.oco).get("/").content.decode()
    answer(**hall.both(world.fj), meeting=invited, answer="no")
    says(world, world.fj_contact, meeting, "yes")
    page = client.get("/").content.decode()
    for verb in ("Reply to the invitation", "Answer the poll"):
        assert verb not in page
