"""A text as it stood at one time after another, with what was changed marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings.models import Writing
from meetings.writings import Text
from wording.changes import changes


@dataclass(frozen=True, slots=True)
class Version:
    """One revision. `body` is empty where it does not open or is not what was signed."""

    revision: int
    writing: Writing | None
    body: SafeString | str
    broken: bool
    locked: bool


def versions_of(texts: Sequence[Text]) -> list[Version]:
    """Oldest first, as `writings.history_of` gives them."""
    shown, before = [], None
    for text in texts:
        opens = not text.broken and not text.locked
        body: SafeString | str = ""
        if opens:
            body = changes(before, text.words) if before is not None else _plain(text.words)
            before = text.words
        shown.append(Version(text.revision, text.writing, body, text.broken, text.locked))
    return shown


def _plain(words: str) -> SafeString:
    return format_html("{}", words)
