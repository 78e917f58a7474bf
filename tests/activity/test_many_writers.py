"""Twenty people act at the same moment, on whichever database this run is."""

import datetime
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access.actors import Actor
from access.policy import people_in_standing
from activity import chores, reminders
from activity.events import Event
from activity.mail import deliver
from activity.models import Checkpoint, JournalEntry, LiveEvent, Notice
from activity.queries import journal_report
from activity.record import NoticeFacts, record
from tests.activity.conftest import make_cast

THREADS, EACH = 20, 5


def at_once(work):
    """Run `work(n)` in twenty threads that start together; the errors they met."""
    gate, errors = threading.Barrier(THREADS), []

    def run(number):
        try:
            gate.wait(30)
            work(number)
        except Exception as problem:
            errors.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return errors


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_make_one_chain_without_a_gap():
    cast = make_cast()

    def act(number):
        for _ in range(EACH):
            with transaction.atomic():
                record(
                    Actor(user_id=cast.ratu.pk, administration="FJ"),
                    Event.BULLETIN_ISSUED,
                    f"bulletins.bulletin:{uuid4()}",
                    detail={"revision": number},
                    audience=people_in_standing(),
                    topics=["administration:TO"],
                )

    assert at_once(act) == []
    seqs = list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, THREADS * EACH + 1))
    assert journal_report().is_whole
    assert Notice.objects.count() == THREADS * EACH * 5
    assert not Notice.objects.filter(journal_seq=0).exists()


@pytest.mark.django_db(transaction=True)
def test_half_of_the_writers_change_their_mind_and_leave_no_gap():
    class Undone(Exception):
        pass

    def act(number):
        for _ in range(EACH):
            try:
                with transaction.atomic():
                    record(Actor.command("tick"), Event.SIGNED_IN)
                    if number % 2:
                        raise Undone
            except Undone:
                pass

    assert at_once(act) == []
    report = journal_report()
    assert report.is_whole
    assert report.size == THREADS * EACH // 2


@pytest.mark.django_db(transaction=True)
def test_numbers_of_live_events_become_visible_in_order():
    """A page that has seen number n has seen everything before it, as it will not ask again."""
    seen, stop = [], threading.Event()

    def act(number):
        for _ in range(EACH):
            with transaction.atomic():
                record(Actor.command("tick"), Event.SIGNED_IN, topics=[f"person:{number}"])

    def watch():
        newest = 0
        while not stop.is_set():
            for pk in (
                LiveEvent.objects.filter(pk__gt=newest).order_by("pk").values_list("pk", flat=True)
            ):
                seen.append(pk)
                newest = pk
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    errors = at_once(act)
    stop.set()
    watcher.join(30)
    assert errors == []
    seen += LiveEvent.objects.filter(pk__gt=max(seen, default=0)).values_list("pk", flat=True)
    assert sorted(seen) == sorted(LiveEvent.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_send_each_mail_once(mail_dir):
    cast = make_cast()
    with transaction.atomic():
        record(
            Actor(user_id=cast.ratu.pk, administration="FJ"),
            Event.BULLETIN_ISSUED,
            f"bulletins.bulletin:{uuid4()}",
            audience=people_in_standing(),
        )
    assert at_once(lambda _number: deliver()) == []
    assert len(list(mail_dir.glob("*.eml"))) == 5


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_remind_once_and_sign_once(monkeypatch):
    make_cast()
    now = timezone.now()
    owed = reminders.Reminder(
        target=f"bulletins.bulletin:{uuid4()}",
        administration="TO",
        audience=people_in_standing(),
        facts=NoticeFacts("B-7KQF2", due_on=now.date() - datetime.timedelta(days=20)),
        since=now - datetime.timedelta(days=60),
    )
    monkeypatch.setattr(reminders, "_sources", [lambda _now: [owed]])
    monkeypatch.setattr(chores, "_registered", {})
    with transaction.atomic():
        record(Actor.command("tick"), Event.SIGNED_IN)
    assert at_once(lambda _number: chores.tick(now=now)) == []
    assert JournalEntry.objects.filter(event=Event.ACKNOWLEDGEMENT_LATE).count() == 1
    signed = Checkpoint.objects.values_list("size", flat=True)
    assert len(signed) == len(set(signed)) <= 3
    assert journal_report().is_whole
