"""What may be done to people, by whom, and that nobody reaches another administration's."""

import pytest
from allauth.mfa.models import Authenticator

from access.actors import current_actor
from access.roles import Role
from accounts.models import Appointment, Invitation, User
from accounts.services import suspend
from activity.events import Event
from activity.models import JournalEntry
from tests.factories import PHRASE
from vault.directory import directory
from vault.models import EpochGrant, KeyClaim, VaultSession


def shut(browser, who, phrase=PHRASE):
    return browser.post(f"/people/{who.pk}/suspend/", {"password": phrase})


def is_open(who):
    who = User.objects.get(pk=who.pk)
    return who.is_active and who.asleep_since is None


# Suspending -----------------------------------------------------------------------------------


def test_a_suspended_person_is_out_at_the_next_request(world, door):
    leaver = door(world.fj_contact)
    assert leaver.get("/account/").status_code == 200
    assert shut(door(world.fj), world.fj_contact).status_code == 302
    assert leaver.get("/account/")["Location"].startswith("/sign-in/")
    assert not VaultSession.objects.filter(user=world.fj_contact).exists()
    assert not is_open(world.fj_contact)


def test_a_leavers_key_is_revoked_and_those_who_stay_have_a_new_one(world, door):
    former = directory().epoch("FJ")
    shut(door(world.fj), world.fj_contact)
    assert directory().person(world.fj_contact.pk) is None
    assert directory().epoch("FJ").number == former.number + 1
    assert not EpochGrant.objects.filter(user=world.fj_contact).exists()
    assert EpochGrant.objects.filter(user=world.fj, epoch=former.number + 1).exists()


def test_whoever_suspended_somebody_goes_on_with_the_new_key(world, door):
    browser = door(world.fj)
    shut(browser, world.fj_contact)
    assert browser.get("/unlock/?next=/bulletins/")["Location"] == "/bulletins/"


def test_the_wrong_passphrase_suspends_nobody(world, door):
    answer = shut(door(world.fj), world.fj_contact, "wrong wrong wrong")
    assert "not your passphrase" in answer.content.decode()
    assert is_open(world.fj_contact)


def test_the_page_says_what_the_leaver_leaves_behind(world, door, monkeypatch):
    from accounts import ports

    monkeypatch.setattr(ports, "_handovers", [lambda who: ports.Handover("Drafts", 3)])
    page = door(world.fj).get(f"/people/{world.fj_contact.pk}/suspend/").content.decode()
    assert "To be taken over" in page
    assert "Drafts" in page


def test_the_secretariat_shuts_an_account_and_the_next_colleague_makes_the_key(world, door):
    former = directory().epoch("FJ").number
    said = shut_and_read(door(world.oco), world.fj_contact)
    assert "as soon as a colleague" in said
    assert not is_open(world.fj_contact)
    assert directory().epoch("FJ").number == former
    assert directory().is_behind("FJ")
    door(world.fj).post("/unlock/", {"password": PHRASE})
    assert directory().epoch("FJ").number == former + 1
    assert not directory().is_behind("FJ")


def shut_and_read(browser, who):
    return browser.post(
        f"/people/{who.pk}/suspend/", {"password": PHRASE}, follow=True
    ).content.decode()


def test_a_coordinator_without_the_key_can_still_shut_an_account(world, door):
    EpochGrant.objects.filter(user=world.fj).delete()
    assert "as soon as a colleague" in shut_and_read(door(world.fj), world.fj_contact)
    assert not is_open(world.fj_contact)
    assert not EpochGrant.objects.filter(user=world.fj_contact).exists()


def test_an_account_is_shut_even_if_the_directory_cannot_be_believed(world, door, settings):
    browser = door(world.fj)
    settings.DIRECTORY_PIN = "00" * 32
    assert "as soon as a colleague" in shut_and_read(browser, world.fj_contact)
    assert not is_open(world.fj_contact)
    assert not EpochGrant.objects.filter(user=world.fj_contact).exists()


def test_only_who_may_suspend_sees_what_somebody_would_leave_behind(world, door):
    reader = world.newcomer("FJ", Role.OBSERVER, name="observer")
    assert door(world.fj_contact).get(f"/people/{reader.pk}/suspend/").status_code == 403


def test_somebody_suspended_comes_back_by_a_new_invitation_with_new_keys(world, door):
    from tests.accounts.test_invitation import accept, link

    Authenticator.objects.create(user=world.fj_contact, type="totp", data={"secret": "lost"})
    shut(door(world.fj), world.fj_contact)
    before = bytes(KeyClaim.objects.get(user=world.fj_contact).public)
    facts = {"name": "Back", "email": world.fj_contact.email, "role": "reader", "language": "en"}
    assert door(world.fj).post("/people/invite/", facts).status_code == 302
    accept(door(), link(world.fj_contact.email))
    back = User.objects.get(email=world.fj_contact.email)
    assert is_open(back)
    assert current_actor(back.pk).roles == {Role.READER}
    assert bytes(KeyClaim.objects.get(user=back).public) != before
    assert not Authenticator.objects.filter(user=back).exists(), "the lost device opens nothing"
    assert User.objects.filter(email=back.email).count() == 1


def test_another_administration_brings_nobody_back(world, door):
    shut(door(world.fj), world.fj_contact)
    facts = {"name": "Back", "email": world.fj_contact.email, "role": "reader", "language": "en"}
    # The same answer as for an address nobody has, so that it tells nothing of who is elsewhere.
    assert door(world.vu).post("/people/invite/", facts).status_code == 302
    assert not is_open(world.fj_contact)
    assert set(world.fj_contact.appointments.values_list("administration", flat=True)) == {"FJ"}


def test_an_equal_is_not_brought_back(world, door):
    peer = world.colleague("FJ", Role.COORDINATOR, name="peer")
    shut(door(world.oco), peer)
    facts = {"name": "Back", "email": peer.email, "role": "reader", "language": "en"}
    assert door(world.fj).post("/people/invite/", facts).status_code == 403
    assert not is_open(peer)


def test_suspending_ends_sessions_and_vaults_by_itself(world, door):
    """Before any key is touched: the service shuts, whichever page or command called it."""
    door(world.fj_contact)
    before = world.fj_contact.auth_epoch
    suspend(actor=world.actor(world.fj), person=world.fj_contact)
    assert User.objects.get(pk=world.fj_contact.pk).auth_epoch == before + 1
    assert not VaultSession.objects.filter(user=world.fj_contact).exists()


# Who may, and who may not ---------------------------------------------------------------------

ACTS = ["suspend", "grant"]


@pytest.mark.parametrize("act", ACTS)
def test_another_administrations_people_cannot_be_found(world, door, act):
    stranger = door(world.vu)
    for path in (f"/people/{world.fj_contact.pk}/{act}/", f"/people/{world.fj.pk}/{act}/"):
        assert stranger.get(path).status_code == 404
        words = " ".join(world.words(world.fj_contact))
        answer = stranger.post(path, {"password": PHRASE, "words": words, "compared": "on"})
        assert answer.status_code == 404
    assert is_open(world.fj_contact)
    assert is_open(world.fj)


def test_another_administrations_page_of_people_is_refused_with_a_sentence(world, door):
    answer = door(world.vu).get("/people/?of=FJ")
    assert answer.status_code == 403
    assert "your own administration" in answer.content.decode()
    assert world.fj_contact.email not in answer.content.decode()


def test_the_secretariat_sees_everybodys_people(world, door):
    page = door(world.oco).get("/people/?of=FJ").content.decode()
    assert world.fj_contact.email in page


def test_another_administrations_invitation_cannot_be_withdrawn(world, door):
    facts = {"name": "X", "email": "x@fj.invalid", "role": "reader", "language": "en"}
    door(world.fj).post("/people/invite/", facts)
    invitation = Invitation.objects.get()
    stranger = door(world.vu).post(f"/people/invitations/{invitation.pk}/withdraw/")
    assert stranger.status_code == 404
    assert Invitation.objects.get().withdrawn_at is None
    door(world.fj).post(f"/people/invitations/{invitation.pk}/withdraw/")
    assert Invitation.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (Role.COORDINATOR, "higher rank"),
        (Role.SECRETARIAT, "higher rank"),
    ],
)
def test_an_equal_is_not_suspended(world, door, role, reason):
    peer = world.colleague("FJ", Role.READER, name="peer")
    Appointment.objects.filter(user=peer).update(role=role)
    answer = shut(door(world.fj), peer)
    assert answer.status_code == 403
    assert reason in answer.content.decode()
    assert is_open(peer)


@pytest.mark.parametrize(
    "role", [Role.OBSERVER, Role.READER, Role.CONTRIBUTOR, Role.CONTACT, Role.HEAD, Role.OPERATOR]
)
def test_whoever_stands_below_is_suspended(world, door, role):
    below = world.newcomer("FJ", role, name="below")
    assert shut(door(world.fj), below).status_code == 302
    assert not is_open(below)


@pytest.mark.parametrize(
    "role", [Role.OBSERVER, Role.READER, Role.CONTRIBUTOR, Role.CONTACT, Role.HEAD, Role.OPERATOR]
)
def test_only_a_coordinator_acts_on_people(world, door, role):
    somebody = world.newcomer("FJ", role, name="somebody")
    other = world.newcomer("FJ", Role.OBSERVER, name="other")
    browser = door(somebody)
    assert shut(browser, other).status_code == 403
    assert browser.post(f"/people/{other.pk}/grant/", {"password": PHRASE}).status_code == 403
    assert browser.post(f"/people/{other.pk}/wake/").status_code == 403
    assert browser.post("/people/invite/", {}).status_code == 403
    assert is_open(other)


def test_nobody_suspends_themselves(world, door):
    assert shut(door(world.fj), world.fj).status_code == 403
    assert is_open(world.fj)


def test_a_refusal_is_in_the_journal(world, door):
    shut(door(world.fj_contact), world.fj)
    line = JournalEntry.objects.filter(event=Event.REFUSED.value).last()
    assert line.user_id == world.fj_contact.pk


def test_an_observer_sees_no_people_and_only_the_own_organisation(world, door):
    observer = world.newcomer("FJ", Role.OBSERVER, name="observer")
    browser = door(observer)
    assert browser.get("/people/").status_code == 403
    assert browser.get("/account/keys/").status_code == 403
    assert browser.get("/administrations/VU/").status_code == 404
    listed = browser.get("/administrations/").content.decode()
    assert "Fiji" in listed
    assert "Vanuatu" not in listed
    assert world.vu.name not in listed


# Granting -------------------------------------------------------------------------------------


def grant(browser, world, who, **changed):
    words = " ".join(world.words(who))
    facts = {"words": words, "compared": "on", "password": PHRASE, **changed}
    return browser.post(f"/people/{who.pk}/grant/", facts)


def test_a_key_is_granted_after_the_words_were_compared(world, door):
    new = world.newcomer("FJ", name="new")
    assert grant(door(world.fj), world, new).status_code == 302
    assert EpochGrant.objects.filter(user=new).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"compared": ""}, "Compare the words first"),
        ({"password": "wrong wrong wrong"}, "not your passphrase"),
        ({"words": "one two three four five six seven eight"}, "have changed meanwhile"),
    ],
)
def test_a_key_is_not_granted_without_each_of_them(world, door, changed, sentence):
    new = world.newcomer("FJ", name="new")
    answer = grant(door(world.fj), world, new, **changed)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not EpochGrant.objects.filter(user=new).exists()
    assert directory().person(new.pk) is None


def test_a_coordinator_without_the_key_grants_nothing(world, door):
    EpochGrant.objects.filter(user=world.fj).delete()
    new = world.newcomer("FJ", name="new")
    assert "do not hold" in grant(door(world.fj), world, new).content.decode()
    assert not EpochGrant.objects.filter(user=new).exists()
    assert directory().person(new.pk) is None


def test_the_page_leads_the_secretariat_to_whoever_waits_for_a_voucher(world, door):
    """When nobody is left there, or for the first officer, there is no other way in."""
    new = world.newcomer("FJ", Role.COORDINATOR, name="successor")
    link = f'href="/people/{new.pk}/grant/"'
    page = door(world.oco).get("/people/?of=FJ").content.decode()
    assert link in page
    assert "Vouch for this key" in page
    grant(door(world.oco), world, new)
    assert link not in door(world.oco).get("/people/?of=FJ").content.decode()
    assert link in door(world.fj).get("/people/").content.decode()
    assert link not in door(world.fj_contact).get("/people/").content.decode()


def test_the_secretariat_vouches_but_hands_over_no_key(world, door):
    new = world.newcomer("FJ", name="new")
    assert grant(door(world.oco), world, new).status_code == 302
    assert directory().person(new.pk) is not None
    assert not EpochGrant.objects.filter(user=new).exists()
