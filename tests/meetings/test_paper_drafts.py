"""Papers that were begun and never submitted do not stay for ever, nor do their files."""

import datetime

import pytest
from django.utils import timezone

from activity.chores import tick
from meetings.models import PaperDraft
from meetings.services.agenda import drop_item
from meetings.services.papers import submit_paper
from meetings.services.series import cancel_meeting
from vault import storage
from vault.models import SealedFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def meeting(hall):
    return hall.plan("FJ", "VU")


def begun(hall, item, user=None):
    return hall.draft_paper(user or hall.world.vu, item, b"Six hulls.\n", name="report.txt")


def days_later(days):
    return timezone.now() + datetime.timedelta(days=days)


def test_after_a_month_a_paper_that_was_only_begun_is_gone_with_its_files(
    hall, meeting, django_capture_on_commit_callbacks
):
    draft = begun(hall, hall.item(meeting))
    name = SealedFile.objects.get(object_id=draft.pk).disk_name
    assert tick(now=days_later(29))["abandoned papers"] == 0
    assert SealedFile.objects.filter(object_id=draft.pk).exists()
    assert storage.path_of(name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert tick(now=days_later(31))["abandoned papers"] == 1
    assert not PaperDraft.objects.exists()
    assert not SealedFile.objects.exists()
    assert not storage.path_of(name).exists()


def test_what_was_submitted_stays(world, hall, meeting):
    item = hall.item(meeting)
    draft = begun(hall, item)
    submit_paper(**hall.both(world.vu), item=item, paper_id=draft.pk)
    assert tick(now=days_later(400))["abandoned papers"] == 0
    assert SealedFile.objects.count() == 1


def test_when_the_meeting_takes_none_any_more_it_goes_at_once(world, hall, meeting):
    kept, dropped = hall.item(meeting), hall.item(meeting)
    first, second = begun(hall, kept), begun(hall, dropped)
    drop_item(actor=world.actor(world.oco), item=dropped)
    assert tick()["abandoned papers"] == 1
    assert PaperDraft.objects.get().pk == first.pk != second.pk
    cancel_meeting(actor=world.actor(world.oco), meeting=meeting)
    assert tick()["abandoned papers"] == 1
    assert not SealedFile.objects.exists()
