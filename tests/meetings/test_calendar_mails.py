"""An invitation is a mail that calendars understand; what follows it replaces it."""

import datetime

import pytest
import vobject
from django.utils import timezone

from access.policy import Action, Refused, people_who_can
from activity.chores import tick
from activity.models import JournalEntry, Notice, OutgoingMail
from iswg.environment import month
from meetings.models import Meeting, Reply, State
from meetings.posting import tell_calendars
from meetings.services.invitations import answer, invite, usual_deadline
from meetings.services.series import (
    NotPossible,
    cancel_meeting,
    change_participants,
    move_meeting,
    suggested_quarter,
    work_out_again,
)
from tests.hall import ITEM, LEAD
from tests.meetings.conftest import calendar_of, event_of, whole

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
TITLE = "Ad hoc on the Ziphrannet"
EVERYBODY = {
    f"{post}.{code}@test.invalid" for post in ("coordinator", "contact") for code in ("fj", "vu")
}


@pytest.fixture
def invited(world, hall):
    """A meeting with Fiji and Vanuatu, whose invitation waits for the worker."""
    meeting = hall.plan("FJ", "VU", title=TITLE)
    hall.item(meeting)
    return invite(actor=world.actor(world.oco), meeting=meeting)


def move(world, meeting, days=7, minutes=90):
    return move_meeting(
        actor=world.actor(world.oco), meeting=meeting, clock=datetime.time(9, 30),
        day=meeting.local_date + datetime.timedelta(days=days), minutes=minutes,
    )  # fmt: skip


def test_every_reader_gets_a_request_that_a_calendar_takes(world, invited, post):
    mails = post.send()
    assert set(mails) >= EVERYBODY
    assert not [address for address in mails if ".pw@" in address]
    mail = mails["contact.fj@test.invalid"]
    calendar, method = calendar_of(mail)
    event = event_of(mail)
    assert (calendar["METHOD"], method, calendar["VERSION"]) == ("REQUEST", "REQUEST", "2.0")
    assert event["UID"] == f"{invited.uuid}@iswg"
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "ISWG meeting"
    assert event.decoded("DTSTART") == invited.starts_at
    assert event.decoded("DTEND") == invited.ends_at
    assert event["ORGANIZER"] == "mailto:portal@test.invalid"
    attendee = event["ATTENDEE"]
    assert attendee == "mailto:contact.fj@test.invalid"
    assert (attendee.params["RSVP"], attendee.params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")
    assert f"/meetings/{invited.ref}/" in event["URL"]


def test_a_second_parser_reads_the_same_and_the_file_is_the_part(world, invited, post):
    mail = post.send()["coordinator.vu@test.invalid"]
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    (attached,) = [one for one in mail.walk() if one.get_content_type() == "application/ics"]
    text = part.get_payload(decode=True).decode()
    assert attached.get_filename() == "invite.ics"
    lines = attached.get_payload(decode=True).decode().splitlines()
    assert lines == text.splitlines()
    assert all(len(line.encode()) <= 75 for line in lines)
    event = vobject.readOne(text).vevent
    assert event.dtstart.value == invited.starts_at
    assert event.dtend.value == invited.ends_at
    assert event.uid.value == f"{invited.uuid}@iswg"
    assert event.attendee.rsvp_param == "TRUE"


def test_no_word_of_the_meeting_leaves_the_house(world, invited, post):
    mails = post.send()
    move(world, invited)
    mails |= {f"{to} moved": mail for to, mail in post.send().items()}
    cancel_meeting(actor=world.actor(world.oco), meeting=invited)
    mails |= {f"{to} off": mail for to, mail in post.send().items()}
    assert len(mails) >= 12
    for mail in mails.values():
        said = whole(mail) + mail.as_string()
        for word in (TITLE, "Ziphrannet", ITEM, LEAD, "quombat"):
            assert word not in said


def test_each_is_told_the_own_weekday_and_in_the_own_language(world, hall, post):
    """Eleven in Suva is noon of the day before in Pago Pago."""
    type(world.vu).objects.filter(pk=world.vu.pk).update(zone="Pacific/Pago_Pago", language="fr")
    day = datetime.date(timezone.localdate().year + 1, 3, 9)
    meeting = hall.plan("FJ", "VU", day=day)
    invite(actor=world.actor(world.oco), meeting=meeting)
    mails = post.send()
    french = whole(mails["coordinator.vu@test.invalid"])
    assert f"{JOURS[day.weekday() - 1]} 8 mars {day.year}" in french
    assert f"{JOURS[day.weekday()]} 9 mars {day.year}" in french
    assert event_of(mails["coordinator.vu@test.invalid"])["SUMMARY"] != "ISWG meeting"
    assert f"{day:%A} 9 March {day.year}" in whole(mails["coordinator.fj@test.invalid"])


def test_a_move_and_a_cancellation_replace_what_was_sent(world, invited, post):
    first = event_of(post.send()["contact.vu@test.invalid"])
    moved = move(world, invited)
    second = event_of(post.send()["contact.vu@test.invalid"])
    cancel_meeting(actor=world.actor(world.oco), meeting=moved)
    mail = post.send()["contact.vu@test.invalid"]
    third = event_of(mail)
    assert first["UID"] == second["UID"] == third["UID"]
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"]
    assert second.decoded("DTSTART") == moved.starts_at != first.decoded("DTSTART")
    assert third["STATUS"] == "CANCELLED"
    assert calendar_of(mail)[1] == "CANCEL"


def test_who_is_taken_out_is_told_and_who_is_added_is_invited(world, hall, invited, post):
    post.send()
    change_participants(**hall.both(world.oco), meeting=invited, codes=["FJ", "PW"])
    mails = post.send()
    assert {calendar_of(mails[f"contact.{c}@test.invalid"])[1] for c in ("vu",)} == {"CANCEL"}
    assert calendar_of(mails["contact.pw@test.invalid"])[1] == "REQUEST"
    assert "contact.fj@test.invalid" not in mails
    assert event_of(mails["contact.vu@test.invalid"])["SEQUENCE"] == 1
    assert invited.ref in whole(mails["contact.vu@test.invalid"])


def test_a_mail_is_drawn_with_the_newest_facts_when_it_is_sent(world, invited, post):
    moved = move(world, move(world, invited))
    mails = post.send()
    event = event_of(mails["contact.vu@test.invalid"])
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (2, moved.starts_at)
    assert OutgoingMail.objects.filter(recipient=world.vu_contact).count() == 1
    assert not OutgoingMail.objects.filter(sent_at=None).exists()
    assert post.send() == {}


def test_a_mail_that_a_worker_is_sending_does_not_swallow_the_next(world, invited, post):
    OutgoingMail.objects.update(attempts=1, not_before=timezone.now() + datetime.timedelta(hours=1))
    moved = move(world, invited)
    event = event_of(post.send()["contact.vu@test.invalid"])
    assert event.decoded("DTSTART") == moved.starts_at


def test_nobody_is_mailed_about_what_is_over_or_without_standing(world, invited, post):
    type(world.vu).objects.filter(pk=world.vu.pk).update(is_active=False)
    assert "coordinator.vu@test.invalid" not in post.send(invited.starts_at)
    Meeting.objects.update(starts_at=timezone.now() - datetime.timedelta(days=2))
    move_mails = OutgoingMail.objects.update(sent_at=None, not_before=timezone.now(), attempts=0)
    assert move_mails
    assert post.send() == {}


def test_new_zone_rules_are_sent_to_calendars(world, invited, post):
    post.send()
    hour = datetime.timedelta(hours=1)
    Meeting.objects.update(zone_rules="2020a", starts_at=invited.starts_at + hour)
    assert work_out_again(actor=world.actor(world.oco), now=timezone.now()) == 1
    event = event_of(post.send()["contact.fj@test.invalid"])
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, invited.starts_at)


def test_an_update_keeps_what_was_answered_for_who_comes(world, hall, invited, post):
    """Who is added later makes the sequence rise, not the time change."""
    post.send()
    reader = world.colleague("FJ", role="reader")
    answer(**hall.both(world.fj), meeting=invited, answer="yes", delegates=[world.fj.pk])
    tell_calendars(invited, people_who_can(Action.READ_MEETING, invited))
    mails = post.send()
    stands = {
        to: event_of(mails[to])["ATTENDEE"].params["PARTSTAT"]
        for to in ("coordinator.fj@test.invalid", "contact.fj@test.invalid")
    }
    assert list(stands.values()) == ["ACCEPTED", "NEEDS-ACTION"]
    params = event_of(mails[reader.email])["ATTENDEE"].params
    assert (params["RSVP"], params["ROLE"]) == ("FALSE", "OPT-PARTICIPANT")


# Who may, and twice --------------------------------------------------------------------------


def test_only_who_prepares_invites_and_only_with_a_time(world, hall):
    meeting = hall.plan("FJ", day=None, clock=None)
    with pytest.raises(Refused):
        invite(actor=world.actor(world.fj), meeting=meeting)
    with pytest.raises(NotPossible) as refusal:
        invite(actor=world.actor(world.oco), meeting=meeting)
    assert "time" in refusal.value.faults


def test_inviting_twice_tells_nobody_twice(world, invited, post):
    assert post.send()
    invite(actor=world.actor(world.oco), meeting=invited)
    assert post.send() == {}
    events = JournalEntry.objects.filter(event="meetings.invited")
    assert events.count() == 1
    assert Notice.objects.filter(event="meetings.invited", recipient=world.fj).count() == 1


def test_an_answer_is_wanted_a_week_before_or_as_soon_as_can_be(world, hall):
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    far, near = hall.plan("FJ", day=today + 30 * day), hall.plan("FJ", day=today + 5 * day)
    assert usual_deadline(far) == today + 23 * day
    assert usual_deadline(near) == today + 3 * day


# Answers -------------------------------------------------------------------------------------


def test_the_last_answer_counts_and_delegates_are_named(world, hall, invited):
    fj, contact = hall.both(world.fj), hall.both(world.fj_contact)
    answer(**fj, meeting=invited, answer="yes", delegates=[world.fj.pk], names="Mele, analyst")
    reply = answer(
        **contact, meeting=invited, answer="maybe", delegates=[world.fj_contact.pk],
        alternates=[world.fj.pk],
    )  # fmt: skip
    assert Reply.objects.get(meeting=invited, administration="FJ") == reply
    assert {(d.user_id, d.is_alternate) for d in reply.delegates.all()} == {
        (world.fj_contact.pk, False),
        (world.fj.pk, True),
    }
    assert "Mele, analyst" in hall.words(world.vu, invited)
    assert hall.words(world.oco, invited) >= {"Mele, analyst"}


def test_who_may_not_answer_does_not(world, hall, invited):
    reader = world.colleague("FJ", role="reader")
    with pytest.raises(Refused):
        answer(**hall.both(reader), meeting=invited, answer="yes")
    with pytest.raises(Refused):
        answer(**hall.both(world.pw), meeting=invited, answer="yes")
    with pytest.raises(NotPossible) as refusal:
        answer(**hall.both(world.fj), meeting=invited, answer="yes", delegates=[world.vu.pk])
    assert "delegates" in refusal.value.faults
    assert not Reply.objects.exists()
    assert answer(**hall.both(world.fj), meeting=invited, answer="yes").answer == "yes"


def test_an_answer_to_a_former_time_is_refused_and_lapses(world, hall, invited):
    from meetings.queries import unanswered

    fj = world.actor(world.fj)
    assert list(unanswered(fj)) == [invited]
    answer(**hall.both(world.fj), meeting=invited, answer="yes")
    assert not unanswered(fj)
    move(world, invited)
    assert list(unanswered(fj)) == [invited]
    with pytest.raises(NotPossible) as refusal:
        answer(**hall.both(world.fj), meeting=invited, answer="yes", sequence=0)
    assert "sequence" in refusal.value.faults
    assert answer(**hall.both(world.fj), meeting=invited, answer="yes", sequence=1)


def test_the_secretariat_hears_of_answers_once_until_it_looks(world, hall, invited):
    for user in (world.fj, world.vu):
        answer(**hall.both(user), meeting=invited, answer="yes")
    told = Notice.objects.filter(event="meetings.replied")
    assert {one.recipient for one in told} == {world.oco, world.oco_contact}
    assert told.count() == 2


def test_a_planned_meeting_takes_no_answer(world, hall):
    meeting = hall.plan("FJ")
    assert meeting.state == State.PLANNED
    with pytest.raises(NotPossible):
        answer(**hall.both(world.fj), meeting=meeting, answer="yes")


# The worker, and the operator ------------------------------------------------------------------


def test_the_worker_follows_new_zone_rules_by_itself(world, invited, post):
    post.send()
    hour = datetime.timedelta(hours=1)
    Meeting.objects.update(zone_rules="2020a", starts_at=invited.starts_at + hour)
    assert tick()["meetings by new zone rules"] == 1
    assert event_of(post.send()["contact.fj@test.invalid"]).decoded("DTSTART") == invited.starts_at
    assert tick()["meetings by new zone rules"] == 0


def test_the_month_in_which_the_year_begins_is_a_setting(settings):
    settings.FISCAL_YEAR_STARTS = 1
    assert suggested_quarter(datetime.date(2026, 11, 21)) == ("2026-27", 4)
    assert month("12") == 12
    for wrong in ("0", "13", "July"):
        with pytest.raises(ValueError):
            month(wrong)
