"""The register at the front door: the instruments, and the status of one on any day."""

import csv
import datetime
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from accounts.models import Administration, AdministrationKind, Appointment, Membership
from activity.models import JournalEntry
from mous.content import ActWords
from mous.models import Act, Instrument
from tests.chancery import SIGNED_IN
from tests.factories import signed_in

pytestmark = pytest.mark.django_db
STATUS = "/mous/oco-mou/"


@pytest.fixture
def register(chancery):
    """Fiji takes part since July 2024, Vanuatu has signed, Palau has the text."""
    chancery.open()
    chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-05-01")
    chancery.act("FJ", "IN_EFFECT", "2024-07-01")
    chancery.act("VU", "SIGNED_SUBJECT", "2024-05-02")
    chancery.act("PW", "TEXT_CIRCULATED", "2024-02-01")
    return chancery


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def row(answer, code: str) -> str:
    """What the table says of one of them."""
    found = re.search(rf'<tr[^>]* id="party-{code}".*?</tr>', answer.content.decode(), re.DOTALL)
    assert found, f"{code} is not in the table"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


class TestTheList:
    def test_an_empty_one_says_what_will_stand_there(self, world):
        assert "No instrument yet." in words(signed_in(world.fj).get("/mous/"))

    def test_it_answers_who_takes_part_and_where_we_stand(self, register, world):
        seen = words(signed_in(world.vu).get("/mous/"))
        assert "1 of 3 takes part" in seen
        assert "Vanuatu Signed, not in effect yet" in seen
        assert "Next: Complete the internal procedures" in seen
        register.act("VU", "PROCEDURES_COMPLETED", "2024-06-02")
        seen = words(signed_in(world.vu).get("/mous/"))
        assert "Vanuatu Signed, not in effect yet" in seen
        assert "Next:" not in seen

    def test_what_waits_for_a_second_person_is_counted_for_who_may_be_it(self, register, world):
        register.enter(world.oco, "VU", "IN_EFFECT", "2024-09-01")
        assert "1 act to confirm" in words(signed_in(world.vu).get("/mous/"))
        assert "1 act to confirm" in words(signed_in(world.oco_contact).get("/mous/"))
        for other in (world.oco, world.fj):
            assert "to confirm" not in words(signed_in(other).get("/mous/"))

    def test_of_a_signature_the_second_person_is_the_depositarys(self, register, world):
        register.enter(world.vu, "VU", "PROCEDURES_COMPLETED", "2024-09-01")
        assert "1 act to confirm" in words(signed_in(world.oco).get("/mous/"))
        assert "to confirm" not in words(signed_in(world.vu_contact).get("/mous/"))

    def test_a_treaty_speaks_of_parties(self, chancery, world):
        chancery.open("convention", kind="treaty", title="Convention", title_fr="Convention")
        chancery.act("FJ", "IN_EFFECT", "2024-07-01")
        client = signed_in(world.fj)
        assert "1 of 3 is a party" in words(client.get("/mous/"))
        seen = client.get("/mous/convention/")
        assert "In force" in row(seen, "fj")
        assert "Not started" in row(seen, "vu")

    def test_who_only_observes_sees_nothing_of_it(self, register, world):
        observer = world.newcomer("PW", Role.OBSERVER, name="guest")
        client = signed_in(observer)
        assert client.get("/mous/").status_code == 403
        for page in ("", "timeline/", "pairs/", "changes/", "fj/", "status.csv", "status/pdf/"):
            assert client.get(f"{STATUS}{page}").status_code == 404
            assert signed_in(world.pw).get(f"{STATUS}{page}").status_code == 200
        assert 'href="/mous/"' not in client.get("/").content.decode()
        assert 'href="/mous/"' in signed_in(world.pw).get("/").content.decode()

    def test_a_stranger_is_asked_to_sign_in(self, register):
        answer = Client().get(STATUS)
        assert answer.status_code == 302
        assert "/sign-in/" in answer["Location"]


class TestTheStatus:
    def test_its_heading_is_the_answer_and_its_table_the_evidence(self, register, world):
        seen = signed_in(world.pw).get(STATUS)
        assert "<h1>1 of 3 administrations takes part</h1>" in seen.content.decode()
        assert (
            f"In effect – none – none 1 May 2024 {SIGNED_IN}, definitive – none 1 Jul 2024"
            in row(seen, "fj")
        )
        assert "Signed, not in effect yet" in row(seen, "vu")
        assert "Text received 1 Feb 2024" in row(seen, "pw")
        assert "(your administration)" in row(seen, "pw")
        assert "(your administration)" not in row(seen, "fj")

    def test_the_map_says_the_same_in_words(self, register, world):
        page = signed_in(world.pw).get(STATUS).content.decode()
        assert "<title>Fiji: In effect</title>" in page
        assert "1 take part, 1 signed, not in effect yet, 1 in preparation" in page

    def test_it_is_asked_for_any_day(self, register, world):
        client = signed_in(world.fj)
        before = client.get(f"{STATUS}?on=2024-06-30")
        assert "0 of 3 administrations take part" in words(before)
        assert "Status as at 30 Jun 2024" in words(before)
        assert "Signed, not in effect yet" in row(before, "fj")
        assert "In effect" in row(client.get(f"{STATUS}?on=2024-07-01"), "fj")

    def test_and_as_it_was_known_on_another(self, register, world, monkeypatch):
        Act.objects.filter(kind="IN_EFFECT").update(
            decided_at=datetime.datetime(2024, 8, 15, 12, tzinfo=datetime.UTC)
        )
        client = signed_in(world.fj)
        asked = f"{STATUS}?on=2024-07-01&known="
        assert "In effect" in row(client.get(f"{asked}2024-08-16"), "fj")
        assert "In effect" not in row(client.get(f"{asked}2024-08-14"), "fj")
        assert "as known on 14 Aug 2024" in words(client.get(f"{asked}2024-08-14"))

    def test_what_is_no_day_is_said_and_today_is_shown(self, register, world):
        seen = words(signed_in(world.fj).get(f"{STATUS}?on=yesterday"))
        assert "not a day, so today is shown" in seen
        assert "1 of 3 administrations takes part" in seen

    def test_before_its_membership_nobody_is_counted(self, register, world):
        Membership.objects.filter(administration="PW").update(since=datetime.date(2025, 5, 19))
        client = signed_in(world.fj)
        seen = client.get(f"{STATUS}?on=2024-12-31")
        assert "1 of 2 administrations takes part" in words(seen)
        assert "Not a member on that day" in row(seen, "pw")
        assert "1 of 3 administrations takes part" in words(client.get(STATUS))

    def test_declarations_are_lettered_and_spelled_out_below(self, register, world):
        said = ActWords(text="Only for the Ziphrannet archipelago.")
        register.act("FJ", "DECLARATION", "2024-07-02", words=said)
        register.act("VU", "RESERVATION", "2024-07-03", words=ActWords(text="No snargle."))
        seen = signed_in(world.pw).get(STATUS)
        assert row(seen, "fj").rstrip().endswith("a Declaration")
        assert row(seen, "vu").rstrip().endswith("b Reservation")
        text = words(seen)
        assert text.index("Only for the Ziphrannet") < text.index("No snargle.")
        before = words(signed_in(world.pw).get(f"{STATUS}?on=2024-07-01"))
        assert "Ziphrannet archipelago" not in before

    def test_a_correction_stands_as_one(self, register, world):
        wrong = Act.objects.get(kind="IN_EFFECT")
        register.act(
            "FJ", "CORRECTED", "2024-08-01", corrects=wrong, corrected_kind="IN_EFFECT",
            words=ActWords(text="The letter says August."),
        )  # fmt: skip
        client = signed_in(world.pw)
        assert "Signed" in row(client.get(f"{STATUS}?on=2024-07-15"), "fj")
        seen = client.get(STATUS)
        assert "1 Aug 2024" in row(seen, "fj")
        assert "The letter says August." in words(seen)
        timeline = client.get(f"{STATUS}timeline/").content.decode()
        assert "<del>Came into effect</del>" in timeline
        assert "Corrected by act 5: Came into effect, 1 Aug 2024" in words(
            client.get(f"{STATUS}timeline/")
        )

    def test_what_two_persons_did_not_sign_is_said_before_anything_else(self, register, world):
        client = signed_in(world.pw)
        assert "not what two persons signed" not in words(client.get(STATUS))
        Act.objects.filter(kind="SIGNED_SUBJECT").update(kind="IN_EFFECT")
        seen = client.get(STATUS)
        assert "Act 3 of Vanuatu is not what two persons signed" in words(seen)
        assert "not as signed" in row(seen, "vu")
        assert "not as signed" not in row(seen, "fj")
        assert "not what two persons signed" in words(client.get(f"{STATUS}vu/"))

    def test_an_act_that_is_missing_is_said(self, register, world):
        client = signed_in(world.pw)
        assert "does not follow" not in words(client.get(STATUS))
        Act.objects.filter(number=2).update(number=9)
        assert "does not follow from the one before it" in words(client.get(STATUS))

    def test_without_a_key_states_and_dates_are_there_and_words_are_not(self, register, world):
        client = signed_in(world.pw)
        assert SIGNED_IN in words(client.get(STATUS))
        del client.cookies[_vault_cookie()]
        seen = client.get(STATUS)
        assert seen.status_code == 200
        assert "In effect" in row(seen, "fj")
        assert "1 May 2024" in row(seen, "fj")
        assert SIGNED_IN not in words(seen)
        assert "sealed, and open with your key" in words(seen)
        for page in ("timeline/", "pairs/", "changes/", "fj/", "status.csv"):
            shown = client.get(f"{STATUS}{page}")
            assert shown.status_code == 200
            assert SIGNED_IN not in words(shown)

    def test_it_is_sorted_by_another_column_on_demand(self, register, world):
        client = signed_in(world.pw)

        def order(query=""):
            page = client.get(f"{STATUS}{query}").content.decode()
            return re.findall(r'id="party-(\w+)"', page)

        assert order() == ["fj", "pw", "vu"]
        assert order("?sort=state") == ["fj", "vu", "pw"]
        assert order("?sort=nonsense") == ["fj", "pw", "vu"]

    def test_more_acts_cost_no_more_questions(self, register, world):
        client = signed_in(world.fj)
        client.get(STATUS)
        counts = []
        for more in (0, 6):
            for day in range(1, more + 1):
                register.act("FJ", "DECLARATION", f"2024-09-0{day}")
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(STATUS)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def _vault_cookie() -> str:
    from django.conf import settings

    return settings.VAULT_COOKIE_NAME


class TestTheTableToTakeAway:
    def table(self, client, query=""):
        answer = client.get(f"{STATUS}status.csv{query}")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert text.startswith("\ufeff")
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))

    def test_it_holds_codes_and_states_of_that_day(self, register, world):
        client = signed_in(world.pw)
        rows = self.table(client, "?on=2024-06-30")
        assert rows[0][:2] == ["code", "state"]
        assert [one[:2] for one in rows[1:]] == [
            ["FJ", "signed_pending"], ["PW", "text_received"], ["VU", "signed_pending"],
        ]  # fmt: skip
        assert self.table(client)[1] == [
            "FJ", "in_effect", "Fiji", "", "", "2024-05-01", "definitive", "", "", "2024-07-01",
        ]  # fmt: skip
        assert [one[1] for one in self.table(client, "?on=2019-01-01")[1:]] == ["not_eligible"] * 3

    def test_no_cell_of_it_computes(self, register, world):
        Administration.objects.filter(pk="FJ").update(name="=HYPERLINK(1)")
        rows = self.table(signed_in(world.pw))
        (name,) = [one[2] for one in rows if one[0] == "FJ"]
        assert not name.startswith("=")

    def test_a_program_that_asks_for_no_day_is_told_so(self, register, world):
        assert signed_in(world.pw).get(f"{STATUS}status.csv?on=2024-13-01").status_code == 400


class TestTheCertifiedList:
    def test_it_is_a_paper_and_on_record(self, register, world):
        answer = signed_in(world.pw).get(f"{STATUS}status/pdf/?on=2024-12-31")
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        line = JournalEntry.objects.filter(event="mous.status_taken_away").get()
        assert b'"2024-12-31"' in bytes(line.entry)

    def test_it_says_that_it_is_certified_unless_an_act_does_not_hold(self, register, world):
        from mous.asked import asked_of
        from mous.taking_status import status_paper

        def closing():
            actor, vault = world.actor(world.pw), world.vault(world.pw)
            paper = status_paper(actor, vault, Instrument.objects.get(), asked_of({}))
            assert SIGNED_IN in paper.to_json()
            return paper.closing

        assert closing().startswith("Certified by the portal")
        Act.objects.filter(kind="SIGNED_SUBJECT").update(kind="IN_EFFECT")
        assert closing().startswith("Not certified")
        assert "3" in closing().split(".")[0]


class TestOthersWhoMayTakePart:
    def test_the_secretariat_and_a_partner_of_a_listed_one_are_there(self, chancery, world):
        from mous.services.instruments import admit_partner

        one = chancery.open("pair", participation="listed", listed=["OCO"])
        admit_partner(
            actor=world.actor(world.oco), instrument=one, code="MSG", name="Spearhead",
            name_fr="Fer de lance",
        )  # fmt: skip
        seen = signed_in(world.fj).get("/mous/pair/")
        assert "0 of 2 take part" in words(seen)
        assert "Spearhead" in row(seen, "msg")
        assert signed_in(world.fj).get("/mous/pair/msg/").status_code == 200


def test_a_former_member_reads_no_more(register, world):
    """Whose appointment ended has no role, so the register is not there."""
    client = signed_in(world.pw_contact)
    assert client.get(STATUS).status_code == 200
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=world.pw_contact).update(until=yesterday)
    assert client.get(STATUS).status_code in (302, 403, 404)
    assert Administration.objects.get(pk="PW").kind == AdministrationKind.MEMBER


@pytest.mark.parametrize("kind", ["arrangement", "treaty"])
def test_every_act_and_every_state_has_its_words_and_its_mark(kind):
    from mous.lifecycle import Kind, State
    from mous.vocabulary import LOOKS, act_label, group_label, state_label

    one = Instrument(kind=kind, participation="members")
    assert all(act_label(one, act) for act in Kind)
    assert all(state_label(one, state) and group_label(one, LOOKS[state]) for state in State)
