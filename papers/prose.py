"""From what an author typed to blocks for a paper: the same markup as on the pages.

Links are printed as their words, and nothing on a paper can be followed.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from papers.content import Block
from wording.markup import pieces_of

WRAPS = {
    "blockquote": "quote", "bullet_list": "list", "ordered_list": "numbered", "list_item": "item",
    "table": "table", "tr": "row", "th": "head_cell", "td": "cell", "strong": "strong",
    "em": "emphasis", "paragraph": "paragraph", "heading": "heading",
}  # fmt: skip
LEAVES = {"softbreak": "space", "hardbreak": "break", "hr": "rule"}


def blocks_of(text: str) -> list[Block]:
    """The text in blocks. One with more layout than can be drawn comes as it was typed."""
    pieces = pieces_of(text)
    if pieces is None:
        lines = text.replace("\r\n", "\n").split("\n")
        return [{"kind": "paragraph", "parts": [_words(line)]} for line in lines if line.strip()]
    return _nested(pieces)


def plain(text: str) -> list[Block]:
    """A line of our own words, as a block."""
    return [{"kind": "paragraph", "parts": [_words(text)]}]


def _words(text: str) -> Block:
    return {"kind": "words", "text": text}


def _nested(pieces: Sequence[Token]) -> list[Block]:
    """The flat run of pieces as a tree: what opens holds everything up to its end."""
    whole: list[Block] = []
    open_lists = [whole]
    for piece in pieces:
        if piece.nesting > 0:
            name = piece.type.removesuffix("_open")
            block: Block = {"kind": WRAPS.get(name, "group"), "parts": []}
            if name == "ordered_list":
                block["start"] = int(piece.attrGet("start") or 1)
            open_lists[-1].append(block)
            open_lists.append(block["parts"])
        elif piece.nesting < 0:
            open_lists.pop()
        elif piece.type == "inline":
            open_lists[-1].extend(_nested(piece.children or ()))
        elif piece.type in LEAVES:
            open_lists[-1].append({"kind": LEAVES[piece.type]})
        elif piece.type in ("fence", "code_block", "code_inline"):
            kind = "code" if piece.type == "code_inline" else "listing"
            open_lists[-1].append({"kind": kind, "text": piece.content.rstrip("\n")})
        else:
            open_lists[-1].append(_words(piece.content))
    return whole
