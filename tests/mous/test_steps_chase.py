"""The chase list: who is waited for, and the reminders, by an officer and by itself."""

import datetime
import email
import email.policy
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.roles import Role
from accounts.models import Administration, Membership, User
from activity.chores import tick
from activity.events import Event
from activity.mail import deliver
from activity.models import JournalEntry, Notice, OutgoingMail
from mous.chase import waiting_for
from mous.models import Chase, Instrument, Party, StepNote
from mous.services.acts import NotPossible
from mous.services.chasing import chase, chase_by_itself
from mous.services.instruments import admit_new_members
from tests.factories import signed_in
from tests.mous.test_steps import CANARY, noted, words

pytestmark = pytest.mark.django_db
PLACE = "/mous/oco-mou/chase/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def instrument(chancery):
    found = chancery.open()
    chancery.act("FJ", "TEXT_CIRCULATED", "2024-02-01")
    chancery.act("PW", "IN_EFFECT", "2024-03-01")
    return found


@pytest.fixture
def mail_dir(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    return settings.MAIL_DIR


def mails(folder):
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return {mail["To"]: mail for mail in found}


def rows_of(answer) -> list[str]:
    return re.findall(r'<tr id="party-(\w+)"', answer.content.decode())


class TestTheList:
    def test_everybody_who_does_not_take_part_yet_the_longest_wait_first(
        self, world, chancery, instrument
    ):
        noted(chancery, world.fj, chancery.party(instrument, "FJ"), step="TEXT_CIRCULATED",
              waits_for="cabinet", since=datetime.date(2024, 5, 6))  # fmt: skip
        answer = signed_in(world.oco).get(PLACE)
        assert rows_of(answer) == ["VU", "FJ"]
        page = words(answer)
        assert "2 do not take part yet" in page
        assert "Cabinet or parliament since 6 May 2024" in page
        assert CANARY not in page

    def test_the_secretariat_alone_sees_it(self, world, instrument):
        for user in (world.fj, world.vu, world.pw_contact):
            client = signed_in(user)
            for answer in (
                client.get(PLACE),
                client.post(PLACE, {"codes": ["VU"]}),
                client.post(f"{PLACE}interval/", {"days": 30}),
            ):
                assert answer.status_code == 403
                assert "The Secretariat keeps the register." in words(answer)
        assert not Chase.objects.exists()
        assert signed_in(world.oco).get(PLACE).status_code == 200
        observer = signed_in(world.newcomer("FJ", Role.OBSERVER))
        assert observer.get(PLACE).status_code in {302, 404}

    def test_nobody_is_left(self, world, chancery, instrument):
        for code in ("FJ", "VU"):
            chancery.act(code, "IN_EFFECT", "2024-06-01")
        assert "Nobody is waited for." in words(signed_in(world.oco).get(PLACE))

    def test_who_left_is_not_chased(self, world, chancery, instrument):
        chancery.act("PW", "WITHDRAWN", "2024-06-01")
        found = waiting_for(instrument, timezone.localdate())
        assert {one.party.code for one in found} == {"FJ", "VU"}

    def test_many_cost_no_more_questions_than_few(self, world, chancery, instrument):
        client = signed_in(world.oco)
        client.get(PLACE)
        with CaptureQueriesContext(connection) as few:
            client.get(PLACE)
        for number in range(12):
            code = f"X{chr(65 + number)}"
            Administration.objects.create(code=code, kind="member", name=code, name_fr=code)
            Membership.objects.create(administration_id=code, since=datetime.date(2021, 1, 1))
        admit_new_members(actor=world.actor(world.oco))
        for party in Party.objects.filter(instrument=instrument):
            Chase.objects.create(party=party)
        assert len(waiting_for(instrument, timezone.localdate())) == 14
        with CaptureQueriesContext(connection) as many:
            client.get(PLACE)
        assert len(many) == len(few)


class TestSending:
    def test_each_is_told_by_mail_and_notice_in_the_own_language_without_content(
        self, world, chancery, instrument, mail_dir
    ):
        noted(chancery, world.oco, chancery.party(instrument, "FJ"))
        OutgoingMail.objects.all().delete()
        User.objects.filter(pk=world.fj_contact.pk).update(language="fr")
        reader = world.colleague("FJ", Role.READER, name="reader")
        assert signed_in(world.oco).post(PLACE, {"codes": ["FJ"]}).status_code == 302
        told = Notice.objects.filter(event=Event.STEP_CHASED)
        assert {one.recipient for one in told} == {world.fj, world.fj_contact}
        assert reader not in {one.recipient for one in told}
        deliver()
        sent = mails(mail_dir)
        assert set(sent) >= {world.fj.email, world.fj_contact.email}
        assert world.vu.email not in sent
        english = sent[world.fj.email]
        text = english.get_body(("plain",)).get_content()
        assert "asks your administration to go on" in english["Subject"].replace("\n", "")
        assert "/mous/oco-mou/fj/steps/" in text
        for mail in sent.values():
            assert CANARY not in mail.as_string()
            assert "wexelbird" not in mail.get_body(("html",)).get_content()
        assert sent[world.fj_contact.email]["Content-Language"] == "fr"
        assert JournalEntry.objects.filter(event=Event.STEP_CHASED).count() == 1
        assert "Last reminded" in words(signed_in(world.fj).get("/mous/oco-mou/fj/steps/"))

    def test_several_at_once(self, world, instrument):
        signed_in(world.oco).post(PLACE, {"codes": ["FJ", "VU"]})
        assert {one.party.code for one in Chase.objects.all()} == {"FJ", "VU"}

    def test_not_twice_in_a_fortnight_unless_that_is_known(self, world, instrument):
        officer = signed_in(world.oco)
        officer.post(PLACE, {"codes": ["FJ"]})
        answer = officer.post(PLACE, {"codes": ["FJ", "VU"]})
        assert answer.status_code == 400
        assert "Reminded within the last 14 days: Fiji." in words(answer)
        assert 'value="VU"' in answer.content.decode()
        assert Chase.objects.count() == 1  # nobody, not even Vanuatu
        assert officer.post(PLACE, {"codes": ["FJ"], "again": "1"}).status_code == 302
        assert Chase.objects.count() == 2
        Chase.objects.update(sent_at=timezone.now() - 15 * DAY)
        assert officer.post(PLACE, {"codes": ["FJ"]}).status_code == 302

    @pytest.mark.parametrize("codes", [[], ["PW"], ["ZZ"], ["OCO"]])
    def test_who_is_not_waited_for_is_not_reminded(self, world, instrument, codes):
        assert signed_in(world.oco).post(PLACE, {"codes": codes}).status_code == 400
        assert not Chase.objects.exists()
        # Nor by the service, whoever asks it.
        with pytest.raises(NotPossible):
            chase(actor=world.actor(world.oco), instrument=instrument, codes=["VU", *codes, "PW"])
        assert not Chase.objects.exists()
        assert signed_in(world.oco).post(PLACE, {"codes": ["VU"]}).status_code == 302


class TestByItself:
    """In Fiji it is seven in the morning at 19:00 UTC of the day before."""

    def morning(self, days):
        made = Instrument.objects.get().made_at
        place = ZoneInfo("Pacific/Fiji")
        day = made.astimezone(place).date() + datetime.timedelta(days=days)
        return datetime.datetime.combine(day, datetime.time(7, 5), place)

    def remind(self, now):
        from access.actors import Actor

        return chase_by_itself(actor=Actor.command("tick"), now=now)

    @pytest.fixture(autouse=True)
    def all_in_fiji(self, chancery, instrument):
        Administration.objects.update(zone="Pacific/Fiji")
        chancery.act("VU", "TEXT_CIRCULATED", "2024-01-15")

    def test_after_ninety_quiet_days_in_the_morning_once_and_again_after_ninety_more(
        self, instrument
    ):
        assert self.remind(self.morning(89)) == 0
        assert self.remind(self.morning(90) - datetime.timedelta(minutes=10)) == 0
        assert self.remind(self.morning(90)) == 2
        told = Notice.objects.filter(event=Event.STEP_CHASED)
        assert {one.recipient.name[-2:] for one in told} == {"FJ", "VU"}
        assert self.remind(self.morning(90)) == 0
        assert self.remind(self.morning(150)) == 0
        assert self.remind(self.morning(180)) == 2
        assert Chase.objects.filter(sent_by=None).count() == 4

    def test_in_each_place_when_it_is_morning_there(self, instrument):
        Administration.objects.filter(pk="VU").update(zone="Pacific/Palau")
        assert self.remind(self.morning(90)) == 1
        assert Chase.objects.get().party.code == "FJ"
        assert self.remind(self.morning(90) + datetime.timedelta(hours=2)) == 0
        assert self.remind(self.morning(90) + datetime.timedelta(hours=3)) == 1

    def test_whoever_moved_is_left_in_peace(self, world, chancery, instrument):
        noted(chancery, world.fj, chancery.party(instrument, "FJ"))
        StepNote.objects.update(written_at=self.morning(60))
        assert self.remind(self.morning(90)) == 1
        assert Chase.objects.get().party.code == "VU"
        assert self.remind(self.morning(151)) == 1

    def test_what_lies_with_the_secretariat_is_nobody_elses_to_hear(
        self, world, chancery, instrument
    ):
        noted(chancery, world.fj, chancery.party(instrument, "FJ"), waits_for="secretariat")
        assert self.remind(self.morning(120)) == 1
        assert Chase.objects.get().party.code == "VU"

    def test_an_officers_reminder_counts(self, world, instrument):
        chase(actor=world.actor(world.oco), instrument=instrument, codes=["FJ"])
        Chase.objects.update(sent_at=self.morning(80))
        assert self.remind(self.morning(90)) == 1
        assert self.remind(self.morning(170)) == 1

    def test_the_interval_can_be_set_and_switched_off(self, world, instrument):
        officer = signed_in(world.oco)
        assert officer.post(f"{PLACE}interval/", {"days": 5}).status_code == 400
        assert officer.post(f"{PLACE}interval/", {"days": 30}).status_code == 302
        assert "after 30 days without movement" in words(officer.get(PLACE))
        assert self.remind(self.morning(30)) == 2
        officer.post(f"{PLACE}interval/", {"days": 0})
        assert self.remind(self.morning(300)) == 0
        assert JournalEntry.objects.filter(event=Event.CHASING_SET).count() == 2

    def test_it_is_a_chore_of_the_worker(self, instrument):
        done = tick(now=self.morning(90))
        assert done["reminders of steps towards an instrument"] == 2
        assert tick(now=self.morning(90))["reminders of steps towards an instrument"] == 0

    def test_where_only_a_day_is_waited_for_nobody_is_asked(self, world, chancery, instrument):
        later = (timezone.localdate() + 400 * DAY).isoformat()
        chancery.act("FJ", "SIGNED_DEFINITIVE", "2024-05-01")
        chancery.act("FJ", "IN_EFFECT", "2024-05-01", effective_on=later)
        assert self.remind(self.morning(95)) == 1
        assert Chase.objects.get().party.code == "VU"
        with pytest.raises(NotPossible):
            chase(actor=world.actor(world.oco), instrument=instrument, codes=["FJ"])
