"""What one act leaves behind: a line, notices, waiting mails, events for open pages."""

import datetime
import json
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import people_in_standing
from activity import chain, nudge
from activity.events import Event
from activity.models import JournalEntry, JournalHead, LiveEvent, Notice, OutgoingMail
from activity.queries import detail_of, journal_report
from activity.record import NoticeFacts, record
from activity.shapes import NotForTheRecord

BULLETIN = f"bulletins.bulletin:{uuid4()}"
FACTS = NoticeFacts("B-7KQF2", "FJ", "TLP:AMBER", "routine", datetime.date(2026, 12, 1))
CANARY = "Yacht Ālia carries cocaine"


def of(code):
    return people_in_standing() & Q(appointments__administration=code)


def issue(actor, **facts):
    given = {"audience": of("FJ") | of("TO"), "notice": FACTS, "topics": ["administration:TO"]}
    with transaction.atomic():
        return record(actor, Event.BULLETIN_ISSUED, BULLETIN, **{**given, **facts})


class Undone(Exception):
    """Somebody changed their mind inside the transaction."""


@transaction.atomic
def undone(act):
    act()
    raise Undone


def test_a_line_says_who_for_whom_what_to_which_id_and_no_more(cast, actor_of):
    entry = issue(actor_of(cast.ratu), detail={"revision": 1, "recipients": ["TO"]})
    said = json.loads(bytes(entry.entry))
    assert len(bytes.fromhex(said.pop("salt"))) == 16
    assert datetime.datetime.fromisoformat(said.pop("at")).tzinfo
    assert said == {
        "v": 1,
        "actor": cast.ratu.pk,
        "command": "",
        "for": "FJ",
        "event": "bulletins.issued",
        "target": BULLETIN,
        "detail": {"revision": 1, "recipients": ["TO"]},
    }
    assert bytes(entry.hash) == chain.line_hash(1, chain.GENESIS, bytes(entry.entry))


def test_everybody_in_the_audience_is_told_but_the_actor(cast, actor_of):
    entry = issue(actor_of(cast.ratu))
    told = {notice.recipient.name for notice in Notice.objects.all()}
    assert told == {"Sela", "Ana", "Mele", "Viliami"}
    assert set(Notice.objects.values_list("journal_seq", flat=True)) == {entry.seq}
    notice = Notice.objects.get(recipient=cast.mele)
    assert (notice.reference, notice.origin, notice.marking) == ("B-7KQF2", "FJ", "TLP:AMBER")
    assert OutgoingMail.objects.count() == 4


def test_a_person_with_two_roles_is_told_once(cast, actor_of):
    cast.mele.appointments.create(
        administration_id="TO", role="contributor", since=datetime.date(2020, 1, 1)
    )
    issue(actor_of(cast.ratu))
    assert Notice.objects.filter(recipient=cast.mele).count() == 1


def test_somebody_suspended_is_not_told(cast, actor_of):
    get_user_model().objects.filter(pk=cast.mele.pk).update(is_active=False)
    issue(actor_of(cast.ratu))
    assert not Notice.objects.filter(recipient=cast.mele).exists()


def test_an_act_that_is_undone_leaves_no_trace(cast, actor_of):
    issue(actor_of(cast.ratu))
    before = JournalHead.objects.values_list("seq", "hash").get()
    with pytest.raises(Undone):
        undone(lambda: issue(actor_of(cast.ratu)))
    assert JournalHead.objects.values_list("seq", "hash").get() == before
    assert JournalEntry.objects.count() == 1
    assert Notice.objects.count() == OutgoingMail.objects.count() == 4
    assert LiveEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_of_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="share a transaction"):
        record(Actor.command("tick"), Event.BULLETIN_ISSUED, BULLETIN)
    with transaction.atomic():
        assert record(Actor.command("tick"), Event.BULLETIN_ISSUED, BULLETIN).seq == 1


@pytest.mark.parametrize(
    "where",
    [
        {"detail": {"title": CANARY}},
        {"target": CANARY},
        {"notice": NoticeFacts(reference=CANARY)},
        {"notice": NoticeFacts(marking=CANARY)},
        {"notice": NoticeFacts(origin=CANARY)},
        {"notice": NoticeFacts(urgency=CANARY)},
    ],
    ids=["detail", "target", "reference", "marking", "origin", "urgency"],
)
def test_words_are_refused_at_every_entrance(cast, actor_of, where):
    target = where.pop("target", BULLETIN)
    with pytest.raises(NotForTheRecord) as refusal, transaction.atomic():
        record(
            actor_of(cast.ratu), Event.BULLETIN_ISSUED, target, **{"audience": of("TO"), **where}
        )
    assert CANARY not in str(refusal.value)
    assert not JournalEntry.objects.exists()


def test_a_command_is_written_down_under_its_own_name(db):
    with transaction.atomic():
        entry = record(Actor.command("rotate_pepper"), Event.PEPPER_ROTATED)
    assert entry.user_id is None
    assert detail_of(entry) == {"command": "rotate_pepper"}


def test_two_equal_acts_do_not_have_equal_lines(cast, actor_of):
    """Whoever sees only the hash of a line cannot try out what stands in it."""
    first, second = issue(actor_of(cast.ratu)), issue(actor_of(cast.ratu))
    said = [json.loads(bytes(entry.entry)) for entry in (first, second)]
    assert said[0]["salt"] != said[1]["salt"]


@pytest.fixture
def woken(monkeypatch):
    """Listens where a hub of this process listens."""
    calls = []

    def wake():
        calls.append(connection.in_atomic_block)

    monkeypatch.setattr(nudge, "wakers", {wake})
    return calls


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_woken_after_the_commit_and_not_before(woken):
    with transaction.atomic():
        record(Actor.command("tick"), Event.BULLETIN_ISSUED, BULLETIN, topics=["administration:TO"])
        assert woken == []
    assert woken == [False]
    with pytest.raises(Undone):
        undone(lambda: issue(Actor.command("tick"), audience=None))
    assert woken == [False]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_no_page_shows_wakes_nobody(woken):
    with transaction.atomic():
        record(Actor.command("tick"), Event.SIGNED_IN)
    assert woken == []


@pytest.mark.django_db(transaction=True)
def test_an_act_is_kept_when_the_wake_up_fails(monkeypatch, caplog):
    def broken():
        raise ConnectionError(CANARY)

    monkeypatch.setattr(nudge, "wakers", {broken})
    with transaction.atomic():
        record(Actor.command("tick"), Event.BULLETIN_ISSUED, BULLETIN, topics=["administration:TO"])
    assert JournalEntry.objects.count() == LiveEvent.objects.count() == 1
    assert [entry.name for entry in caplog.records] == ["django.db.backends.base"]


@pytest.mark.django_db(transaction=True)
def test_an_act_is_kept_when_redis_is_gone(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    with transaction.atomic():
        record(Actor.command("tick"), Event.BULLETIN_ISSUED, BULLETIN, topics=["administration:TO"])
    assert JournalEntry.objects.count() == 1


def test_live_events_carry_ids_and_codes_only(cast, actor_of):
    issue(actor_of(cast.ratu), topics=["administration:TO", f"person:{cast.mele.pk}"])
    rows = list(LiveEvent.objects.order_by("id").values_list("topic", "event", "target"))
    assert rows == [
        ("administration:TO", "bulletins.issued", BULLETIN),
        (f"person:{cast.mele.pk}", "bulletins.issued", BULLETIN),
    ]


def test_what_was_written_verifies(cast, actor_of):
    for _ in range(5):
        issue(actor_of(cast.ratu))
    report = journal_report()
    assert report.is_whole
    assert report.size == 5


def test_times_in_the_record_are_whole_seconds_and_agree(cast, actor_of):
    entry = JournalEntry.objects.get(pk=issue(actor_of(cast.ratu)).pk)
    said = datetime.datetime.fromisoformat(json.loads(bytes(entry.entry))["at"])
    assert entry.at == said
    assert timezone.now() - said < datetime.timedelta(minutes=1)
