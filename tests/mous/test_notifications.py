"""Notifications: numbered, in both languages, opened and received once for each administration."""

import re

import pytest

from access.roles import Role
from activity.events import Event
from activity.models import JournalEntry, Notice, OutgoingMail
from mous.content import ActWords
from mous.models import Act, Notification, Receipt
from tests.factories import signed_in
from tests.mous.office import page, words

pytestmark = pytest.mark.django_db
FIRST = page("notifications", 1)


@pytest.fixture
def instrument(chancery):
    made = chancery.open()
    chancery.act(
        "FJ", "RESERVATION", "2024-05-01", effective_on="2024-06-01",
        words=ActWords(place="Vaiaku", signatory="Ana Snargle", text="Not of the quombat."),
    )  # fmt: skip
    return made


def recorded(event):
    return JournalEntry.objects.filter(event=event).count()


def receipt(code):
    return Receipt.objects.get(administration=code)


def test_it_says_the_same_in_both_languages_with_the_depositarys_formula(world, instrument):
    shown = words(signed_in(world.vu).get(FIRST))
    for part in (
        "acting in its capacity as depositary", "Memorandum of Understanding on Customs",
        "Protocole d'accord", "1 May 2024", "mai 2024", "1 Jun 2024", "Ana Snargle",
    ):  # fmt: skip
        assert part in shown
    assert shown.count("Not of the quombat.") == 2


def test_the_first_opening_of_an_administration_is_recorded_once(world, instrument):
    assert receipt("VU").opened_at is None
    for person in (world.vu_contact, world.vu):
        signed_in(person).get(FIRST)
    assert receipt("VU").opened_by == world.vu_contact
    assert receipt("FJ").opened_at is None
    assert recorded(Event.NOTIFICATION_OPENED) == 1
    assert "opened" in words(signed_in(world.pw).get(FIRST))


def test_a_page_that_renews_itself_or_does_not_open_counts_as_nothing(world, instrument):
    signed_in(world.vu).get(FIRST, headers={"X-Live": "poll"})
    newcomer = signed_in(world.newcomer("VU", name="newcomer"))
    assert newcomer.get(FIRST).status_code == 200
    assert receipt("VU").opened_at is None
    signed_in(world.vu).get(FIRST)
    assert receipt("VU").opened_at is not None


def test_receipt_is_the_word_of_a_contact_point_and_counts_once(world, instrument):
    client = signed_in(world.vu_contact)
    assert "We have received it" in words(client.get(FIRST))
    assert client.post(FIRST + "received/").status_code == 302
    assert client.post(FIRST + "received/").status_code == 302
    signed_in(world.vu).post(FIRST + "received/")
    assert receipt("VU").received_by == world.vu_contact
    assert recorded(Event.NOTIFICATION_RECEIVED) == 1
    assert "received by 1" in words(signed_in(world.fj).get(FIRST))


def test_a_reader_cannot_confirm_receipt(world, instrument):
    client = signed_in(world.colleague("VU", Role.READER, name="reader"))
    assert "We have received it" not in words(client.get(FIRST))
    assert client.post(FIRST + "received/").status_code == 403
    assert receipt("VU").received_at is None
    assert signed_in(world.vu_contact).post(FIRST + "received/").status_code == 302


def test_who_was_not_notified_has_nothing_to_confirm(world, instrument):
    Receipt.objects.filter(administration="PW")._raw_delete("default")
    client = signed_in(world.pw)
    assert "We have received it" not in words(client.get(FIRST))
    assert client.post(FIRST + "received/").status_code == 404
    assert Receipt.objects.filter(received_at__isnull=False).count() == 0


def test_the_archive_says_what_was_opened_and_received(world, chancery, instrument):
    chancery.act("VU", "SIGNED_DEFINITIVE", "2024-05-02")
    client = signed_in(world.vu)
    client.get(FIRST)
    client.post(page("notifications", 2, "received"))
    shown = words(client.get(page("notifications")))
    for part in ("No. 1", "No. 2", "Received by us", "Opened, receipt not confirmed"):
        assert part in shown
    assert "Not opened yet" in words(signed_in(world.pw).get(page("notifications")))


def test_notice_and_mail_say_only_that_there_is_one(world, instrument):
    notices = Notice.objects.filter(event=Event.NOTIFICATION_SENT)
    assert {n.recipient for n in notices} >= {world.vu, world.vu_contact, world.fj}
    assert OutgoingMail.objects.filter(notice__in=notices).exists()
    shown = signed_in(world.vu).get("/notices/")
    assert FIRST in shown.content.decode()
    assert "depositary notification" in words(shown)
    assert "RESERVATION" not in shown.content.decode()


def test_a_pdf_in_both_languages(world, instrument):
    answer = signed_in(world.vu).get(FIRST + "pdf/")
    assert answer.content.startswith(b"%PDF-")
    assert receipt("VU").opened_at is not None


def test_the_words_of_an_act_changed_by_hand_are_not_told(world, instrument):
    Act.objects.update(done_on="2023-05-01")
    shown = words(signed_in(world.vu).get(FIRST))
    assert "is not what two persons signed" in shown
    assert "Ana Snargle" not in shown
    assert receipt("VU").opened_at is None


def test_a_correction_since_is_said_beside_it(world, chancery, instrument):
    about = Act.objects.get()
    chancery.act(
        "FJ", "CORRECTED", "2024-07-01", corrects=about, corrected_kind="RESERVATION",
        words=ActWords(text="The letter says July."),
    )  # fmt: skip
    client = signed_in(world.vu)
    assert "corrected since, by act 2" in words(client.get(FIRST))
    shown = words(client.get(page("notifications", 2)))
    assert "Correction of the register. Of act 1" in shown
    assert "The letter says July." in shown


def test_a_number_of_another_instrument_is_not_found(world, chancery, instrument):
    other = chancery.open("reefs")
    chancery.act("VU", "SIGNED_DEFINITIVE", "2024-05-02", instrument=instrument)
    client = signed_in(world.vu)
    assert client.get(page("notifications", 2)).status_code == 200
    for rest in ((), ("pdf",)):
        assert client.get(page("notifications", 2, *rest, slug=other.slug)).status_code == 404
    assert client.post(page("notifications", 2, "received", slug=other.slug)).status_code == 404
    assert Notification.objects.count() == 2


def test_what_somebody_typed_is_no_markup(world, chancery, instrument):
    chancery.act(
        "VU",
        "DECLARATION",
        "2024-05-02",
        words=ActWords(text="<b>bold</b> & more"),
    )
    raw = signed_in(world.fj).get(page("notifications", 2)).content.decode()
    assert "<b>bold</b>" not in raw
    assert len(re.findall("&lt;b&gt;bold&lt;/b&gt; &amp; more", raw)) == 2
