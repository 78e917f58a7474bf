"""The database in the hands of somebody else: what the check says about each thing done to it."""

import datetime
import email
import email.policy
import io

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from activity import chain
from activity.checkpoints import JournalBroken, make_checkpoint
from activity.events import Event
from activity.mail import deliver
from activity.models import Checkpoint, JournalEntry, JournalHead, Notice, OutgoingMail
from activity.queries import journal_report
from activity.record import record
from vault.crypto.signing import SigningKey

TICK = Actor.command("tick")


def act(times=1, administration="FJ", user=None):
    for _ in range(times):
        with transaction.atomic():
            record(
                Actor(user_id=user and user.pk, administration=administration, name="tick"),
                Event.BULLETIN_OPENED,
                detail={"revision": 1},
            )


def kinds():
    return [(fault.kind, fault.seq) for fault in journal_report().faults]


@pytest.fixture
def kept(cast):
    """Twelve lines, the first ten and the checkpoint itself signed."""
    act(10)
    made = make_checkpoint(TICK)
    assert made.size == 10
    act(1)


def rewrite(change):
    """What somebody with the database and our source could do: a new chain, from the first line."""
    prev = chain.GENESIS
    for row in JournalEntry.objects.order_by("seq"):
        entry = change(bytes(row.entry))
        prev_was, prev = prev, chain.line_hash(row.seq, prev, entry)
        JournalEntry.objects.filter(pk=row.pk).update(prev=prev_was, entry=entry, hash=prev)
    JournalHead.objects.update(hash=prev)


def test_a_journal_left_alone_is_whole(kept):
    assert kinds() == []


def test_an_edited_entry_is_found(kept):
    row = JournalEntry.objects.get(seq=4)
    entry = bytes(row.entry).replace(b'"revision":1', b'"revision":2')
    JournalEntry.objects.filter(seq=4).update(entry=entry)
    assert kinds() == [(chain.EDITED, 4)]


def test_a_line_filed_under_another_administration_is_found(kept):
    JournalEntry.objects.filter(seq=4).update(administration="TO")
    assert kinds() == [(chain.MISFILED, 4)]


def test_a_line_filed_under_another_time_is_found(kept):
    JournalEntry.objects.filter(seq=4).update(at=timezone.now() + datetime.timedelta(days=1))
    assert kinds() == [(chain.MISFILED, 4)]


def test_a_deleted_line_is_found(kept):
    JournalEntry.objects.filter(seq=4).delete()
    assert kinds()[0] == (chain.GAP, 4)


def test_a_line_put_in_before_the_first_is_found(kept):
    first = JournalEntry.objects.get(seq=1)
    first.pk = 0
    first.save(force_insert=True)
    assert (chain.GAP, 1) in kinds()


def test_a_cut_behind_the_last_checkpoint_is_found_by_the_head(kept):
    JournalEntry.objects.filter(seq=12).delete()
    assert kinds() == [(chain.CUT, 12)]


def test_a_cut_with_the_head_set_back_is_found_by_the_checkpoint(kept):
    JournalEntry.objects.filter(seq__gt=8).delete()
    JournalHead.objects.update(seq=8, hash=JournalEntry.objects.get(seq=8).hash)
    assert (chain.CUT, 10) in kinds()


def test_a_complete_rewrite_is_found_by_the_checkpoint(kept):
    rewrite(lambda entry: entry.replace(b'"for":"FJ"', b'"for":"TO"'))
    JournalEntry.objects.filter(administration="FJ").update(administration="TO")
    assert kinds() == [(chain.REWRITTEN, 10)]


def test_a_checkpoint_altered_to_fit_a_rewrite_is_found_by_its_signature(kept):
    rewrite(lambda entry: entry.replace(b'"revision":1', b'"revision":2'))
    tree = chain.Tree()
    for row in JournalEntry.objects.filter(seq__lte=10).order_by("seq"):
        tree.add(bytes(row.hash))
    head = JournalEntry.objects.get(seq=10).hash
    Checkpoint.objects.update(root=tree.root, head=head)
    assert kinds() == [(chain.FORGED, 10)]


def test_a_checkpoint_that_was_taken_away_is_missed(kept):
    Checkpoint.objects.all().delete()
    assert kinds() == [(chain.LOST, 10)]


def test_the_command_says_each_fault_in_a_sentence_and_fails(kept):
    said, complaints = io.StringIO(), io.StringIO()
    call_command("verify_journal", stdout=said, stderr=complaints)
    assert "The journal is whole." in said.getvalue()
    JournalEntry.objects.filter(seq=4).update(administration="TO")
    with pytest.raises(CommandError, match="does not verify"):
        call_command("verify_journal", stdout=said, stderr=complaints)
    assert "Line 4 is filed under something else than it says." in complaints.getvalue()


def test_a_checkpoint_is_mailed_to_every_administrations_coordinator(cast, mail_dir):
    act(3)
    made = make_checkpoint(TICK)
    assert deliver().sent == 3
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in mail_dir.iterdir()
    ]
    assert {mail["To"] for mail in mails} == {
        "sela@fj.invalid", "ana@to.invalid", "officer@oco.invalid",
    }  # fmt: skip
    text = mails[0].get_body(("plain",)).get_content()
    for figure in (made.root, made.head, made.signature[:32], made.signature[32:]):
        assert bytes(figure).hex() in text
    assert max(len(line) for line in text.split("ISWG journal checkpoint")[1].splitlines()[:7]) < 72


def test_where_there_is_no_coordinator_the_contact_point_keeps_the_checkpoint(cast, mail_dir):
    act(3)
    cast.ana.appointments.update(until=timezone.now().date() - datetime.timedelta(days=1))
    make_checkpoint(TICK)
    keepers = OutgoingMail.objects.filter(kind="checkpoint").values_list("recipient", flat=True)
    assert set(keepers) == {cast.sela.pk, cast.mele.pk, cast.officer.pk}


def test_nothing_new_is_not_signed_again(cast):
    act(3)
    first = make_checkpoint(TICK)
    second = make_checkpoint(TICK)  # over the line that says that the first was made
    assert (first.size, second.size) == (3, 4)
    Checkpoint.objects.all().delete()
    JournalEntry.objects.all().delete()
    JournalHead.objects.all().delete()
    assert make_checkpoint(TICK) is None


def test_a_checkpoint_is_signed_with_the_key_of_the_settings(kept, settings):
    row = Checkpoint.objects.get()
    statement = chain.Statement(row.size, bytes(row.head), bytes(row.root), row.made_at)
    own = SigningKey.derive(django_settings.JOURNAL_KEY).public
    assert chain.is_signed(own, statement, bytes(row.signature))
    settings.JOURNAL_KEY = bytes(32)
    assert kinds() == [(chain.FORGED, 10)]


def test_a_broken_journal_is_not_signed_and_the_secretariat_is_told_once(kept, cast):
    JournalEntry.objects.filter(seq=4).delete()
    before = OutgoingMail.objects.filter(kind="checkpoint").count()
    for _ in range(2):
        with pytest.raises(JournalBroken):
            make_checkpoint(TICK)
    assert Checkpoint.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="checkpoint").count() == before
    told = Notice.objects.filter(event=Event.JOURNAL_BROKEN)
    assert [(notice.recipient, notice.urgency) for notice in told] == [(cast.officer, "immediate")]


def test_the_command_signs_or_says_why_not(cast):
    said = io.StringIO()
    act(2)
    call_command("make_checkpoint", stdout=said)
    assert "Signed 2 lines" in said.getvalue()
    JournalEntry.objects.filter(seq=1).delete()
    with pytest.raises(CommandError, match="run verify_journal"):
        call_command("make_checkpoint", stdout=said)
