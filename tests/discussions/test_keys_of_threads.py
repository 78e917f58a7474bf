"""The keys of threads over the years: checked by the operator, taken over after a new key, handed
over when somebody leaves."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from activity.models import JournalEntry
from discussions.models import Message, Participant, Thread, ThreadEpoch
from discussions.services.messages import edit_message, withdraw_message
from discussions.services.participants import add_participant, remove_participant
from discussions.services.reading import keep_draft
from discussions.services.threads import change_state
from discussions.verification import threads_fit
from tests.discussions.taking_part import Writer
from vault.colleagues import off_board
from vault.directory import directory
from vault.models import KeyHolder, Manifest
from vault.rewrap import pending_rows, rewrap_pending


def findings() -> list[str]:
    return list(threads_fit(directory()))


@pytest.fixture
def thread(world, table):
    """A thread with a life behind it: five messages, an edit, a withdrawal, people come and go."""
    thread = table.open(world.fj, "VU", history="joining")
    first = table.says(world.fj, thread, "one")
    gone = table.says(world.vu, thread, "two")
    edit_message(**table.both(world.fj), message=first, text="first", revision=1)
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.pw, thread, "four")
    withdraw_message(**table.both(world.vu), message=gone)
    remove_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.fj, thread, "six")
    change_state(**table.both(world.vu), thread=thread, state="resolved")
    return table.now(thread)


class TestVerification:
    def test_a_thread_that_lived_fits(self, world, table, thread):
        table.open(world.fj, tlp="TLP:RED", officers=[world.vu.pk])
        table.open(world.fj, "VU")  # without a message
        assert findings() == []
        call_command("verify_vault")

    @pytest.mark.parametrize(
        ("by_hand", "said"),
        [
            (lambda t: Participant.objects.create(thread=t, administration_id="PW"),
             "Who takes part in"),
            (lambda t: Participant.objects.filter(thread=t, administration="VU").delete(),
             "Who takes part in"),
            (lambda t: KeyHolder.objects.filter(kind="thread", holder="VU").delete(),
             "has lost it"),
            (lambda t: KeyHolder.objects.filter(kind="thread", holder="VU").update(holder="PW"),
             "does not take part holds"),
            (lambda t: Manifest.objects.filter(kind="thread").delete(), "Nobody signed"),
            (lambda t: Message.objects.filter(thread=t, number=1).update(author=2), "is not what"),
            (lambda t: Message.objects.filter(thread=t, number=4).delete(), "does not follow"),
            (lambda t: Message.objects.filter(thread=t, number=7).delete(), "The end of"),
            (lambda t: Thread.objects.filter(pk=t.pk).update(state="open"), "is not in the state"),
        ],
    )  # fmt: skip
    def test_each_thing_changed_by_hand_is_found(self, thread, by_hand, said):
        assert findings() == []
        by_hand(thread)
        assert any(said in one and thread.ref in one for one in findings()), findings()
        with pytest.raises(CommandError):
            call_command("verify_vault")

    def test_an_end_that_was_cut_off_with_everything_is_known_to_the_journal(self, thread):
        last = Message.objects.get(thread=thread, number=6)
        Message.objects.filter(thread=thread, number=7).delete()
        Thread.objects.filter(pk=thread.pk).update(last_number=6, last_hash=bytes(last.hash))
        assert findings() == [f"Numbers at the end of {thread.ref} are gone: the journal has more."]

    def test_a_key_put_back_is_known_to_the_journal(self, world, table):
        thread = table.open(world.fj, "VU", "PW")
        remove_participant(**table.both(world.fj), thread=thread, name="PW")
        Message.objects.filter(thread=thread).delete()
        Thread.objects.filter(pk=thread.pk).update(last_number=0, last_hash=b"")
        ThreadEpoch.objects.filter(thread=thread, number=2).delete()
        Participant.objects.create(thread=thread, administration_id="PW")
        assert f"The newest key of {thread.ref} is not the one in the journal." in findings()


class TestAfterANewKey:
    def test_colleagues_read_on_and_the_next_message_is_under_another_key(self, world, table):
        thread = table.open(world.fj, "VU")
        table.says(world.vu, thread, "before")
        assert table.texts(world.fj, thread) == ["before"]
        off_board(**world.act(world.fj), leaver=world.fj_contact)
        assert pending_rows("FJ").filter(kind="thread").exists()
        rewrap_pending(world.vault(world.fj))
        assert not pending_rows("FJ").exists()
        assert table.texts(world.fj, thread) == ["before"]
        assert ThreadEpoch.objects.filter(thread=thread).count() == 1
        table.says(world.vu, thread, "after")  # anybody's next message: here another's
        assert ThreadEpoch.objects.filter(thread=thread).count() == 2
        newest = ThreadEpoch.objects.get(thread=thread, number=2)
        held = KeyHolder.objects.get(kind="thread", object_id=newest.uuid, holder="FJ")
        assert held.epoch == 2
        assert table.texts(world.fj, thread) == ["before", "after"]
        assert table.reads(world.vu, thread).complete
        assert findings() == []

    def test_the_leaver_with_every_secret_kept_opens_nothing_of_what_follows(self, world, table):
        from discussions.opening import open_messages

        thread = table.open(world.fj, "VU")
        table.says(world.fj, thread, "before")
        kept = world.vault(world.fj_contact)
        rows = lambda: list(  # noqa: E731
            Message.objects.select_related("epoch").filter(thread=thread).order_by("number")
        )
        assert [m.words.text for m in open_messages(kept, table.now(thread), rows())] == ["before"]
        off_board(**world.act(world.fj), leaver=world.fj_contact)
        rewrap_pending(world.vault(world.fj))
        table.says(world.fj, thread, "after")
        assert [m.words for m in open_messages(kept, table.now(thread), rows())] == [None, None]

    def test_a_state_that_begins_a_key_says_so_in_the_journal(self, world, table):
        thread = table.open(world.fj, "VU")
        table.says(world.fj, thread, "before")
        off_board(**world.act(world.fj), leaver=world.fj_contact)
        rewrap_pending(world.vault(world.fj))
        change_state(**table.both(world.vu), thread=thread, state="resolved")
        line = JournalEntry.objects.filter(event="discussions.state_changed").get()
        assert '"key":' in bytes(line.entry).decode()
        assert findings() == []


class TestHandOver:
    def test_what_hangs_on_the_leaver_is_listed_before_the_account_is_shut(self, world, table):
        from accounts.ports import handover_of
        from discussions.content import Words

        def told(user) -> dict[str, int]:
            return {one.label: one.count for one in handover_of(user)}

        thread = table.open(world.fj, "VU")
        table.open(world.vu, tlp="TLP:RED", officers=[world.fj_contact.pk])
        begun = "Messages begun and not sent, that only this person can open"
        named = "Discussions in which this person takes part by name"
        assert told(world.fj_contact)[begun] == 0
        writer = Writer(world.fj_contact, thread)
        keep_draft(
            **table.both(world.fj_contact), thread=thread, draft_id=writer.draft_id,
            words=Words("begun"), version=0,
        )  # fmt: skip
        assert told(world.fj_contact)[begun] == 1
        assert told(world.fj_contact)[named] == 1
        assert told(world.fj)[named] == 0
        client = Writer(world.fj, thread).client
        page = client.get(reverse("vault:suspend", args=[world.fj_contact.pk])).content.decode()
        assert named in page
