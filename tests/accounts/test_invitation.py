"""From an invitation to somebody who reads: every step at the front door."""

import datetime
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.policy import Refused
from access.roles import Role
from accounts.models import Administration, AdministrationKind, Appointment, Invitation, User
from accounts.services import CannotInvite, close_expired, enter_invited, invite
from activity.events import Event
from activity.links import open_link
from activity.mail import deliver
from activity.models import JournalEntry, Notice, OutgoingMail
from iswg.logs import QuietFormatter
from tests.factories import PHRASE, sign_in
from vault.directory import directory
from vault.models import EpochGrant, KeyClaim, KeySlot

NEW = "outrigger monsoon 47 breadfruit"
PERSON = {
    "name": "Contact point FJ 2",
    "email": "new@fj.invalid",
    "role": "contact",
    "language": "en",
}


def link(address="new@fj.invalid"):
    """What the mail will say, opened as the worker does when it sends."""
    mail = OutgoingMail.objects.filter(address=address).latest("pk")
    return open_link(bytes(mail.secret), address=address, kind=mail.kind)


def invited(door, inviter, **facts):
    answer = door(inviter).post("/people/invite/", {**PERSON, **facts})
    assert answer.status_code == 302, answer.context["form"].errors
    return link(facts.get("email", "new@fj.invalid"))


def accept(browser, path, phrase=NEW):
    return browser.post(path, {"new_passphrase": phrase, "new_passphrase_again": phrase})


def test_a_colleague_comes_in_and_reads_once_the_key_is_granted(world, door):
    path = invited(door, world.fj)
    guest = door()
    welcome = guest.get(path).content.decode()
    assert world.fj.name in welcome
    assert "Fiji" in welcome
    assert "Intelligence Contact Point" in welcome

    kept = accept(guest, path)
    assert kept.status_code == 200
    person = User.objects.get(email="new@fj.invalid")
    assert re.search(r"([0-9A-Z]{4}-){7,}", kept.content.decode()), "the printed code"
    assert guest.get("/account/").status_code == 200, "signed in at once"
    waiting = guest.get("/unlock/").content.decode()
    assert "not granted yet" in waiting
    assert world.fj.name in waiting, "and told whom to ask"
    words = world.words(person)
    assert all(f">{word}</li>" in waiting for word in words)

    coordinator = door(world.fj)
    assert "Grant the key" in coordinator.get("/people/").content.decode()
    shown = coordinator.get(f"/people/{person.pk}/grant/")
    assert shown.context["words"] == words
    granted = coordinator.post(
        f"/people/{person.pk}/grant/",
        {"words": " ".join(words), "compared": "on", "password": PHRASE},
    )
    assert (granted.status_code, granted["Location"]) == (302, "/people/")
    assert EpochGrant.objects.filter(user=person, administration="FJ").count() == 1

    opened = guest.post("/unlock/", {"password": NEW, "next": "/bulletins/"})
    assert (opened.status_code, opened["Location"]) == (302, "/bulletins/")
    assert guest.get("/unlock/")["Location"] == "/"
    assert "Holds the key" in coordinator.get("/people/").content.decode()


def test_the_inviter_is_told_when_it_is_accepted(world, door):
    accept(door(), invited(door, world.fj))
    told = Notice.objects.get(event=Event.INVITATION_ACCEPTED.value)
    assert told.recipient == world.fj


def test_the_link_is_in_no_table_as_it_stands(world, door):
    token = invited(door, world.fj).split("/")[2]
    invitation = Invitation.objects.get()
    mail = OutgoingMail.objects.get()
    assert token.encode() not in bytes(invitation.token_hash)
    assert token.encode() not in bytes(mail.secret)
    assert token not in str(mail.facts)
    assert token not in door(world.fj).get("/people/").content.decode()


def test_the_link_is_in_no_log_whatever_becomes_of_it(world, door, caplog):
    path = invited(door, world.fj)
    with caplog.at_level("DEBUG"):
        accept(door(world.vu), path)
        careless = Client(enforce_csrf_checks=True)
        careless.post(path, {"new_passphrase": NEW, "new_passphrase_again": NEW})
        accept(door(), path)
        accept(door(), path)
    lines = [QuietFormatter("%(levelname)s %(message)s").format(line) for line in caplog.records]
    assert any("/invitation/…/" in line for line in lines)
    assert not any(path.split("/")[2] in line for line in lines)


def test_an_invitation_is_used_once(world, door):
    path = invited(door, world.fj)
    accept(door(), path)
    again = accept(door(), path, "somebody elses 123 phrase")
    assert again.status_code == 410
    assert "It was used" in again.content.decode()
    assert User.objects.filter(email="new@fj.invalid").count() == 1
    sign_in(door(), User.objects.get(email="new@fj.invalid"), NEW)


def test_an_expired_invitation_says_so_and_whom_to_ask(world, door):
    path = invited(door, world.fj)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    answer = accept(door(), path)
    assert answer.status_code == 410
    assert "72 hours" in answer.content.decode()
    assert world.fj.email in answer.content.decode()
    assert not User.objects.filter(email="new@fj.invalid").exists()


def test_whoever_invited_is_told_once_that_it_was_not_used(world, door):
    invited(door, world.fj)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    assert close_expired(actor=Actor.command("tick")) == 1
    assert close_expired(actor=Actor.command("tick")) == 0
    told = Notice.objects.filter(event=Event.INVITATION_EXPIRED.value)
    assert [notice.recipient for notice in told] == [world.fj]


def test_an_invitation_that_is_still_good_is_left_alone(world, door):
    path = invited(door, world.fj)
    assert close_expired(actor=Actor.command("tick")) == 0
    assert accept(door(), path).status_code == 200


def test_a_withdrawn_invitation_opens_nothing(world, door):
    path = invited(door, world.fj)
    invitation = Invitation.objects.get()
    door(world.fj).post(f"/people/invitations/{invitation.pk}/withdraw/")
    answer = accept(door(), path)
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()
    assert not User.objects.filter(email="new@fj.invalid").exists()


def test_an_invitation_falls_with_whoever_made_it(world, door):
    path = invited(door, world.fj)
    User.objects.filter(pk=world.fj.pk).update(is_active=False)
    answer = accept(door(), path)
    assert answer.status_code == 410
    assert not User.objects.filter(email="new@fj.invalid").exists()


def test_an_invitation_of_a_former_coordinator_opens_nothing(world, door):
    path = invited(door, world.fj)
    Appointment.objects.filter(user=world.fj).update(role=Role.READER)
    assert accept(door(), path).status_code == 410
    assert not User.objects.filter(email="new@fj.invalid").exists()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"accepted_at": timezone.now()},
        {"withdrawn_at": timezone.now()},
        {"expires_at": timezone.now() - datetime.timedelta(seconds=1)},
    ],
)
def test_the_service_looks_at_the_invitation_once_more(world, door, spoiled):
    invited(door, world.fj)
    Invitation.objects.update(**spoiled)
    with pytest.raises(CannotInvite):
        enter_invited(actor=world.actor(world.fj), invitation=Invitation.objects.get())
    assert not User.objects.filter(email="new@fj.invalid").exists()


@pytest.mark.parametrize(
    ("inviter", "code", "role"),
    [
        ("fj_contact", "FJ", Role.READER),
        ("fj", "VU", Role.READER),
        ("fj", "FJ", Role.SECRETARIAT),
        ("oco", "FJ", Role.SECRETARIAT),
    ],
)
def test_the_service_asks_who_invites_whom_to_what(world, inviter, code, role):
    with pytest.raises((Refused, CannotInvite)):
        invite(
            actor=world.actor(getattr(world, inviter)),
            administration=Administration.objects.get(pk=code),
            role=role,
            email="new@fj.invalid",
            name="New",
        )
    assert not Invitation.objects.exists()


def test_an_invented_token_is_nothing_at_all(world, door):
    invited(door, world.fj)
    assert door().get("/invitation/" + "a" * 43 + "/").status_code == 404


def test_somebody_who_is_signed_in_does_not_become_somebody_else(world, door):
    path = invited(door, world.fj)
    browser = door(world.vu)
    answer = accept(browser, path)
    assert answer.status_code == 409
    assert world.vu.email in answer.content.decode()
    assert not User.objects.filter(email="new@fj.invalid").exists()


def test_the_address_and_role_are_those_of_the_invitation_whatever_is_posted(world, door):
    path = invited(door, world.fj)
    forged = {"email": "other@evil.invalid", "role": "secretariat", "administration": "OCO"}
    door().post(path, {"new_passphrase": NEW, "new_passphrase_again": NEW, **forged})
    person = User.objects.get(email="new@fj.invalid")
    held = Appointment.objects.get(user=person)
    assert (held.administration_id, held.role) == ("FJ", "contact")
    assert not User.objects.filter(email="other@evil.invalid").exists()


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("short", "short", "Too short"),
        ("passwordpassword", "passwordpassword", "Too easy"),
        (NEW, NEW + "x", "not the same"),
        ("", "", "required"),
    ],
)
def test_a_passphrase_that_would_be_guessed_is_refused_in_words(
    world, door, first, second, sentence
):
    path = invited(door, world.fj)
    answer = door().post(path, {"new_passphrase": first, "new_passphrase_again": second})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email="new@fj.invalid").exists()
    assert accept(door(), path).status_code == 200, "the invitation is still good"


def test_the_five_words_that_are_offered_are_good_enough(world, door):
    path = invited(door, world.fj)
    guest = door()
    offered = guest.get(path).context["offered"]
    assert len(offered.split()) == 5
    assert accept(guest, path, offered).status_code == 200


def test_a_second_invitation_to_the_same_address_waits_for_the_first(world, door):
    invited(door, world.fj)
    answer = door(world.fj).post("/people/invite/", PERSON)
    assert "withdraw it first" in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_nobody_is_invited_twice_over_an_account_that_is_open(world, door):
    for inviter, person in (("fj", world.fj_contact), ("oco", world.vu)):
        browser = door(getattr(world, inviter))
        answer = browser.post(
            "/people/invite/", {**PERSON, "email": person.email, "administration": "VU"}
        )
        assert "account with this address" in answer.content.decode()
        assert not Invitation.objects.exists()


def suspended_elsewhere(world):
    User.objects.filter(pk=world.vu_contact.pk).update(is_active=False)
    return world.vu_contact.email


def invited_by_others(world):
    vanuatu = Administration.objects.get(pk="VU")
    invite(actor=world.actor(world.vu), administration=vanuatu, role=Role.READER,
           email="soon@vu.invalid", name="Soon")  # fmt: skip
    return "soon@vu.invalid"


ELSEWHERE = {
    "active": lambda world: world.vu.email,
    "written in capitals": lambda world: world.vu.email.upper(),
    "suspended": suspended_elsewhere,
    "invited by others": invited_by_others,
}


def all_that_is_seen(browser, address):
    """What a coordinator sees of an invitation: every answer, with the address taken out."""
    answer = browser.post("/people/invite/", {**PERSON, "email": address}, follow=True)
    lines = JournalEntry.objects.order_by("-seq")
    details = json.loads(bytes(lines.first().entry))["detail"], lines.first().event
    pages = [answer, browser.get("/people/")]
    invitation = Invitation.objects.filter(administration="FJ").latest("made_at")
    place = f"/people/invitations/{invitation.pk}/withdraw/"
    pages += [browser.post(place, follow=True), browser.get("/people/")]
    hidden = r"[0-9a-f-]{36}|[0-9a-f]{64}|value=\"[^\"]{64}\"|[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?|\d+"
    seen = [
        re.sub(hidden, "#", re.sub(f"(?i){re.escape(address)}", "@", page.content.decode()))
        for page in pages
    ]
    return [page.status_code for page in pages], details, seen


@pytest.mark.parametrize("situation", ELSEWHERE)
def test_a_coordinator_does_not_learn_who_has_an_account_elsewhere(world, door, situation):
    address = ELSEWHERE[situation](world)
    browser = door(world.fj)
    nobody = all_that_is_seen(browser, "nobody@vu.invalid")
    assert all_that_is_seen(browser, address) == nobody


def test_the_mail_says_it_instead_and_opens_nothing(world, door, mailoutbox):
    door(world.fj).post("/people/invite/", {**PERSON, "email": world.vu.email})
    deliver()
    (mail,) = mailoutbox
    said = mail.body + mail.alternatives[0].content
    assert "There is an account with your address already" in said
    assert "to act for Fiji" in said
    assert "/invitation/" not in said
    assert User.objects.filter(email=world.vu.email).count() == 1
    held = Appointment.objects.filter(user=world.vu).values_list("administration", flat=True)
    assert set(held) == {"VU"}


def test_a_person_invited_twice_accepts_one_and_the_other_is_not_good_any_more(world, door):
    invited_by_others(world)
    theirs = link("soon@vu.invalid")
    ours = invited(door, world.fj, email="soon@vu.invalid")
    assert accept(door(), theirs).status_code == 200
    assert accept(door(), ours).status_code == 410
    person = User.objects.get(email="soon@vu.invalid")
    held = Appointment.objects.filter(user=person).values_list("administration", flat=True)
    assert list(held) == ["VU"]


@pytest.mark.parametrize("role", ["secretariat", "operator ", "emperor", ""])
def test_a_coordinator_gives_no_role_above_the_own(world, door, role):
    answer = door(world.fj).post("/people/invite/", {**PERSON, "role": role})
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_contact_point_invites_nobody(world, door):
    browser = door(world.fj_contact)
    assert browser.get("/people/invite/").status_code == 403
    assert browser.post("/people/invite/", PERSON).status_code == 403
    assert not Invitation.objects.exists()
    assert "Invite somebody" not in browser.get("/people/").content.decode()


def test_a_coordinator_invites_into_the_own_administration_whatever_is_posted(world, door):
    door(world.fj).post("/people/invite/", {**PERSON, "administration": "VU"})
    assert Invitation.objects.get().administration_id == "FJ"


def test_the_first_officer_is_vouched_for_by_the_secretariat_and_makes_the_key(world, door):
    """Nauru has nobody: the Secretariat invites, vouches, and never holds Nauru's key."""
    Administration.objects.create(
        code="NR", kind=AdministrationKind.MEMBER, name="Nauru", name_fr="Nauru"
    )
    path = invited(
        door, world.oco, email="first@nr.invalid", role="coordinator", administration="NR"
    )
    officer = door()
    accept(officer, path)
    assert officer.get("/sign-out/").status_code == 200
    person = User.objects.get(email="first@nr.invalid")
    officer.post("/unlock/", {"password": NEW})
    assert directory().epoch("NR") is None, "nobody has vouched yet"

    secretariat = door(world.oco)
    assert "Grant the key" not in secretariat.get("/people/?of=NR").content.decode()
    done = secretariat.post(
        f"/people/{person.pk}/grant/",
        {"words": " ".join(world.words(person)), "compared": "on", "password": PHRASE},
    )
    assert done["Location"] == "/people/?of=NR"
    opened = officer.post("/unlock/", {"password": NEW, "next": "/account/keys/"})
    assert opened["Location"] == "/account/keys/"
    assert directory().epoch("NR").number == 1
    assert list(EpochGrant.objects.filter(administration="NR").values_list("user", flat=True)) == [
        person.pk
    ]


@pytest.fixture
def empty(db, settings, data_dir):
    """A fresh installation: the administrations are there, and nobody else."""
    settings.DIRECTORY_PIN = ""
    call_command("seed_administrations", verbosity=0)


def test_the_portal_is_founded_by_one_invitation(
    empty, door, capsys, django_capture_on_commit_callbacks
):
    call_command("found_administration", "first@oco.invalid", "--name", "Secretariat")
    path = re.search(r"/invitation/\S+/", capsys.readouterr().out)[0]
    founder = door()
    assert "OCO Secretariat" in founder.get(path).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        kept = accept(founder, path)
    assert kept.status_code == 200
    assert "pin of the key directory" in kept.content.decode()
    assert founder.post("/unlock/", {"password": NEW})["Location"] == "/"
    assert directory().epoch("OCO").number == 1


def test_a_portal_with_people_is_not_founded_again(world, capsys):
    with pytest.raises(CommandError, match="people already"):
        call_command("found_administration", "evil@x.invalid", "--name", "Somebody")
    assert not Invitation.objects.exists()


def test_what_happened_stands_in_the_journal_without_the_address(world, door):
    accept(door(), invited(door, world.fj))
    lines = JournalEntry.objects.filter(
        event__in=[Event.PERSON_INVITED.value, Event.INVITATION_ACCEPTED.value]
    )
    assert lines.count() == 2
    assert not any(b"new@fj" in bytes(line.entry) for line in lines)


def test_a_refused_invitation_leaves_no_half_of_a_person(world, door):
    path = invited(door, world.fj)
    accept(door(), path, "short")
    assert not User.objects.filter(email="new@fj.invalid").exists()
    assert KeySlot.objects.count() == 2 * User.objects.count()
    assert KeyClaim.objects.count() == User.objects.count()
