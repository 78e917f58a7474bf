"""An observer sees the discussion it was invited to by name, and nothing else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from access.policy import Refused
from access.roles import Role
from accounts.models import Administration
from discussions.models import Thread
from discussions.services.participants import add_participant, remove_participant
from tests.factories import sign_in
from vault.colleagues import enter_person


@pytest.fixture
def observer(world):
    Administration.objects.create(code="PTCCC", kind="partner", name="PTCCC", name_fr="PTCCC")
    person = world.newcomer("PTCCC", Role.OBSERVER, name="observer")
    enter_person(**world.act(world.oco), person=person, compared=world.words(person))
    return person


def test_invited_by_name_it_reads_that_thread_and_no_other(world, table, observer):
    other = table.open(world.fj, "VU", topic="not for partners")
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "before")
    add_participant(**table.both(world.fj), thread=thread, name=f"user:{observer.pk}")
    table.says(world.vu, thread, "after")
    assert [text for text in table.texts(observer, thread) if text] == ["before", "after"]
    with pytest.raises(Thread.DoesNotExist):
        table.reads(observer, other)
    with pytest.raises(Refused):
        table.says(observer, thread, "may I?")


def test_on_pages_too_and_not_any_more_once_taken_out(world, table, observer):
    thread = table.open(world.fj, "VU", officers=[observer.pk])
    table.says(world.fj, thread, "for you as well")
    page, client = reverse("discussions:thread", args=[thread.ref]), Client()
    sign_in(client, observer)
    assert "for you as well" in client.get(page).content.decode()
    for name in ("bulletins:list", "accounts:administrations"):
        page_of_all = re.sub(r'value="\w{64}"', "", client.get(reverse(name)).content.decode())
        assert "VU" not in page_of_all  # nor by chance in the form's token
    remove_participant(**table.both(world.fj), thread=thread, name=f"user:{observer.pk}")
    assert client.get(page).status_code == 404


def test_an_observer_holds_no_key_of_any_administration(world, table, observer):
    assert not world.vault(observer).is_granted
    table.open(world.fj, "VU", officers=[observer.pk])
    assert not world.vault(observer).is_granted
