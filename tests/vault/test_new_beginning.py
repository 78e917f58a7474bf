"""An administration that lost every key begins again, with a witness, and everybody hears of it."""

import datetime
from dataclasses import replace

import pytest
from django.utils import timezone

from access.policy import Refused
from activity.models import JournalEntry, Notice
from tests.factories import PHRASE
from vault import breaks, new_beginning, passphrases
from vault import directory as ledger
from vault.colleagues import confirm_fingerprint, enter_person, off_board
from vault.crypto.errors import CannotOpen
from vault.directory import DirectoryBroken, directory
from vault.epochs import make_first_epoch, rotate_epoch
from vault.models import DirectoryEntry


@pytest.fixture
def lost(world):
    """Fiji's contact point has left, and its coordinator has lost phrase and code."""
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    fresh = passphrases.begin(actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE)
    world.roots[world.fj.pk] = fresh.root
    enter_person(**world.act(world.oco), person=world.fj, compared=world.words(world.fj))
    assert not world.vault(world.fj).is_granted
    return world


def begin_again(world, witness):
    beginning = new_beginning.propose(**world.act(world.fj))
    assert new_beginning.told_to_witness(beginning.statement) == beginning.fingerprint
    witnessed = new_beginning.witness(**world.act(witness), statement=beginning.statement)
    return new_beginning.begin_again(
        **world.act(world.fj), beginning=beginning, witnessed=witnessed
    )


def test_neither_a_first_nor_a_next_key_can_be_made(lost):
    for act in (make_first_epoch, rotate_epoch):
        with pytest.raises(CannotOpen):
            act(**lost.act(lost.fj))


def test_with_a_witness_it_begins_again_and_everybody_is_told(lost):
    before = directory().epoch("FJ")
    made = begin_again(lost, lost.vu)
    assert (made.number, made.broken) == (2, True)
    vault = lost.vault(lost.fj)
    assert vault.holds(made.key_id)
    assert not vault.holds(before.key_id), "what was sealed before stays closed"
    told = set(Notice.objects.filter(event="vault.epoch_made").values_list("recipient", flat=True))
    assert {lost.vu.pk, lost.pw_contact.pk, lost.oco.pk} <= told


def test_nothing_is_sealed_to_it_for_72_hours_but_by_who_compared_the_words(lost):
    made = begin_again(lost, lost.vu)
    palau = lost.vault(lost.pw)
    assert directory().sealable_epoch("FJ") is None
    assert palau.sealable_epoch("FJ") is None
    confirm_fingerprint(
        actor=lost.actor(lost.pw), vault=palau, administration="FJ", compared=made.fingerprint
    )
    assert palau.sealable_epoch("FJ") == made
    assert lost.vault(lost.vu).sealable_epoch("FJ") is None


# The 72 hours, by every clock there is ---------------------------------------------------------


@pytest.fixture
def later(monkeypatch):
    """Move everybody's clock on."""
    real = timezone.now

    def move(**by):
        monkeypatch.setattr(timezone, "now", lambda: real() + datetime.timedelta(**by))
        ledger.forget()
        breaks.forget()

    return move


def test_after_72_hours_it_is_sealed_to(lost, later):
    made = begin_again(lost, lost.vu)
    later(hours=71, minutes=59)
    assert directory().sealable_epoch("FJ") is None
    later(hours=72, minutes=1)
    assert directory().sealable_epoch("FJ") == made


def dated_back(row, **by):
    row.at -= datetime.timedelta(**by)
    row.save()


def line(_made):
    return DirectoryEntry.objects.order_by("seq").last()


def in_the_journal(made):
    place = f"accounts.administration:{made.administration}"
    return JournalEntry.objects.filter(event="vault.epoch_made", target=place, seq__gt=0)


def test_a_line_whose_row_was_dated_back_by_hand_waits_for_the_journals_clock(lost, later):
    made = begin_again(lost, lost.vu)
    dated_back(line(made), hours=100)
    later(minutes=1)
    assert directory().sealable_epoch("FJ") is None


def test_a_line_whose_times_are_all_old_waits_for_the_clock_of_its_row(lost):
    """In a quiet directory maker and witness may write any time since the line before."""
    made = begin_again(lost, lost.vu)
    then = made.at - datetime.timedelta(hours=100)
    old = replace(made, at=then, witnessed_at=then)
    assert old.kept_at is not None
    assert old.sealable_from == old.kept_at + datetime.timedelta(hours=72)


def test_a_journal_dated_back_by_hand_does_not_help_either(lost, later):
    made = begin_again(lost, lost.vu)
    for row in in_the_journal(made):
        dated_back(row, hours=100)
    later(hours=71)
    assert directory().sealable_epoch("FJ") is None


def test_a_line_that_the_journal_knows_nothing_of_is_never_sealed_to(lost, later):
    made = begin_again(lost, lost.vu)
    in_the_journal(made).delete()
    later(hours=73)
    assert directory().sealable_epoch("FJ") is None
    assert directory().sealable_epoch("FJ", confirmed=frozenset({made.key_id})) == made


@pytest.mark.parametrize("who", ["fj", "oco"])
def test_who_is_not_of_a_third_administration_does_not_witness(lost, who):
    beginning = new_beginning.propose(**lost.act(lost.fj))
    with pytest.raises(Refused):
        new_beginning.witness(**lost.act(getattr(lost, who)), statement=beginning.statement)


def test_an_old_statement_is_not_witnessed(lost):
    """Else the 72 hours could pass before anybody is told."""
    beginning = new_beginning.propose(**lost.act(lost.fj))
    then = timezone.now() - datetime.timedelta(hours=80)
    statement = {**beginning.statement, "witnessed_at": then.isoformat(timespec="seconds")}
    with pytest.raises(CannotOpen):
        new_beginning.witness(**lost.act(lost.vu), statement=statement)


def test_a_word_given_for_one_beginning_does_not_serve_another(lost):
    one, other = (new_beginning.propose(**lost.act(lost.fj)) for _ in range(2))
    witnessed = new_beginning.witness(**lost.act(lost.vu), statement=one.statement)
    with pytest.raises(DirectoryBroken):
        new_beginning.begin_again(**lost.act(lost.fj), beginning=other, witnessed=witnessed)
    assert directory().epoch("FJ").number == 1


def test_the_secret_of_a_beginning_is_in_nothing_that_is_shown(lost):
    beginning = new_beginning.propose(**lost.act(lost.fj))
    assert beginning.secret.hex() not in repr(beginning)
    assert beginning.secret not in beginning.statement.values()
