"""Two people changed one text: what both did, line by line, as far as it does not collide.

Plain functions on plain texts; nothing here knows of meetings. A line that one of them wrote is
never left out: where both changed the same lines, the outcome says so and holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The text with both changes; `clean` unless they changed the same lines, which then stand
    one below the other, theirs first."""

    words: str
    clean: bool


@dataclass(frozen=True, slots=True)
class Patch:
    """What turns one text into another: these lines (`upto` not included) become `lines`."""

    start: int
    upto: int
    lines: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def merge(base: str, mine: str, theirs: str) -> Merged:
    """What became of `base` when one made `mine` of it, and the other `theirs`."""
    before, ours, others = lines_of(base), lines_of(mine), lines_of(theirs)
    at = (0, 0, 0)
    found: list[str] = []
    clean = True
    for start, ours_start, others_start, length in _common(before, ours, others):
        stretch, settled = _settle(
            before[at[0] : start], ours[at[1] : ours_start], others[at[2] : others_start]
        )
        found += stretch
        clean = clean and settled
        found += before[start : start + length]
        at = (start + length, ours_start + length, others_start + length)
    return Merged("\n".join(found), clean)


def _settle(before: Lines, ours: Lines, others: Lines) -> tuple[Lines, bool]:
    """One stretch between lines that all three have."""
    if ours == others or others == before:
        return ours, True
    if ours == before:
        return others, True
    if len(before) == len(ours) == len(others) > 1:
        rows = [_settle([b], [o], [t]) for b, o, t in zip(before, ours, others, strict=True)]
        if all(settled for _, settled in rows):
            return [line for lines, _ in rows for line in lines], True
    beside = _beside(before, ours, others) or _beside(before, others, ours)
    if beside:
        return beside, True
    # Both wrote at a place where nothing stood: both stay, and nobody's line was touched.
    only_added = not any(line.strip() for line in before)
    same = _difference(others, ours)
    end = len(others) if same.upto <= same.start else same.upto
    return [*others[:end], *same.lines, *others[end:]], only_added


def _beside(before: Lines, changed: Lines, added: Lines) -> Lines:
    """One changed these lines, the other only wrote below or above them."""
    length = len(before)
    if before and added[:length] == before:
        return [*changed, *added[length:]]
    if before and added[-length:] == before:
        return [*added[:-length], *changed]
    return []


def _common(before: Lines, ours: Lines, others: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Where the three have the same lines: the place in each, and how many."""
    mine, theirs = _blocks(before, ours), _blocks(before, others)
    one = other = 0
    while one < len(mine) and other < len(theirs):
        a, b = mine[one], theirs[other]
        low, high = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if low < high:
            yield low, a.b + low - a.a, b.b + low - b.a, high - low
        if a.a + a.size < b.a + b.size:
            one += 1
        else:
            other += 1
    yield len(before), len(ours), len(others), 0


def _blocks(before: Lines, after: Lines) -> list[Match]:
    return SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()


def patch(before: str, after: str) -> Patch:
    """The one stretch of lines in which they differ."""
    return _difference(lines_of(before), lines_of(after))


def _difference(old: Lines, new: Lines) -> Patch:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return Patch(start, len(old) - end, tuple(new[start : len(new) - end]))
