"""Signatures on paper: all of a ceremony on one page, entered once, confirmed by another."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.policy import Refused
from activity.events import Event
from activity.models import JournalEntry
from mous.content import ActWords
from mous.models import Act, Notification
from mous.queries import acts_of
from mous.reading import open_acts
from mous.services.ceremony import Signature, confirm_signatures, enter_signatures
from tests.bulletins.attaching import fetched
from tests.factories import signed_in
from tests.mous.office import hidden, links, page, photograph, words
from tests.vault.test_at_once import together

pytestmark = pytest.mark.django_db
PLACE = page("ceremony")
CONFIRM = page("ceremony", "confirm")


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery):
    return chancery.open()


def signed(client, **more):
    """The page as a telephone sends it: Fiji definitively, Palau subject to procedures."""
    shown = client.get(PLACE)
    data = {"place": "Vaiaku", "done_on": "2024-05-01"}
    for code, kind, who in (
        ("fj", "SIGNED_DEFINITIVE", "Ana Snargle"), ("pw", "SIGNED_SUBJECT", "Bel Quombat"),
        ("vu", "", ""),
    ):  # fmt: skip
        data |= {
            f"{code}-act": hidden(shown, f"{code}-act"), f"{code}-kind": kind,
            f"{code}-signatory": who, f"{code}-signatory_title": "Comptroller" if who else "",
        }  # fmt: skip
    return {**data, **more}


def test_all_who_signed_are_entered_in_one_go(world, instrument):
    client = signed_in(world.oco)
    data = signed(client)
    photo = SimpleUploadedFile("page.jpg", photograph(), "image/jpeg")
    answer = client.post(PLACE, {**data, "fj-file": photo})
    assert answer["Location"] == CONFIRM
    acts = list(acts_of(instrument))
    assert [(a.party.code, a.kind) for a in acts] == [
        ("FJ", "SIGNED_DEFINITIVE"), ("PW", "SIGNED_SUBJECT"),
    ]  # fmt: skip
    first, second = open_acts(world.vault(world.vu), acts)
    assert (first.words.place, first.words.signatory) == ("Vaiaku", "Ana Snargle")
    assert len(first.words.files) == 1
    assert not second.words.files
    assert "Vanuatu" in words(client.get(PLACE))
    assert "fj-kind" not in client.get(PLACE).content.decode()


def test_sent_again_nothing_is_entered_twice(world, instrument):
    client = signed_in(world.oco)
    data = signed(client)
    assert client.post(PLACE, data).status_code == 302
    assert client.post(PLACE, data).status_code == 302
    assert Act.objects.count() == 2


def test_one_fault_and_none_is_entered_but_all_is_still_there(world, instrument):
    client = signed_in(world.oco)
    data = signed(client, **{"pw-signatory": ""})
    answer = client.post(PLACE, data)
    assert answer.status_code == 400
    assert "Say who signed." in words(answer)
    assert 'value="Ana Snargle"' in answer.content.decode()
    answer = client.post(PLACE, signed(client, done_on="2124-05-01"))
    assert "still to come" in words(answer)
    assert not Act.objects.exists()


def test_who_has_signed_cannot_sign_again(world, chancery, instrument):
    client = signed_in(world.oco)
    data = signed(client)
    chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-04-01")
    answer = client.post(PLACE, data)
    assert answer.status_code == 400
    assert "It has signed already, or its signature waits." in words(answer)
    assert Act.objects.count() == 1


def test_only_the_depositary_holds_a_ceremony(world, chancery, instrument):
    own = Signature(uuid.uuid4(), chancery.party(instrument, "FJ"), "SIGNED_DEFINITIVE", "Ana")
    with pytest.raises(Refused):
        enter_signatures(
            **chancery.both(world.fj), instrument=instrument, place="Suva",
            day=datetime.date(2024, 5, 1), signatures=[own],
        )  # fmt: skip
    with pytest.raises(Refused):
        confirm_signatures(**chancery.both(world.fj), instrument=instrument, acts=[])
    data = signed(signed_in(world.oco))
    for person in (world.fj, world.vu_contact):
        client = signed_in(person)
        assert client.get(PLACE).status_code == 403
        assert client.post(PLACE, data).status_code == 403
        assert client.get(CONFIRM).status_code == 403
        assert client.post(CONFIRM, {"seen": "1"}).status_code == 403
    assert not Act.objects.exists()


class TestTheSecondPerson:
    @pytest.fixture
    def entered(self, world, instrument):
        client = signed_in(world.oco)
        photo = SimpleUploadedFile("page.jpg", photograph(), "image/jpeg")
        client.post(PLACE, {**signed(client), "fj-file": photo})
        return client

    def test_sees_each_photograph_and_confirms_what_is_ticked(self, world, entered):
        client = signed_in(world.oco_contact)
        shown = client.get(CONFIRM)
        picture = shown.content.decode().split('<img src="')[1].split('"')[0]
        assert fetched(client.get(picture)).startswith(b"\xff\xd8")
        assert links(shown, "/files/") == [picture]
        answer = client.post(CONFIRM, {"seen": ["1"]})
        assert answer.status_code == 302
        assert [a.state for a in Act.objects.order_by("number")] == ["confirmed", "entered"]
        client.post(CONFIRM, {"seen": ["2"]})
        assert Notification.objects.count() == 2

    def test_is_not_the_one_who_entered_them(self, world, entered):
        assert 'name="seen"' not in entered.get(CONFIRM).content.decode()
        assert entered.post(CONFIRM, {"seen": ["1", "2"]}).status_code == 403
        assert not Act.objects.filter(state="confirmed").exists()

    def test_confirms_nothing_unseen(self, world, entered):
        client = signed_in(world.oco_contact)
        answer = client.post(CONFIRM, {}, follow=True)
        assert "tick what you have seen" in words(answer)
        assert not Act.objects.filter(state="confirmed").exists()

    def test_is_told_of_one_that_somebody_answered_meanwhile(self, world, entered):
        signed_in(world.fj).post(page("acts", 1, "confirm"))
        answer = signed_in(world.oco_contact).post(CONFIRM, {"seen": ["1", "2"]}, follow=True)
        shown = words(answer)
        assert "1 signature confirmed" in shown
        assert "1 had been answered by somebody else meanwhile." in shown

    def test_does_not_confirm_an_entry_that_was_changed_by_hand(self, world, entered):
        Act.objects.filter(number=1).update(kind="SIGNED_SUBJECT")
        answer = signed_in(world.oco_contact).post(CONFIRM, {"seen": ["1", "2"]}, follow=True)
        assert "An entry is not what was signed" in words(answer)
        assert [a.state for a in Act.objects.order_by("number")] == ["entered", "confirmed"]

    def test_an_act_of_another_instrument_is_not_among_them(self, world, chancery, entered):
        other = chancery.open("reefs")
        client = signed_in(world.oco_contact)
        client.post(page("ceremony", "confirm", slug=other.slug), {"seen": ["1", "2"]})
        assert not Act.objects.filter(state="confirmed").exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_sent_from_two_windows_at_once_is_entered_once(world, chancery):
    chancery.open()
    windows = [signed_in(world.oco), signed_in(world.oco)]
    data = signed(windows[0], **{"fj-act": str(uuid.uuid4()), "pw-act": str(uuid.uuid4())})
    answers = []
    together(*(lambda w=w: answers.append(w.post(PLACE, data).status_code) for w in windows))
    assert answers == [302, 302]
    assert Act.objects.count() == 2
    assert JournalEntry.objects.filter(event=Event.ACT_ENTERED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_confirmed_by_two_at_once_each_is_confirmed_once(world, chancery):
    chancery.open()
    for code in ("FJ", "VU"):
        chancery.enter(world.oco, code, "SIGNED_DEFINITIVE", "2024-05-01", words=ActWords())
    windows = [signed_in(world.oco_contact), signed_in(world.colleague("OCO", name="third"))]
    answers = []
    seen = {"seen": ["1", "2"]}
    together(*(lambda w=w: answers.append(w.post(CONFIRM, seen).status_code) for w in windows))
    assert set(answers) <= {302, 403}
    assert Act.objects.filter(state="confirmed").count() == 2
    assert JournalEntry.objects.filter(event=Event.ACT_CONFIRMED).count() == 2
