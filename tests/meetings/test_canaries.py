"""Words put into everything that meetings take are found nowhere: not in the database, in files,
in mails, in calendars, in notices, or in what is logged."""

import datetime
import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from activity.models import JournalEntry, LiveEvent, Notice
from meetings.groups import group
from meetings.models import Meeting
from meetings.services import deciding, room
from meetings.services.audience import change_audience
from meetings.services.feeds import make_feed
from meetings.services.invitations import answer, invite
from meetings.services.minutes import (
    adopt_minutes,
    begin_minutes,
    circulate_minutes,
    comment_on_minutes,
    write_communique,
    write_minutes,
)
from meetings.services.noting import keep_notes, write_join_details
from meetings.services.poll import close_poll, open_poll
from meetings.services.series import move_meeting
from meetings.services.silence import object_to, open_silence
from tests.bulletins.test_canaries import database_dump, encodings, inflated
from tests.factories import signed_in
from tests.meetings.conftest import calendar_of
from tests.meetings.outcome import take_seats

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = [
    "titlewock", "itemquon", "leadsplot", "closedfrim", "joinsnarg", "notezorp", "proposalgrib",
    "actionvrim", "progressplim", "minutesdraz", "frenchquib", "commentfusk", "communiquewex",
    "paperblont", "filenamegrop", "filebodytrel", "silencemorp", "silencetext", "objectplonk",
    "delegatesnix",
]  # fmt: skip
DAY = datetime.timedelta(days=1)


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def everything(world, hall):
    """A quarter of a meeting's life, with a word of its own in each place."""
    take_seats()
    both, oco = hall.both(world.oco), world.actor(world.oco)
    vanuatu, fiji = hall.both(world.vu), hall.both(world.fj)
    meeting = hall.plan("FJ", "VU", "PW", chair="FJ", title="titlewock")
    first = meeting.local_date
    times = [(first + number * DAY, datetime.time(11)) for number in (1, 2)]
    poll = open_poll(actor=oco, meeting=meeting, candidates=times, closes_on=timezone.localdate())
    close_poll(actor=oco, meeting=meeting, candidate_id=poll.candidates.first().pk)
    item = hall.item(meeting, "itemquon", lead="leadsplot")
    closed = hall.item(meeting, "closedfrim", lead="closedfrim leadsplot")
    change_audience(**both, item=closed, closed_to=["VU"])
    paper = hall.paper(
        world.vu, item, b"filebodytrel\n" * 9, name="filenamegrop.txt", title="paperblont"
    )
    write_join_details(**both, meeting=meeting, words="joinsnarg", base=0)
    invite(actor=oco, meeting=meeting)
    answer(**vanuatu, meeting=meeting, answer="yes", names="delegatesnix")
    move_meeting(actor=oco, meeting=meeting, day=first, clock=datetime.time(13), minutes=90)
    room.open_meeting(actor=oco, meeting=meeting)
    for user in (world.fj, world.vu):
        room.check_in(actor=world.actor(user), meeting=meeting)
    for one in (item, closed):
        one = type(one).objects.get(pk=one.pk)
        one.meeting = hall.now(meeting)
        room.call_item(actor=oco, item=one)
        keep_notes(**vanuatu, item=one, words="notezorp", base=0)
        proposal = deciding.propose(**both, item=one, words="proposalgrib")
        deciding.close_proposal(actor=oco, proposal=proposal, result="agreed")
        action = deciding.take_action(
            **both, item=one, words="actionvrim", owner="VU", due_on=timezone.localdate()
        )
        deciding.report_on_action(
            **vanuatu, action=action, words="progressplim", state="open", base=0
        )
    room.close_meeting(actor=oco, meeting=meeting)
    begin_minutes(**both, meeting=meeting)
    write_minutes(**both, item=item, language="en", words="minutesdraz", base=1)
    write_minutes(**both, item=item, language="fr", words="frenchquib", base=0)
    circulate_minutes(actor=oco, meeting=meeting, until=timezone.localdate() + 9 * DAY)
    comment_on_minutes(**fiji, item=item, words="commentfusk")
    write_communique(**both, meeting=meeting, words="communiquewex", base=0)
    later = hall.plan("FJ", "VU", "PW", chair="FJ")
    room.open_meeting(actor=oco, meeting=later)
    adopt_minutes(**both, meeting=meeting, adopted_in=later)
    silence = open_silence(
        **both, proposal_id=uuid4(), group=group("ISWG"), title="silencemorp",
        words="silencetext", deadline=timezone.now() + 5 * DAY,
    )  # fmt: skip
    object_to(**vanuatu, proposal=silence, words="objectplonk")
    return hall.now(meeting), item, paper


def looked_at(client, meeting, item, paper):
    """The pages on which all this is read: nothing of it is logged, and no address has a word."""
    place = f"/meetings/{meeting.ref}/"
    seen = []
    for address in (
        "/meetings/", place, f"{place}papers/", f"{place}participants/", f"{place}invitation/",
        f"{place}live/", f"{place}minutes/", f"{place}minutes/pdf/", f"{place}pack/agenda/",
        f"{place}minutes/communique/", f"{place}minutes/{item.uuid}/history/",
        "/decisions/?q=nothing", "/actions/?box=all", "/meetings/silence/", "/meetings/reports/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        seen.append(answer.content.decode(errors="replace"))
    return "\n".join(seen)


def none_of(body, where):
    whole = body + inflated(body)
    found = [word for word in WORDS for form in encodings(word) if form in whole]
    assert not found, f"{found} in {where}"


def test_no_word_of_a_meeting_lies_anywhere(world, hall, post, settings, tmp_path, logged):
    settings.FILES_DIR = tmp_path / "files"
    meeting, item, paper = everything(world, hall)
    client = signed_in(world.vu)
    pages = looked_at(client, meeting, item, paper)
    shown = {word for word in WORDS if word in pages}
    assert len(shown) >= 14, "who takes part reads them"

    none_of(database_dump(), "the database")
    for path in settings.FILES_DIR.rglob("*"):
        if path.is_file():
            none_of(path.read_bytes() + path.name.encode(), path.name)
    for mail in post.send(timezone.now() + 2 * DAY).values():
        none_of(mail.as_bytes(), "a mail")
    token = make_feed(actor=world.actor(world.vu))
    feed = Client().get(f"/calendar/{token}.ics")
    assert b"ISWG" in feed.content
    none_of(feed.content, "a calendar")
    none_of(client.get(f"/meetings/{meeting.ref}/meeting.ics").content, "a calendar file")
    none_of(client.get("/notices/").content, "the notices")
    none_of(logged.text.encode(), "the log")
    assert Notice.objects.exists()
    assert JournalEntry.objects.exists()
    assert LiveEvent.objects.exists()


def test_an_invitation_says_when_and_nothing_else(world, hall, post):
    meeting = hall.plan("FJ", "VU", title="titlewock")
    invite(actor=world.actor(world.oco), meeting=meeting)
    mails = post.send()
    assert mails
    for mail in mails.values():
        calendar, _method = calendar_of(mail)
        (event,) = calendar.walk("VEVENT")
        assert str(event["SUMMARY"]) == "ISWG meeting"
        assert "DESCRIPTION" not in event
        assert "LOCATION" not in event
        none_of(mail.as_bytes(), "a mail")
    assert Meeting.objects.get().state == "invited"
