"""A hand in the database: each single thing changed, swapped or put back is met in words."""

from uuid import uuid4

import pytest
from django.db import connection

from access.faces import appointed
from access.roles import READS
from accounts.models import User
from discussions.content import Words
from discussions.models import Message, Participant, Thread, ThreadEpoch
from discussions.sealing import Locked
from discussions.services.messages import edit_message, withdraw_message
from discussions.services.participants import add_participant
from vault.directory import directory
from vault.manifests import SealBroken
from vault.models import KeyHolder, Manifest
from vault.objects import DataKey, Holder, hand_out


@pytest.fixture
def thread(world, table):
    """Three messages by two administrations; the second was edited."""
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "eleven crates")
    second = table.says(world.vu, thread, "seen at the wharf")
    table.says(world.fj, thread, "thank you")
    edit_message(**table.both(world.vu), message=second, text="seen at sea", revision=1)
    return table.now(thread)


def message(thread, number):
    return Message.objects.get(thread=thread, number=number)


def states(opened):
    return ["broken" if m.broken else "ok" for m in opened.messages]


def test_untouched_it_opens(world, table, thread):
    opened = table.reads(world.vu, thread)
    assert states(opened) == ["ok", "ok", "ok"]
    assert opened.complete


def _other(row, column):
    """Another genuine value for a clear column."""
    return {
        "author_id": User.objects.exclude(pk=row.author_id).first().pk,
        "administration_id": "VU" if row.administration_id == "FJ" else "FJ",
        "sent_at": row.thread.opened_at,
        "kind": "closed",
        "about": "PW",
        "revision": row.revision + 1,
        "withdrawn": True,
        "digest": bytes(32),
        "signature": bytes(64),
        "prev": bytes(32) if row.number > 1 else bytes([1] * 32),
        "hash": bytes([7] * 32),
        "sealed": bytes(row.sealed)[:-1] + b"\x00",
    }[column]


COLUMNS = [
    "author_id", "administration_id", "sent_at", "kind", "about", "revision", "withdrawn",
    "digest", "signature", "prev", "hash", "sealed",
]  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [1, 2])
def test_one_column_of_a_message_changed_breaks_that_message_and_no_other(
    world, table, thread, column, number
):
    row = message(thread, number)
    Message.objects.filter(pk=row.pk).update(**{column: _other(row, column)})
    opened = table.reads(world.vu, thread)
    expected = ["ok", "ok", "ok"]
    expected[number - 1] = "broken"
    assert states(opened) == expected
    assert not opened.complete


def test_the_words_of_two_messages_exchanged_are_both_refused(world, table, thread):
    first, third = message(thread, 1), message(thread, 3)
    for row, other in ((first, third), (third, first)):
        Message.objects.filter(pk=row.pk).update(
            sealed=other.sealed, digest=other.digest, signature=other.signature
        )
    assert states(table.reads(world.vu, thread)) == ["broken", "ok", "broken"]


def test_a_message_taken_out_shows_as_a_gap(world, table, thread):
    row = message(thread, 2)
    row.former.all().delete()
    row.delete()
    opened = table.reads(world.fj, thread)
    assert not opened.complete


def test_the_end_cut_off_shows_because_the_thread_knows_its_end(world, table, thread):
    message(thread, 3).delete()
    assert not table.reads(world.fj, thread).complete


def test_numbers_exchanged_break_the_chain(world, table, thread):
    first, third = message(thread, 1), message(thread, 3)
    Message.objects.filter(pk=first.pk).update(number=99)
    Message.objects.filter(pk=third.pk).update(number=1)
    Message.objects.filter(pk=first.pk).update(number=3)
    opened = table.reads(world.fj, thread)
    assert states(opened)[0] == "broken"
    assert states(opened)[2] == "broken"


def test_an_edit_taken_back_by_hand_is_noticed(world, table, thread):
    row = message(thread, 2)
    former = row.former.get()
    Message.objects.filter(pk=row.pk).update(
        revision=1, revised_at=None, sealed=former.sealed, digest=former.digest,
        signature=former.signature,
    )  # fmt: skip
    former.delete()
    assert states(table.reads(world.fj, thread)) == ["ok", "broken", "ok"]


def test_a_withdrawal_taken_back_by_hand_brings_nothing_back(world, table, thread):
    row = message(thread, 1)
    before = {
        f: getattr(row, f) for f in ("revision", "revised_at", "sealed", "digest", "signature")
    }
    withdraw_message(**table.both(world.fj), message=row)
    message(thread, 1).former.all().delete()
    Message.objects.filter(pk=row.pk).update(withdrawn=False, withdrawn_by=None, **before)
    opened = table.reads(world.vu, thread)
    assert states(opened)[0] == "broken"
    assert opened.messages[0].words is None


def test_the_words_withdrawn_are_on_no_page_of_the_database(world, table, thread, settings):
    row = message(thread, 1)
    sealed = bytes(row.sealed)
    withdraw_message(**table.both(world.fj), message=row)
    former = [bytes(one.sealed or b"") for one in message(thread, 1).former.all()]
    assert sealed not in former
    assert message(thread, 1).sealed is None


# Who takes part -------------------------------------------------------------------------------


def test_a_participant_added_by_hand_reads_nothing_and_nobody_writes_for_it(world, table, thread):
    Participant.objects.create(thread=thread, administration_id="PW")
    with pytest.raises(Locked):
        table.reads(world.pw, thread)
    with pytest.raises(SealBroken):
        table.says(world.fj, table.now(thread), "to whom?")
    with pytest.raises(SealBroken):
        table.reads(world.vu, thread)


def test_a_participant_taken_out_by_hand_is_noticed_by_who_writes(world, table, thread):
    Participant.objects.filter(thread=thread, administration="VU").delete()
    with pytest.raises(SealBroken):
        table.says(world.fj, table.now(thread), "to whom?")


def test_an_audience_changed_in_the_key_is_not_what_its_maker_signed(world, table, thread):
    Participant.objects.create(thread=thread, administration_id="PW")
    epoch = ThreadEpoch.objects.get(thread=thread)
    ThreadEpoch.objects.filter(pk=epoch.pk).update(audience=["FJ", "PW", "VU"])
    with pytest.raises(SealBroken):
        table.says(world.fj, table.now(thread), "to whom?")


@pytest.mark.parametrize("column", ["tlp", "history", "origin_id", "subject_kind", "ref"])
def test_a_clear_fact_of_the_thread_changed_is_not_what_was_signed(world, table, thread, column):
    other = {"tlp": "TLP:CLEAR", "history": "joining", "origin_id": "VU",
             "subject_kind": "bulletin", "ref": "T-00000"}[column]  # fmt: skip
    Thread.objects.filter(pk=thread.pk).update(**{column: other})
    with pytest.raises(SealBroken):
        table.reads(world.vu, thread)


def test_a_participant_with_a_key_of_its_own_making_cannot_change_who_takes_part(
    world, table, thread
):
    """Vanuatu takes part, may write, and has a hand in the database: it still cannot let Palau in,
    because only who opened the thread signs another audience."""
    from discussions.sealing import make_epoch, newest_epochs, open_epoch, topic_of

    Participant.objects.create(thread=thread, administration_id="PW")
    ghost = table.now(thread)
    present, _former = newest_epochs(ghost)
    vault = world.vault(world.vu)
    topic = topic_of(open_epoch(vault, present))
    make_epoch(world.actor(world.vu), vault, ghost, topic, present)
    with pytest.raises(SealBroken):
        table.says(world.fj, table.now(thread), "to whom?")
    with pytest.raises(SealBroken):
        table.reads(world.fj, thread)


def test_a_box_of_a_key_that_nobody_signed_is_not_taken_over(world, table, thread):
    epoch = ThreadEpoch.objects.get(thread=thread)
    KeyHolder.objects.filter(object_id=epoch.uuid, holder="VU").delete()
    false = DataKey.make("thread", epoch.uuid)
    theirs = directory().epoch("VU")
    hand_out(false, [Holder("VU", theirs.number, theirs.public.box)])
    with pytest.raises(SealBroken):
        table.reads(world.vu, thread)
    assert table.texts(world.fj, thread)[0] == "eleven crates"


def test_the_manifest_of_another_thread_is_no_manifest_of_this_one(world, table, thread):
    other = table.open(world.fj, "VU", topic="another")
    mine, theirs = (ThreadEpoch.objects.get(thread=one) for one in (thread, other))
    row = Manifest.objects.get(object_id=theirs.uuid)
    Manifest.objects.filter(object_id=mine.uuid).update(
        body=row.body, signature=row.signature, hash=row.hash
    )
    with pytest.raises(SealBroken):
        table.reads(world.fj, thread)


def test_a_new_key_of_an_administration_begins_a_new_key_of_the_thread(world, table, thread):
    from vault.epochs import rotate_epoch

    rotate_epoch(**world.act(world.vu))
    before = ThreadEpoch.objects.filter(thread=thread).count()
    table.says(world.fj, thread, "under the new one")
    table.says(world.fj, thread, "and again")
    assert ThreadEpoch.objects.filter(thread=thread).count() == before + 1
    assert table.texts(world.vu_contact, thread)[-2:] == ["under the new one", "and again"]
    assert table.texts(world.vu_contact, thread)[0] == "eleven crates"


def test_a_leaver_opens_nothing_that_was_written_afterwards(world, table, thread):
    from vault.colleagues import off_board

    old = world.vault(world.vu_contact)
    off_board(**world.act(world.vu), leaver=world.vu_contact)
    table.says(world.fj, thread, "after the leaving")
    newest = ThreadEpoch.objects.filter(thread=thread).order_by("-number").first()
    from discussions.sealing import open_epoch

    newest.thread = table.now(thread)
    with pytest.raises(Locked):
        open_epoch(old, newest)
    assert table.texts(world.vu, thread)[-1] == "after the leaving"


def test_a_leaver_with_a_hand_in_the_database_adds_no_message_of_an_earlier_date(
    world, table, thread
):
    """The key and the signature are genuine, of the days before; but nobody wrote it down then."""
    from discussions.facts import digest
    from discussions.line import add_to_chain, next_message
    from discussions.sealing import message_key, newest_epochs, open_epoch
    from vault.colleagues import off_board

    old, who = world.vault(world.vu_contact), world.actor(world.vu_contact)
    off_board(**world.act(world.vu), leaver=world.vu_contact)
    thread = table.now(thread)
    opened = open_epoch(old, newest_epochs(thread)[0])
    forged = next_message(who, thread, opened, uuid=uuid4())
    forged.sent_at = thread.last_at
    words = Words("never said").to_bytes()
    forged.sealed = message_key(opened, forged).seal_field("words:1", words, floor=256)
    forged.digest = digest(forged.sealed)
    add_to_chain(old, forged)
    assert states(table.reads(world.fj, thread)) == ["ok", "ok", "ok", "broken"]


def test_no_word_of_a_thread_lies_readable_in_any_table(world, table, thread):
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.pw, table.now(thread), "the zorptang hatch")
    assert User.objects.filter(appointed(READS, ["PW"])).exists()
    words = [b"zorptang", b"eleven crates", b"seen at sea", b"Ziphrannet", b"wharf"]
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            blob = repr(cursor.fetchall()).encode()
            assert not [word for word in words if word in blob], name
