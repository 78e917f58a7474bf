"""The register of the demonstration: 139 acts, and exactly the states of the file."""

import csv
import datetime
from pathlib import Path

import pytest

from mous.lifecycle import Kind, State
from mous.models import Act, ActState, Instrument, Notification, Receipt
from mous.queries import Picture, acts_of
from mous.reading import open_acts
from mous.services.signing import check_signed
from vault.verification import findings

DATA = Path(__file__).parents[2] / "iswg" / "demo" / "data"


@pytest.fixture
def instrument(demo):
    return Instrument.objects.get(slug="oco-mou")


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_act_of_the_file_is_entered_and_confirmed(instrument):
    acts = acts_of(instrument).filter(state=ActState.CONFIRMED).exclude(kind=Kind.CORRECTED)
    assert acts.count() == len(rows("demo_mou_actions.csv")) == 139


def test_the_states_are_those_of_the_file_on_every_day_of_it(instrument):
    picture = Picture(instrument)
    for row in rows("demo_mou_state_by_day.csv"):
        code = row.pop("administration")
        found = {day: picture.state(code, datetime.date.fromisoformat(day)).value for day in row}
        assert found == row, code


def test_what_was_misread_shows_as_corrected_and_was_believed_until_then(instrument):
    correction = Act.objects.get(instrument=instrument, kind=Kind.CORRECTED)
    day = datetime.date(2022, 9, 20)
    before = correction.decided_at - datetime.timedelta(microseconds=1)
    code = correction.party.code
    assert Picture(instrument, known=before).state(code, day) == State.IN_EFFECT
    assert Picture(instrument).state(code, day) == State.SIGNED_PENDING


def test_everybody_reads_the_words_and_all_signatures_hold(demo, instrument):
    for name in ("contact.tk", "coordinator.wf", "secretariat"):
        read = open_acts(demo.acting(name)["vault"], acts_of(instrument))
        assert not [one.act.number for one in read if one.broken or one.locked]
        assert "Melbourne" in {one.words.place for one in read}
    assert not list(findings())


def test_something_waits_for_the_depositary_and_something_was_notified(instrument):
    assert Act.objects.filter(instrument=instrument, state=ActState.ENTERED).count() == 1
    assert Notification.objects.filter(instrument=instrument).exists()
    assert not Notification.objects.filter(act__taken_over=True).exists()


def test_notifications_are_received_and_the_newest_waits_for_some(demo):
    *before, newest = Notification.objects.order_by("sent_at")
    assert not Receipt.objects.filter(notification__in=before, received_at=None).exists()
    waiting = newest.receipts.filter(received_at=None).values_list("administration", flat=True)
    assert set(waiting) == {"FJ", "KI", "MH", "TL", "WF"}


def test_what_was_signed_in_the_portal_verifies_and_one_waits_for_the_depositary(demo):
    acts = Act.objects.filter(electronic=True).select_related("text").order_by("done_on")
    assert [one.state for one in acts] == [ActState.CONFIRMED, ActState.ENTERED]
    vault = demo.acting("contact.tv")["vault"]
    for read in open_acts(vault, acts_of(acts[0].instrument).filter(electronic=True)):
        check_signed(vault, read.act, read.words)
