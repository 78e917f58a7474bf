"""Signed in and not in it: an outsider, an observer, somebody taken out, and who has no key."""

import uuid

import pytest
from django.urls import reverse

from access.roles import Role
from access.sockets import Member, MemberFacts
from accounts.models import Administration, User
from activity.models import Notice
from discussions.facts import target_of
from discussions.live import ThreadPages
from discussions.models import Bookmark, Mention, Message, Reaction, ThreadDraft
from discussions.queries import mentions_for
from discussions.services.participants import add_participant, remove_participant
from tests.discussions.taking_part import Writer
from tests.factories import signed_in
from vault.colleagues import enter_person

SECRETS = ("Ziphrannet", "quombat", "snargle")
READ = [("thread", ()), ("participants", ()), ("names", ()), ("text", ()), ("pdf", ()),
        ("edit", (1,)), ("withdraw", (1,)), ("history", (1,))]  # fmt: skip
DONE = [("post", ()), ("draft", ()), ("attention", ()), ("unread", ()), ("state", ()),
        ("presence", ()), ("participants", ()), ("answer", (1,)), ("edit", (1,)),
        ("withdraw", (1,))]  # fmt: skip
TYPED = {
    "text": "mine", "meaning": "noted", "attention": "following", "number": "1",
    "state": "closed", "participant": "PW", "revision": "1", "presence": "1",
}  # fmt: skip


@pytest.fixture
def observer(world):
    Administration.objects.create(code="PTCCC", kind="partner", name="PTCCC", name_fr="PTCCC")
    person = world.newcomer("PTCCC", Role.OBSERVER, name="observer")
    enter_person(**world.act(world.oco), person=person, compared=world.words(person))
    return person


@pytest.fixture
def thread(world, table, settings, tmp_path):
    """Fiji and Vanuatu, with words, a file and somebody named."""
    settings.FILES_DIR = tmp_path / "files"
    thread = table.open(world.fj, "VU", "OCO")
    Writer(world.fj, thread).sends("snargle.txt", b"some words", text="quombat @Vanuatu")
    return thread


def address(thread, name, args=()):
    return reverse(f"discussions:{name}", args=[thread.ref, *args])


def file_of(world, thread):
    writer = Writer(world.fj, thread)
    return writer.file_url(Message.objects.get(thread=thread, number=1))


PLACES = ("/threads/?box=all", "/threads/mentions/", "/search/?q=quombat", "/notices/")


def assert_is_shut(client, thread, download, places=PLACES):
    for name, args in READ:
        assert client.get(address(thread, name, args)).status_code == 404, name
    for name, args in DONE:
        assert client.post(address(thread, name, args), TYPED).status_code == 404, name
    assert client.get(address(thread, "thread"), {"q": "quombat"}).status_code == 404
    assert client.get(download).status_code == 404
    begun = [thread.ref, uuid.uuid4()]
    files = client.post(reverse("discussions:files", args=begun), {"name": "x", "size": "1"})
    assert files.status_code == 404
    for place in places:
        seen = client.get(place).content.decode()
        assert thread.ref not in seen, place
        assert not any(word in seen for word in SECRETS if f"q={word}" not in place), place


def counts():
    return [model.objects.count() for model in (Message, Reaction, Bookmark, ThreadDraft)]


def test_an_outsider_finds_every_door_shut_and_changes_nothing(world, thread):
    before = counts()
    assert signed_in(world.vu).get(address(thread, "thread")).status_code == 200
    before[2] += 1  # the one who may has read it
    assert_is_shut(signed_in(world.pw), thread, file_of(world, thread))
    assert counts() == before


def test_an_observer_who_was_not_invited_too(world, thread, observer):
    assert_is_shut(signed_in(observer), thread, file_of(world, thread))
    assert counts()[:2] == [1, 0]


def test_who_was_taken_out_is_an_outsider_from_then_on(world, table, thread):
    client, download = signed_in(world.vu), file_of(world, thread)
    assert "quombat" in client.get(address(thread, "thread")).content.decode()
    table.says(world.fj, thread, "quombat again, @Vanuatu")
    remove_participant(**table.both(world.fj), thread=thread, name="VU")
    before = counts()
    # What was told and read while they took part stays told: a reference, never a word.
    assert_is_shut(client, thread, download, PLACES[:-1])
    assert counts() == before
    left = Notice.objects.filter(recipient=world.vu, target=target_of(thread), read_at=None)
    assert not left.exists()


class TestWithoutTheKey:
    """An officer of an administration that takes part, to whom nobody has granted its key."""

    @pytest.fixture
    def keyless(self, world):
        return world.newcomer("VU", Role.CONTACT)

    def test_no_page_gives_a_word_away_and_nothing_is_said_in_their_name(
        self, world, table, thread, keyless
    ):
        client, download = signed_in(keyless), file_of(world, thread)
        for name, args in READ:
            seen = client.get(address(thread, name, args)).content.decode("utf-8", "replace")
            assert not any(word in seen for word in SECRETS), name
        assert client.get(download).status_code == 409
        for name, args in DONE:
            client.post(address(thread, name, args), TYPED)
        thread.refresh_from_db()
        assert (thread.state, thread.last_number) == ("open", 1)
        assert Message.objects.get().revision == 1
        assert not Reaction.objects.exists()
        assert "quombat" not in client.get("/search/?q=snargle").content.decode()

    def test_a_colleague_with_the_key_can(self, world, thread):
        client = signed_in(world.vu)
        assert client.post(address(thread, "answer", (1,)), TYPED).status_code == 302
        assert Reaction.objects.get().user_id == world.vu.pk


class TestAnothersDraft:
    """Whoever has learned the id of what somebody else is writing."""

    @pytest.fixture
    def begun(self, world, thread):
        writer = Writer(world.vu, thread)
        said = writer.send("snargle-plan.txt", b"not sent yet")
        assert said.done
        return ThreadDraft.objects.get(author=world.vu)

    def test_its_files_are_not_sent_by_another(self, world, thread, begun):
        answer = signed_in(world.fj).post(
            address(thread, "post"), {"text": "mine now", "message": str(begun.pk)}
        )
        assert answer.status_code in (400, 404, 409)
        assert Message.objects.count() == 1
        assert ThreadDraft.objects.get().author_id == world.vu.pk

    def test_nor_is_it_written_over(self, world, thread, begun):
        answer = signed_in(world.fj).post(
            address(thread, "draft"), {"text": "mine", "message": str(begun.pk), "version": "0"}
        )
        assert answer.status_code in (200, 404, 409)
        kept = ThreadDraft.objects.get(pk=begun.pk)
        assert (kept.author_id, kept.version) == (world.vu.pk, begun.version)

    def test_its_own_author_sends_it(self, world, thread, begun):
        answer = signed_in(world.vu).post(
            address(thread, "post"), {"text": "the plan", "message": str(begun.pk)}
        )
        assert answer.status_code == 302
        assert Message.objects.filter(uuid=begun.pk, author=world.vu).exists()


def test_who_is_let_in_again_is_not_told_where_they_were_named_before(world, table):
    thread = table.open(world.fj, "VU", "PW", history="joining")
    table.says(world.fj, thread, "@Vanuatu, at first")
    assert [one.message.number for one in mentions_for(world.actor(world.vu))] == [1]
    remove_participant(**table.both(world.fj), thread=thread, name="VU")
    assert not mentions_for(world.actor(world.vu)).exists()
    add_participant(**table.both(world.fj), thread=thread, name="VU")
    named = table.says(world.fj, thread, "@Vanuatu, again")
    assert Mention.objects.count() == 2
    assert [one.message.number for one in mentions_for(world.actor(world.vu))] == [named.number]


def test_an_open_page_listens_only_to_what_its_person_may_read(world, table, thread, observer):
    pages, topic = ThreadPages(), f"thread:{thread.uuid}"

    def may(user, topic=topic):
        facts = MemberFacts(user.pk, b"", user.name, "en", "UTC")
        return pages.may_subscribe(Member(facts, send=None), topic)

    assert may(world.fj)
    assert may(world.vu_contact)
    assert not may(world.pw)
    assert not may(observer)
    for wrong in ("thread:", "thread:1", f"thread:{uuid.uuid4()}", "thread:" + "é" * 36):
        assert not may(world.fj, wrong)
    remove_participant(**table.both(world.fj), thread=thread, name="VU")
    assert not may(world.vu_contact)
    User.objects.filter(pk=world.fj.pk).update(is_active=False)
    assert not may(world.fj)
