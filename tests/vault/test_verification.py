"""What the operator's check finds, and that it finds nothing in a healthy portal."""

import uuid

import pytest
from django.core.management import CommandError, call_command

from access.roles import Role
from vault.colleagues import off_board
from vault.directory import directory
from vault.epochs import rotate_epoch
from vault.models import (
    DirectoryEntry,
    EpochGrant,
    EpochLink,
    KeyClaim,
    KeyHolder,
    KeySlot,
    Remembered,
)
from vault.objects import DataKey, Holder, hand_out
from vault.verification import findings


def publish(code="FJ"):
    epoch, key = directory().epoch(code), DataKey.make("bulletin", uuid.uuid4())
    hand_out(key, [Holder(code, epoch.number, epoch.public.box)])


def test_a_healthy_portal_holds_together(world, capsys):
    publish()
    rotate_epoch(**world.act(world.fj))
    call_command("verify_vault")
    assert "The vault holds together." in capsys.readouterr().out


def break_directory(world):
    DirectoryEntry.objects.filter(seq=2).update(body=b"{}")
    from vault.directory import forget

    forget()


FAULTS = {
    "directory": (break_directory, "directory of keys does not hold together at line 2"),
    "slot": (
        lambda w: KeySlot.objects.filter(user=w.fj).update(serial=9),
        "does not open with any pepper",
    ),
    "memory": (lambda w: Remembered.objects.filter(user=w.fj).delete(), "no memory"),
    "claim": (lambda w: KeyClaim.objects.filter(user=w.fj).update(public=b"x"), "damaged"),
    "claim of another": (
        lambda w: KeyClaim.objects.filter(user=w.fj).update(public=w.keys(w.vu).public.to_bytes()),
        "claims a key that belongs to",
    ),
    "grant": (
        lambda w: EpochGrant.objects.filter(user=w.fj).update(signature=b"\x00" * 64),
        "was not signed by a colleague",
    ),
    "grant of another": (
        lambda w: EpochGrant.objects.filter(user=w.fj).update(user=w.vu),
        "not this person's",
    ),
    "link": (
        lambda w: (rotate_epoch(**w.act(w.fj)), EpochLink.objects.all().delete()),
        "has no link",
    ),
    "role": (
        lambda w: w.fj_contact.appointments.update(role=Role.OBSERVER),
        "holds no role that reads",
    ),
    "epoch behind": (lambda w: off_board(**w.act(w.oco), leaver=w.fj_contact), "left since"),
    "holder": (
        lambda w: (publish(), KeyHolder.objects.update(holder="VU")),
        "names a key that is not the holder's",
    ),
    "box": (
        lambda w: (publish(), KeyHolder.objects.update(key_id=b"\x01" * 16)),
        "carries a box for another key",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_said(world, fault, capsys):
    act, said = FAULTS[fault]
    assert list(findings()) == []
    act(world)
    with pytest.raises(CommandError, match="findings"):
        call_command("verify_vault")
    assert said in capsys.readouterr().out


def test_it_changes_nothing(world):
    publish()
    before = list(KeyHolder.objects.values()) + list(Remembered.objects.values())
    list(findings())
    assert before == list(KeyHolder.objects.values()) + list(Remembered.objects.values())
