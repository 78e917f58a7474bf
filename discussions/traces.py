"""Traces of what happened, for the pages: how far each has read, how a message was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from discussions.content import Words
from discussions.models import Participant, Thread
from wording.changes import changes


@dataclass(frozen=True, slots=True)
class Cell:
    """One administration, and how far somebody there has read."""

    code: str
    name: str
    seen: int
    state: str
    words: str
    me: bool


def seen_cells(thread: Thread, own: str, shown: int) -> list[Cell]:
    """`shown` is what the page shows its reader just now: who looks has read as far as that."""
    rows = [row for row in thread.participants.all() if not row.named_only]
    for row in rows:
        if row.administration_id == own:
            row.seen = max(row.seen, shown)
    return [_cell(row, thread.last_number, own) for row in rows]


def _cell(row: Participant, last: int, own: str) -> Cell:
    if row.seen >= last:
        state, words = "done", _("has read everything")
    elif row.seen > row.reads_from:
        state, words = "part", _("has read up to #%(number)d") % {"number": row.seen}
    else:
        state, words = "none", _("has not opened it")
    code = row.administration_id
    return Cell(code, row.administration.label, row.seen, state, words, code == own)


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it stood at one time, with what was changed from the one before marked."""

    revision: int
    at: Any
    body: SafeString
    language: str


def versions_of(opened: Sequence[tuple[Any, Words]]) -> list[Version]:
    """Every revision in the order of time."""
    shown, before = [], None
    for row, words in opened:
        body = changes(before, words.text) if before is not None else format_html("{}", words.text)
        at = row.revised_at or getattr(row, "sent_at", None) or row.message.sent_at
        shown.append(Version(row.revision, at, body, words.language))
        before = words.text
    return shown
