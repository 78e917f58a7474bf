"""What is said in a thread, and who reads it."""

from uuid import uuid4

import pytest

from access.policy import Refused
from discussions.models import History, Message, Thread
from discussions.sealing import Locked
from discussions.services.messages import NotSent, edit_message, withdraw_message
from discussions.services.participants import add_participant, remove_participant
from discussions.services.threads import change_state
from tests.table import TEXT, TOPIC


def test_what_fiji_says_vanuatu_reads_in_the_same_order(world, table):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "first")
    table.says(world.vu, thread, "second")
    table.says(world.fj, thread, "third")
    for reader in (world.fj, world.fj_contact, world.vu, world.vu_contact):
        opened = table.reads(reader, thread)
        assert opened.topic == TOPIC
        assert [m.words.text for m in opened.messages] == ["first", "second", "third"]
        assert [m.message.number for m in opened.messages] == [1, 2, 3]
        assert opened.complete


def test_who_takes_no_part_finds_no_thread_and_holds_no_key(world, table):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread)
    with pytest.raises(Thread.DoesNotExist):
        table.reads(world.pw, thread)
    with pytest.raises(Refused):
        table.says(world.pw, thread)


def test_sent_twice_under_one_id_it_is_written_once(world, table):
    thread, same = table.open(world.fj, "VU"), uuid4()
    first = table.says(world.fj, thread, message_id=same)
    again = table.says(world.fj, thread, message_id=same)
    assert first.pk == again.pk
    assert table.texts(world.vu, thread) == [TEXT]
    with pytest.raises(NotSent):
        table.says(world.vu, thread, "mine", message_id=same)


def test_an_edit_replaces_the_words_and_keeps_the_former_ones(world, table):
    thread = table.open(world.fj, "VU")
    message = table.says(world.fj, thread, "eleven crates")
    edit_message(**table.both(world.fj), message=message, text="twelve crates", revision=1)
    assert table.texts(world.vu, thread) == ["twelve crates"]
    with pytest.raises(Refused):
        edit_message(**table.both(world.vu), message=message, text="none", revision=2)


def test_what_is_withdrawn_is_gone_and_its_place_stays(world, table):
    thread = table.open(world.fj, "VU")
    message = table.says(world.fj, thread, "wrong thread")
    table.says(world.vu, thread, "thanks")
    edit_message(**table.both(world.fj), message=message, text="wrong", revision=1)
    withdraw_message(**table.both(world.fj_contact), message=message)
    opened = table.reads(world.vu, thread)
    assert [m.words and m.words.text for m in opened.messages] == [None, "thanks"]
    assert opened.messages[0].message.withdrawn
    assert not opened.messages[0].broken
    assert opened.complete


def test_a_newcomer_reads_from_the_start_or_from_joining_on_as_the_thread_says(world, table):
    for history, expected in (
        (History.START, ["before", None, "after"]),
        (History.JOINING, [None, "after"]),
    ):
        thread = table.open(world.fj, "VU", history=history)
        table.says(world.fj, thread, "before")
        add_participant(**table.both(world.fj), thread=thread, name="PW")
        table.says(world.vu, thread, "after")
        assert table.texts(world.pw, thread) == expected


def test_who_is_removed_reads_nothing_any_more_and_holds_no_key(world, table):
    thread = table.open(world.fj, "VU", "PW")
    table.says(world.pw, thread, "before")
    remove_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.fj, thread, "after")
    with pytest.raises(Thread.DoesNotExist):
        table.reads(world.pw, thread)
    assert table.texts(world.vu, thread) == ["before", None, "after"]


def test_with_the_rules_patched_out_keys_still_decide(world, table, monkeypatch):
    thread = table.open(world.fj, "VU", "PW")
    table.says(world.fj, thread)
    remove_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.fj, thread)
    from discussions.opening import open_messages

    rows = list(Message.objects.select_related("epoch").filter(thread=thread))
    seen = open_messages(world.vault(world.pw), table.now(thread), rows)
    assert [one.words for one in seen] == [None, None, None]
    from discussions.sealing import open_present

    with pytest.raises(Locked):
        open_present(world.vault(world.pw), table.now(thread))


def test_a_closed_thread_takes_no_messages_until_it_is_opened_again(world, table):
    thread = table.open(world.fj, "VU")
    with pytest.raises(Refused):
        change_state(**table.both(world.vu), thread=thread, state="closed")
    change_state(**table.both(world.fj), thread=thread, state="closed")
    with pytest.raises(Refused):
        table.says(world.vu, thread)
    change_state(**table.both(world.fj), thread=thread, state="open")
    table.says(world.vu, thread, "again")
    assert table.reads(world.fj, thread).complete
