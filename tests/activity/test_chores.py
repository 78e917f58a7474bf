"""What comes with time: once each, however often and by however many it is asked for."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import people_in_standing
from activity import chores, reminders
from activity.chores import tick
from activity.events import Event
from activity.models import (
    Checkpoint,
    JournalEntry,
    LiveEvent,
    Notice,
    OutgoingMail,
    SentReminder,
)
from activity.queries import detail_of
from activity.record import NoticeFacts
from activity.reminders import Reminder, send_due, stage
from tests.activity.test_checkpoints import act

BULLETIN = "bulletins.bulletin:0192d1a4-0000-4000-8000-000000000001"
DUE = datetime.date(2026, 7, 20)
ASKED = datetime.datetime(2026, 7, 1, 0, 0, tzinfo=datetime.UTC)
TICK = Actor.command("tick")


def at(day, hour=8, zone=13):
    """A moment of July in Tonga's zone."""
    offset = datetime.timezone(datetime.timedelta(hours=zone))
    return datetime.datetime(2026, 7, 1, hour, tzinfo=offset) + datetime.timedelta(days=day - 1)


@pytest.fixture(autouse=True)
def no_other_sources(monkeypatch):
    monkeypatch.setattr(reminders, "_sources", [])
    monkeypatch.setattr(chores, "_registered", {})


# When -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (16, None), (17, 3), (18, 3), (19, 1), (20, 0), (21, 0), (26, 0), (27, -7), (33, -7),
        (34, -14), (41, -21),
    ],
)  # fmt: skip
def test_reminders_come_three_days_and_one_before_on_the_day_and_each_week_after(day, days):
    assert stage(DUE, ASKED, at(day), "Pacific/Tongatapu") == days


def test_a_reminder_waits_for_the_morning_of_its_reader():
    assert stage(DUE, ASKED, at(17, hour=6), "Pacific/Tongatapu") is None
    assert stage(DUE, ASKED, at(17, hour=7), "Pacific/Tongatapu") == 3
    # The same moment is still the evening of the day before in Niue.
    assert stage(DUE, ASKED, at(17, hour=7), "Pacific/Niue") is None


def test_nobody_is_reminded_of_what_was_asked_just_now():
    asked = at(18)
    assert stage(DUE, asked, at(18, hour=9), "Pacific/Tongatapu") is None
    assert stage(DUE, asked, at(19), "Pacific/Tongatapu") == 1


# Once -------------------------------------------------------------------------------------------


@pytest.fixture
def owed(cast):
    """Tonga has not acknowledged a bulletin that is due on the 20th."""
    found = [
        Reminder(
            target=BULLETIN,
            administration="TO",
            audience=people_in_standing() & Q(appointments__administration="TO"),
            facts=NoticeFacts("B-7KQF2", "FJ", "TLP:AMBER", "routine", DUE),
            since=ASKED,
            zone="Pacific/Tongatapu",
        )
    ]
    reminders.register(lambda now: list(found))
    return found


def test_each_reminder_goes_out_once(owed):
    assert [send_due(TICK, at(17)), send_due(TICK, at(17, hour=9)), send_due(TICK, at(18))] == [
        1, 0, 0,
    ]  # fmt: skip
    assert send_due(TICK, at(19)) == 1
    assert Notice.objects.count() == OutgoingMail.objects.count() == 6
    lines = JournalEntry.objects.filter(target=BULLETIN).order_by("seq")
    assert [(line.administration, detail_of(line)["days"]) for line in lines] == [
        ("TO", 3), ("TO", 1),
    ]  # fmt: skip


def test_a_worker_that_was_away_for_a_month_sends_one_reminder(owed):
    assert send_due(TICK, at(41)) == 1
    line = JournalEntry.objects.get(target=BULLETIN)
    assert line.event == Event.ACKNOWLEDGEMENT_LATE
    assert send_due(TICK, at(41, hour=12)) == 0


def test_reminders_stop_with_the_act(owed):
    assert send_due(TICK, at(17)) == 1
    owed.clear()
    assert send_due(TICK, at(19)) == 0


def test_a_new_deadline_is_reminded_of_anew(owed):
    assert send_due(TICK, at(17)) == 1
    later = DUE + datetime.timedelta(days=10)
    owed[0] = Reminder(
        target=BULLETIN,
        administration="TO",
        audience=owed[0].audience,
        facts=NoticeFacts("B-7KQF2", "FJ", "TLP:AMBER", "routine", later),
        since=ASKED,
        zone="Pacific/Tongatapu",
    )
    assert send_due(TICK, at(19)) == 0
    assert send_due(TICK, at(27)) == 1


def test_a_reminder_is_mailed_at_once_because_it_is_morning_already(owed, cast):
    cast.mele.mail_now = False
    cast.mele.save()
    send_due(TICK, at(17))
    assert not OutgoingMail.objects.filter(not_before__gt=timezone.now()).exists()


# Tick -------------------------------------------------------------------------------------------


def test_a_second_tick_changes_nothing(owed, cast):
    act(3)
    assert tick()["checkpoint"] == 1
    before = [model.objects.count() for model in (JournalEntry, Notice, OutgoingMail, Checkpoint)]
    again = tick()
    assert set(again.values()) == {0}
    after = [model.objects.count() for model in (JournalEntry, Notice, OutgoingMail, Checkpoint)]
    assert before == after


def test_there_is_a_checkpoint_every_day(cast):
    act(3)
    now = timezone.now()
    for day in range(4):
        tick(now=now + datetime.timedelta(days=day))
        tick(now=now + datetime.timedelta(days=day))
    assert Checkpoint.objects.count() == 4


def test_live_events_are_kept_for_a_day_and_sent_mails_for_a_month(cast):
    now = timezone.now()
    hour, day = datetime.timedelta(hours=1), datetime.timedelta(days=1)
    for age in (23 * hour, 25 * hour):
        LiveEvent.objects.create(topic="person:1", event="x", target="", at=now - age)
    for age in (29 * day, 31 * day):
        OutgoingMail.objects.create(recipient=cast.mele, kind="x", sent_at=now - age)
    OutgoingMail.objects.create(recipient=cast.mele, kind="x", made_at=now - 40 * day)
    tick(now=now)
    assert LiveEvent.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="x").count() == 2
    assert OutgoingMail.objects.filter(kind="x", sent_at=None).exists()


def test_a_chore_that_fails_keeps_no_other_from_its_turn(cast, caplog):
    def broken(_actor, _now):
        raise RuntimeError("Yacht Ālia")

    chores.register("broken", broken)
    chores.register("fine", lambda _actor, _now: 5)
    done = tick()
    assert (done["broken"], done["fine"]) == (chores.FAILED, 5)
    with pytest.raises(CommandError, match="Not everything"):
        call_command("tick", stdout=io.StringIO())
    assert "broken failed" in caplog.text


def test_the_command_says_what_it_did(owed):
    said = io.StringIO()
    act(1)
    call_command("tick", stdout=said)
    assert "checkpoint: 1" in said.getvalue()


def test_old_notes_of_reminders_are_forgotten(db):
    long_ago = timezone.now() - datetime.timedelta(days=500)
    SentReminder.objects.create(target="x", administration="TO", due_on=DUE, days=3, at=long_ago)
    tick()
    assert not SentReminder.objects.exists()
