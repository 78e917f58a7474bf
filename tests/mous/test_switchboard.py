"""Whether somebody may lawfully receive something follows from the register."""

import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.policy import Refused
from access.switchboard import Ground, judge, may_receive, participating, stated
from mous import trusted
from mous.models import (
    Act,
    AuthorityEnd,
    GateSetting,
    Instrument,
    LegalBasis,
    OtherAuthority,
)
from mous.services.acts import NotPossible, confirm_act
from mous.services.bases import end_authority, record_authority, set_gate, state_legal_basis
from vault.verification import findings

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 6, 1)
AMBER = "TLP:AMBER"


@pytest.fixture(autouse=True)
def as_in_a_new_process():
    trusted.forget()


@pytest.fixture
def gate(chancery):
    """The arrangement that decides; Fiji and Vanuatu take part since May 2024."""
    instrument = chancery.open(gates=True)
    for code in ("FJ", "VU"):
        chancery.act(code, "IN_EFFECT", "2024-05-01")
    return instrument


def asked(sender, recipient, day=DAY, marking=AMBER, kinds=()):
    return may_receive(sender, recipient, marking, day, kinds)


def agreement(chancery, user, recipient, **more):
    facts = {
        "kind": "bilateral", "up_to": AMBER, "since": datetime.date(2024, 1, 1),
        "text": "Agreement of 2019, article 4", "authority_id": uuid4(), **more,
    }  # fmt: skip
    return record_authority(**chancery.both(user), recipient=recipient, **facts)


def law(chancery, user, **more):
    facts = {"act": "Customs Act 1986", "purposes": ["offences"], "basis_id": uuid4(), **more}
    return state_legal_basis(**chancery.both(user), **facts)


def test_without_an_instrument_that_decides_nothing_is_recorded_and_nothing_refused(chancery):
    chancery.open()
    answer = asked("FJ", "PW")
    assert (answer.recorded, answer.refuses, answer.warns) == (False, False, False)
    assert answer.traced == Ground.NOT_RECORDED


def test_both_take_part_so_it_rests_on_the_instrument(gate):
    answer = asked("FJ", "VU")
    assert answer.recorded
    assert answer.source == "instrument:oco-mou"
    assert answer.traced == f"mous.instrument:{gate.uuid}"


def test_before_the_day_of_effect_and_after_a_withdrawal_it_is_refused(gate, chancery):
    assert asked("FJ", "VU", datetime.date(2024, 4, 30)).refuses
    assert not asked("FJ", "VU").refuses
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-07-01", effective_on="2024-10-01")
    assert not asked("FJ", "VU", datetime.date(2024, 9, 30)).refuses
    gone = asked("FJ", "VU", datetime.date(2024, 10, 1))
    assert gone.refuses
    assert "Vanuatu has withdrawn" in gone.reason
    assert "1 October 2024" in gone.reason
    assert not asked("FJ", "VU").refuses, "the past stays as it was"


def test_a_refusal_names_the_administration_its_state_since_when_and_the_way_out(gate, chancery):
    chancery.act("PW", "SIGNED_SUBJECT", "2024-03-04")
    answer = asked("FJ", "PW")
    assert answer.refuses
    assert "Palau has signed, but its procedures are not complete" in answer.reason
    assert "4 March 2024" in answer.reason
    assert answer.way_out == "Record a bilateral agreement, or leave it out."
    chancery.act("PW", "PROCEDURES_COMPLETED", "2024-05-05")
    chancery.act("PW", "IN_EFFECT", "2024-05-05")
    assert asked("FJ", "PW").recorded


def test_who_does_not_take_part_does_not_send_either(gate):
    answer = asked("PW", "FJ")
    assert answer.refuses
    assert answer.traced == Ground.SENDER_NOT_TAKING_PART
    assert "Palau" in answer.reason


@pytest.mark.parametrize(("sender", "recipient"), [("OCO", "PW"), ("PW", "OCO")])
def test_the_secretariat_shares_as_secretariat_of_the_instrument(gate, sender, recipient):
    answer = asked(sender, recipient)
    assert (answer.recorded, answer.source) == (True, "secretariat")
    assert answer.label == "Secretariat of the instrument"


@pytest.mark.parametrize(
    ("marking", "refused"),
    [("TLP:RED", True), ("TLP:AMBER+STRICT", True), (AMBER, True), ("TLP:GREEN", False),
     ("TLP:CLEAR", False)],
)  # fmt: skip
def test_from_amber_up_it_is_refused_unless_the_group_says_otherwise(gate, marking, refused):
    assert asked("FJ", "PW", marking=marking).refuses is refused


def test_the_group_sets_per_marking_what_happens(gate, chancery, world):
    set_gate(**chancery.both(world.oco), instrument=gate, marking=AMBER, gate="warn")
    answer = asked("FJ", "PW")
    assert (answer.refuses, answer.warns) == (False, True)
    assert asked("FJ", "PW", marking="TLP:RED").refuses
    set_gate(**chancery.both(world.oco), instrument=gate, marking=AMBER, gate="refuse")
    assert asked("FJ", "PW").refuses
    assert GateSetting.objects.count() == 2
    with pytest.raises(Refused):
        set_gate(**chancery.both(world.fj), instrument=gate, marking=AMBER, gate="open")


def test_another_authority_covers_what_its_sender_recorded_and_no_more(gate, chancery, world):
    row = agreement(chancery, world.fj, "PW", data_kinds=["tax"], until=datetime.date(2024, 12, 31))
    assert asked("FJ", "PW").source == f"authority:{row.uuid}"
    assert asked("FJ", "PW", kinds=["tax"]).recorded
    assert asked("FJ", "PW", marking="TLP:GREEN").recorded
    for other in (
        asked("FJ", "PW", kinds=["tax", "personal"]),
        asked("FJ", "PW", marking="TLP:AMBER+STRICT"),
        asked("FJ", "PW", datetime.date(2023, 12, 31)),
        asked("FJ", "PW", datetime.date(2025, 1, 1)),
        asked("PW", "FJ"),
        asked("VU", "PW"),
    ):
        assert other.refuses


def test_an_authority_that_ends_covers_its_last_day_and_not_the_next(gate, chancery, world):
    row = agreement(chancery, world.fj, "PW")
    today = datetime.datetime.now(datetime.UTC).date()
    with pytest.raises(NotPossible):
        end_authority(
            **chancery.both(world.fj), authority=row, ends_on=today - datetime.timedelta(days=1)
        )
    with pytest.raises(Refused):
        end_authority(**chancery.both(world.pw), authority=row, ends_on=today)
    end_authority(**chancery.both(world.fj), authority=row, ends_on=today)
    assert asked("FJ", "PW", today).recorded
    assert asked("FJ", "PW", today + datetime.timedelta(days=1)).refuses


def test_ones_own_law_refuses_whatever_was_signed(gate, chancery, world):
    law(chancery, world.fj, excluded=["biometric"])
    assert asked("FJ", "VU").recorded
    answer = asked("FJ", "VU", kinds=["biometric", "tax"])
    assert answer.refuses
    assert "Your own law as stated" in answer.reason
    assert "Biometric data" in answer.reason
    assert asked("FJ", "VU", marking="TLP:CLEAR", kinds=["biometric"]).refuses
    assert asked("FJ", "OCO", kinds=["biometric"]).refuses
    assert asked("VU", "FJ", kinds=["biometric"]).recorded, "it is the law of the sender"
    law(chancery, world.fj, excluded=["tax"])
    assert asked("FJ", "VU", kinds=["biometric"]).recorded


def test_an_administration_states_its_own_law_and_nobody_elses(gate, chancery, world):
    law(chancery, world.fj, section="s 152", conditions="In writing only", excluded=["tax"])
    seen = stated(world.vault(world.vu), ["FJ", "VU"])
    assert set(seen) == {"FJ"}
    assert (seen["FJ"].act, seen["FJ"].section) == ("Customs Act 1986", "s 152")
    assert seen["FJ"].excluded == ("tax",)
    assert b"Customs Act" not in bytes(LegalBasis.objects.get().sealed)
    with pytest.raises(NotPossible):
        law(chancery, world.fj, act=" ")


def test_all_participants_in_effect_are_a_group(gate):
    (group,) = participating(DAY)
    assert group.codes == ("FJ", "VU")
    assert "Co-operation MOU" in group.label


def test_as_many_questions_for_all_as_for_one(gate, chancery, world):
    agreement(chancery, world.fj, "PW")
    law(chancery, world.fj)

    def number(codes):
        with CaptureQueriesContext(connection) as seen:
            judge("FJ", codes, AMBER, DAY)
        return len(seen)

    number(["VU", "PW", "OCO"])
    assert number(["VU", "PW", "OCO"]) == number(["VU"])
    assert number(["VU", "PW", "OCO"]) <= 14


# A hand in the database -------------------------------------------------------------------------


def test_forged_acts_open_nothing(gate, chancery):
    act = chancery.act("PW", "SIGNED_SUBJECT", "2024-03-04")
    for changes in ({"kind": "IN_EFFECT"}, {"kind": "NONSENSE"}, {"effective_on": "2020-01-01"}):
        Act.objects.filter(pk=act.pk).update(**changes)
        answer = asked("FJ", "PW")
        assert answer.refuses
        assert "not what was signed" in answer.reason
        assert answer.traced == Ground.NOT_VERIFIED
    Act.objects.filter(pk=act.pk).update(kind="SIGNED_SUBJECT", effective_on="2024-03-04")
    assert "procedures are not complete" in asked("FJ", "PW").reason


def test_an_act_of_another_put_under_its_name_opens_nothing(gate, chancery):
    act = Act.objects.get(party__code="FJ")
    Act.objects.filter(pk=act.pk).update(party=chancery.party(gate, "PW"))
    assert asked("VU", "PW").refuses
    assert asked("VU", "FJ").refuses, "the journal says that Fiji had an act"


def test_an_entry_that_nobody_confirmed_opens_nothing(gate, chancery, world):
    act = chancery.enter(world.oco, "PW", "IN_EFFECT", "2024-05-01")
    assert asked("FJ", "PW").refuses
    Act.objects.filter(pk=act.pk).update(
        state="confirmed", decided_by=world.oco_contact.pk, decided_for="OCO",
        decided_at=datetime.datetime.now(datetime.UTC), decision_signature=bytes(64),
    )  # fmt: skip
    assert asked("FJ", "PW").refuses


def test_a_withdrawal_taken_out_of_the_database_does_not_open_the_gate_again(gate, chancery):
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-05-02", effective_on="2024-05-20")
    assert asked("FJ", "VU").refuses
    Act.objects.filter(kind="WITHDRAWAL_NOTIFIED").update(state="entered")
    assert asked("FJ", "VU").refuses
    rows = Act.objects.filter(kind="WITHDRAWAL_NOTIFIED")
    from mous.models import Notification, Receipt

    told = Notification.objects.filter(act__in=rows)
    Receipt.objects.filter(notification__in=told)._raw_delete("default")
    told._raw_delete("default")
    rows._raw_delete("default")
    assert asked("FJ", "VU").refuses
    assert asked("OCO", "VU").recorded


def test_the_columns_of_the_gate_are_not_believed_without_signature(gate, chancery, world):
    Instrument.objects.update(gates=False)
    assert asked("FJ", "PW").refuses
    GateSetting.objects.create(
        instrument=gate, marking=AMBER, gate="open", set_by_id=world.oco.pk, signature=bytes(64)
    )
    assert asked("FJ", "PW").refuses
    row = set_gate(**chancery.both(world.oco), instrument=gate, marking=AMBER, gate="warn")
    assert asked("FJ", "PW").warns
    GateSetting.objects.filter(pk=row.pk).update(gate="open")
    assert asked("FJ", "PW").refuses


def test_a_forged_authority_opens_nothing_and_its_end_cannot_be_taken_away(gate, chancery, world):
    row = agreement(chancery, world.fj, "PW")
    for changes in ({"sender": "VU"}, {"up_to": "TLP:RED"}, {"until": "2030-01-01"}):
        kept = {name: getattr(row, name) for name in changes}
        OtherAuthority.objects.filter(pk=row.pk).update(**changes)
        assert asked("VU", "PW").refuses
        assert asked("FJ", "PW").refuses
        OtherAuthority.objects.filter(pk=row.pk).update(**kept)
    assert asked("FJ", "PW").recorded
    today = datetime.datetime.now(datetime.UTC).date()
    end_authority(**chancery.both(world.fj), authority=row, ends_on=today)
    tomorrow = today + datetime.timedelta(days=1)
    assert asked("FJ", "PW", tomorrow).refuses
    AuthorityEnd.objects.update(ends_on=today + datetime.timedelta(days=900))
    assert asked("FJ", "PW", tomorrow).refuses
    AuthorityEnd.objects.all()._raw_delete("default")
    assert asked("FJ", "PW", tomorrow).refuses


def test_a_law_taken_out_of_the_database_still_holds(gate, chancery, world):
    law(chancery, world.fj, excluded=["tax"])
    LegalBasis.objects.update(excluded=[])
    assert asked("FJ", "VU", kinds=["tax"]).refuses
    LegalBasis.objects.all()._raw_delete("default")
    assert asked("FJ", "VU", kinds=["tax"]).refuses


@pytest.mark.parametrize(
    ("model", "changes"),
    [(LegalBasis, {"purposes": []}), (OtherAuthority, {"up_to": "TLP:RED"}),
     (AuthorityEnd, {"ends_on": "2031-01-01"}), (GateSetting, {"gate": "open"})],
)  # fmt: skip
def test_verify_vault_finds_what_a_hand_changed_or_took_away(gate, chancery, world, model, changes):
    law(chancery, world.fj, excluded=["tax"])
    row = agreement(chancery, world.fj, "PW")
    today = datetime.datetime.now(datetime.UTC).date()
    end_authority(**chancery.both(world.fj), authority=row, ends_on=today)
    set_gate(**chancery.both(world.oco), instrument=gate, marking=AMBER, gate="warn")
    assert list(findings()) == []
    model.objects.update(**changes)
    assert "not what was signed" in " ".join(findings())
    AuthorityEnd.objects.all()._raw_delete("default")
    model.objects.all()._raw_delete("default")
    assert "differ" in " ".join(findings())


# With the rules patched out, what was signed still decides ---------------------------------------


def test_two_of_one_administration_do_not_open_the_gate_for_themselves(
    gate, chancery, world, monkeypatch
):
    monkeypatch.setattr("mous.services.acts.require", lambda *_a, **_k: None)
    act = chancery.enter(world.pw, "PW", "IN_EFFECT", "2024-05-01")
    confirm_act(**chancery.both(world.pw_contact), act=act)
    assert chancery.states("2024-06-01")["PW"] == "in_effect"
    assert asked("FJ", "PW").refuses
    assert asked("FJ", "VU").recorded


def test_a_setting_that_the_secretariat_did_not_sign_opens_nothing(
    gate, chancery, world, monkeypatch
):
    monkeypatch.setattr("mous.services.bases.require", lambda *_a, **_k: None)
    set_gate(**chancery.both(world.fj), instrument=gate, marking=AMBER, gate="open")
    assert asked("FJ", "PW").refuses
    set_gate(**chancery.both(world.oco), instrument=gate, marking=AMBER, gate="open")
    assert not asked("FJ", "PW").refuses
