"""From what an author typed to what a page shows: a subset of Markdown, then a sieve.

No raw HTML, no pictures, no address of another site as a live link: a link that a hostile
text could carry would tell its owner who reads, and the server fetches nothing.
"""

from __future__ import annotations

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "br",
    "hr", "table", "thead", "tbody", "tr", "th", "td", "a", "del",
}  # fmt: skip


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    parser.disable(["image", "html_block", "html_inline"])
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


def render(text: str) -> SafeString:
    html = nh3.clean(
        _parser().render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_own_path,
        link_rel=None,
    )
    return mark_safe(html)  # noqa: S308 (sieved above; nothing else may be marked safe here)
