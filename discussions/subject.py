"""Threads by their reference, for links in texts (access/subjects.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.subjects import Subject
from discussions.models import Thread
from discussions.opening import open_topics
from discussions.queries import threads_for


class ThreadSubjects:
    """What is asked of a thread that another text names."""

    noun = _("Discussion")
    letter = "T"

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        return {one.uuid: _subject(one) for one in threads_for(actor).filter(uuid__in=list(ids))}

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        rows = threads_for(actor).filter(ref__in=list(references))
        return {one.ref: _subject(one) for one in rows}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        rows = list(Thread.objects.filter(uuid__in=list(ids)))
        topics = open_topics(vault, rows)
        return {one.uuid: topic for one in rows if (topic := topics.get(one.pk))}


def _subject(thread: Thread) -> Subject:
    return Subject(
        kind="thread",
        id=thread.uuid,
        reference=thread.ref,
        url=reverse("discussions:thread", args=[thread.ref]),
        marking=thread.tlp,
        codes=thread.holder_codes,
        named_ids=thread.named_ids or None,
    )
