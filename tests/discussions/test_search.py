"""What a search finds in discussions, and what it never finds."""

import pytest
from django.urls import reverse

from discussions.models import Message, Participant
from discussions.search import search_in, search_threads
from discussions.services.messages import edit_message, withdraw_message
from discussions.services.participants import add_participant, remove_participant
from tests.discussions.taking_part import Writer
from vault.searching import StillSearching, one_at_a_time


@pytest.fixture
def finds(world):
    """The texts found by this person, newest first."""

    def found(user, typed: str) -> list[str]:
        hits = search_threads(world.actor(user), world.vault(user), typed).hits
        return [f"{one.before}{one.matched}{one.after}" for one in hits]

    return found


def test_words_are_found_without_accents_and_whoever_may_read_finds_them(world, table, finds):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "Le voilier a quitté Nukuʻalofa hier.")
    for reader in (world.fj, world.fj_contact, world.vu):
        assert finds(reader, "NUKUALOFA quitte") == ["Le voilier a quitté Nukuʻalofa hier."]
    assert finds(world.pw, "nukualofa") == []


def test_topics_references_and_file_names_are_found_too(world, table, finds, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    thread = table.open(world.fj, "VU", topic="Sails of the quombat")
    Writer(world.fj, thread).sends("snargle-log.txt", b"some words", text="See it.")
    assert finds(world.vu, "quombat sails") == ["Sails of the quombat"]
    assert finds(world.vu, thread.ref) == [thread.ref]
    assert finds(world.vu, "snargle") == ["snargle-log.txt"]
    assert finds(world.vu, "quombat snargle") == ["snargle-log.txt"]


def test_who_joined_later_finds_only_what_followed(world, table, finds):
    thread = table.open(world.fj, "VU", history="joining")
    table.says(world.fj, thread, "quombat before")
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.fj, thread, "quombat after")
    assert finds(world.vu, "quombat") == ["quombat after", "quombat before"]
    assert finds(world.pw, "quombat") == ["quombat after"]


def test_of_before_the_joining_not_even_a_file_name_is_found(
    world, table, finds, settings, tmp_path
):
    settings.FILES_DIR = tmp_path / "files"
    thread = table.open(world.fj, "VU", history="joining")
    writer = Writer(world.fj, thread)
    writer.sends("snargle-before.txt", b"some words", text="quombat before")
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    writer.sends("snargle-after.txt", b"some words", text="quombat after")
    assert finds(world.vu, "snargle") == ["snargle-after.txt", "snargle-before.txt"]
    assert finds(world.pw, "snargle") == ["snargle-after.txt"]
    hits = search_in(world.actor(world.pw), world.vault(world.pw), table.now(thread), "quombat")
    assert [hit.message.number for hit in hits.hits] == [3]


def test_nor_by_who_was_given_the_key_of_before(world, table, finds, settings, tmp_path):
    """The key of before should not be theirs; where a reading begins is asked all the same."""
    settings.FILES_DIR = tmp_path / "files"
    thread = table.open(world.fj, "VU", history="joining")
    sent = Writer(world.fj, thread).sends("snargle.txt", b"some words", text="quombat one")
    table.says(world.fj, thread, "quombat two")
    assert finds(world.vu, "snargle") == ["snargle.txt"]
    assert finds(world.vu, "quombat") == ["quombat two", "quombat one"]
    Participant.objects.filter(thread=thread, administration="VU").update(reads_from=sent.number)
    assert finds(world.vu, "snargle") == []
    assert finds(world.vu, "quombat") == ["quombat two"]
    hits = search_in(world.actor(world.vu), world.vault(world.vu), table.now(thread), "quombat")
    assert [hit.message.number for hit in hits.hits] == [sent.number + 1]


def test_who_was_removed_finds_nothing(world, table, finds):
    thread = table.open(world.fj, "VU", "PW", topic="The hull")
    table.says(world.fj, thread, "quombat")
    assert finds(world.pw, "quombat") == ["quombat"]
    remove_participant(**table.both(world.fj), thread=thread, name="PW")
    assert finds(world.pw, "quombat") == []
    assert finds(world.pw, "hull") == []


def test_withdrawn_and_replaced_words_are_not_found(world, table, finds):
    thread = table.open(world.fj, "VU")
    gone, other = table.says(world.fj, thread, "quombat one"), table.says(world.fj, thread, "two")
    edit_message(**table.both(world.fj), message=other, text="snargle", revision=1)
    withdraw_message(**table.both(world.fj), message=gone)
    assert finds(world.vu, "quombat") == []
    assert finds(world.vu, "two") == []
    assert finds(world.vu, "snargle") == ["snargle"]


def test_only_the_named_officers_of_a_red_thread_find_it(world, table, finds):
    thread = table.open(world.fj, tlp="TLP:RED", officers=[world.vu.pk])
    table.says(world.fj, thread, "quombat")
    assert finds(world.vu, "quombat") == ["quombat"]
    assert finds(world.vu_contact, "quombat") == []


def test_what_somebody_put_into_anothers_mouth_is_not_shown_as_found(world, table, finds):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "quombat")
    assert finds(world.vu, "quombat") == ["quombat"]
    Message.objects.filter(thread=thread).update(author=world.vu)
    assert finds(world.vu, "quombat") == []


def test_one_search_of_a_person_at_a_time(world, table, finds):
    with one_at_a_time("threads", world.fj.pk):
        with pytest.raises(StillSearching):
            finds(world.fj, "quombat")
        assert finds(world.vu, "quombat") == []
    assert finds(world.fj, "quombat") == []


def test_within_a_thread_its_own_messages_are_found_and_no_other(world, table):
    thread, other = table.open(world.fj, "VU"), table.open(world.fj, "VU")
    table.says(world.fj, thread, "quombat here")
    table.says(world.fj, other, "quombat there")
    hits = search_in(world.actor(world.vu), world.vault(world.vu), thread, "quombat").hits
    assert [hit.message.thread_id for hit in hits] == [thread.pk]


def test_the_pages_show_where_it_was_found(world, table):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "A quombat hull")
    client = Writer(world.vu, thread).client
    place = f"{reverse('discussions:thread', args=[thread.ref])}?at=1#p-1"
    everywhere = client.get(reverse("search"), {"q": "quombat"})
    within = client.get(reverse("discussions:thread", args=[thread.ref]), {"q": "quombat"})
    for answer in (everywhere, within):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<mark>quombat</mark>" in page
        assert place in page
        assert answer["Cache-Control"] == "no-store"
    stranger = Writer(world.pw, thread).client
    assert "<mark>" not in stranger.get(reverse("search"), {"q": "quombat"}).content.decode()
    address = reverse("discussions:thread", args=[thread.ref])
    assert stranger.get(address, {"q": "quombat"}).status_code == 404
