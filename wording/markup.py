"""From what an author typed to what a page shows: a subset of Markdown, then a sieve.

No raw HTML, no pictures, no address of another site as a live link: a link that a hostile
text could carry would tell its owner who reads, and the server fetches nothing.

How long it takes is bounded too: a text with more marks than anybody writes, or one that
unfolds into thousands of pieces, is shown as it was typed, with a sentence.
"""

from __future__ import annotations

import re
from functools import cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "br",
    "hr", "table", "thead", "tbody", "tr", "th", "td", "a", "del",
}  # fmt: skip

# tests/bulletins/test_markup.py has the worst texts that we know, and what they come to.
MARKS = re.compile(r"[*_`\[\]<>&\\\n]")  # what could begin or end something, and ends of lines
MOST_MARKS = 4_000
MOST_BRACKETS = 800  # each looks for its partner through all that follows
MOST_PIECES = 6_000  # paragraphs, items, cells: the beginning, the content and the end of each
DEEPEST = 8


class _TooMuch(Exception):
    """The text unfolds into more than a page should draw."""


class _Pieces(list[Token]):
    """The pieces of a text as the parser finds them. It is stopped while it does: a wide table
    with many short lines is filled up to a hundred times its length."""

    def append(self, piece: Token) -> None:
        if len(self) >= MOST_PIECES:
            raise _TooMuch
        super().append(piece)


def _find_blocks(state: StateCore) -> None:
    state.tokens = _Pieces()
    state.md.block.parse(state.src, state.md, state.env, state.tokens)


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "maxNesting": DEEPEST}
    parser = MarkdownIt("commonmark", options).enable("table")
    parser.disable(["image", "html_block", "html_inline"])
    parser.core.ruler.at("block", _find_blocks)
    parser.add_render_rule("heading_open", _lower)
    parser.add_render_rule("heading_close", _lower)
    return parser


def _lower(renderer, tokens, index, options, env) -> str:
    """The page has its own h1: an author's # becomes h2, and nothing is deeper than h4."""
    token = tokens[index]
    level = min(4, max(2, int(token.tag[1])))
    return f"<{'/' if token.nesting < 0 else ''}h{level}>"


def _own_path(tag: str, name: str, value: str) -> str | None:
    """Links lead to our own pages only; `//host` would be another site in disguise."""
    own = value.startswith("/") and not value.startswith(("//", "/\\"))
    return value if own and "\\" not in value else None


def pieces_of(text: str) -> list[Token] | None:
    """The pieces of a text, for what is drawn elsewhere than on a page (papers/prose.py); None
    if it has more layout than is drawn."""
    if _is_too_much(text):
        return None
    try:
        return _parser().parse(text)
    except _TooMuch:
        return None


def _is_too_much(text: str) -> bool:
    return len(MARKS.findall(text)) > MOST_MARKS or text.count("[") > MOST_BRACKETS


def render(text: str) -> SafeString:
    if _is_too_much(text):
        return _as_typed(text)
    try:
        unfolded = _parser().render(text)
    except _TooMuch:
        return _as_typed(text)
    html = nh3.clean(
        unfolded,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_own_path,
        link_rel=None,
    )
    return mark_safe(_tables_in_frames(html))  # noqa: S308 (sieved above; nothing else may be)


def _as_typed(text: str) -> SafeString:
    """Every word of it, without any layout."""
    words = _("This text has more layout in it than a page can draw: here it is as it was typed.")
    typed = escape(text.replace("\r\n", "\n")).replace("\n", "<br>")
    return mark_safe(f'<p class="hint">{escape(words)}</p><p>{typed}</p>')  # noqa: S308 (escaped)


def _tables_in_frames(html: str) -> str:
    """A table wider than a phone moves within a frame of its own, by finger or by the arrows.

    After the sieve, which leaves no attribute at a table: what is replaced is a tag for certain.
    """
    label = escape(_("Table"))
    frame = f'<div class="tab" role="group" tabindex="0" aria-label="{label}">'
    return html.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>")
