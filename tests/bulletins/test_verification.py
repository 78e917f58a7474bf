"""`verify_vault` finds what a page would meet, before anybody opens it."""

import datetime
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from activity import chain
from activity.models import JournalEntry
from activity.queries import journal_report
from bulletins import opening, services
from bulletins.models import Bulletin, Recipient
from bulletins.verification import holders_fit
from tests.bulletins.attaching import text_of
from vault.models import KeyHolder, Manifest, SealedFile

pytestmark = pytest.mark.django_db


def test_what_was_published_fits(desk, world):
    desk.publish(world.fj)
    desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(world.vu_contact.pk,))
    assert list(holders_fit(None)) == []


@pytest.fixture
def answered(desk, world):
    """Opened, acknowledged and acted on by Vanuatu, opened by nobody in Palau."""
    bulletin = desk.publish(world.fj, recipients=("VU", "PW"))
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    opening.open_bulletin(**desk.acting(world.vu_contact), bulletin=bulletin)
    actor = world.actor(world.vu)
    services.acknowledge(actor=actor, bulletin=bulletin)
    services.record_outcome(actor=actor, bulletin=bulletin, outcome="acted")
    services.record_outcome(actor=actor, bulletin=bulletin, outcome="nothing")
    assert list(holders_fit(None)) == []
    return bulletin


HOUR = datetime.timedelta(hours=1)
BY_HAND = {
    "opened earlier": ("VU", lambda row: {"opened_at": row.opened_at - HOUR}, "first opened"),
    "never opened": ("VU", lambda row: {"opened_at": None}, "first opened"),
    "opened by nobody": ("PW", lambda row: {"opened_at": timezone.now()}, "first opened"),
    "acknowledged in time": (
        "VU", lambda row: {"acknowledged_at": row.acknowledged_at - HOUR}, "was acknowledged",
    ),
    "never acknowledged": ("VU", lambda row: {"acknowledged_at": None}, "was acknowledged"),
    "acknowledged by nobody": (
        "PW", lambda row: {"acknowledged_at": timezone.now()}, "was acknowledged",
    ),
    "acknowledged by another": (
        "VU", lambda row: {"acknowledged_by": row.bulletin.author}, "who acknowledged",
    ),
    "another outcome": ("VU", lambda row: {"outcome": "acted"}, "what came of it"),
    "an outcome at another time": (
        "VU", lambda row: {"outcome_at": row.outcome_at + HOUR}, "what came of it",
    ),
    "delivered before it was issued": (
        "PW", lambda row: {"delivered_at": row.bulletin.issued_at - HOUR}, "was delivered",
    ),
    "delivered after it was opened": (
        "VU", lambda row: {"delivered_at": row.opened_at + HOUR}, "was delivered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BY_HAND)
def test_a_ledger_that_was_changed_by_hand_is_told_from_the_journal(answered, what, capsys):
    code, changes, said = BY_HAND[what]
    row = Recipient.objects.get(bulletin=answered, administration=code)
    Recipient.objects.filter(bulletin=answered, administration=code).update(**changes(row))
    with pytest.raises(CommandError):
        call_command("verify_vault")
    told = capsys.readouterr().out
    assert f"The ledger of {answered.ref} says of {code} what the journal does not" in told
    assert said in told


def test_a_line_of_the_journal_changed_along_is_for_the_other_check(answered):
    """Both changed alike agree with each other; then the chain does not hold."""
    line = JournalEntry.objects.filter(event="bulletins.acknowledged").get()
    said = json.loads(bytes(line.entry))
    then = datetime.datetime.fromisoformat(said["at"]) - HOUR
    body = bytes(line.entry).replace(said["at"].encode(), chain.utc_text(then).encode())
    JournalEntry.objects.filter(pk=line.pk).update(entry=body)
    Recipient.objects.filter(bulletin=answered, administration="VU").update(acknowledged_at=then)
    assert list(holders_fit(None)) == []
    assert not journal_report().is_whole


def test_an_officer_who_moved_opens_for_the_new_administration_too(desk, world):
    """The line in the journal is of the administration, as the ledger is."""
    bulletin = desk.publish(world.fj, recipients=("VU", "PW"))
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    moved = replace(world.actor(world.vu), administration="PW")
    opening.open_bulletin(actor=moved, vault=world.vault(world.pw), bulletin=bulletin)
    assert list(holders_fit(None)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tlp": "TLP:CLEAR"}, "The clear facts"),
        ({"due_on": datetime.date(2030, 1, 1)}, "The clear facts"),
    ],
)
def test_a_label_changed_by_hand_is_named_without_any_key(desk, world, changes, said):
    issued = desk.publish(world.fj, tlp="TLP:AMBER+STRICT")
    Bulletin.objects.filter(pk=issued.pk).update(**changes)
    assert said in next(holders_fit(None))


def test_files_put_aside_and_manifests_made_up_are_named(author):
    author.send("first.txt", text_of(1_000, 1))
    author.send("second.txt", text_of(1_000, 2))
    issued = author.publish()
    assert list(holders_fit(None)) == []
    SealedFile.objects.filter(position=0).update(state="refused")
    assert (
        next(holders_fit(None))
        == f"The files of {issued.ref} are not those that its author signed."
    )
    SealedFile.objects.update(state="ready")
    SealedFile.objects.filter(position=0).update(position=5)
    assert "The files of" in next(holders_fit(None))
    SealedFile.objects.filter(position=5).update(position=0)
    Manifest.objects.update(signature=bytes(64))
    assert "is not by its author" in next(holders_fit(None))


def test_an_issue_that_the_journal_does_not_know_is_named(desk, world):
    issued = desk.publish(world.fj)
    JournalEntry.objects.filter(event="bulletins.issued").delete()
    assert next(holders_fit(None)) == f"The journal does not name the manifest of {issued.ref}."


def test_each_thing_changed_by_hand_is_named(desk, world):
    issued = desk.publish(world.fj)
    extra = Recipient.objects.create(administration_id="PW", bulletin=issued)
    assert "not those that its author signed" in next(holders_fit(None))
    extra.delete()
    holder = KeyHolder.objects.get(object_id=issued.uuid, holder="VU")
    KeyHolder.objects.filter(pk=holder.pk).update(holder="PW")
    assert "to whom it was not sent" in next(holders_fit(None))
    holder.delete()
    assert "holds no key of it" in next(holders_fit(None))
    Manifest.objects.all().delete()
    assert "not those that its author signed" in next(holders_fit(None))
