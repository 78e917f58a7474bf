"""The journal and the vault of the demonstration hold, as an auditor would check them."""

import io

from django.core.management import call_command

from activity.events import Event
from activity.models import Checkpoint, JournalEntry
from vault.verification import findings


def test_the_journal_is_whole(demo):
    said = io.StringIO()
    call_command("verify_journal", stdout=said)
    assert "The journal is whole." in said.getvalue()
    assert Checkpoint.objects.count() == 2


def test_the_journal_tells_the_story_in_its_order(demo):
    moments = list(JournalEntry.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert (moments[-1].date() - moments[0].date()).days >= 290
    newest = JournalEntry.objects.order_by("-seq").first()
    assert newest.event == Event.DEMONSTRATION_LOADED


def test_the_journal_is_lively(demo):
    events = JournalEntry.objects.values_list("event", flat=True)
    kinds = {event: list(events).count(event) for event in set(events)}
    assert kinds[Event.BULLETIN_ISSUED] == 12
    assert kinds[Event.BULLETIN_OPENED] > 100
    assert kinds[Event.BULLETIN_ACKNOWLEDGED] > 100
    assert kinds[Event.FILE_DOWNLOADED] > 10


def test_keys_directory_and_policy_agree(demo):
    assert list(findings()) == []
