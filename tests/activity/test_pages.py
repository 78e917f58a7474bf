"""The pages of the record: each refusal stands beside the success with the same set-up."""

import csv
import io
import re
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.policy import people_in_standing
from access.roles import Role
from activity import ports
from activity.checkpoints import make_checkpoint
from activity.events import Event
from activity.mail import deliver
from activity.models import JournalEntry, Notice, OutgoingMail
from activity.record import NoticeFacts, record
from tests.activity.conftest import person
from tests.activity.test_checkpoints import TICK, act
from tests.activity.test_mail import DAY, invite

BULLETIN = f"bulletins.bulletin:{uuid4()}"


@pytest.fixture(autouse=True)
def world(monkeypatch):
    names = {"FJ": "Fiji", "TO": "Tonga", "OCO": "Secretariat"}
    monkeypatch.setattr(ports, "_name_of", names.__getitem__)
    kind = "bulletins.bulletin"
    monkeypatch.setattr(ports, "_pages", {kind: lambda _id, ref: f"/bulletins/{ref}/"})
    monkeypatch.setattr(ports, "_references", {kind: lambda ids: dict.fromkeys(ids, "B-7KQF2")})


def issue(actor):
    with transaction.atomic():
        record(
            actor,
            Event.BULLETIN_ISSUED,
            BULLETIN,
            audience=people_in_standing() & Q(appointments__administration="TO"),
            notice=NoticeFacts("B-7KQF2", "FJ", "TLP:AMBER", "priority"),
        )


def page(client, user, path, **query):
    client.force_login(user)
    return client.get(path, query)


def lines(response):
    """The lines shown, but for those about signing in, which each test does anew."""
    return [row.seq for row in response.context["rows"] if row.what != "Signed in"]


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# Notices ----------------------------------------------------------------------------------------


def test_a_notice_shows_to_whom_it_was_given_and_to_nobody_else(client, cast, actor_of):
    issue(actor_of(cast.ratu))
    seen = page(client, cast.mele, "/notices/")
    assert "Fiji sent a bulletin to your administration." in words(seen)
    assert 'href="/bulletins/B-7KQF2/"' in seen.content.decode()
    assert "Fiji sent a bulletin" not in words(page(client, cast.sela, "/notices/"))


def test_a_notice_is_put_aside_and_taken_up_again(client, cast, actor_of):
    issue(actor_of(cast.ratu))
    notice = Notice.objects.get(recipient=cast.mele)
    client.force_login(cast.mele)
    assert client.post(f"/notices/{notice.pk}/").status_code == 302
    assert "Nothing unread." in words(page(client, cast.mele, "/notices/", box="unread"))
    assert client.post(f"/notices/{notice.pk}/", {"unread": "1"}).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at is None


def test_somebody_elses_notice_does_not_exist(client, cast, actor_of):
    issue(actor_of(cast.ratu))
    notice = Notice.objects.get(recipient=cast.mele)
    client.force_login(cast.ana)
    assert client.post(f"/notices/{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_read_means_all_that_were_on_the_page(client, cast, actor_of):
    issue(actor_of(cast.ratu))
    shown = page(client, cast.mele, "/notices/")
    newest = re.search(r'name="newest" value="(\d+)"', shown.content.decode())[1]
    issue(actor_of(cast.ratu))
    client.post("/notices/all-read/", {"newest": newest})
    assert Notice.objects.filter(recipient=cast.mele, read_at=None).count() == 1
    assert Notice.objects.filter(read_at=None).count() == 5


def test_what_is_read_on_the_page_is_not_mailed(client, cast, actor_of, mail_dir):
    issue(actor_of(cast.ratu))
    client.force_login(cast.mele)
    client.post(f"/notices/{Notice.objects.get(recipient=cast.mele).pk}/")
    assert deliver().sent == 2
    assert not OutgoingMail.objects.filter(recipient=cast.mele, sent_at__isnull=False).exists()


@pytest.mark.parametrize("path", ["/notices/", "/journal/", "/journal/check/"])
def test_a_stranger_is_sent_to_sign_in(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


# The journal ------------------------------------------------------------------------------------


@pytest.fixture
def history(cast, actor_of):
    issue(actor_of(cast.ratu))
    act(2, "FJ", cast.sela)
    act(3, "TO", cast.mele)


JOURNAL = ("/journal/", "/journal/check/", "/journal/checkpoints/")
DOWNLOADS = ("/journal/csv/", "/journal/proof/")


@pytest.mark.parametrize("path", JOURNAL)
def test_coordinator_head_and_secretariat_read_the_journal(client, cast, history, path):
    head = person("head", "FJ", Role.HEAD)
    for reader in (cast.sela, head, cast.officer):
        assert page(client, reader, path).status_code == 200


@pytest.mark.parametrize("path", JOURNAL)
@pytest.mark.parametrize("name", ["ratu", "viliami"])
def test_others_are_refused_with_a_sentence_and_the_refusal_is_kept(
    client, cast, history, path, name
):
    user = getattr(cast, name)
    response = page(client, user, path)
    assert response.status_code == 403
    assert "The coordinator and the head read their own administration" in words(response)
    refusal = JournalEntry.objects.get(event="access.refused")
    assert (refusal.user_id, refusal.target) == (user.pk, path)


@pytest.mark.parametrize("path", DOWNLOADS)
def test_only_who_may_read_the_journal_takes_it_away(client, cast, history, path):
    client.force_login(cast.viliami)
    assert client.post(path).status_code == 403
    assert not JournalEntry.objects.filter(event="activity.journal_exported").exists()
    client.force_login(cast.ana)
    assert client.post(path).status_code == 200
    assert JournalEntry.objects.get(event="activity.journal_exported").user_id == cast.ana.pk


def test_the_journal_is_that_of_ones_own_administration(client, cast, history):
    fiji = page(client, cast.sela, "/journal/")
    assert lines(fiji) == [3, 2, 1]
    assert "Ratu" in words(fiji)
    assert "Mele" not in words(fiji)
    tonga = page(client, cast.ana, "/journal/")
    assert lines(tonga) == [6, 5, 4]


def test_a_line_names_who_what_and_about_which_reference(client, cast, history):
    said = words(page(client, cast.sela, "/journal/"))
    assert "Bulletin issued Ratu B-7KQF2" in said


def test_the_journal_is_narrowed_down_by_event_person_and_day(client, cast, history):
    def seqs(**query):
        return lines(page(client, cast.sela, "/journal/", **query))

    assert seqs(event="bulletins.issued") == [1]
    assert seqs(person=str(cast.sela.pk)) == [3, 2]
    assert seqs(until="2001-01-01") == []
    assert seqs(since="2001-01-01") == [3, 2, 1]
    assert seqs(since="yesterday", person=str(cast.mele.pk)) == [3, 2, 1]


def test_the_table_is_what_the_page_showed(client, cast, history):
    client.force_login(cast.sela)
    response = client.post("/journal/csv/?event=bulletins.opened")
    text = response.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert [row["Line"] for row in rows] == ["3", "2"]
    assert re.fullmatch(
        r'attachment; filename="journal-FJ-\d{4}-\d\d-\d\d.csv"', response["Content-Disposition"]
    )
    assert response["Cache-Control"] == "no-store"


def test_the_proof_ends_with_the_line_that_says_it_was_taken(client, cast, history):
    client.force_login(cast.sela)
    text = client.post("/journal/proof/").content.decode()
    assert "activity.journal_exported" in text.splitlines()[-1]


def test_the_check_says_in_words_that_all_is_well(client, cast, history):
    make_checkpoint(TICK)
    said = words(page(client, cast.sela, "/journal/check/"))
    assert "The journal is whole" in said
    assert re.search(r"All \d lines were read", said)
    assert "The one signed checkpoint agrees." in said


def test_the_check_says_in_words_what_is_wrong(client, cast, history):
    JournalEntry.objects.filter(seq=2).delete()
    said = words(page(client, cast.sela, "/journal/check/"))
    assert "The journal does not agree with itself" in said
    assert "Line 2 is missing." in said


def test_checkpoints_are_shown_in_full_with_the_key(client, cast, history):
    made = make_checkpoint(TICK)
    said = words(page(client, cast.sela, "/journal/checkpoints/"))
    for figure in (made.root, made.head, made.signature[:32], made.signature[32:]):
        assert bytes(figure).hex() in said


# The mails of development ------------------------------------------------------------------------


def test_an_invitation_can_be_read_before_anybody_has_an_account(client, db, mail_dir):
    invite(timezone.now() + DAY)
    deliver()
    listed = client.get("/mail/")
    assert "You are invited to the ISWG portal" in words(listed)
    path = re.search(r'href="(/mail/[^"]+)"', listed.content.decode())[1]
    shown = client.get(path).content.decode()
    assert 'href="http://localhost:8000/invitation/tok-EN_42/"' in shown


def test_in_production_the_page_of_mails_does_not_exist(client, db, mail_dir, settings):
    assert client.get("/mail/").status_code == 200
    settings.PRODUCTION = True
    assert client.get("/mail/").status_code == 404


@pytest.mark.parametrize("name", ["..%2Fiswg.sqlite3", "x.eml", "../../etc/passwd", "%2e%2e"])
def test_no_other_file_is_read_through_the_page_of_mails(client, db, mail_dir, name):
    mail_dir.mkdir()
    (mail_dir / "x.eml").write_text("To: nobody\n\nhidden")
    assert client.get(f"/mail/{name}/").status_code == 404


def test_a_mail_with_markup_in_it_is_shown_as_text(client, db, mail_dir):
    mail_dir.mkdir()
    name = "20260701-120000-000000-00000000.eml"
    (mail_dir / name).write_text(
        "To: x@to.invalid\nSubject: <b>hi</b>\n\n<script>alert(1)</script>"
    )
    shown = client.get(f"/mail/{name}/").content.decode()
    assert "<script>alert" not in shown
    assert "<b>hi</b>" not in shown
