"""Who was signed out while writing loses nothing: the words come back, to be sent again."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from discussions.models import Message, Thread
from tests.factories import sign_in

WORDS = "Three hulls at anchor off Ziphrannet."


@pytest.fixture
def thread(world, table):
    return table.open(world.fj, "VU")


def test_a_message_sent_after_the_session_ended_comes_back_and_is_sent_again(world, thread):
    client, place = Client(), reverse("discussions:post", args=[thread.ref])
    typed = {"text": WORDS, "message": str(uuid4())}
    answer = client.post(place, typed)
    assert answer.status_code == 401
    assert WORDS in answer.content.decode()
    assert typed["message"] in answer.content.decode()
    sign_in(client, world.vu)
    assert client.post(place, typed).status_code == 302
    assert Message.objects.get(thread=thread).author == world.vu


def test_a_script_is_told_in_a_sentence(thread):
    place = reverse("discussions:post", args=[thread.ref])
    answer = Client().post(place, {"text": WORDS}, headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (401, ["error"])


def test_so_does_a_new_discussion_and_an_edit(world, table, thread):
    message = table.says(world.fj, thread)
    edit = reverse("discussions:edit", args=[thread.ref, message.number])
    for place, name in ((reverse("discussions:new"), "topic"), (edit, "text")):
        answer = Client().post(place, {name: WORDS})
        assert answer.status_code == 401
        assert WORDS in answer.content.decode()
        assert Client().get(place).status_code == 302
    assert Thread.objects.count() == 1
