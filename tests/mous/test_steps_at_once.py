"""Two people write at the same moment, on whichever database this run is."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from access.actors import Actor
from activity.queries import journal_report
from mous.models import Chase, Party, RegisterKey, StepNote
from mous.notes import notes_of, open_notes
from mous.services.acts import NotPossible
from mous.services.chasing import chase, chase_by_itself
from mous.services.steps import write_note

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run these in threads that start together; the errors they met."""
    gate, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            gate.wait(30)
            work()
        except Exception as problem:
            errors.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return errors


def writing(chancery, user, party, text):
    both, note_id = chancery.both(user), uuid4()

    def write():
        write_note(**both, party=party, note_id=note_id, step="REVIEW_STARTED", words=text)

    return write


def test_the_first_notes_of_both_sides_in_two_instruments_lie_under_one_key(chancery, world):
    """The desk's key is one for all instruments, and neither of the two has made it yet."""
    one = chancery.open()
    two = chancery.open(slug="second", gates=False)
    parties = [chancery.party(one, "FJ"), chancery.party(two, "FJ")]
    errors = at_once(
        writing(chancery, world.fj, parties[0], "from Fiji"),
        writing(chancery, world.oco, parties[0], "from the Secretariat"),
        writing(chancery, world.fj_contact, parties[1], "from a colleague"),
        writing(chancery, world.oco_contact, parties[1], "from another officer"),
    )
    assert errors == []
    assert RegisterKey.objects.filter(desk="FJ").count() == 1
    assert StepNote.objects.count() == 4
    for party in parties:
        for reader in (world.fj, world.oco):
            opened = open_notes(world.vault(reader), notes_of(party))
            assert [bool(one.words) for one in opened] == [True, True]
    assert journal_report().is_whole


def test_two_officers_and_the_worker_remind_once(chancery, world):
    from datetime import timedelta

    from django.utils import timezone

    instrument = chancery.open()
    for code in ("FJ", "VU", "PW"):
        chancery.act(code, "TEXT_CIRCULATED", "2024-01-15")
    officers = [world.actor(world.oco), world.actor(world.oco_contact)]
    later = timezone.now().replace(hour=23) + timedelta(days=100)
    errors = at_once(
        *(
            lambda one=one: chase(actor=one, instrument=instrument, codes=["FJ"])
            for one in officers
        ),
    )
    assert [type(one) for one in errors] == [NotPossible]
    assert Chase.objects.count() == 1
    Chase.objects.all()._raw_delete("default")
    worker = Actor.command("tick")
    assert at_once(*[lambda: chase_by_itself(actor=worker, now=later)] * 2) == []
    assert Chase.objects.count() == Party.objects.count() == 3
