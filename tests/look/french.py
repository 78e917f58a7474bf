"""What a French reader sees of a page, and which English sentences of the catalogue are in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tests.factories import sign_in
from tools import messages

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
ENDONYMS = {"English"}  # a language is offered in its own name
SPOKEN = {"alt", "aria-label", "placeholder", "title"}
# What a script says comes from attributes; others hold codes and names.
WORDED = re.compile(r"[{]?[A-ZÀ-Ý][^:]*(?: |$)|[{]")
NEVER_SHOWN = {"script", "style"}
VOID = {
    "area", "base", "br", "circle", "col", "hr", "img", "input", "link", "meta", "path", "source",
    "use", "wbr",
}  # fmt: skip


def browser(user: Any = None) -> Client:
    """The browser of a person who reads French, or of a stranger who does."""
    client = Client(headers={"Accept-Language": "fr"})
    if user is not None:
        sign_in(client, user)
    return client


class Reader(HTMLParser):
    """The pieces of text of a page; what is marked as English (a switch, a bulletin) is passed."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.unread: list[str] = []  # open elements within one that is passed over

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if self.unread or tag in NEVER_SHOWN or facts.get("lang") == "en":
            if tag not in VOID:
                self.unread.append(tag)
            return
        self.pieces += [
            value or ""
            for name, value in attrs
            if name in SPOKEN or (name.startswith("data-") and WORDED.match(value or ""))
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs) if tag in VOID else None

    def handle_endtag(self, tag: str) -> None:
        if self.unread and tag == self.unread[-1]:
            self.unread.pop()

    def handle_data(self, data: str) -> None:
        if not self.unread and data.strip() not in {"", *ENDONYMS}:
            self.pieces.append(data.strip())


def pieces_of(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.pieces


@cache
def english() -> list[tuple[str, re.Pattern[str]]]:
    """Each form of a message that differs from its French: its longest part, and its pattern."""
    found = {}
    for message in messages.read():
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        french = [message.string] if isinstance(message.string, str) else list(message.string)
        for form in forms:
            parts = PLACES.split(form)
            if form not in french and any(re.search(r"[^\W\d_]{2}", part) for part in parts):
                found[form] = _pattern(form, parts)
    return [(max(PLACES.split(form), key=len).lower(), how) for form, how in found.items()]


def _pattern(form: str, parts: list[str]) -> re.Pattern[str]:
    """A sentence is found anywhere in a piece of text; a single word only as the whole piece."""
    body = r"[^\n]+?".join(map(re.escape, parts))
    if len(form.split()) == 1:
        return re.compile(rf"(?m)^{body}$", re.IGNORECASE)
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def english_in(pieces: list[str]) -> Iterator[str]:
    """What of the catalogue's English stands in these pieces of text."""
    text = "\n".join(" ".join(piece.split(" ")) for piece in pieces)
    lower = text.lower()
    for part, pattern in english():
        if part in lower and (found := pattern.search(text)):
            yield found[0]
