"""What an operator does at a terminal, with somebody of the administration beside the keyboard."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from activity.models import JournalEntry
from tests.factories import PHRASE
from vault.directory import directory
from vault.signing_command import ask_passphrase


@pytest.fixture
def typed(monkeypatch):
    """What comes through a pipe."""

    def type_in(words):
        monkeypatch.setattr(sys, "stdin", io.StringIO(words + "\n"))

    type_in(PHRASE)
    return type_in


def run(*words):
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def refused(*words, because):
    with pytest.raises(CommandError) as error:
        run(*words)
    assert because in str(error.value)
    assert PHRASE not in str(error.value)


# A new key ------------------------------------------------------------------------------------


def test_a_coordinator_makes_a_new_key(world, typed):
    said = run("rotate_epoch", "fj", "--as", world.fj.email)
    made = directory().epoch("FJ")
    assert made.number == 2
    assert " ".join(made.fingerprint) in said
    assert world.vault(world.fj_contact).holds(made.key_id)
    line = JournalEntry.objects.filter(event="vault.epoch_made").latest("seq")
    assert line.user_id == world.fj.pk


def test_with_a_wrong_passphrase_nothing_is_made(world, typed):
    typed("something else entirely")
    refused("rotate_epoch", "FJ", "--as", world.fj.email, because="not this person's passphrase")
    assert directory().epoch("FJ").number == 1


def test_somebody_of_another_administration_makes_none(world, typed):
    refused("rotate_epoch", "FJ", "--as", world.vu.email, because="does not act for FJ")
    typed(PHRASE)
    refused("rotate_epoch", "FJ", "--as", world.oco.email, because="does not act for FJ")


def test_a_reader_is_refused_with_the_sentence_of_the_rule(world, typed):
    from access.roles import Role

    reader = world.colleague("FJ", Role.READER, name="reader")
    refused("rotate_epoch", "FJ", "--as", reader.email, because="contact point or a coordinator")


def test_who_holds_no_key_makes_none(world, typed):
    newcomer = world.newcomer("FJ")
    refused("rotate_epoch", "FJ", "--as", newcomer.email, because="does not hold")


@pytest.mark.parametrize("who", ["nobody@test.invalid", ""])
def test_nobody_signs_nothing(world, typed, who):
    refused("rotate_epoch", "FJ", "--as", who, because="Nobody")


def test_the_passphrase_is_no_argument(world, typed):
    with pytest.raises(TypeError):
        call_command("rotate_epoch", "FJ", signer=world.fj.email, passphrase=PHRASE)


def test_at_a_terminal_it_is_asked_for_unseen(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("seen by everybody\n"))
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"unseen after {prompt}")
    assert ask_passphrase("a@b.example").startswith("unseen after")


# Leaving --------------------------------------------------------------------------------------


def test_a_coordinator_shuts_an_account(world, typed):
    said = run("off_board", world.fj_contact.email, "--as", world.fj.email)
    assert "new key" in said
    assert directory().person(world.fj_contact.pk) is None
    assert directory().epoch("FJ").number == 2
    world.fj_contact.refresh_from_db()
    assert not world.fj_contact.is_active


def test_the_secretariat_shuts_one_and_a_colleague_makes_the_key(world, typed):
    said = run("off_board", world.fj_contact.email, "--as", world.oco.email)
    assert "as soon as a colleague unlocks" in said
    assert directory().is_behind("FJ")


@pytest.mark.parametrize("signer", ["fj_contact", "vu"])
def test_who_may_not_shut_an_account_does_not(world, typed, signer):
    signer = getattr(world, signer)
    refused("off_board", world.fj.email, "--as", signer.email, because="Only a coordinator"
            if signer == world.fj_contact else "own administration only")  # fmt: skip
    assert world.vault(world.fj).is_granted


def test_nobody_shuts_their_own(world, typed):
    refused("off_board", world.fj.email, "--as", world.fj.email, because="their own account")
