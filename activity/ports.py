"""What the record needs from the layers above it; `iswg/wiring.py` fills these at start.

Until then codes stand for names, and every link leads to the page of notices.
"""

from __future__ import annotations

from collections.abc import Callable

NOTICES = "/notices/"

_name_of: Callable[[str], str] = str
_pages: dict[str, Callable[[str, str], str]] = {}


def set_administration_names(name_of: Callable[[str], str]) -> None:
    """`name_of(code)` is the administration's name in the current language."""
    global _name_of
    _name_of = name_of


def administration_name(code: str) -> str:
    return _name_of(code) if code else ""


def register_page(kind: str, page: Callable[[str, str], str]) -> None:
    """Where things of a kind (`bulletins.bulletin`) are shown: `page(public_id, reference)`.

    The address only: whether the reader may see the page is decided when it is opened.
    """
    _pages[kind] = page


def page_of(target: str, reference: str) -> str:
    """The path of the page about `target`, or of the notices."""
    kind, _, public_id = target.partition(":")
    page = _pages.get(kind)
    return page(public_id, reference) if page else NOTICES
