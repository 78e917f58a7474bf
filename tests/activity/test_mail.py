"""Mails as they leave: read as files, parsed, and looked at like somebody in between would."""

import datetime
import email
import email.policy
import re
from email.utils import parsedate_to_datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import trans_real

from access.policy import people_in_standing
from accounts.queries import administration_label
from activity import ports
from activity.events import Event
from activity.links import open_link, seal_link
from activity.mail import BACK_OFF, deliver
from activity.models import JournalEntry, Notice, OutgoingMail
from activity.outgoing import next_morning, queue_to_address, warn
from activity.queries import notices_for
from activity.record import NoticeFacts, record
from activity.services import mark_read
from iswg import naming
from vault.crypto.errors import CannotOpen

BULLETIN = "bulletins.bulletin:0192d1a4-0000-4000-8000-000000000001"
CANARIES = ("Ālia", "cocaine", "manifest.pdf", "Nuku'alofa harbour")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def world(mail_dir, monkeypatch):
    """What iswg fills at start, here with the same words."""
    monkeypatch.setattr(ports, "_name_of", {"FJ": "Fiji", "TO": "Tonga"}.__getitem__)
    monkeypatch.setattr(
        ports, "_pages", {"bulletins.bulletin": lambda _id, reference: f"/bulletins/{reference}/"}
    )


def issue(actor, *, reference="B-7KQF2", urgency="priority", event=Event.BULLETIN_ISSUED):
    facts = NoticeFacts(reference, "FJ", "TLP:AMBER+STRICT", urgency, datetime.date(2026, 12, 2))
    with transaction.atomic():
        record(
            actor,
            event,
            BULLETIN,
            audience=people_in_standing() & Q(appointments__administration="TO"),
            notice=facts,
        )


def written(folder):
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*"))
    ]
    return {mail["To"]: mail for mail in mails}


def text_of(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def patient(user):
    get_user_model().objects.filter(pk=user.pk).update(mail_now=False)


def test_a_mail_says_that_something_waits_and_where(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    assert deliver().sent == 3
    mail = written(mail_dir)["mele@to.invalid"]
    subject = "[ISWG] Priority, B-7KQF2: Fiji sent a bulletin to your administration"
    assert mail["Subject"].strip() == subject
    text = text_of(mail)
    for fact in (
        "Reference: B-7KQF2",
        "From: Fiji",
        "Label: TLP:AMBER+STRICT",
        "Urgency: Priority",
        "Due: Wednesday 2 December 2026",
        "http://localhost:8000/bulletins/B-7KQF2/",
        "Replies to this address are not read.",
    ):
        assert fact in text
        assert fact.split(": ", 1)[-1] in re.sub(r"<[^>]*>", "", text_of(mail, "html"))


def test_a_mail_can_be_told_from_a_persons_and_asks_for_no_answer(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    deliver()
    mail = written(mail_dir)["mele@to.invalid"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_no_time_in_a_mail_is_finer_than_a_minute(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    deliver()
    mail = written(mail_dir)["mele@to.invalid"]
    assert parsedate_to_datetime(mail["Date"]).second == 0
    assert not re.search(r"\d\d:\d\d:\d\d", text_of(mail) + text_of(mail, "html"))
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", mail["Message-ID"])


def test_times_are_those_of_the_readers_place(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    moment = datetime.datetime(2026, 11, 21, 20, 15, tzinfo=datetime.UTC)
    Notice.objects.update(at=moment)
    deliver()
    # Tonga is thirteen hours ahead: it is Sunday there.
    assert "Sunday 22 November 2026, 09:15 (Pacific/Tongatapu)" in text_of(
        written(mail_dir)["mele@to.invalid"]
    )


def test_no_mail_fetches_anything_or_holds_a_word_of_the_content(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    deliver()
    for path in mail_dir.iterdir():
        raw = path.read_text()
        assert not any(canary in raw for canary in CANARIES)
        assert not re.search(r"<img|<link|<style|<script|url\(", raw)


@pytest.fixture
def french(settings, tmp_path):
    """A catalogue of our own, so that this holds whatever the real one says."""
    catalog = Catalog(locale="fr")
    catalog.add(
        "%(origin)s sent a bulletin to your administration.",
        "%(origin)s a envoyé un bulletin à votre administration.",
    )
    catalog.add("Urgency:", "Urgence :")
    catalog.add("Priority", "Prioritaire")
    catalog.add(
        "Replies to this address are not read. Write in the portal instead.",
        "Les réponses à cette adresse ne sont pas lues. Écrivez dans le portail.",
    )
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    trans_real._translations.pop("fr", None)
    yield
    trans_real._translations.pop("fr", None)


def test_a_mail_speaks_the_language_that_its_reader_has_when_it_is_sent(
    cast, actor_of, mail_dir, french
):
    issue(actor_of(cast.ratu))
    get_user_model().objects.filter(pk=cast.mele.pk).update(language="fr")
    deliver()
    mails = written(mail_dir)
    mail = mails["mele@to.invalid"]
    subject = "[ISWG] Prioritaire, B-7KQF2: Fiji a envoyé un bulletin à votre administration"
    assert mail["Subject"].strip() == subject
    assert mail["Content-Language"] == "fr"
    assert "Urgence : Prioritaire" in text_of(mail)
    assert "mercredi 2 décembre 2026" in text_of(mail)
    assert "Les réponses à cette adresse ne sont pas lues." in text_of(mail, "html")
    assert '<html lang="fr">' in text_of(mail, "html")
    assert "Urgency: Priority" in text_of(mails["viliami@to.invalid"])


# When ------------------------------------------------------------------------------------------


def test_somebody_who_wants_mail_in_the_morning_gets_it_then(cast, actor_of, mail_dir):
    patient(cast.mele)
    issue(actor_of(cast.ratu), urgency="routine")
    assert deliver().sent == 2
    assert "mele@to.invalid" not in written(mail_dir)
    morning = OutgoingMail.objects.get(recipient=cast.mele).not_before
    local = morning.astimezone(datetime.timezone(datetime.timedelta(hours=13)))
    assert (local.hour, local.minute) == (7, 0)
    assert deliver(now=morning).sent == 1
    assert "mele@to.invalid" in written(mail_dir)


@pytest.mark.parametrize("urgency", ["priority", "immediate"])
def test_what_is_urgent_does_not_wait_for_the_morning(cast, actor_of, mail_dir, urgency):
    patient(cast.mele)
    issue(actor_of(cast.ratu), urgency=urgency)
    deliver()
    assert "mele@to.invalid" in written(mail_dir)


def test_morning_is_where_the_person_is(cast):
    noon = datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.UTC)
    assert next_morning(noon, "Pacific/Tongatapu").isoformat() == "2026-07-01T18:00:00+00:00"
    assert next_morning(noon, "Pacific/Honolulu").isoformat() == "2026-07-01T17:00:00+00:00"
    assert next_morning(noon, "nowhere").isoformat() == "2026-07-02T07:00:00+00:00"


def test_notices_that_are_due_together_are_one_mail_with_the_urgent_one_first(
    cast, actor_of, mail_dir
):
    issue(actor_of(cast.ratu), reference="B-7KQF2", urgency="routine")
    issue(actor_of(cast.ratu), reference="B-9MNP3", urgency="immediate")
    assert deliver().sent == 3
    mail = written(mail_dir)["mele@to.invalid"]
    assert mail["Subject"] == "[ISWG] Immediate, 2 things wait for you"
    text = text_of(mail)
    assert text.index("B-9MNP3") < text.index("B-7KQF2")


def test_a_notice_that_was_read_meanwhile_is_not_mailed(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    mele = actor_of(cast.mele)
    mark_read(actor=mele, notices=notices_for(mele))
    done = deliver()
    assert (done.sent, done.dropped) == (2, 1)
    assert "mele@to.invalid" not in written(mail_dir)
    assert not OutgoingMail.objects.filter(recipient=cast.mele).exists()


def test_somebody_suspended_meanwhile_is_not_mailed(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    get_user_model().objects.filter(pk=cast.mele.pk).update(is_active=False)
    deliver()
    assert set(written(mail_dir)) == {"ana@to.invalid", "viliami@to.invalid"}


def test_an_acknowledgement_by_each_of_23_is_not_23_mails(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu), event=Event.BULLETIN_ACKNOWLEDGED)
    assert Notice.objects.count() == 3
    assert not OutgoingMail.objects.exists()


def test_nothing_is_sent_twice(cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    assert [deliver().sent, deliver().sent] == [3, 0]


# Links -----------------------------------------------------------------------------------------


def invite(until):
    return queue_to_address(
        address="losa@to.invalid",
        language="en",
        kind="invitation",
        facts={"administration": "TO", "until": until},
        secret=seal_link("/invitation/tok-EN_42/", address="losa@to.invalid", kind="invitation"),
    )


def test_an_invitation_carries_its_link_and_forgets_it(db, mail_dir):
    row = invite(timezone.now() + DAY)
    assert b"tok-EN_42" not in bytes(row.secret)
    assert deliver().sent == 1
    text = text_of(written(mail_dir)["losa@to.invalid"])
    assert "http://localhost:8000/invitation/tok-EN_42/" in text
    assert "to act for Tonga" in text
    row.refresh_from_db()
    assert row.secret is None
    assert row.sent_at


def test_an_invitation_that_has_expired_is_not_sent(db, mail_dir):
    invite(timezone.now() - HOUR)
    assert deliver().dropped == 1
    assert not mail_dir.exists()


def test_a_sealed_link_is_bound_to_its_address_and_outlives_a_new_pepper(settings):
    sealed = seal_link("/invitation/x/", address="losa@to.invalid", kind="invitation")
    settings.PEPPERS = {9: bytes(32), **settings.PEPPERS}
    assert open_link(sealed, address="losa@to.invalid", kind="invitation") == "/invitation/x/"
    for wrong in ({"address": "eve@to.invalid"}, {"kind": "checkpoint"}):
        with pytest.raises(CannotOpen):
            open_link(sealed, **{"address": "losa@to.invalid", "kind": "invitation", **wrong})
    settings.PEPPERS = {9: bytes(32)}
    with pytest.raises(CannotOpen):
        open_link(sealed, address="losa@to.invalid", kind="invitation")


def test_a_person_is_warned_of_what_was_done_with_the_account(cast, mail_dir):
    patient(cast.mele)
    warn(person=cast.mele, event=Event.SECOND_FACTOR_CHANGED, network="203.0.113.0/24")
    deliver()
    mail = written(mail_dir)["mele@to.invalid"]
    assert mail["Subject"] == "[ISWG] Your second factor was changed"
    assert "If it was not you, say so now." in text_of(mail)
    assert "203.0.113.0/24" in text_of(mail)
    assert "(Pacific/Tongatapu)" in text_of(mail)


def test_a_mail_of_a_kind_that_has_no_template_is_refused_at_once(db):
    with pytest.raises(ValueError, match="no mail of the kind"):
        queue_to_address(address="losa@to.invalid", language="en", kind="greeting", facts={})


# When it does not work -------------------------------------------------------------------------


class RefusingServer(BaseEmailBackend):
    """A mail server that takes connections and no mail from anybody."""

    problem: Exception = ConnectionResetError("please say nothing of Ālia")

    def send_messages(self, email_messages):
        raise self.problem


class AbsentServer(BaseEmailBackend):
    def open(self):
        raise ConnectionRefusedError


@pytest.fixture
def refusing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingServer"


def test_a_mail_that_fails_is_tried_again_later_and_later(cast, actor_of, mail_dir, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingServer"
    issue(actor_of(cast.ratu))
    now = timezone.now()
    assert deliver(now=now).failed == 3
    assert deliver(now=now).failed == 0
    row = OutgoingMail.objects.get(recipient=cast.mele)
    assert (row.attempts, row.not_before) == (1, now + BACK_OFF[0])
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    assert deliver(now=now + BACK_OFF[0]).sent == 3


def give_up_on_everything(now):
    for pause in (*BACK_OFF, BACK_OFF[-1]):
        deliver(now=now)
        now += pause
    return now


def test_in_the_end_the_coordinator_is_told_instead(cast, actor_of, refusing, caplog):
    issue(actor_of(cast.ratu))
    OutgoingMail.objects.exclude(recipient=cast.mele).delete()
    now = give_up_on_everything(timezone.now())
    row = OutgoingMail.objects.get()
    assert row.given_up_at
    assert deliver(now=now + DAY).failed == 0
    told = Notice.objects.get(event=Event.MAIL_GIVEN_UP)
    assert told.recipient == cast.ana
    assert told.target == f"accounts.user:{cast.mele.pk}"
    line = JournalEntry.objects.get(event=Event.MAIL_GIVEN_UP)
    assert line.administration == "TO"
    assert "Ālia" not in caplog.text
    assert "mele@" not in caplog.text


def test_one_reader_whose_server_refuses_does_not_keep_the_others_waiting(
    cast, actor_of, mail_dir, monkeypatch
):
    from activity.mail import EmlFileBackend

    send = EmlFileBackend.send_messages

    def refuse_mele(self, mails):
        if mails[0].to == ["mele@to.invalid"]:
            raise ConnectionResetError
        return send(self, mails)

    monkeypatch.setattr(EmlFileBackend, "send_messages", refuse_mele)
    issue(actor_of(cast.ratu))
    done = deliver()
    assert (done.sent, done.failed) == (2, 1)


def test_a_mail_server_that_is_away_costs_no_attempts(cast, actor_of, mail_dir, settings):
    settings.EMAIL_BACKEND = f"{__name__}.AbsentServer"
    issue(actor_of(cast.ratu))
    assert deliver().failed == 3
    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {0}
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    assert deliver().sent == 3


# As iswg fills the ports ------------------------------------------------------------------------


def test_the_portals_own_names_and_addresses_are_used(cast, actor_of, mail_dir, monkeypatch):
    monkeypatch.setattr(ports, "_name_of", administration_label)
    monkeypatch.setattr(ports, "_pages", {"bulletins.bulletin": naming.bulletin_page})
    get_user_model().objects.filter(pk=cast.mele.pk).update(language="fr")
    issue(actor_of(cast.ratu))
    deliver()
    mails = written(mail_dir)
    assert "Fidji" in text_of(mails["mele@to.invalid"])
    assert "From: Fiji" in text_of(mails["viliami@to.invalid"])
    assert "/bulletins/B-7KQF2/" in text_of(mails["viliami@to.invalid"])
