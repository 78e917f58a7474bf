"""Two people change one text: nobody's line is lost, and nobody is surprised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.merging import lines_of, merge, patch

TEXTS = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=7).map("\n".join)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("", "Fiji asked", "Palau asked", "Palau asked\nFiji asked"),
        ("Open.", "Open.\nFiji", "Open.\nPalau", "Open.\nPalau\nFiji"),
        ("a\nb\nc", "a\nB\nc", "a\nb\nC", "a\nB\nC"),
        ("Fiji as", "Fiji asked for time", "Fiji as\nPalau", "Fiji asked for time\nPalau"),
        ("a\nb", "b", "a\nb\nc", "b\nc"),
        ("a\r\nb", "a\r\nb\r\nc", "z\nb", "z\nb\nc"),
        ("a", "a\nsame", "a\nsame", "a\nsame"),
    ],
)
def test_changes_that_do_not_touch_stand_together(base, mine, theirs, both):
    merged = merge(base, mine, theirs)
    assert (merged.words, merged.clean) == (both, True)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("at ten", "at eleven", "at noon", "at noon\nat eleven"),
        ("a\nb\nc", "a\nc", "a\nB\nc", "a\nB\nc"),
    ],
)
def test_the_same_lines_changed_twice_are_for_people_to_settle(base, mine, theirs, both):
    merged = merge(base, mine, theirs)
    assert (merged.words, merged.clean) == (both, False)


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_that_somebody_wrote_is_lost(base, mine, theirs):
    merged = merge(base, mine, theirs)
    before, after = lines_of(base), lines_of(merged.words)
    written = [one for one in {*lines_of(mine), *lines_of(theirs)} if one not in before]
    assert not [one for one in written if one not in after]


@given(TEXTS, TEXTS)
def test_who_alone_changed_it_has_it_as_typed(base, mine):
    assert merge(base, mine, base).words == mine
    assert merge(base, base, mine).words == mine
    assert merge(base, mine, mine).words == mine


@given(TEXTS, TEXTS)
def test_a_patch_makes_the_one_of_the_other(before, after):
    one = patch(before, after)
    lines = lines_of(before)
    assert "\n".join([*lines[: one.start], *one.lines, *lines[one.upto :]]) == after
