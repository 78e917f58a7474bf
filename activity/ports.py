"""What the record needs from the layers above it; `iswg/wiring.py` fills these at start.

Until then codes stand for names, and every link leads to the page of notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Page = Callable[[str, str], str]
References = Callable[[set[str]], Mapping[str, str]]

NOTICES = "/notices/"

_name_of: Callable[[str], str] = str
_pages: dict[str, Page] = {}
_references: dict[str, References] = {}


def set_administration_names(name_of: Callable[[str], str]) -> None:
    """`name_of(code)` is the administration's name in the current language."""
    global _name_of
    _name_of = name_of


def administration_name(code: str) -> str:
    return _name_of(code) if code else ""


def register_page(kind: str, page: Page, references: References | None = None) -> None:
    """Where things of a kind (`bulletins.bulletin`) are shown: `page(public_id, reference)`.

    The address only: whether the reader may see the page is decided when it is opened.
    `references(public_ids)` gives the reference of each, for lists that know only ids.
    """
    _pages[kind] = page
    if references:
        _references[kind] = references


def page_of(target: str, reference: str) -> str:
    """The path of the page about `target`, or of the notices."""
    kind, _, public_id = target.partition(":")
    page = _pages.get(kind)
    return page(public_id, reference) if page else NOTICES


def references_of(targets: Iterable[str]) -> dict[str, str]:
    """The references of those targets whose kind has them: one question per kind."""
    wanted: dict[str, set[str]] = {}
    for kind, _, public_id in (target.partition(":") for target in targets):
        if kind in _references:
            wanted.setdefault(kind, set()).add(public_id)
    return {
        f"{kind}:{public_id}": reference
        for kind, ids in wanted.items()
        for public_id, reference in _references[kind](ids).items()
    }


# Mails of an app above, that stand on their own -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mail's subject, what its template `mail/<kind>` wants, and a calendar part if it has one:
    an iCalendar object and the method that it carries."""

    subject: str
    context: Mapping[str, Any] = field(default_factory=dict)
    calendar: bytes = b""
    method: str = ""


class MailKind(Protocol):
    """How mails of one kind are drawn: when they are sent, with the facts as of then."""

    def pointless(self, rows: Sequence[Any]) -> set[int]:
        """Which of these waiting rows need not be sent any more, by key."""

    def draw(self, row: Any) -> Drawn:
        """In the reader's language and zone, which are the current ones."""


_mail_kinds: dict[str, MailKind] = {}


def register_mail_kind(kind: str, drawing: MailKind) -> None:
    _mail_kinds[kind] = drawing


def mail_kinds() -> Mapping[str, MailKind]:
    return _mail_kinds
