"""Acts are entered by one person and confirmed by another, and never change."""

import pytest

from access.policy import Refused
from mous.models import Act, Instrument, Notification
from mous.models.kept import NotDeletable
from mous.queries import acts_of
from mous.reading import open_acts
from mous.services.acts import NotPossible, confirm_act, decline_act
from tests.chancery import SIGNED_IN
from vault.verification import findings

pytestmark = pytest.mark.django_db


def test_an_act_counts_once_a_second_person_has_confirmed_it(chancery, world):
    chancery.open()
    act = chancery.enter(world.oco, "FJ", "SIGNED_DEFINITIVE", "2024-05-01")
    assert chancery.states("2024-06-01")["FJ"] == "not_started"
    with pytest.raises(Refused):
        confirm_act(**chancery.both(world.oco), act=act)
    confirm_act(**chancery.both(world.fj), act=act)
    assert chancery.states("2024-06-01")["FJ"] == "signed_pending"
    assert Notification.objects.get().number == 1
    assert list(findings()) == []


def test_everybody_reads_its_words_and_nobody_finds_them_in_the_database(chancery, world):
    chancery.open()
    chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-05-01")
    for person in (world.vu, world.pw_contact, world.oco):
        (read,) = open_acts(world.vault(person), acts_of(Instrument.objects.get()))
        assert read.words.place == SIGNED_IN
    assert SIGNED_IN.encode() not in bytes(Act.objects.get().sealed)


def test_from_the_signature_on_one_of_the_two_is_the_depositarys(chancery, world):
    chancery.open()
    act = chancery.enter(world.fj, "FJ", "SIGNED_DEFINITIVE", "2024-05-01")
    with pytest.raises(Refused):
        confirm_act(**chancery.both(world.fj_contact), act=act)
    confirm_act(**chancery.both(world.oco), act=act)
    step = chancery.enter(world.vu, "VU", "REVIEW_STARTED", "2024-05-01")
    confirm_act(**chancery.both(world.vu_contact), act=step)
    assert chancery.states("2024-06-01") == {
        "FJ": "signed_pending", "VU": "under_review", "PW": "not_started",
    }  # fmt: skip


def test_another_administration_neither_enters_nor_confirms(chancery, world):
    chancery.open()
    with pytest.raises(Refused):
        chancery.enter(world.vu, "FJ", "REVIEW_STARTED", "2024-05-01")
    act = chancery.enter(world.fj, "FJ", "REVIEW_STARTED", "2024-05-01")
    with pytest.raises(Refused):
        confirm_act(**chancery.both(world.vu), act=act)


def test_a_declined_entry_stays_with_its_reason_and_counts_for_nothing(chancery, world):
    chancery.open()
    act = chancery.enter(world.oco, "FJ", "IN_EFFECT", "2024-05-01")
    with pytest.raises(NotPossible):
        decline_act(**chancery.both(world.fj), act=act, reason=" ")
    decline_act(**chancery.both(world.fj), act=act, reason="We have not signed.")
    assert chancery.states("2024-06-01")["FJ"] == "not_started"
    (read,) = open_acts(world.vault(world.pw), acts_of(Instrument.objects.get()))
    assert read.reason == "We have not signed."
    with pytest.raises(Refused):
        confirm_act(**chancery.both(world.oco_contact), act=act)


def test_nothing_can_be_deleted(chancery):
    chancery.open()
    act = chancery.act("FJ", "IN_EFFECT", "2024-05-01")
    for delete in (act.delete, Act.objects.all().delete, Instrument.objects.all().delete):
        with pytest.raises(NotDeletable):
            delete()


def test_a_correction_names_the_act_and_the_former_answer_can_still_be_asked_for(chancery):
    chancery.open()
    wrong = chancery.act("FJ", "IN_EFFECT", "2024-05-01")
    before = Act.objects.get().decided_at
    from mous.content import ActWords

    chancery.act(
        "FJ", "CORRECTED", "2024-08-01", corrects=wrong, corrected_kind="IN_EFFECT",
        words=ActWords(text="The letter says August."),
    )  # fmt: skip
    assert chancery.states("2024-06-01")["FJ"] == "not_started"
    assert chancery.states("2024-08-01")["FJ"] == "in_effect"
    assert chancery.states("2024-06-01", known=before)["FJ"] == "in_effect"


def test_a_hand_in_the_database_is_found(chancery):
    chancery.open()
    chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-05-01")
    assert list(findings()) == []
    Act.objects.update(kind="IN_EFFECT")
    assert "not what was signed" in " ".join(findings())
