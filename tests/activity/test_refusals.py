"""Refusals are kept although what was refused is rolled back, and never as a flood."""

import datetime

import pytest
from django.db import transaction

from access.actors import Actor
from access.policy import Action, Refused, require
from activity import record as record_module
from activity.models import JournalEntry
from activity.queries import detail_of
from activity.record import record_refusal
from activity.refusals import PLACES, Tally
from activity.shapes import NotForTheRecord

NINE = datetime.datetime(2026, 7, 1, 9, 0, 5, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def fresh_tally(monkeypatch):
    monkeypatch.setattr(record_module, "_tally", Tally())


def refused_lines():
    return [
        (entry.user_id, entry.target, detail_of(entry))
        for entry in JournalEntry.objects.filter(event="access.refused").order_by("seq")
    ]


def test_a_refusal_is_written_after_the_roll_back(cast, actor_of):
    reader = actor_of(cast.viliami)
    with pytest.raises(Refused), transaction.atomic():
        require(reader, Action.READ_JOURNAL, "TO")
    record_refusal(reader, "read_journal", "/journal/")
    assert refused_lines() == [
        (cast.viliami.pk, "/journal/", {"action": "read_journal", "times": 1})
    ]


def test_hammering_on_a_door_leaves_a_line_for_each_power_of_ten(cast, actor_of, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NINE)
    for _ in range(120):
        record_refusal(actor_of(cast.viliami), "read_journal", "/journal/")
    assert [detail["times"] for _, _, detail in refused_lines()] == [1, 10, 100]


def test_two_people_at_two_doors_are_told_apart(cast, actor_of):
    for user in (cast.viliami, cast.mele):
        for door in ("read_journal", "invite"):
            record_refusal(actor_of(user), door, "accounts.administration:FJ")
    assert len(refused_lines()) == 4


def test_whoever_walks_along_a_thousand_doors_is_counted_as_a_whole():
    tally = Tally()
    worth = [tally.count("viliami", f"/bulletins/{n}/", NINE) for n in range(1000)]
    assert sum(bool(times) for times in worth) <= PLACES + 3
    assert max(worth) == 100


def test_a_new_minute_is_a_new_count():
    tally = Tally()
    assert [tally.count("viliami", "/journal/", NINE) for _ in range(3)] == [1, 0, 0]
    assert tally.count("viliami", "/journal/", NINE + datetime.timedelta(minutes=1)) == 1


@pytest.mark.parametrize("typed", ["/search/?q=cocaine", "/people/Mele Tau/", "/Ālia/", "/<b>/"])
def test_what_somebody_typed_into_the_address_is_not_kept(cast, actor_of, typed):
    record_refusal(actor_of(cast.viliami), "read_journal", typed)
    assert [target for _, target, _ in refused_lines()] == [""]


def test_the_reason_is_a_word_of_the_code_and_not_a_sentence(db):
    with pytest.raises(NotForTheRecord):
        record_refusal(Actor.command("tick"), "You may not read this", "")
