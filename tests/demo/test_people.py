"""The accounts of the demonstration: those of the contract, ready to be used."""

import pytest
from django.utils import timezone

from access.roles import Role
from accounts.models import SECRETARIAT, Appointment, Invitation, User
from accounts.ports import keys
from accounts.queries import members_on
from tests.factories import PHRASE, signed_in
from vault.directory import directory, forget
from vault.epochs import key_holders
from vault.waiting import waiting_for_key

SEATS = {"au", "fj", "nz", "pw", "sb", "vu"}


def codes():
    return sorted(row.code.lower() for row in members_on(timezone.localdate()))


def test_the_accounts_are_those_that_were_promised(demo):
    wanted = {f"{post}.{code}" for post in ("contact", "coordinator") for code in codes()}
    wanted |= {f"head.{code}" for code in SEATS} | {"liaison.nc", "liaison.vu", "secretariat"}
    wanted |= {"observer.ptccc", "contributor.fj", "reader.pw", "registrar.oco"}
    found = {email.removesuffix("@demo.invalid") for email in emails()}
    assert len(codes()) == 24
    assert found == wanted


def emails():
    return User.objects.values_list("email", flat=True)


def test_everybody_is_named_by_role(demo):
    assert demo.person("contact.fj").name == "Contact point, Fiji"
    assert demo.person("head.pw").name == "Head of administration, Palau"
    assert demo.person("secretariat").name == "Secretariat officer"
    assert demo.person("contact.pf").name == "Point de contact, Polynésie française"


@pytest.mark.parametrize("code", ["nc", "pf", "wf"])
def test_the_french_speaking_read_french(demo, code):
    assert demo.person(f"contact.{code}").language == "fr"
    assert demo.person("contact.vu").language == "en"


def test_the_secretariat_and_the_partner_hold_the_roles_they_should(demo):
    held = {row.user.email: row for row in Appointment.objects.select_related("user")}
    officer = held["secretariat@demo.invalid"]
    assert (officer.role, officer.administration_id) == (Role.SECRETARIAT, SECRETARIAT)
    observer = held["observer.ptccc@demo.invalid"]
    assert (observer.role, observer.administration_id) == (Role.OBSERVER, "PTCCC")


@pytest.mark.parametrize("name", ["contact.fj", "liaison.nc", "secretariat", "head.pw"])
def test_one_signs_in_with_the_printed_passphrase_and_finds_a_home_page(demo, name):
    client = signed_in(demo.person(name), PHRASE)
    assert client.get("/").status_code == 200
    assert client.get("/bulletins/?box=all").status_code == 200


def test_the_observer_signs_in_and_sees_no_bulletins(demo):
    client = signed_in(demo.person("observer.ptccc"), PHRASE)
    assert client.get("/").status_code == 200
    assert "Velvet Gannet" not in client.get("/bulletins/").content.decode()


def test_something_can_be_sealed_to_all_24_and_the_secretariat(demo):
    everybody = {code.upper() for code in codes()} | {SECRETARIAT}
    assert keys().ready() >= everybody
    holders = key_holders(everybody)
    assert all(holders[code] >= 2 for code in everybody - {SECRETARIAT})
    assert holders[SECRETARIAT] == 2


def test_the_key_directory_is_believed_by_a_fresh_process(demo):
    forget()
    view = directory()
    assert view.codes >= {code.upper() for code in codes()}


def test_one_colleague_waits_for_the_key_and_the_coordinator_is_told(demo):
    coordinator = demo.acting("coordinator.fj")["actor"]
    assert [person.name for person in waiting_for_key(coordinator)] == ["Contributor, Fiji"]
    assert waiting_for_key(demo.acting("coordinator.to")["actor"]) == []
    client = signed_in(demo.person("coordinator.fj"), PHRASE)
    assert "Grant the key to Contributor, Fiji" in client.get("/").content.decode()


def test_one_invitation_waits_to_be_accepted(demo):
    waiting = Invitation.objects.get(accepted_at=None)
    assert (waiting.email, waiting.administration_id) == ("contributor.to@demo.invalid", "TO")
    assert waiting.expires_at > timezone.now()


def test_one_account_sleeps_and_no_other(demo):
    asleep = User.objects.filter(asleep_since__isnull=False)
    assert [person.email for person in asleep] == ["reader.pw@demo.invalid"]
