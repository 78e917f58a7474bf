"""In a discussion the register warns: who opens it decides, and the journal has what was said."""

import json
import uuid

import pytest
from django.urls import reverse

from activity.models import JournalEntry
from discussions.models import Thread
from discussions.services.participants import add_participant
from mous import trusted
from tests.factories import sign_in
from tests.table import TOPIC

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(chancery):
    trusted.forget()
    instrument = chancery.open(gates=True)
    for code in ("FJ", "VU"):
        chancery.act(code, "IN_EFFECT", "2024-05-01")
    return instrument


def bases_in(event):
    line = JournalEntry.objects.filter(event=event).order_by("-seq").first()
    return json.loads(bytes(line.entry))["detail"].get("bases")


def test_it_is_opened_all_the_same_and_the_journal_says_on_what(gate, table, world):
    table.open(world.fj, "VU", "PW", "OCO")
    assert bases_in("discussions.opened") == {
        "OCO": "secretariat", "PW": "warned", "VU": f"mous.instrument:{gate.uuid}",
    }  # fmt: skip


def test_who_is_let_in_later_is_judged_too(gate, table, world):
    thread = table.open(world.fj, "VU")
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    assert bases_in("discussions.participant_added") == {"PW": "warned"}


def test_without_a_register_nothing_is_said(table, world):
    table.open(world.fj, "VU")
    assert bases_in("discussions.opened") is None


def test_both_pages_say_it_before_anybody_is_let_in(gate, table, world, client):
    sign_in(client, world.fj)
    fields = {
        "thread": str(uuid.uuid4()), "message": str(uuid.uuid4()), "topic": TOPIC,
        "tlp": "TLP:AMBER", "participants": ["VU", "PW"], "history": "start",
    }  # fmt: skip
    page = client.post(reverse("discussions:new"), {**fields, "check": "1"}).content.decode()
    assert "Palau has not received the text yet" in page
    client.post(reverse("discussions:new"), fields)
    assert Thread.objects.count() == 1
    thread = table.open(world.fj, "VU")
    address = reverse("discussions:participants", args=[thread.ref])
    assert "Palau has not received" in client.get(address, {"add": "PW"}).content.decode()
    officer = {"add": f"user:{world.pw.pk}"}
    assert "Palau has not received" in client.get(address, officer).content.decode()
    fine = {"add": f"user:{world.oco.pk}"}
    assert "records no basis" not in client.get(address, fine).content.decode()
