"""A new beginning on the pages: proposed, witnessed from a third administration, begun."""

import re

import pytest

from access.policy import Refused
from access.roles import Role
from activity.models import JournalEntry, Notice
from tests.factories import PHRASE, signed_in
from vault import passphrases
from vault.colleagues import FingerprintChanged, enter_person, off_board
from vault.crypto.derive import make_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys
from vault.directory import DirectoryBroken, directory
from vault.models import Proposal
from vault.proposals import (
    KeyIsHeld,
    ProposalOver,
    finish_beginning,
    may_propose,
    proposals_to_witness,
    propose_beginning,
    withdraw_proposal,
    witness_beginning,
    words_of,
)


@pytest.fixture
def lost(world):
    """Fiji's contact point has left, and its coordinator has lost phrase and code."""
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    fresh = passphrases.begin(actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE)
    world.roots[world.fj.pk] = fresh.root
    enter_person(**world.act(world.oco), person=world.fj, compared=world.words(world.fj))
    return world


def with_root(world, user):
    return {**world.act(user), "root": world.roots[user.pk]}


def propose(world):
    return propose_beginning(**with_root(world, world.fj))


def witnessed(world, row, who=None):
    return witness_beginning(**world.act(who or world.vu), proposal=row, compared=words_of(row))


# The three steps ------------------------------------------------------------------------------


def test_proposed_witnessed_and_begun(lost):
    row = propose(lost)
    assert [p.pk for p in proposals_to_witness(lost.actor(lost.vu))] == [row.pk]
    witnessed(lost, row)
    made = finish_beginning(**with_root(lost, lost.fj), proposal=row)
    assert (made.number, made.broken) == (2, True)
    assert made.fingerprint == words_of(row)
    assert lost.vault(lost.fj).holds(made.key_id)
    assert directory().sealable_epoch("FJ") is None, "72 hours"
    events = set(JournalEntry.objects.values_list("event", flat=True))
    assert {"vault.beginning_proposed", "vault.beginning_witnessed"} <= events


def test_everybody_is_told_of_the_proposal_and_the_proposer_of_the_witness(lost):
    row = propose(lost)
    told = Notice.objects.filter(event="vault.beginning_proposed", origin="FJ")
    assert {lost.vu.pk, lost.pw_contact.pk, lost.oco.pk} <= set(
        told.values_list("recipient", flat=True)
    )
    witnessed(lost, row)
    told = Notice.objects.filter(event="vault.beginning_witnessed")
    assert set(told.values_list("recipient", flat=True)) == {lost.fj.pk}


def test_the_secret_waits_sealed_for_the_proposer_alone(lost):
    row = propose(lost)
    witnessed(lost, row)
    finish_beginning(**with_root(lost, lost.fj), proposal=row)
    secret = next(iter(lost.vault(lost.fj).epochs.values())).secret
    assert secret not in bytes(row.secret)


def test_nobody_else_finishes_it(lost):
    other = lost.newcomer("FJ", Role.COORDINATOR, name="other")
    enter_person(**lost.act(lost.oco), person=other, compared=lost.words(other))
    row = propose(lost)
    witnessed(lost, row)
    with pytest.raises(CannotOpen):
        finish_beginning(**with_root(lost, other), proposal=row)
    with pytest.raises(CannotOpen):
        finish_beginning(**lost.act(lost.fj), root=make_secret(), proposal=row)
    assert directory().epoch("FJ").number == 1


def test_without_a_witness_it_is_not_finished(lost):
    row = propose(lost)
    with pytest.raises(CannotOpen):
        finish_beginning(**with_root(lost, lost.fj), proposal=row)


@pytest.mark.parametrize("who", ["fj", "oco"])
def test_only_a_third_administration_witnesses(lost, who):
    row = propose(lost)
    with pytest.raises(Refused):
        witnessed(lost, row, getattr(lost, who))
    assert not proposals_to_witness(lost.actor(getattr(lost, who)))


def test_a_reader_elsewhere_is_no_witness(lost):
    reader = lost.colleague("VU", Role.READER, name="reader")
    row = propose(lost)
    with pytest.raises(Refused):
        witnessed(lost, row, reader)


def test_who_is_not_in_the_directory_is_no_witness(lost):
    newcomer = lost.newcomer("VU")
    row = propose(lost)
    with pytest.raises(CannotOpen):
        witnessed(lost, row, newcomer)


def test_while_somebody_holds_the_key_nothing_begins_anew(world):
    assert not may_propose(world.actor(world.fj))
    with pytest.raises(KeyIsHeld):
        propose(world)


def test_who_is_not_vouched_for_proposes_nothing(lost):
    newcomer = lost.newcomer("FJ", name="second")
    assert not may_propose(lost.actor(newcomer))
    with pytest.raises(CannotOpen):
        propose_beginning(**with_root(lost, newcomer))


def test_a_witness_who_was_revoked_meanwhile_is_none(lost):
    row = witnessed(lost, propose(lost))
    off_board(**lost.act(lost.oco), leaver=lost.vu)
    with pytest.raises(DirectoryBroken):
        finish_beginning(**with_root(lost, lost.fj), proposal=row)
    assert Proposal.objects.get(pk=row.pk).ended_at is None


# A hand in the database -----------------------------------------------------------------------


def false_key():
    return EpochKeys.derive(make_secret()).public.to_bytes()


def test_a_key_exchanged_before_the_call_has_other_words(lost):
    row = propose(lost)
    heard = words_of(row)
    Proposal.objects.update(public=false_key())
    with pytest.raises(FingerprintChanged):
        witness_beginning(**lost.act(lost.vu), proposal=row, compared=heard)


def test_a_key_exchanged_after_the_witness_comes_to_nothing(lost):
    row = witnessed(lost, propose(lost))
    Proposal.objects.update(public=false_key())
    made = finish_beginning(**with_root(lost, lost.fj), proposal=row)
    assert made.fingerprint == words_of(row), "derived from the secret again"


@pytest.mark.parametrize(
    "hand",
    [{"witnessed_at": "2020-01-01T00:00:00+00:00"}, {"signature": b"\x00" * 64}],
    ids=lambda hand: next(iter(hand)),
)
def test_what_the_witness_signed_cannot_be_edited(lost, hand):
    row = witnessed(lost, propose(lost))
    Proposal.objects.update(**hand)
    with pytest.raises(DirectoryBroken):
        finish_beginning(**with_root(lost, lost.fj), proposal=row)
    assert directory().epoch("FJ").number == 1


def test_a_secret_moved_to_another_row_does_not_open(lost):
    first = propose(lost)
    row = witnessed(lost, propose(lost))
    Proposal.objects.filter(pk=row.pk).update(secret=first.secret)
    with pytest.raises(CannotOpen):
        finish_beginning(**with_root(lost, lost.fj), proposal=row)


# Once, and given up ---------------------------------------------------------------------------


def test_a_second_proposal_replaces_the_first(lost):
    first, second = propose(lost), propose(lost)
    with pytest.raises(ProposalOver):
        witnessed(lost, first)
    assert witnessed(lost, second)


def test_it_is_begun_once(lost):
    row = witnessed(lost, propose(lost))
    finish_beginning(**with_root(lost, lost.fj), proposal=row)
    with pytest.raises(ProposalOver):
        finish_beginning(**with_root(lost, lost.fj), proposal=row)


def test_given_up_it_is_over(lost):
    row = propose(lost)
    with pytest.raises(Refused):
        withdraw_proposal(actor=lost.actor(lost.vu), proposal=row)
    withdraw_proposal(actor=lost.actor(lost.fj), proposal=row)
    with pytest.raises(ProposalOver):
        witnessed(lost, row)
    assert JournalEntry.objects.filter(event="vault.beginning_withdrawn").exists()


# At the front door ----------------------------------------------------------------------------


def words(answer):
    return answer.content.decode()


OWN = "/account/keys/new-beginning/"


def test_on_the_pages_from_the_first_step_to_the_last(lost):
    fiji, vanuatu = signed_in(lost.fj), signed_in(lost.vu)
    assert OWN in words(fiji.get("/account/keys/"))
    fiji.post(OWN, {"password": PHRASE})
    row = Proposal.objects.get()
    shown = " ".join(words_of(row))
    page = words(vanuatu.get("/account/keys/"))
    assert f"{OWN}{row.pk}/" in page
    step = words(vanuatu.get(f"{OWN}{row.pk}/"))
    assert all(word in step for word in words_of(row))
    told = {"words": shown, "compared": "on", "password": PHRASE}
    assert vanuatu.post(f"{OWN}{row.pk}/", told).status_code == 302
    assert "Witnessed. By: Coordinator VU" in words(fiji.get(OWN))
    answer = fiji.post(OWN, {"password": PHRASE}, follow=True)
    assert "Your administration has a new key" in words(answer)
    assert re.search(r"Nothing is sealed to it before", words(answer))
    assert directory().epoch("FJ").broken
    assert fiji.get("/bulletins/new/").status_code == 200
    assert vanuatu.get(f"{OWN}{row.pk}/").status_code == 302, "it is over"


def test_a_witness_who_compared_nothing_signs_nothing(lost):
    row, client = propose(lost), signed_in(lost.vu)
    shown = {"words": " ".join(words_of(row)), "password": PHRASE}
    assert "Compare the words first" in words(client.post(f"{OWN}{row.pk}/", shown))
    other = {**shown, "compared": "on", "words": "some other words"}
    assert "words have changed" in words(client.post(f"{OWN}{row.pk}/", other))
    assert Proposal.objects.get().signature is None


def test_who_may_not_witness_is_refused_on_the_page(lost):
    row = propose(lost)
    for who in (lost.fj, lost.oco):
        client = signed_in(who)
        assert client.get(f"{OWN}{row.pk}/").status_code == 403
        told = {"words": " ".join(words_of(row)), "compared": "on", "password": PHRASE}
        assert client.post(f"{OWN}{row.pk}/", told).status_code == 403
    assert Proposal.objects.get().signature is None


def test_while_somebody_holds_the_key_the_page_offers_nothing(world):
    client = signed_in(world.fj)
    assert OWN not in words(client.get("/account/keys/"))
    assert "Propose a new beginning" not in words(client.get(OWN))
    assert "A colleague holds the key" in words(client.post(OWN, {"password": PHRASE}))
    assert not Proposal.objects.exists()


def test_a_reader_is_refused(lost):
    reader = lost.colleague("VU", Role.READER, name="reader")
    client = signed_in(reader)
    assert client.get(OWN).status_code == 403
    assert client.post(OWN, {"password": PHRASE}).status_code == 403


def test_it_is_given_up_on_the_page(lost):
    propose(lost)
    client = signed_in(lost.fj)
    assert "The new beginning is given up" in words(client.post(f"{OWN}withdraw/", follow=True))
    assert Proposal.objects.get().ended_at
