"""What lies behind a status, at the front door: acts by date, pairs, changes, one participant; and
what other pages show of the register."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from access.sockets import Member, MemberFacts
from accounts.models import Appointment
from activity.models import LiveEvent
from activity.ports import page_of
from mous.content import ActWords
from mous.facts import target_of
from mous.live import RegisterPages
from mous.models import Act, Instrument
from mous.services.acts import confirm_act, decline_act
from tests.factories import signed_in
from tests.mous.test_pages import words

pytestmark = pytest.mark.django_db
STATUS = "/mous/oco-mou/"


@pytest.fixture
def register(chancery):
    """Fiji and Vanuatu take part since July and August 2024; Palau has the text."""
    chancery.open(gates=True)
    for code, day in (("FJ", "2024-07-01"), ("VU", "2024-08-01")):
        chancery.act(code, "SIGNED_DEFINITIVE", "2024-05-01")
        chancery.act(code, "IN_EFFECT", day)
    chancery.act("PW", "TEXT_CIRCULATED", "2024-02-01")
    return chancery


def counted(client, page) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return len(asked)


class TestTheTimeline:
    def test_what_several_did_alike_on_one_day_is_one_line(self, register, world):
        seen = words(signed_in(world.pw).get(f"{STATUS}timeline/"))
        assert re.search(
            r"1 May 2024 Signed definitively Ziphrannet Hall 2 acts Fiji Vanuatu", seen
        )
        assert seen.index("1 Aug 2024") < seen.index("1 Feb 2024")
        assert "Progress since 2018" in seen

    def test_the_drawing_has_a_table_beside_it(self, register, world):
        page = signed_in(world.pw).get(f"{STATUS}timeline/").content.decode()
        found = re.search(r"31 Dec 2024</time></th>(.*?)</tr>", page)
        assert re.findall(r">(\d+)<", found[1]) == ["2", "0", "1", "0"]

    def test_more_acts_cost_no_more_questions(self, register, world):
        client = signed_in(world.fj)
        before = counted(client, f"{STATUS}timeline/")
        for day in range(1, 6):
            register.act("FJ", "DECLARATION", f"2024-09-0{day}")
        assert counted(client, f"{STATUS}timeline/") == before


class TestPairs:
    def test_both_sides_have_to_take_part(self, register, world):
        client = signed_in(world.fj)
        seen = words(client.get(f"{STATUS}pairs/"))
        assert "Fiji may exchange with 1 other" in seen
        assert "Vanuatu yes Palau no Text received" in seen
        other = words(client.get(f"{STATUS}pairs/?of=PW"))
        assert "Palau may exchange with nobody" in other
        assert "Fiji no Palau: Text received" in other

    def test_on_another_day_it_is_another_answer(self, register, world):
        seen = words(signed_in(world.fj).get(f"{STATUS}pairs/?on=2024-07-15"))
        assert "Fiji may exchange with nobody" in seen

    def test_the_matrix_has_names_for_who_does_not_see_it(self, register, world):
        page = signed_in(world.fj).get(f"{STATUS}pairs/").content.decode()
        matrix = re.search(r'<table class="matrix">.*?</table>', page, re.DOTALL)[0]
        assert matrix.count('scope="col"') == matrix.count('scope="row"') == 3
        assert matrix.count('class="yes"') == 2


class TestChanges:
    def test_whose_state_differs_between_two_days(self, register, world):
        client = signed_in(world.pw)
        seen = words(client.get(f"{STATUS}changes/?since=2024-06-01&until=2024-07-15"))
        assert "1 state changed" in seen
        assert "Fiji Signed, not in effect yet In effect" in seen
        assert "Came into effect" in seen
        quiet = words(client.get(f"{STATUS}changes/?since=2024-09-01&until=2024-10-01"))
        assert "Everybody stood on both days" in quiet

    def test_days_in_the_wrong_order_are_put_in_order(self, register, world):
        seen = words(signed_in(world.pw).get(f"{STATUS}changes/?since=2024-07-15&until=2024-06-01"))
        assert "From 1 Jun 2024 to 15 Jul 2024" in seen


class TestAParticipant:
    def test_a_correction_is_one_and_the_original_stays(self, register, world):
        wrong = Act.objects.get(kind="IN_EFFECT", party__code="FJ")
        register.act(
            "FJ", "CORRECTED", "2024-09-01", corrects=wrong, corrected_kind="IN_EFFECT",
            words=ActWords(text="The letter says September."),
        )  # fmt: skip
        page = signed_in(world.pw).get(f"{STATUS}fj/")
        assert "<del>Came into effect</del>" in page.content.decode()
        assert "Corrected by act 6: Came into effect, 1 Sep 2024" in words(page)
        assert "The letter says September." in words(page)

    def test_one_that_was_annulled_says_so(self, register, world):
        wrong = Act.objects.get(kind="IN_EFFECT", party__code="FJ")
        register.act(
            "FJ", "CORRECTED", "2024-09-01", corrects=wrong, words=ActWords(text="Never."),
        )  # fmt: skip
        page = signed_in(world.pw).get(f"{STATUS}fj/")
        assert "Annulled by act 6" in words(page)
        assert "Signed, not in effect yet" in words(page)

    def test_what_was_corrected_later_was_not_known_before(self, register, world):
        wrong = Act.objects.get(kind="IN_EFFECT", party__code="FJ")
        register.act(
            "FJ", "CORRECTED", "2024-09-01", corrects=wrong, words=ActWords(text="Never."),
        )  # fmt: skip
        Act.objects.exclude(kind="CORRECTED").update(
            decided_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
        )
        seen = words(signed_in(world.pw).get(f"{STATUS}fj/?known=2025-06-01"))
        for later in ("Annulled", "Corrected by", "Correction of the register", "Never."):
            assert later not in seen
        assert "Came into effect" in seen
        assert "As at" in seen
        status = words(signed_in(world.pw).get(f"{STATUS}?known=2025-06-01"))
        assert "Never." not in status
        assert "Never." in words(signed_in(world.pw).get(STATUS))

    def test_who_may_confirm_is_told_and_who_may_not_is_told_why(self, register, world):
        act = register.enter(world.oco, "PW", "SIGNED_DEFINITIVE", "2024-09-01")
        assert "Look and confirm" in words(signed_in(world.pw).get(f"{STATUS}pw/"))
        entered_it = words(signed_in(world.oco).get(f"{STATUS}pw/"))
        assert "Look and confirm" not in entered_it
        assert "a second person confirms it" in entered_it
        assert "Look and confirm" not in words(signed_in(world.fj).get(f"{STATUS}pw/"))
        confirm_act(**register.both(world.pw), act=act)
        assert "waits for a second person" not in words(signed_in(world.pw).get(f"{STATUS}pw/"))

    def test_an_entry_that_was_declined_stays_with_its_reason(self, register, world):
        act = register.enter(world.oco, "PW", "SIGNED_DEFINITIVE", "2024-09-01")
        decline_act(**register.both(world.pw), act=act, reason="We never snargled.")
        seen = words(signed_in(world.fj).get(f"{STATUS}pw/"))
        assert "1 entry was declined" in seen
        assert "We never snargled." in seen

    def test_one_that_is_none_is_not_there(self, register, world):
        assert signed_in(world.fj).get(f"{STATUS}xx/").status_code == 404
        assert signed_in(world.fj).get("/mous/other/").status_code == 404


class TestKeepingUp:
    def member(self, world, user, vault=None):
        code = world.actor(user).administration
        return Member(MemberFacts(user.pk, b"", code, "en", "UTC", vault), None)

    def test_every_open_page_hears_of_a_confirmed_act_also_without_a_key(self, register, world):
        register.act("PW", "REVIEW_STARTED", "2024-03-01")
        instrument = Instrument.objects.get()
        topic = f"register:{instrument.uuid}"
        event = LiveEvent.objects.filter(topic=topic, event="mous.act_confirmed").latest("pk")
        fiji, palau = self.member(world, world.fj), self.member(world, world.pw)
        verdict = RegisterPages().judge_together([event], [fiji, palau])
        assert verdict.shown == [{fiji: None, palau: None}]
        assert RegisterPages().draw(event, None, "en", "UTC", None) == ""
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        Appointment.objects.filter(user=world.pw).update(until=yesterday)
        verdict = RegisterPages().judge_together([event], [fiji, palau])
        assert verdict.shown == [{fiji: None}]
        assert set(verdict.gone) == {palau}

    def test_only_who_reads_the_register_listens(self, register, world):
        topic = f"register:{Instrument.objects.get().uuid}"
        guest = world.newcomer("PW", Role.OBSERVER, name="guest")
        assert RegisterPages().may_subscribe(self.member(world, world.pw), topic)
        assert not RegisterPages().may_subscribe(self.member(world, guest), topic)
        for wrong in ("register:nonsense", "register:00000000-0000-0000-0000-000000000000"):
            assert not RegisterPages().may_subscribe(self.member(world, world.pw), wrong)

    def test_the_pages_listen_to_their_instrument(self, register, world):
        topic = f"register:{Instrument.objects.get().uuid}"
        client = signed_in(world.fj)
        for page in ("/mous/", STATUS, f"{STATUS}timeline/", f"{STATUS}pairs/", f"{STATUS}fj/"):
            assert topic in client.get(page).content.decode()


class TestDiscussions:
    def test_one_can_be_about_an_instrument(self, register, world, table):
        one = Instrument.objects.get()
        about = f"instrument:{one.uuid}"
        client = signed_in(world.vu)
        assert f"about=instrument%3A{one.uuid}" in client.get(STATUS).content.decode()
        asked = client.get(f"/threads/new/?about={about}")
        assert "Memorandum of Understanding on Customs Co-operation" in words(asked)
        thread = table.open(world.fj, "VU", tlp="TLP:GREEN", about=("instrument", one.uuid))
        assert thread.ref in client.get(STATUS).content.decode()
        assert thread.ref not in signed_in(world.pw).get(STATUS).content.decode()


class TestOtherPages:
    def test_home_shows_the_answer_and_what_waits(self, register, world):
        register.enter(world.oco, "PW", "SIGNED_DEFINITIVE", "2024-09-01")
        seen = words(signed_in(world.pw_contact).get("/"))
        assert "2 of 3 take part" in seen
        assert "Confirm the act entered: Palau, Signed definitively" in seen
        assert "5 notifications wait for receipt: Co-operation MOU" in seen
        assert "Your next step: Start the legal review" in seen
        elsewhere = words(signed_in(world.fj_contact).get("/"))
        assert "Confirm the act entered" not in elsewhere
        assert "Your next step" not in elsewhere

    def test_the_secretariat_is_not_told_of_its_own_notifications(self, register, world):
        seen = words(signed_in(world.oco).get("/"))
        assert "wait for receipt" not in seen
        assert "2 of 3 take part" in seen

    def test_the_page_of_an_administration_says_where_it_stands(self, register, world):
        seen = words(signed_in(world.pw).get("/administrations/FJ/"))
        assert "Co-operation MOU In effect" in seen
        assert "In effect" not in words(signed_in(world.fj).get("/administrations/PW/"))

    def test_the_search_finds_an_instrument_by_its_title(self, register, world):
        client = signed_in(world.pw)
        assert 'href="/mous/oco-mou/"' in client.get("/search/?q=co-operation").content.decode()
        assert 'href="/mous/oco-mou/"' not in client.get("/search/?q=wexelbird").content.decode()

    def test_a_notice_leads_to_its_page(self, register, world):
        instrument = Instrument.objects.get()
        address = page_of(target_of(instrument), instrument.slug)
        assert address == STATUS
        assert signed_in(world.pw).get(address).status_code == 200
