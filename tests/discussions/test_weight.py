"""What the page of a thread weighs: it goes over links that are slow and dear."""

from django.test import Client
from django.urls import reverse

from discussions.models import Message
from tests.factories import sign_in, signed_in

BUDGET = 60_000


def test_a_page_of_25_messages_stays_within_its_budget(world, table):
    thread = table.open(world.fj, "VU")
    for number in range(25):
        table.says((world.fj, world.vu)[number % 2], thread, f"{number} " + "words of a day " * 10)
    client = signed_in(world.vu)
    answer = client.get(reverse("discussions:thread", args=[thread.ref]))
    assert answer.status_code == 200
    assert answer.content.count(b"data-number=") == Message.objects.count() == 25
    assert len(answer.content) <= BUDGET


def test_addresses_on_a_message_are_from_its_page_and_lead_somewhere(world, table):
    """They are short because they are relative: each must exist below the page of its thread."""
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "one")
    client, page = Client(), reverse("discussions:thread", args=[thread.ref])
    sign_in(client, world.fj)
    seen = client.get(page).content.decode()
    for below in ("1/edit/", "1/withdraw/", "?at=1&amp;reply=1#compose"):
        assert f'href="{below}"' in seen
        assert client.get(page + below.replace("&amp;", "&")).status_code == 200
    assert 'formaction="1/answer/?on=1"' in seen
    assert client.post(page + "1/answer/?on=1", {"meaning": "noted"}).status_code in (200, 302)
    assert 'formaction="unread/"' in seen
    assert client.post(page + "unread/", {"number": "1"}).status_code == 302
