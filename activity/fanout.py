"""Many frames to many sockets: each socket gets its own in one write, in their order.

It writes what was judged and nothing else. A judgement is good for a moment (`FRESH`); whoever
was not reached by then is handed back, and the hub judges them anew. Between every few sockets
everything else has its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import NamedTuple

from access.sockets import Member
from access.wire import frame_of

logger = logging.getLogger("iswg.live")

FRESH = 0.25
AT_ONCE = 64
PIECE = 64 * 1024

Frames = Sequence[tuple[str, list[Member]]]


class Parcel(NamedTuple):
    """The same frames for the same sockets, as texts and joined into bytes."""

    pieces: list[tuple[list[str], bytes]]
    members: Sequence[Member]


async def hand_out(frames: Frames, judged_at: float) -> set[Member]:
    """Write to each member its frames; who was not reached while the judgement was fresh.

    Some are reached by every judgement, however slow the database is.
    """
    left: set[Member] = set()
    begun = False
    for parcel in _parcels(frames):
        for start in range(0, len(parcel.members), AT_ONCE):
            if begun and monotonic() - judged_at > FRESH:
                left.update(parcel.members[start:])
                break
            begun = True
            for member in parcel.members[start : start + AT_ONCE]:
                for texts, joined in parcel.pieces:
                    if not member.put(joined):
                        await _one_by_one(member, texts)
            await asyncio.sleep(0)
    return left


async def _one_by_one(member: Member, texts: list[str]) -> None:
    """The public way: one `send()` a frame."""
    try:
        for text in texts:
            await member.write(text)
    except Exception as failure:
        logger.info("a socket could not be written to (%s)", type(failure).__name__)
        member.closing = True


def _parcels(frames: Frames) -> Iterator[Parcel]:
    """Frames for the very same crowd are joined once; a socket in several crowds gets those of
    all of them in one parcel, so that its numbers rise."""
    crowds: dict[int, tuple[list[Member], list[int]]] = {}
    for place, (_, crowd) in enumerate(frames):
        crowds.setdefault(id(crowd), (crowd, []))[1].append(place)
    everybody = set[Member]().union(*(members for members, _ in crowds.values()))
    if sum(len(members) for members, _ in crowds.values()) == len(everybody):  # nobody is in two
        for members, places in crowds.values():
            yield Parcel(_pieces(frames, places), members)
        return
    belongs: dict[Member, tuple[int, ...]] = {}
    for name, (members, _) in crowds.items():
        for member in members:
            belongs[member] = (*belongs.get(member, ()), name)
    alike: dict[tuple[int, ...], list[Member]] = defaultdict(list)
    for member, names in belongs.items():
        alike[names].append(member)
    for names, members in alike.items():
        places = sorted(place for name in names for place in crowds[name][1])
        yield Parcel(_pieces(frames, places), members)


def _pieces(frames: Frames, places: Sequence[int]) -> list[tuple[list[str], bytes]]:
    """Joined, but in pieces, so that one write does not fill a reader's whole allowance."""
    pieces: list[tuple[list[str], bytes]] = []
    texts: list[str] = []
    joined: list[bytes] = []
    size = 0
    for place in places:
        text = frames[place][0]
        frame = frame_of(text)
        if texts and size + len(frame) > PIECE:
            pieces.append((texts, b"".join(joined)))
            texts, joined, size = [], [], 0
        texts.append(text)
        joined.append(frame)
        size += len(frame)
    pieces.append((texts, b"".join(joined)))
    return pieces
