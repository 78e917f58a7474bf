"""One account does not fill the disk of all, and whoever meets the bound loses nothing."""

import json
import uuid

import pytest
from django.urls import reverse

from bulletins import quota, services
from bulletins.models import Draft
from bulletins.quota import TooManyDrafts
from tests.bulletins.attaching import FIELDS, Officer, text_of, words
from tests.vault.test_at_once import together
from vault.models import SealedFile

pytestmark = pytest.mark.django_db
TYPED = {**FIELDS, "title": "Typed for half an hour", "body": "Every word of it."}


@pytest.fixture
def full(author, desk, world, monkeypatch):
    """Fiji's coordinator keeps as many drafts as one may."""
    monkeypatch.setattr(quota, "MOST_DRAFTS", 3)
    for _ in range(3):
        desk.draft(world.fj)
    return author


def test_one_more_is_refused_with_everything_typed_still_on_the_page(full):
    answer = full.client.post(reverse("bulletins:new"), {**TYPED, "draft": full.draft_id})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You keep 3 drafts, as many as one person may." in words(answer)
    assert "Typed for half an hour" in page
    assert "Every word of it." in page
    assert Draft.objects.count() == 3


def test_the_script_that_saves_is_told_the_same(full):
    place = reverse("bulletins:autosave", args=[full.draft_id])
    answer = full.client.post(place, TYPED)
    assert answer.status_code == 409
    assert "as many as one person may" in json.loads(answer.content)["sentence"]


def test_after_one_is_thrown_away_the_same_page_saves(full):
    old = Draft.objects.first()
    full.client.post(reverse("bulletins:discard", args=[old.pk]))
    answer = full.client.post(
        reverse("bulletins:new"), {**TYPED, "draft": full.draft_id, "save": "1"}
    )
    assert answer.status_code == 302
    assert Draft.objects.filter(pk=full.draft_id).exists()


def test_what_is_kept_goes_on_being_saved_and_published(full, desk, world):
    draft = Draft.objects.first()
    place = reverse("bulletins:draft", args=[draft.pk])
    assert full.client.post(place, {**TYPED, "version": "1", "save": "1"}).status_code == 302
    issued = services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=2)
    assert issued.ref


def test_a_file_begins_no_draft_beyond_the_bound(full):
    answer = full.announce("crates.txt", 1_000)
    assert answer.status_code == 409
    assert "as many as one person may" in json.loads(answer.content)["error"]
    answer = full.client.post(full.files_url, {"file": ""}, follow=True)
    assert "as many as one person may" in words(answer)
    assert not SealedFile.objects.exists()


def test_a_colleague_is_not_concerned(full, world):
    colleague = Officer(world.fj_contact)
    answer = colleague.client.post(reverse("bulletins:new"), {**TYPED, "save": "1"})
    assert answer.status_code == 302


def test_files_of_all_drafts_are_added_up_and_none_is_lost(author, world, settings):
    settings.MAX_UNSENT_BYTES = 150_000
    author.send("first.txt", text_of(60_000))
    kept, author.draft_id = author.draft_id, uuid.uuid4()
    author.send("second.txt", text_of(60_000))
    answer = author.announce("third.txt", 60_000)
    assert answer.status_code == 413
    assert "as much as one person may keep unsent" in json.loads(answer.content)["error"]
    assert SealedFile.objects.count() == 2
    assert Officer(world.fj_contact).announce("theirs.txt", 60_000).status_code == 201
    # What is published counts no more, and what is removed neither.
    author.publish()
    assert author.announce("third.txt", 60_000).status_code in (201, 404)
    author.draft_id = kept
    assert author.announce("third.txt", 60_000).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_many_windows_at_once_begin_no_more_than_one_may(desk, world, monkeypatch):
    monkeypatch.setattr(quota, "MOST_DRAFTS", 3)
    acting = desk.acting(world.fj)
    raised = together(*(lambda: services.start_draft(**acting) for _ in range(8)))
    assert Draft.objects.count() == 3
    assert [type(problem) for problem in raised if problem] == [TooManyDrafts] * 5
