"""Phrase and printed code are both lost: a link by mail, the second factor, and a new key."""

import datetime
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from access.roles import Role
from accounts.models import User
from activity.links import open_link
from activity.mail import deliver
from activity.models import JournalEntry, Notice, OutgoingMail
from tests.factories import PHRASE, signed_in
from vault import directory as ledger
from vault import slots
from vault.believing import granted_keys
from vault.colleagues import welcome
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.models import EpochGrant, NewStart
from vault.new_starts import NotGoodAnyMore, start_anew
from vault.passphrases import lock_for

ASK = "/account/start-anew/"
NEW = "orange tortoise gravel hymn nickel"
FORM = {"new_passphrase": NEW, "new_passphrase_again": NEW, "understood": "on"}


def words(answer):
    return answer.content.decode()


def ask(email, client=None):
    return (client or Client()).post(ASK, {"login": email})


def link(mail=None):
    """The path in the newest mail, as its reader gets it."""
    mail = mail or OutgoingMail.objects.filter(kind="new_start").latest("pk")
    return open_link(bytes(mail.secret), address=mail.address, kind=mail.kind)


@pytest.fixture
def proved(world, with_factor):
    """Fiji's coordinator asked for a link and has shown her second factor."""
    client = Client()
    ask(world.fj.email)
    path = link()
    assert client.post(path, {"code": with_factor()}).status_code == 302
    return client, path


# Asking ---------------------------------------------------------------------------------------


def test_every_address_gets_the_same_answer(world):
    User.objects.filter(pk=world.pw.pk).update(is_active=False)
    answers = {
        re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", words(ask(email)))
        for email in (world.fj.email, "nobody@test.invalid", world.pw.email)
    }
    assert len(answers) == 1
    assert "a link is on its way" in answers.pop()


def test_and_costs_the_same_rows(world):
    counted = []
    for email in (world.fj.email, "nobody@test.invalid"):
        before = [m.objects.count() for m in (NewStart, OutgoingMail, JournalEntry, Notice)]
        ask(email)
        after = [m.objects.count() for m in (NewStart, OutgoingMail, JournalEntry, Notice)]
        counted.append([a - b for a, b in zip(after, before, strict=True)])
    assert counted[0] == counted[1] == [1, 1, 1, 0]


def test_only_who_has_the_address_gets_a_mail(world, settings, mailoutbox):
    ask("nobody@test.invalid")
    ask(world.fj.email.upper())
    deliver(now=timezone.now() + datetime.timedelta(minutes=1))
    assert [mail.to for mail in mailoutbox] == [[world.fj.email]]
    body = mailoutbox[0].body
    assert re.search(r"/account/start-anew/[\w-]{40,}/", body)
    assert "Fiji" not in body


def test_the_database_keeps_no_link(world):
    ask(world.fj.email)
    token = link().rstrip("/").rpartition("/")[2]
    row = NewStart.objects.get()
    assert token.encode() not in bytes(row.token_hash)
    assert token not in str(list(OutgoingMail.objects.values()))


def test_too_many_attempts_are_told_to_wait(world):
    client = Client()
    answers = [ask(world.fj.email, client) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert "Too many attempts" in words(answers[-1])
    assert NewStart.objects.filter(user=world.fj).count() <= 3, "nor is her mail box filled"


def test_nothing_is_changed_by_asking(world):
    ask(world.fj.email)
    assert slots.open_passphrase(world.fj, PHRASE)
    assert world.vault(world.fj).is_granted
    assert not Notice.objects.filter(event__startswith="vault.new_start").exists()


# With the second factor -----------------------------------------------------------------------


def test_the_second_factor_comes_first(world, with_factor):
    ask(world.fj.email)
    client, path = Client(), link()
    assert "Code" in words(client.get(path))
    assert client.post(path, FORM).status_code == 200
    assert client.post(path, {"code": "000000"}).status_code == 200
    client.post(path, FORM)
    assert slots.open_passphrase(world.fj, PHRASE), "nothing was changed"
    assert NewStart.objects.get().ended_at is None


def test_then_a_new_key_begins_that_opens_nothing_yet(world, proved):
    client, path = proved
    page = words(client.get(path))
    assert "Your drafts are lost" in page
    answer = client.post(path, FORM)
    assert "recovery code" in words(answer)
    root = slots.open_passphrase(world.fj, NEW)
    with pytest.raises(CannotOpen):
        slots.open_passphrase(world.fj, PHRASE)
    assert root != world.roots[world.fj.pk]
    world.roots[world.fj.pk] = root
    assert not world.vault(world.fj).is_granted
    assert not EpochGrant.objects.filter(user=world.fj).exists()
    assert Authenticator.objects.filter(user=world.fj).exists(), "the factor stays"
    assert all(word in words(answer) for word in world.words(world.fj))


def test_all_colleagues_are_told_and_the_person_is_warned(world, proved):
    client, path = proved
    other = world.newcomer("FJ", Role.READER, name="other")
    client.post(path, FORM)
    told = Notice.objects.filter(event="vault.new_start_made")
    assert {world.fj_contact.pk, other.pk} <= set(told.values_list("recipient", flat=True))
    assert world.vu.pk not in told.values_list("recipient", flat=True)
    assert OutgoingMail.objects.filter(
        kind="vault.new_start_made", recipient=world.fj_contact
    ).exists()
    warning = OutgoingMail.objects.get(kind="warning", recipient=world.fj)
    assert warning.facts["event"] == "vault.new_start_made"
    line = JournalEntry.objects.get(event="vault.new_start_made")
    assert (line.user_id, line.target) == (world.fj.pk, f"accounts.user:{world.fj.pk}")


def test_after_signing_in_one_sees_the_eight_words_and_nothing_that_is_sealed(
    world, proved, with_factor
):
    """The directory still names the key that was given up: that vouches for nothing here."""
    client, path = proved
    client.post(path, FORM)
    row = Authenticator.objects.get(user=world.fj)
    Authenticator.objects.filter(pk=row.pk).update(data={**row.data, "last_counter": -1})
    client = signed_in(world.fj, NEW)
    answer = client.post("/sign-in/second-factor/", {"code": with_factor()}, follow=True)
    assert all(word in words(answer) for word in world.words(world.fj))
    page = words(client.get("/account/keys/"))
    assert "Nobody has vouched for it yet" in page
    assert "Waiting for the key" in words(client.get("/bulletins/", follow=True))


def test_a_colleague_compares_the_words_and_grants_again(world, proved):
    client, path = proved
    client.post(path, FORM)
    world.roots[world.fj.pk] = slots.open_passphrase(world.fj, NEW)
    world.fj_contact.appointments.update(role=Role.COORDINATOR)
    former = directory().person(world.fj.pk)
    welcome(**world.act(world.fj_contact), colleague=world.fj, compared=world.words(world.fj))
    view = directory()
    assert view.person_at(former.key_id).revoked, "the former line is revoked in the same act"
    assert world.vault(world.fj).is_granted
    assert view.person(world.fj.pk).key_id in granted_keys(view, view.epoch("FJ"))


def test_every_session_ends(world, with_factor):
    elsewhere = signed_in(world.fj)
    elsewhere.post("/sign-in/second-factor/", {"code": with_factor()})
    Authenticator.objects.filter(user=world.fj).update(data={
        **Authenticator.objects.get(user=world.fj).data, "last_counter": -1})  # fmt: skip
    assert elsewhere.get("/").status_code == 200
    ask(world.fj.email)
    client, path = Client(), link()
    client.post(path, {"code": with_factor()})
    client.post(path, FORM)
    assert elsewhere.get("/").status_code == 302


def test_a_link_is_good_once(world, proved):
    client, path = proved
    client.post(path, FORM)
    assert client.get(path).status_code == 410
    assert Client().post(path, FORM).status_code == 410


def test_a_link_runs_out(world):
    ask(world.fj.email)
    path = link()
    NewStart.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answer = Client().get(path)
    assert answer.status_code == 410
    assert "This link opens nothing" in words(answer)


def test_a_made_up_link_opens_nothing(world):
    assert Client().get(f"{ASK}{'x' * 43}/").status_code == 404


def test_a_link_of_somebody_who_was_suspended_meanwhile_opens_nothing(world):
    ask(world.fj.email)
    path = link()
    User.objects.filter(pk=world.fj.pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_a_factor_shown_for_one_link_serves_no_other(world, proved):
    client, _path = proved
    ask(world.vu.email)
    Authenticator.objects.create(
        user=world.vu, type="totp", data=Authenticator.objects.get(user=world.fj).data
    )
    client.post(link(), FORM)
    assert slots.open_passphrase(world.vu, PHRASE)


def test_one_reads_what_is_lost_before_going_on(world, proved):
    client, path = proved
    answer = client.post(path, {**FORM, "understood": ""})
    assert "Read what is lost" in words(answer)
    assert slots.open_passphrase(world.fj, PHRASE)


def test_looking_at_a_link_changes_nothing(world, with_factor):
    """A mail program that opens links by itself."""
    ask(world.fj.email)
    for _ in range(3):
        assert Client().get(link()).status_code == 200
    assert NewStart.objects.get().ended_at is None


# The second factor is lost too ----------------------------------------------------------------


@pytest.fixture
def later(monkeypatch):
    real = timezone.now

    def move(**by):
        monkeypatch.setattr(timezone, "now", lambda: real() + datetime.timedelta(**by))
        ledger.forget()

    return move


@pytest.fixture
def waiting(world, with_factor):
    """She has nothing but her mail box, and said so."""
    ask(world.fj.email)
    first = link()
    answer = Client().post(first, {"lost": "1"})
    assert "Nothing works before" in words(answer)
    assert Client().get(first).status_code == 410, "the first link is used up"
    return link()


def test_nothing_works_for_a_day(world, waiting, later):
    for client in (Client(), Client()):
        assert "Nothing works before" in words(client.get(waiting))
        client.post(waiting, FORM)
        client.post(waiting, {"lost": "1"})
    later(hours=23, minutes=59)
    Client().post(waiting, FORM)
    assert slots.open_passphrase(world.fj, PHRASE)
    assert Authenticator.objects.filter(user=world.fj).exists()


def test_nor_by_any_other_door_than_the_page(world, waiting):
    start = NewStart.objects.get(user=world.fj, ended_at=None)
    with pytest.raises(NotGoodAnyMore):
        start_anew(actor=world.actor(world.fj), user=world.fj, start=start, lock=lock_for(NEW))
    with pytest.raises(PermissionDenied):
        start_anew(actor=world.actor(world.vu), user=world.fj, start=start, lock=lock_for(NEW))
    assert slots.open_passphrase(world.fj, PHRASE)


def test_the_second_link_is_mailed_after_that_day(world, waiting, mailoutbox, later):
    deliver()
    assert not [mail for mail in mailoutbox if waiting in mail.body]
    deliver(now=timezone.now() + datetime.timedelta(hours=24, minutes=1))
    assert [mail for mail in mailoutbox if waiting in mail.body]


def test_the_person_and_all_colleagues_are_told_at_once(world, waiting):
    told = Notice.objects.filter(event="vault.new_start_delayed")
    assert world.fj_contact.pk in told.values_list("recipient", flat=True)
    mail = OutgoingMail.objects.get(kind="vault.new_start_delayed", recipient=world.fj_contact)
    assert mail.not_before <= timezone.now()
    assert OutgoingMail.objects.filter(kind="warning", recipient=world.fj).exists()


def test_after_that_day_it_works_and_the_former_factor_is_gone(world, waiting, later):
    later(hours=24, minutes=1)
    client = Client()
    assert "second factor of before is taken away" in words(client.get(waiting))
    client.post(waiting, FORM)
    assert slots.open_passphrase(world.fj, NEW)
    assert not Authenticator.objects.filter(user=world.fj).exists()
    line = JournalEntry.objects.get(event="vault.new_start_made")
    assert b'"factor_lost":true' in bytes(line.entry)


def test_signing_in_with_the_passphrase_stops_it(world, waiting, with_factor, later):
    client = signed_in(world.fj)
    assert NewStart.objects.filter(user=world.fj, ended_at=None).exists(), "the phrase alone"
    client.post("/sign-in/second-factor/", {"code": with_factor()})
    assert not NewStart.objects.filter(user=world.fj, ended_at=None).exists()
    later(hours=25)
    assert Client().get(waiting).status_code == 410
    assert JournalEntry.objects.filter(event="vault.new_start_stopped").exists()


def test_an_account_without_a_second_factor_waits_too(world):
    ask(world.vu.email)
    client, path = Client(), link()
    assert "no second factor" in words(client.get(path))
    client.post(path, FORM)
    assert slots.open_passphrase(world.vu, PHRASE), "the mail box alone is not enough"
    client.post(path, {"lost": "1"})
    assert NewStart.objects.get(user=world.vu, ended_at=None).factor_lost


def test_a_coordinator_without_colleagues_is_known_to_the_secretariat(world, with_factor):
    User.objects.filter(pk=world.fj_contact.pk).update(is_active=False)
    ask(world.fj.email)
    Client().post(link(), {"lost": "1"})
    told = Notice.objects.filter(event="vault.new_start_delayed")
    assert world.oco.pk in told.values_list("recipient", flat=True)


# From the pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/sign-in/", "/account/recover/"])
def test_the_way_is_shown_where_one_stands_without_a_phrase(world, address):
    assert ASK in words(Client().get(address))


def test_who_is_signed_in_has_no_need_of_it(world):
    ask(world.fj.email)
    path = link()
    client = signed_in(world.vu)
    assert client.get(path).status_code == 409


def test_rows_of_last_month_are_swept_away(world):
    from vault.new_starts import sweep

    ask(world.fj.email)
    assert sweep() == 0
    NewStart.objects.update(expires_at=timezone.now() - datetime.timedelta(days=31))
    assert sweep() == 1
