"""How a text was changed: the later one, with what went and what came marked in it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PIECES = re.compile(r"\s+|\w+|[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
MOST_WORDS = 1_200  # beyond it lines are compared: words against words grow with the square


def changes(before: str, after: str) -> SafeString:
    """The later text, with what went and what came, word by word; a long one line by line."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = _in_lines(before), _in_lines(after)
    marked = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            marked.append(format_html("{}", "".join(new[c:d])))
            continue
        if b > a:
            marked.append(format_html("<del>{}</del>", "".join(old[a:b])))
        if d > c:
            marked.append(format_html("<ins>{}</ins>", "".join(new[c:d])))
    return format_html_join("", "{}", ((one,) for one in marked))


def _in_lines(text: str) -> list[str]:
    """Its lines; more of them than anybody writes are one piece."""
    lines = LINES.findall(text)
    return lines if len(lines) <= MOST_WORDS else [text]
