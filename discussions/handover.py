"""What of the discussions hangs on a person who leaves: for the page that shuts an account."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.ports import Handover, add_handover
from discussions.models import State, Thread, ThreadDraft


def register_thread_handovers() -> None:
    add_handover(unsent_with)
    add_handover(named_with)


def unsent_with(person: Any) -> Handover:
    """They are sealed for their author: whoever leaves sends or copies them first."""
    count = ThreadDraft.objects.filter(author=person).count()
    return Handover(_("Messages begun and not sent, that only this person can open"), count)


def named_with(person: Any) -> Handover:
    """Where the officer takes part by name nobody else of the administration reads on: who
    opened the discussion names another."""
    threads = Thread.objects.filter(named_officers__user=person).exclude(state=State.CLOSED)
    return Handover(_("Discussions in which this person takes part by name"), threads.count())
