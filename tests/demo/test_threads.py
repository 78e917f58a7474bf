"""The discussions of the demonstration: for those who take part, and for nobody else."""

import pytest
from django.utils import timezone

from discussions.models import Message, Thread
from discussions.opening import open_thread_page, open_topics
from discussions.queries import messages_of, start_of, threads_for, unread_threads
from iswg.demo.threads import stories

TOPICS = [facts["topic"] for facts in stories()]
RED = "The three documents: what may be asked, and of whom"


def read(session, thread):
    actor = session["actor"]
    numbers = range(start_of(actor, thread) + 1, thread.last_number + 1)
    rows = list(messages_of(actor, thread))
    return open_thread_page(**session, thread=thread, messages=rows, numbers=numbers)


def topics_for(session) -> set[str]:
    rows = list(threads_for(session["actor"]))
    return {topic for topic in open_topics(session["vault"], rows).values() if topic}


@pytest.mark.parametrize("name", ["contact.fj", "contact.nz", "coordinator.vu", "secretariat"])
def test_whoever_takes_part_reads_every_word_and_every_seal_holds(demo, name):
    session = demo.acting(name)
    threads = list(threads_for(session["actor"]))
    assert threads
    for thread in threads:
        opened = read(session, thread)
        assert opened.complete
        assert opened.topic in TOPICS
        assert all(m.words or m.message.withdrawn or m.message.is_note for m in opened.messages)


def test_each_of_them_was_opened(demo):
    assert Thread.objects.count() == len(TOPICS) == 10


def test_the_red_one_is_for_the_three_who_are_named(demo):
    for name in ("contact.au", "liaison.nc", "liaison.vu"):
        assert RED in topics_for(demo.acting(name))
    for name in ("contact.nc", "coordinator.vu", "coordinator.au", "secretariat"):
        assert RED not in topics_for(demo.acting(name))


def test_who_was_away_has_something_to_read_and_was_named(demo):
    session = demo.acting("contact.fj")
    unread = list(unread_threads(session["actor"]))
    assert len(unread) >= 3
    assert (
        demo.person("contact.fj")
        .notices.filter(event="discussions.mentioned", read_at=None)
        .exists()
    )


def test_it_shows_what_there_is(demo):
    rows = Message.objects.all()
    assert rows.filter(withdrawn=True).count() == 1
    assert rows.filter(withdrawn=False, revision=2).count() == 1
    assert rows.filter(kind="joined").exists()
    assert set(Thread.objects.values_list("state", flat=True)) == {"open", "resolved", "closed"}
    assert Thread.objects.filter(ends_on__gt=timezone.localdate()).exists()
    kinds = sorted(Thread.objects.exclude(subject_id=None).values_list("subject_kind", flat=True))
    assert kinds == ["bulletin", "bulletin", "bulletin", "entity"]


def test_who_joined_the_dates_later_reads_from_there(demo):
    session = demo.acting("contact.ki")
    (thread,) = (t for t in threads_for(session["actor"]) if start_of(session["actor"], t))
    opened = read(session, thread)
    assert [m.message.number for m in opened.messages] == [5, 6]
    assert opened.complete
