"""One discussion at the front door: what each sees of it, does in it, and what stays theirs when
something fails."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity.models import JournalEntry
from discussions.models import Attention, Bookmark, Message, Thread, ThreadDraft
from discussions.services.messages import answer_message, edit_message, withdraw_message
from discussions.services.participants import add_participant
from discussions.services.threads import change_state
from tests.factories import signed_in
from tests.table import TEXT, TOPIC
from vault.models import VaultSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(world, table):
    return table.open(world.fj, "VU")


@pytest.fixture
def fiji(world):
    return signed_in(world.fj)


@pytest.fixture
def vanuatu(world):
    return signed_in(world.vu)


def page(thread, name="thread", *args) -> str:
    return reverse(f"discussions:{name}", args=[thread.ref, *args])


def words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def post(client, thread, text=TEXT, message=None, **more):
    facts = {"text": text, "message": str(message or uuid.uuid4()), **more}
    return client.post(page(thread, "post"), facts)


JSON = {"Accept": "application/json"}


# Reading ---------------------------------------------------------------------------------------


def test_fiji_writes_and_vanuatu_reads_it_under_its_label_with_its_number(fiji, vanuatu, thread):
    answer = post(fiji, thread)
    assert answer.url == page(thread) + "?at=1#p-1"
    seen = vanuatu.get(answer.url.split("#")[0])
    assert TOPIC in words(seen)
    assert "White quombat hull, no stripe" in words(seen)
    assert 'id="p-1"' in seen.content.decode()
    assert "TLP:AMBER" in words(seen)
    assert "Every reader of Fiji and Vanuatu can read this." in words(seen)
    assert "Complete up to" in words(seen)
    assert seen["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["pw", "pw_contact", "oco"])
def test_for_who_takes_no_part_there_is_no_such_page(world, table, thread, who):
    message = table.says(world.fj, thread)
    outsider = signed_in(getattr(world, who))
    for name, args in [
        ("thread", ()), ("participants", ()), ("names", ()), ("edit", (1,)), ("withdraw", (1,)),
        ("history", (1,)),
    ]:  # fmt: skip
        assert outsider.get(page(thread, name, *args)).status_code == 404, name
    for name, args in [
        ("post", ()), ("draft", ()), ("attention", ()), ("unread", ()), ("state", ()),
        ("presence", ()), ("answer", (1,)), ("edit", (1,)), ("withdraw", (1,)),
        ("participants", ()),
    ]:  # fmt: skip
        assert outsider.post(page(thread, name, *args), {"text": "mine"}).status_code == 404, name
    assert TOPIC not in words(outsider.get(reverse("discussions:list") + "?box=all"))
    message.refresh_from_db()
    assert (message.revision, Message.objects.count()) == (1, 1)


def test_a_line_stands_where_the_new_begins_and_only_there(world, table, thread, vanuatu):
    for number in range(3):
        table.says(world.fj, thread, f"before {number}")
    assert "New since" in words(vanuatu.get(page(thread)))
    assert "New since" not in words(vanuatu.get(page(thread)))
    table.says(world.fj, thread, "after")
    seen = vanuatu.get(page(thread)).content.decode()
    assert seen.index("before 2") < seen.index('id="new"') < seen.index("after</p>")


def test_what_the_page_fetches_by_itself_is_not_read_by_anybody(world, table, thread, vanuatu):
    table.says(world.fj, thread)
    vanuatu.get(page(thread), headers={"X-Live": "poll"})
    assert not Bookmark.objects.filter(user=world.vu, position__gt=0).exists()
    vanuatu.get(page(thread))
    assert Bookmark.objects.get(user=world.vu).position == 1


def test_a_long_discussion_comes_in_pages_and_each_number_has_an_address(
    world, table, thread, vanuatu
):
    for number in range(1, 61):
        table.says(world.fj, thread, f"text-{number}-")
    first = vanuatu.get(page(thread)).content.decode()
    assert ("text-1-" in first, "text-25-" in first, "text-26-" in first) == (True, True, False)
    assert "?after=25" in first
    far = vanuatu.get(page(thread) + "?at=50").content.decode()
    assert ('id="p-50"' in far, 'id="p-60"' in far, "text-30-" in far) == (True, True, False)
    assert "?before=" in far
    newest = vanuatu.get(page(thread) + "?after=35").content.decode()
    assert ('id="posts"' in newest, 'id="p-60"' in newest) == (True, True)


def test_references_are_links_only_for_who_may_open_them(world, table, desk, vanuatu):
    seen = desk.publish(world.fj)
    hidden = desk.publish(world.fj, recipients=("PW",))
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, f"See {seen.ref} and {hidden.ref}, @Vanuatu and @Palau.")
    shown = vanuatu.get(page(thread)).content.decode()
    assert f'href="/bulletins/{seen.ref}/">{seen.ref}</a>' in shown
    assert f"/bulletins/{hidden.ref}/" not in shown
    assert hidden.ref in shown
    assert '<b class="mention">@Vanuatu</b>' in shown
    assert '<b class="mention">@Palau' not in shown


def test_hostile_words_stay_words(world, table, thread, vanuatu):
    table.says(world.fj, thread, "<script>alert(1)</script> [x](javascript:alert(1)) @<b>Fiji")
    shown = vanuatu.get(page(thread)).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert 'href="javascript' not in shown


def test_a_message_changed_by_hand_is_shown_as_that_and_the_rest_stays(
    world, table, thread, vanuatu
):
    message = table.says(world.fj, thread, "first")
    table.says(world.fj, thread, "second")
    Message.objects.filter(pk=message.pk).update(administration_id="VU")
    seen = words(vanuatu.get(page(thread)))
    assert "Message 1 is not what its author signed" in seen
    assert "second" in seen
    assert "What stands here is not what was sent" in seen
    assert "Complete up to" not in seen


def test_a_thread_changed_by_hand_is_not_shown_and_stands_in_the_record(
    world, table, thread, vanuatu
):
    table.says(world.fj, thread)
    Thread.objects.filter(pk=thread.pk).update(tlp="TLP:CLEAR")
    answer = vanuatu.get(page(thread))
    assert answer.status_code == 409
    assert "is not what was signed" in words(answer)
    assert "quombat" not in words(answer)
    assert JournalEntry.objects.filter(event="vault.seal_broken").exists()


def test_without_the_key_the_page_says_so_and_who_to_ask(world, table, thread):
    table.says(world.fj, thread)
    newcomer = world.newcomer("VU")
    answer = signed_in(newcomer).get(page(thread))
    assert answer.status_code == 409
    assert "does not hold the key of this discussion" in words(answer)
    assert "quombat" not in words(answer)


# Writing ---------------------------------------------------------------------------------------


def test_sent_twice_under_one_id_it_stands_there_once(fiji, thread):
    same = uuid.uuid4()
    first = fiji.post(page(thread, "post"), {"text": TEXT, "message": same}, headers=JSON)
    again = fiji.post(page(thread, "post"), {"text": TEXT, "message": same}, headers=JSON)
    assert first.json() == again.json() == {"number": 1}
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "Write something first"), ("x" * 8001, "a message takes 8000")]
)
def test_what_cannot_be_sent_comes_back_with_a_sentence(fiji, thread, text, sentence):
    answer = post(fiji, thread, text)
    assert answer.status_code == 400
    assert sentence in words(answer)
    assert answer.context["typed"] == text
    assert not Message.objects.exists()


def test_what_is_typed_into_a_closed_discussion_comes_back_and_is_on_record(
    world, table, thread, vanuatu
):
    change_state(**table.both(world.fj), thread=thread, state="closed")
    answer = post(vanuatu, thread, "typed for nothing")
    assert answer.status_code == 403
    assert "This discussion is closed." in words(answer)
    assert "typed for nothing" in answer.content.decode()
    assert JournalEntry.objects.filter(event="access.refused").exists()
    told = vanuatu.post(page(thread, "post"), {"text": "again"}, headers=JSON)
    assert (told.status_code, told.json()) == (403, {"error": "This discussion is closed."})
    seen = vanuatu.get(page(thread)).content.decode()
    assert 'name="text"' not in seen


def test_what_is_typed_into_a_locked_session_comes_back(fiji, thread):
    VaultSession.objects.all().delete()
    answer = post(fiji, thread, "typed before lunch")
    assert answer.status_code == 401
    assert "typed before lunch" in answer.content.decode()
    assert "Unlock in a new tab" in words(answer)
    assert not Message.objects.exists()


def test_who_only_reads_has_no_composer_and_is_told_why(world, table, thread):
    from access.roles import Role

    reader = world.colleague("VU", Role.READER, name="reader")
    seen = signed_in(reader).get(page(thread))
    assert 'name="text"' not in seen.content.decode()
    assert "Readers follow discussions but do not write in them." in words(seen)
    assert 'name="text"' in signed_in(world.vu).get(page(thread)).content.decode()


def test_a_reply_begins_with_a_quote_and_shows_what_it_answers(world, table, thread, vanuatu):
    table.says(world.fj, thread, "Were the bolts polished?")
    seen = vanuatu.get(page(thread) + "?at=1&reply=1")
    assert seen.context["typed"] == "> Were the bolts polished?\n\n"
    assert "Answer to #1, Fiji" in words(seen)
    post(vanuatu, thread, "Yes.", reply_to="1")
    assert re.search(r"#1 FJ Were the bolts polished\? Yes\.", words(vanuatu.get(page(thread))))


def test_a_draft_is_kept_found_again_and_goes_when_it_is_sent_or_emptied(fiji, thread, world):
    mine = str(uuid.uuid4())
    kept = fiji.post(page(thread, "draft"), {"text": "half a th", "message": mine, "version": "0"})
    assert kept.json() == {"version": 1}
    seen = fiji.get(page(thread))
    assert (seen.context["typed"], str(seen.context["message_id"])) == ("half a th", mine)
    stale = {"text": "other", "message": mine, "version": "0"}
    assert fiji.post(page(thread, "draft"), stale).status_code == 409
    emptied = {"text": " ", "message": mine, "version": "1"}
    assert fiji.post(page(thread, "draft"), emptied).json() == {"version": 0}
    assert not ThreadDraft.objects.exists()
    post(fiji, thread, "whole", mine)
    late = {"text": "whole", "message": mine, "version": "1"}
    assert fiji.post(page(thread, "draft"), late).json() == {"version": 0}
    assert not ThreadDraft.objects.exists()


# Changing --------------------------------------------------------------------------------------


def test_an_edit_shows_its_trace_and_every_version_stays_readable(world, table, thread, fiji):
    table.says(world.fj, thread, "eleven crates")
    assert "eleven crates" in fiji.get(page(thread, "edit", 1)).content.decode()
    done = fiji.post(page(thread, "edit", 1), {"text": "twelve crates", "revision": "1"})
    assert done.url.endswith("#p-1")
    vanuatu = signed_in(world.vu)
    assert 'href="1/history/"' in vanuatu.get(page(thread)).content.decode()
    shown = vanuatu.get(page(thread, "history", 1)).content.decode()
    assert "<del>eleven</del><ins>twelve</ins> crates" in shown
    stale = fiji.post(page(thread, "edit", 1), {"text": "thirteen crates", "revision": "1"})
    assert stale.status_code == 400
    assert "thirteen crates" in stale.content.decode()
    assert vanuatu.get(page(thread, "edit", 1)).status_code == 403
    table.says(world.fj, thread, "never edited")
    assert vanuatu.get(page(thread, "history", 2)).status_code == 404


def test_withdrawing_is_asked_once_more_and_leaves_a_stub(world, table, thread, fiji, vanuatu):
    table.says(world.fj, thread, "wrong thread")
    assert "Withdraw message 1?" in words(fiji.get(page(thread, "withdraw", 1)))
    assert vanuatu.post(page(thread, "withdraw", 1)).status_code == 403
    assert "wrong thread" in words(vanuatu.get(page(thread)))
    fiji.post(page(thread, "withdraw", 1))
    seen = words(vanuatu.get(page(thread)))
    assert "Withdrawn by its author." in seen
    assert "wrong thread" not in seen
    assert "Complete up to" in seen


def test_answers_without_words_are_given_seen_and_taken_back(world, table, thread, vanuatu):
    table.says(world.fj, thread)
    address = page(thread, "answer", 1)
    vanuatu.post(address + "?on=1", {"meaning": "seen_here"})
    seen = vanuatu.get(page(thread)).content.decode()
    assert re.search(r'on=0"[^>]*value="seen_here"[^>]*aria-pressed="true"', seen)
    other = signed_in(world.fj).get(page(thread)).content.decode()
    assert re.search(
        r'on=1"[^>]*value="seen_here"[^>]*aria-pressed="false"[^>]*>Seen here too', other
    )
    vanuatu.post(address + "?on=0", {"meaning": "seen_here"})
    assert not Message.objects.get().reactions.exists()
    assert vanuatu.post(address, {"meaning": "like"}).status_code == 302
    assert not Message.objects.get().reactions.exists()


def test_resolved_and_closed_stand_on_the_page_and_only_the_opener_closes(thread, fiji, vanuatu):
    vanuatu.post(page(thread, "state"), {"state": "resolved"})
    assert "Marked as resolved." in words(fiji.get(page(thread)))
    assert vanuatu.post(page(thread, "state"), {"state": "closed"}).status_code == 403
    fiji.post(page(thread, "state"), {"state": "closed"})
    seen = words(vanuatu.get(page(thread)))
    assert "This discussion is closed." in seen
    fiji.post(page(thread, "state"), {"state": "open"})
    assert "Opened again." in words(vanuatu.get(page(thread)))


# For oneself -----------------------------------------------------------------------------------


def test_muted_followed_and_marked_unread_from_there(world, table, thread, vanuatu):
    for number in range(4):
        table.says(world.fj, thread, f"text {number}")
    vanuatu.get(page(thread))
    vanuatu.post(page(thread, "unread"), {"number": "3"})
    listed = words(vanuatu.get(reverse("discussions:list")))
    assert "2 new" in listed
    vanuatu.post(page(thread, "attention"), {"attention": "muted"})
    assert Bookmark.objects.get(user=world.vu).attention == Attention.MUTED
    assert TOPIC not in words(vanuatu.get(reverse("discussions:list")))
    vanuatu.post(page(thread, "attention"), {"attention": "following"})
    assert TOPIC in words(vanuatu.get(reverse("discussions:list") + "?box=following"))


def test_nobody_is_shown_as_here_until_that_person_says_so(world, thread, vanuatu):
    assert 'data-presence="off"' in vanuatu.get(page(thread)).content.decode()
    vanuatu.post(page(thread, "presence"), {"presence": "1"})
    assert 'data-presence="on"' in vanuatu.get(page(thread)).content.decode()
    assert 'data-presence="off"' in signed_in(world.fj).get(page(thread)).content.decode()
    vanuatu.post(page(thread, "presence"), {"presence": "0"})
    assert 'data-presence="off"' in vanuatu.get(page(thread)).content.decode()


def test_seen_by_says_how_far_each_has_read(world, table, thread, fiji, vanuatu):
    table.says(world.fj, thread)
    assert "Seen by 1 of 2" in words(fiji.get(page(thread)))
    assert "Vanuatu: has not opened it" in words(fiji.get(page(thread)))
    vanuatu.get(page(thread))
    assert "Seen by 2 of 2" in words(fiji.get(page(thread)))
    table.says(world.fj, thread)
    assert "Vanuatu: has read up to #1" in words(fiji.get(page(thread)))


# What it costs ---------------------------------------------------------------------------------


def test_a_page_asks_as_often_for_thirty_messages_as_for_three(world, table, thread):
    reader = signed_in(world.vu)
    for number in range(3):
        table.says(world.fj, thread, f"@Vanuatu {number}")
    few = asked(reader, page(thread))
    for number in range(20):
        message = table.says(world.vu if number % 2 else world.fj, thread, f"@Fiji {number}")
        answer_message(**table.both(world.vu), message=message, meaning="noted", on=True)
    edit_message(**table.both(world.vu), message=message, text="edited", revision=1)
    withdraw_message(**table.both(world.vu), message=message)
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    assert asked(reader, page(thread) + "?before=24") <= few + 1


def asked(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
