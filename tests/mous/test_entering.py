"""Instruments and acts at the front door: entered by one, confirmed by another, corrected."""

import uuid

import pytest

from access.roles import Role
from activity.events import Event
from activity.models import JournalEntry, Notice
from mous.models import Act, ActDraft, Instrument, Party
from tests.factories import signed_in
from tests.mous.office import SLUG, enters, hidden, page, typed, words
from tests.vault.test_at_once import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery):
    return chancery.open()


def recorded(event):
    return JournalEntry.objects.filter(event=event).count()


INSTRUMENT = {
    "kind": "treaty", "title": "Convention on Reefs", "title_fr": "Convention sur les récifs",
    "short": "Reefs", "short_fr": "Récifs", "slug": "reefs", "opened_on": "2024-01-01",
    "depositary": "OCO", "participation": "listed", "listed": ["FJ", "OCO"],
    "takes_effect": "days_after", "effect_days": "30", "notice_days": "180", "gates": "",
    "partner-1-code": "MSG", "partner-1-name": "Spearhead Group",
    "partner-1-name_fr": "Groupe Fer de lance",
}  # fmt: skip


class TestOpeningAnInstrument:
    def test_the_secretariat_enters_it_with_its_participants_and_partners(self, world):
        client = signed_in(world.oco)
        identity = hidden(client.get("/mous/new/"), "instrument")
        answer = client.post("/mous/new/", {"instrument": identity, **INSTRUMENT})
        assert answer.status_code == 302
        again = client.post("/mous/new/", {"instrument": identity, **INSTRUMENT})
        assert again.status_code == 302
        instrument = Instrument.objects.get()
        assert (instrument.effect_days, instrument.notice_days) == (30, 180)
        assert set(Party.objects.values_list("code", flat=True)) == {"FJ", "OCO", "MSG"}
        assert "Convention on Reefs" in words(signed_in(world.vu).get(page(slug="reefs")))

    def test_nobody_else_does(self, world):
        client = signed_in(world.fj)
        assert client.get("/mous/new/").status_code == 403
        answer = client.post("/mous/new/", {"instrument": str(uuid.uuid4()), **INSTRUMENT})
        assert answer.status_code == 403
        assert not Instrument.objects.exists()

    def test_with_a_fault_everything_typed_comes_back(self, world, instrument):
        client = signed_in(world.oco)
        data = {**INSTRUMENT, "instrument": str(uuid.uuid4()), "slug": SLUG, "partner-1-name": ""}
        answer = client.post("/mous/new/", data)
        assert answer.status_code == 400
        assert 'value="Convention on Reefs"' in answer.content.decode()
        assert "A partner needs a code and a name in both languages." in words(answer)
        answer = client.post("/mous/new/", {**data, "partner-1-name": "Group"})
        assert "An instrument has this address already." in words(answer)
        assert 'value="Groupe Fer de lance"' in answer.content.decode()
        assert Instrument.objects.count() == 1

    def test_a_word_of_our_own_is_no_address(self, world):
        data = {**INSTRUMENT, "instrument": str(uuid.uuid4()), "slug": "new"}
        answer = signed_in(world.oco).post("/mous/new/", data)
        assert "taken by a page of the register" in words(answer)


class TestEntering:
    def test_an_act_waits_on_everybodys_page_until_a_second_person_confirms(
        self, world, instrument
    ):
        answer = enters(signed_in(world.oco), signatory="Ana Snargle", text="")
        assert answer.status_code == 302
        reader = signed_in(world.vu)
        shown = words(reader.get(answer["Location"]))
        assert "Ana Snargle" in shown
        assert "It counts for nothing until a second person has confirmed it." in shown
        fiji = signed_in(world.fj)
        for _click in (1, 2):
            assert fiji.post(page("acts", 1, "confirm")).status_code == 302
        assert Act.objects.get().is_confirmed
        assert recorded(Event.ACT_CONFIRMED) == 1
        assert "Confirmed by" in words(reader.get(answer["Location"]))

    def test_one_person_cannot_enter_and_confirm(self, world, instrument):
        client = signed_in(world.oco)
        enters(client)
        assert "a second person confirms it" in words(client.get(page("acts", 1)))
        assert client.post(page("acts", 1, "confirm")).status_code == 403
        assert Act.objects.get().is_waiting
        assert signed_in(world.oco_contact).post(page("acts", 1, "confirm")).status_code == 302
        assert Act.objects.get().is_confirmed

    def test_a_coordinator_of_another_administration_neither_enters_nor_answers(
        self, world, instrument
    ):
        vanuatu = signed_in(world.vu)
        answer = vanuatu.post(page("enter"), typed(party="FJ"))
        assert answer.status_code == 400  # Fiji is not in the list
        assert not Act.objects.exists()
        enters(signed_in(world.fj))
        for what in ("confirm", "decline"):
            answer = vanuatu.post(page("acts", 1, what), {"reason": "No."})
            assert answer.status_code == 403
        assert Act.objects.get().is_waiting
        assert signed_in(world.oco).post(page("acts", 1, "confirm")).status_code == 302

    def test_a_reader_enters_nothing(self, world, instrument):
        client = signed_in(world.colleague("FJ", Role.READER, name="reader"))
        assert client.get(page("acts")).status_code == 200
        assert client.get(page("enter")).status_code == 403
        assert client.post(page("enter"), typed()).status_code == 403

    def test_two_from_one_administration_do_not_sign_without_the_depositary(
        self, world, instrument
    ):
        enters(signed_in(world.fj))
        assert signed_in(world.fj_contact).post(page("acts", 1, "confirm")).status_code == 403
        assert signed_in(world.oco).post(page("acts", 1, "confirm")).status_code == 302

    def test_sent_twice_it_is_entered_once(self, world, instrument):
        client = signed_in(world.oco)
        data = typed(act=hidden(client.get(page("enter")), "act"))
        assert client.post(page("enter"), data)["Location"] == page("acts", 1)
        assert client.post(page("enter"), data)["Location"] == page("acts", 1)
        assert Act.objects.count() == 1

    def test_with_a_fault_what_was_typed_stays(self, world, instrument):
        client = signed_in(world.oco)
        answer = enters(client, done_on="2124-01-01", text="We declare the quombat.")
        assert answer.status_code == 400
        assert "this day is still to come" in words(answer)
        assert "We declare the quombat." in answer.content.decode()
        assert not Act.objects.exists()

    def test_locked_meanwhile_what_was_typed_comes_back(self, world, instrument):
        client = signed_in(world.oco)
        from vault.models import VaultSession

        VaultSession.objects.all().delete()
        answer = client.post(page("enter"), typed(text="We declare the quombat."))
        assert answer.status_code == 409
        assert "We declare the quombat." in answer.content.decode()

    def test_the_id_of_anothers_draft_or_act_is_taken(self, world, instrument):
        vanuatu, oco = signed_in(world.vu), signed_in(world.oco)
        draft = ActDraft.objects.create(
            instrument=instrument, purpose="act", author=world.fj, administration_id="FJ"
        )
        answer = vanuatu.post(page("enter"), typed(act=str(draft.pk), party="VU"))
        assert answer.status_code == 400
        assert ActDraft.objects.filter(pk=draft.pk).exists()
        enters(oco)
        taken = Act.objects.get().uuid
        answer = vanuatu.post(page("enter"), typed(act=str(taken), party="VU"))
        assert answer.status_code == 400
        assert Act.objects.count() == 1

    def test_the_day_of_effect_comes_from_the_rule_of_the_instrument(self, world, chancery):
        chancery.open(takes_effect="days_after", effect_days=30)
        chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-05-01")
        shown = signed_in(world.oco).get(page("enter") + "?party=fj&kind=IN_EFFECT")
        assert 'value="2024-05-31"' in shown.content.decode()
        shown = signed_in(world.oco).get(page("enter") + "?party=vu&kind=IN_EFFECT")
        assert 'value="2024-05-31"' not in shown.content.decode()

    def test_the_one_who_confirms_is_told_and_the_one_who_entered(self, world, instrument):
        enters(signed_in(world.fj))
        assert Notice.objects.filter(event=Event.ACT_ENTERED, recipient=world.oco).count() == 1
        assert not Notice.objects.filter(event=Event.ACT_ENTERED, recipient=world.vu).exists()
        oco = signed_in(world.oco)
        assert page("acts", 1) in oco.get("/notices/").content.decode()
        oco.post(page("acts", 1, "confirm"))
        assert Notice.objects.filter(event=Event.ACT_CONFIRMED, recipient=world.fj).exists()


class TestDeclining:
    def test_a_reason_is_wanted_and_stays(self, world, instrument):
        enters(signed_in(world.fj))
        oco = signed_in(world.oco)
        answer = oco.post(page("acts", 1, "decline"), {"reason": " "})
        assert answer.status_code == 400
        assert "Say why, for the one who entered it." in words(answer)
        answer = oco.post(page("acts", 1, "decline"), {"reason": "The page is blank."})
        assert answer.status_code == 302
        shown = words(signed_in(world.pw).get(page("acts", 1)))
        assert "The page is blank." in shown
        assert "Declined by" in shown


class TestCorrecting:
    def test_the_act_stays_and_shows_what_holds_instead(self, world, chancery, instrument):
        chancery.act("FJ", "IN_EFFECT", "2024-05-01")
        client = signed_in(world.oco)
        shown = client.get(page("enter") + "?corrects=1")
        data = {
            "act": hidden(shown, "act"), "corrects": "1", "corrected_kind": "IN_EFFECT",
            "done_on": "2024-08-01", "effective_on": "2024-08-01", "text": "",
        }  # fmt: skip
        answer = client.post(page("enter"), data)
        assert "Say what was wrong." in words(answer)
        assert client.post(page("enter"), {**data, "text": "The letter says August."}).status_code
        assert chancery.states("2024-06-01")["FJ"] == "in_effect"
        signed_in(world.oco_contact).post(page("acts", 2, "confirm"))
        assert chancery.states("2024-06-01")["FJ"] == "not_started"
        shown = words(signed_in(world.vu).get(page("acts", 1)))
        assert "what holds instead stands in act 2" in shown
        assert "Corrected by act 2" in words(signed_in(world.vu).get(page("acts")))

    def test_annulled(self, world, chancery, instrument):
        chancery.act("FJ", "IN_EFFECT", "2024-05-01")
        client = signed_in(world.oco)
        data = {
            "act": str(uuid.uuid4()), "corrects": "1", "corrected_kind": "",
            "done_on": "2024-05-01", "effective_on": "2024-05-01", "text": "It was Vanuatu.",
        }  # fmt: skip
        assert client.post(page("enter"), data).status_code == 302
        signed_in(world.oco_contact).post(page("acts", 2, "confirm"))
        assert "annulled by act 2" in words(client.get(page("acts", 1)))

    def test_only_who_could_enter_the_act_corrects_it(self, world, chancery, instrument):
        chancery.act("FJ", "IN_EFFECT", "2024-05-01")
        assert signed_in(world.vu).get(page("enter") + "?corrects=1").status_code == 403
        assert signed_in(world.fj).get(page("enter") + "?corrects=1").status_code == 200


class TestNumbersOfAnotherInstrument:
    def test_are_not_found(self, world, chancery, instrument):
        other = chancery.open("reefs")
        for day in ("2024-05-01", "2024-05-02"):
            chancery.enter(world.oco, "FJ", "IN_EFFECT", day, instrument=instrument)
        client = signed_in(world.fj)
        assert client.get(page("acts", 2)).status_code == 200
        assert client.get(page("acts", 2, slug=other.slug)).status_code == 404
        assert client.post(page("acts", 2, "confirm", slug=other.slug)).status_code == 404
        assert client.get(page("enter", slug=other.slug) + "?corrects=2").status_code == 404
        assert client.get(page("acts", 9)).status_code == 404
        assert client.get(page("acts", slug="nowhere")).status_code == 404
        assert not Act.objects.exclude(state="entered").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does_and_the_other_is_told(world, chancery):
    chancery.open()
    enters(signed_in(world.oco))
    windows = [signed_in(world.fj), signed_in(world.oco_contact)]
    answers = []
    together(
        *(
            lambda w=w: answers.append(w.post(page("acts", 1, "confirm")).status_code)
            for w in windows
        )
    )
    assert sorted(answers) == [302, 403]
    assert recorded(Event.ACT_CONFIRMED) == 1
    again = [w.post(page("acts", 1, "confirm")) for w in windows]
    assert any("Somebody has answered this entry already." in words(answer) for answer in again)


@pytest.mark.parametrize("place", ["enter", "ceremony", "texts"])
@pytest.mark.parametrize("sent", [{}, {"act": "x", "text": "x", "fj-act": "x", "fj-kind": "x"}])
def test_a_form_that_comes_back_without_its_hidden_fields_is_shown_again(
    world, instrument, place, sent
):
    answer = signed_in(world.oco).post(f"/mous/{SLUG}/{place}/", sent)
    assert answer.status_code == 400
    assert b"<form" in answer.content
    assert not Act.objects.exists()
