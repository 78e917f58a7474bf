"""An answer that arrives on an open page shows what it answers, as after loading the page again."""

import re
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from discussions.models import Participant
from discussions.services.messages import post_message
from discussions.services.participants import add_participant
from tests.factories import signed_in
from tests.live.threads import cookies_of, open_page, say, thread_of

pytestmark = pytest.mark.django_db(transaction=True)
SHOWN = re.compile(r"#1 FJ</span> <span>Were the bolts polished\?</span>")


def answered(world, thread, text="Yes."):
    return post_message(
        actor=world.actor(world.vu), vault=world.vault(world.vu), thread=thread,
        message_id=uuid.uuid4(), text=text, reply_to=1,
    )  # fmt: skip


async def event_on(page):
    while True:
        frame = await page.heard()
        if frame["t"] == "event" and "data-number" in frame["html"]:
            return frame["html"]


async def test_the_words_that_are_answered_stand_above_the_answer(world):
    thread = await sync_to_async(thread_of)(world, "VU", "PW")
    await sync_to_async(say)(world, world.fj, thread, "Were the bolts polished?")
    cookies = await sync_to_async(cookies_of)(world.pw)
    async with open_page(cookies, f"thread:{thread.uuid}") as page:
        await sync_to_async(answered)(world, thread)
        assert SHOWN.search(await event_on(page))
    assert SHOWN.search(await sync_to_async(loaded)(world.pw, thread))


async def test_who_joined_later_is_shown_the_number_and_no_word_of_it(world):
    thread = await sync_to_async(thread_of)(world, "VU", history="joining")
    await sync_to_async(say)(world, world.fj, thread, "Were the bolts polished?")
    await sync_to_async(join)(world, thread)
    people = {user.pk: await sync_to_async(cookies_of)(user) for user in (world.pw, world.fj)}
    topic = f"thread:{thread.uuid}"
    newcomer, author = open_page(people[world.pw.pk], topic), open_page(people[world.fj.pk], topic)
    async with newcomer as his, author as hers:
        await sync_to_async(answered)(world, thread)
        assert SHOWN.search(await event_on(hers))
        seen = await event_on(his)
    assert 'data-quote="1"' in seen
    assert "bolts" not in seen
    assert "bolts" not in await sync_to_async(loaded)(world.pw, thread)


async def test_nor_who_holds_a_key_of_before_all_the_same(world):
    thread = await sync_to_async(thread_of)(world, "VU", "PW")
    await sync_to_async(say)(world, world.fj, thread, "Were the bolts polished?")
    later = Participant.objects.filter(thread=thread, administration="PW")
    assert await later.aupdate(reads_from=1) == 1
    cookies = await sync_to_async(cookies_of)(world.pw)
    async with open_page(cookies, f"thread:{thread.uuid}") as page:
        await sync_to_async(answered)(world, thread)
        seen = await event_on(page)
    assert 'data-quote="1"' in seen
    assert "bolts" not in seen


def join(world, thread):
    add_participant(
        actor=world.actor(world.fj), vault=world.vault(world.fj), thread=thread, name="PW"
    )


async def test_an_answer_to_what_stands_far_above_shows_it_too(world):
    """The page draws the newest messages; what they answer may stand on none of them."""
    thread = await sync_to_async(thread_of)(world, "VU")
    await sync_to_async(say)(world, world.fj, thread, "Were the bolts polished?")
    for number in range(26):
        await sync_to_async(say)(world, world.fj, thread, f"in between {number}")
    cookies = await sync_to_async(cookies_of)(world.fj)
    async with open_page(cookies, f"thread:{thread.uuid}") as page:
        await sync_to_async(answered)(world, thread)
        assert SHOWN.search(await event_on(page))
    assert SHOWN.search(await sync_to_async(loaded)(world.fj, thread))


def loaded(user, thread) -> str:
    client = signed_in(user)
    return client.get(reverse("discussions:thread", args=[thread.ref])).content.decode()
