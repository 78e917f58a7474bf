"""A text that was written to keep the server busy is shown as it was typed, and costs little.

Counted in steps of the parser, not in seconds: a slow machine fails nobody.
"""

import sys
from functools import cache

import pytest

from bulletins.content import BODY_LIMIT
from wording import markup
from wording.markup import render

SHOWN_AS_TYPED = "here it is as it was typed"


def filled(piece):
    return (piece * (BODY_LIMIT // len(piece) + 1))[:BODY_LIMIT]


def table(columns, line):
    head = "|".join(["a"] * columns) + "\n" + "|".join(["-"] * columns) + "\n"
    return (head + filled(line))[:BODY_LIMIT]


WORST = {
    "brackets": filled("["),
    "brackets that close": filled("[]("),
    "pictures": filled("!["),
    "links": filled("[a](/b) "),
    "links within links": "[" * 13_000 + "](/b)" * 5_000,
    "stars": filled("*"),
    "stars and words": filled("a*"),
    "stars of two kinds": filled("*_"),
    "strong that never ends": filled("**a "),
    "quotes": filled(">"),
    "quotes in quotes over many lines": ("> " * 20 + filled("a\n"))[:BODY_LIMIT],
    "lists in lists": filled("- "),
    "quotes in lists": filled("- > a\n"),
    "items": filled("- a\n"),
    "a table of short lines": table(300, "|\n"),
    "a wide table": table(1_000, "x\n"),
    "a table of all columns": table(9_000, "x\n"),
    "a long table": table(2, "a|b\n"),
    "many tables": filled("a|b\n-|-\nc|d\n\n"),
    "ticks": filled("`"),
    "ticks of growing length": " ".join("`" * n + "a" for n in range(1, 280)),
    "entities": filled("&#x"),
    "addresses": filled("<http://a> "),
    "paragraphs": filled("a\n\n"),
    "headings": filled("# a\n"),
    "references": "\n".join(f"[a{n}]: /b" for n in range(3_600)),
}


def steps(text) -> int:
    """How many Python calls it takes to draw this."""
    count = 0

    def one_more(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(one_more)
    try:
        render(text)
    finally:
        sys.setprofile(None)
    return count


ORDINARY = (
    "## Judgement\n\nA **sentence** about [it](/bulletins/), *likely* `1234`.\n\n"
    + "word " * 60
    + "\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n"
)


@cache
def ordinary_steps() -> int:
    return steps(filled(ORDINARY))


@pytest.mark.parametrize("name", WORST)
def test_the_worst_texts_cost_no_more_than_an_ordinary_long_one(name):
    render("wake the parser")
    assert steps(WORST[name]) <= 3 * ordinary_steps()


@pytest.mark.parametrize("name", WORST)
def test_the_same_just_within_the_bounds_is_bounded_too(name):
    """As many of it as pass, and words up to the limit."""
    text = WORST[name]
    while SHOWN_AS_TYPED in render(text) and len(text) > 100:
        text = text[: len(text) * 9 // 10]
    text += " word" * ((BODY_LIMIT - len(text)) // 5)
    assert steps(text) <= 6 * ordinary_steps()


def test_an_ordinary_long_text_is_drawn_with_its_layout():
    html = render(filled(ORDINARY))
    assert SHOWN_AS_TYPED not in html
    assert html.count("<strong>sentence</strong>") > 80
    assert "<td>4</td>" in html


def test_a_table_of_fifteen_hundred_cells_is_drawn():
    html = render(table(6, "1|2|3|4|5|6\n")[: 250 * 12])
    assert "<td>6</td>" in html
    assert SHOWN_AS_TYPED not in html


def test_what_is_shown_as_typed_is_whole_and_runs_nothing():
    text = "<script>alert(1)</script>\n" + "*" * (markup.MOST_MARKS + 1) + "\nthe last word"
    html = render(text)
    assert SHOWN_AS_TYPED in html
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in html
    assert html.count("*") == markup.MOST_MARKS + 1
    assert "the last word" in html
