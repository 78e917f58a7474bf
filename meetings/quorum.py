"""The quorum of a meeting, minute by minute: from who was there, never typed in.

Plain functions over stretches of attendance, so the record can be worked out again at any time
and by anybody.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was there for a seat from `arrived` until `left` (None: still there)."""

    seat: str
    arrived: datetime.datetime
    left: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch during which the same seats were filled."""

    begins: datetime.datetime
    ends: datetime.datetime | None
    seats: tuple[str, ...]
    has_quorum: bool


def filled(stays: Iterable[Stay], at: datetime.datetime, counting: Collection[str]) -> list[str]:
    """The seats that count and were filled at that instant."""
    there = {
        stay.seat for stay in stays if stay.arrived <= at and (stay.left is None or at < stay.left)
    }
    return sorted(there & set(counting))


def spans(
    stays: Sequence[Stay],
    counting: Collection[str],
    quorum: int,
    opened: datetime.datetime,
    closed: datetime.datetime | None,
) -> list[Span]:
    """The whole meeting, cut wherever a seat was filled or emptied; stretches that are alike are
    one. A seat counts once, however many people were there for it."""
    moments = {opened}
    for stay in stays:
        moments |= {moment for moment in (stay.arrived, stay.left) if moment and moment > opened}
    cuts = sorted(one for one in moments if closed is None or one < closed)
    found: list[Span] = []
    for begins, ends in zip(cuts, [*cuts[1:], closed], strict=True):
        seats = tuple(filled(stays, begins, counting))
        if found and found[-1].seats == seats:
            found[-1] = Span(found[-1].begins, ends, seats, found[-1].has_quorum)
        else:
            found.append(Span(begins, ends, seats, len(seats) >= quorum))
    return found
