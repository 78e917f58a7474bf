"""Several people change keys in the same moment, on a real database with several connections."""

import threading

import pytest
from django.db import connection

from tests.factories import PHRASE
from vault import colleagues, passphrases, slots
from vault import directory as ledger
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.epochs import rotate_epoch
from vault.models import DirectoryEntry, EpochGrant, KeySlot

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run each in a thread of its own; what they raised, in order."""
    start, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            start.wait(10)
            act()
        except Exception as problem:
            raised[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def holds_together(world):
    ledger.forget()
    view = directory()
    assert view.size == DirectoryEntry.objects.count()
    return view


def test_two_colleagues_make_a_new_key_at_once(world):
    acts = [world.act(world.fj), world.act(world.fj_contact)]
    raised = together(*(lambda act=act: rotate_epoch(**act) for act in acts))
    assert raised == [None, None]
    assert holds_together(world).epoch("FJ").number == 3
    for user in (world.fj, world.fj_contact):
        vault = world.vault(user)
        assert vault.newest == 3
        assert len(vault.epochs) == 3


def test_five_administrations_write_in_the_directory_at_once(world):
    newcomers = [(code, world.newcomer(code)) for code in ("FJ", "VU", "PW", "OCO")]
    acts = []
    for code, newcomer in newcomers:
        act = world.act(getattr(world, code.lower()))
        words = world.words(newcomer)
        acts.append(
            lambda a=act, n=newcomer, w=words: colleagues.enter_person(**a, person=n, compared=w)
        )
    vanuatu = world.act(world.vu)
    acts.append(lambda: rotate_epoch(**vanuatu))
    before = directory().size
    assert together(*acts) == [None] * 5
    assert holds_together(world).size == before + 5


def test_a_grant_and_a_new_key_at_once_leave_nobody_with_half(world):
    """The newcomer is granted the old key and left behind, or the new one: never a broken row."""
    newcomer = world.newcomer("FJ")
    colleagues.enter_person(**world.act(world.fj), person=newcomer, compared=world.words(newcomer))
    grant, rotate = world.act(world.fj), world.act(world.fj_contact)
    raised = together(
        lambda: colleagues.grant_epoch(**grant, colleague=newcomer),
        lambda: rotate_epoch(**rotate),
    )
    assert raised == [None, None]
    assert holds_together(world).epoch("FJ").number == 2
    assert world.vault(newcomer).newest == 2, "granted before or after, the newest opens"


def test_a_printed_code_typed_in_two_windows_is_good_once(world):
    code, actor, user = world.recovery_codes[world.fj.pk], world.actor(world.fj), world.fj
    phrases = ["mangrove ferry ladder quiet saffron", "pelican granite orchard violin dust"]
    raised = together(
        *(
            lambda p=phrase: passphrases.recover(actor=actor, user=user, code=code, passphrase=p)
            for phrase in phrases
        )
    )
    assert [type(problem) for problem in raised if problem] in ([CannotOpen], [])
    opened = [p for p in phrases if slots.is_passphrase(user, p)]
    assert len(opened) == 1
    assert KeySlot.objects.filter(user=user).count() == 2
    with pytest.raises(CannotOpen):
        slots.open_passphrase(user, PHRASE)


def test_a_person_is_shut_out_twice_at_once(world):
    other = world.colleague("OCO", "secretariat", name="third")
    acts = [world.act(world.oco), world.act(other)]
    leaver = world.vu_contact
    raised = together(*(lambda act=act: colleagues.off_board(**act, leaver=leaver) for act in acts))
    assert raised == [None, None]
    assert holds_together(world).person(leaver.pk) is None
    assert not EpochGrant.objects.filter(user=leaver).exists()
