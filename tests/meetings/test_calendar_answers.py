"""Calendars answer by mail. A mail can do no more than its sender could on the page."""

import datetime
import io
import json
import sys
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import activity.record
from activity.models import JournalEntry, Notice
from activity.refusals import Tally
from meetings.inbound import NoReply, read_reply
from meetings.models import Reply
from meetings.services.invitations import answer, invite
from meetings.services.mail_answers import Outcome, take_mail
from meetings.services.series import cancel_meeting, move_meeting

FJ = "contact.fj@test.invalid"


@pytest.fixture(autouse=True)
def nothing_counted_yet(monkeypatch):
    """A process writes down the 1st, 10th, 100th of many refusals within a minute."""
    monkeypatch.setattr(activity.record, "_tally", Tally())


@pytest.fixture
def invited(world, hall):
    return invite(actor=world.actor(world.oco), meeting=hall.plan("FJ", "VU", title="Ziphrannet"))


def reply(
    meeting, sender=FJ, partstat="ACCEPTED", *, attendee=None, sequence=0, method="REPLY",
    uid=None, extra="", given=None,
):  # fmt: skip
    """What Outlook, Thunderbird and telephones send, without what is of no interest."""
    given = given or timezone.now()
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Some//Calendar//EN", "VERSION:2.0", f"METHOD:{method}",
        "BEGIN:VEVENT", f"UID:{uid or meeting.uid}", f"SEQUENCE:{sequence}",
        f"DTSTAMP:{given:%Y%m%dT%H%M%SZ}", "DTSTART:20261205T000000Z",
        "SUMMARY:Accepted: ISWG meeting",
        f"ATTENDEE;PARTSTAT={partstat};CN=Somebody{extra}:mailto:{attendee or sender}",
        "ORGANIZER:mailto:portal@test.invalid", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Somebody <{sender}>", "portal@test.invalid"
    mail["Subject"] = "Accepted: ISWG meeting"
    mail.set_content("See the calendar.")
    mail.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": method})
    return mail.as_bytes()


def refusals():
    entries = JournalEntry.objects.filter(event="access.refused")
    return [json.loads(bytes(one.entry))["detail"]["reason"] for one in entries]


@pytest.mark.parametrize(
    ("partstat", "stands"), [("ACCEPTED", "yes"), ("TENTATIVE", "maybe"), ("DECLINED", "no")]
)
def test_a_calendar_answers_for_the_administration(world, invited, partstat, stands):
    assert take_mail(reply(invited, partstat=partstat)) == (Outcome.TAKEN, stands)
    kept = Reply.objects.get(meeting=invited)
    assert (kept.administration_id, kept.answer, kept.by_mail) == ("FJ", stands, True)
    assert kept.user == world.fj_contact
    assert [one.user for one in kept.delegates.all()] == (
        [] if stands == "no" else [world.fj_contact]
    )


def test_colleagues_and_the_secretariat_are_told_of_an_answer_by_mail(world, invited):
    take_mail(reply(invited))
    told = {one.recipient for one in Notice.objects.filter(event="meetings.replied")}
    assert told == {world.fj, world.oco, world.oco_contact}


def test_it_can_be_handed_on_to_a_colleague_and_to_nobody_else(world, invited):
    handed = ';DELEGATED-TO="mailto:coordinator.fj@test.invalid"'
    assert take_mail(reply(invited, partstat="DELEGATED", extra=handed))[0] == Outcome.TAKEN
    assert [one.user for one in Reply.objects.get().delegates.all()] == [world.fj]
    Reply.objects.all().delete()
    strange = ';DELEGATED-TO="mailto:coordinator.vu@test.invalid"'
    outcome = take_mail(reply(invited, partstat="DELEGATED", extra=strange))
    assert outcome == (Outcome.REFUSED, "delegate")
    assert not Reply.objects.exists()


def test_who_leaves_leaves_the_others_there(world, hall, invited):
    both = [world.fj.pk, world.fj_contact.pk]
    answer(**hall.both(world.fj), meeting=invited, answer="yes", delegates=both)
    take_mail(reply(invited, partstat="DECLINED"))
    kept = Reply.objects.get()
    assert (kept.answer, [one.user for one in kept.delegates.all()]) == ("yes", [world.fj])
    take_mail(reply(invited, "coordinator.fj@test.invalid", "DECLINED"))
    assert Reply.objects.get().answer == "no"


def test_another_than_the_invited_person_is_not_believed(world, invited):
    forged = reply(invited, sender="contact.vu@test.invalid", attendee=FJ)
    assert take_mail(forged) == (Outcome.UNREADABLE, "sender_is_not_attendee")
    assert take_mail(reply(invited, "nobody@test.invalid"))[0] == Outcome.UNKNOWN_SENDER
    assert take_mail(reply(invited, "contact.pw@test.invalid"))[0] == Outcome.NO_MEETING
    assert refusals() == ["sender_is_not_attendee", "unknown_sender", "not_invited"]
    assert not Reply.objects.exists()
    assert take_mail(reply(invited))[0] == Outcome.TAKEN


def test_the_policy_judges_a_mail_like_a_page(world, invited):
    reader = world.colleague("FJ", role="reader")
    assert take_mail(reply(invited, reader.email)) == (Outcome.REFUSED, "refused")
    type(reader).objects.filter(pk=world.vu.pk).update(is_active=False)
    assert take_mail(reply(invited, world.vu.email))[0] == Outcome.NO_MEETING
    cancel_meeting(actor=world.actor(world.oco), meeting=invited)
    assert take_mail(reply(invited))[0] == Outcome.REFUSED
    assert not Reply.objects.exists()


def test_an_answer_to_the_former_time_is_outdated(world, hall, invited):
    move_meeting(
        actor=world.actor(world.oco), meeting=invited, clock=datetime.time(9), minutes=60,
        day=invited.local_date + datetime.timedelta(days=1),
    )  # fmt: skip
    assert take_mail(reply(invited, sequence=0)) == (Outcome.OUTDATED, "outdated")
    assert take_mail(reply(invited, sequence=9)) == (Outcome.OUTDATED, "outdated")
    assert take_mail(reply(invited, sequence=1))[0] == Outcome.TAKEN


def test_a_mail_that_was_overtaken_changes_nothing(world, hall, invited):
    """Mails cross on a bad link, and an old one may be sent again by whoever has it."""
    minutes = [timezone.now() - datetime.timedelta(minutes=n) for n in (30, 20, 10)]
    first, second, third = minutes
    assert take_mail(reply(invited, partstat="DECLINED", given=second))[0] == Outcome.TAKEN
    assert take_mail(reply(invited, given=first)) == (Outcome.OUTDATED, "outdated")
    assert Reply.objects.get().answer == "no"
    assert take_mail(reply(invited, given=third))[0] == Outcome.TAKEN
    answer(**hall.both(world.fj_contact), meeting=invited, answer="maybe")
    assert take_mail(reply(invited, given=third)) == (Outcome.OUTDATED, "outdated")
    assert Reply.objects.get().answer == "maybe"
    beside = reply(invited, "coordinator.fj@test.invalid", given=first)
    assert take_mail(beside)[0] == Outcome.TAKEN  # another person's is not overtaken by mine
    late = timezone.now() + datetime.timedelta(days=3)
    assert take_mail(reply(invited, given=late))[0] == Outcome.TAKEN
    assert Reply.objects.get().at <= timezone.now()


def test_what_is_no_reply_is_turned_away_with_its_reason(world, invited):
    reasons = {
        "no_reply": reply(invited, method="REQUEST"),
        "not_our_event": reply(invited, uid="1@elsewhere"),
        "no_answer": reply(invited, partstat="NEEDS-ACTION"),
        "no_calendar": b"From: a@b.invalid\n\nhello",
        "no_sender": b"Subject: x\n\nhello",
        "too_large": b"x" * 2_000_000,
    }
    for reason, mail in reasons.items():
        assert take_mail(mail) == (Outcome.UNREADABLE, reason)
    # Of many alike within a minute, the first of each sender is written down.
    assert refusals() == ["no_reply", "no_calendar"]
    two = reply(invited).replace(b"From: ", b"From: other@test.invalid, ")
    assert take_mail(two)[0] == Outcome.UNREADABLE


def test_the_journal_keeps_no_word_of_a_mail(world, invited):
    take_mail(reply(invited, "stranger.name@test.invalid"))
    take_mail(reply(invited, extra=";X-SAID=Quombat"))
    lines = b"".join(bytes(one.entry) for one in JournalEntry.objects.all())
    for word in (b"stranger", b"Quombat", b"calendar."):
        assert word not in lines


def test_the_command_reads_standard_input_and_says_how_it_ended(world, invited, monkeypatch):
    def piped(raw):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        said = io.StringIO()
        call_command("receive_mail", stderr=said)
        return said.getvalue()

    assert "taken: yes" in piped(reply(invited))
    with pytest.raises(SystemExit) as ended:
        piped(reply(invited, "nobody@test.invalid"))
    assert ended.value.code == 67


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_stumble(raw):
    start = b"From: a@b.invalid\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
    for mail in (raw, start + raw, start + b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + raw):
        with pytest.raises(NoReply):
            read_reply(mail)
