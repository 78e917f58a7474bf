"""The keys of a meeting and of its closed items (vault/circles.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from access.actors import Actor
from meetings.facts import KIND, key_facts
from meetings.models import AgendaItem, Meeting, MeetingKey
from vault import circles
from vault.circles import Locked, OpenCircle
from vault.manifests import SealBroken
from vault.objects import DataKey
from vault.sessions import Vault

__all__ = ["Locked", "OpenKey"]

OpenKey = OpenCircle[MeetingKey]


def newest_keys(meeting: Meeting, item: AgendaItem | None) -> list[MeetingKey]:
    """The present key's row, and the one before it; none for what was never written to."""
    rows = list(MeetingKey.objects.filter(meeting=meeting, item=item).order_by("-number")[:2])
    for row in rows:
        row.meeting, row.item = meeting, item
    return rows


def circle_of(meeting: Meeting, item: AgendaItem | None) -> Meeting | AgendaItem:
    """Who reads what is written here: the closed item's few, or everybody in the meeting."""
    return item if item is not None and item.is_closed else meeting


def _place(item: AgendaItem | None) -> AgendaItem | None:
    """Open items are written under the meeting's own key."""
    return item if item is not None and item.is_closed else None


def open_keys(vault: Vault | None, rows: Iterable[MeetingKey]) -> dict[int, OpenKey]:
    """Those of these keys that open, by row; in one query."""
    return circles.open_many(vault, KIND, rows)


def open_present(vault: Vault | None, meeting: Meeting, item: AgendaItem | None) -> OpenKey | None:
    """The present key, with everything checked that was signed about it; None before the first."""
    place = _place(item)
    rows = newest_keys(meeting, place)
    if not rows:
        return None
    opened = circles.open_one(vault, KIND, rows[0])
    circle, former = circle_of(meeting, place), rows[1] if len(rows) > 1 else None
    circles.check(opened, circle, clear=key_facts(rows[0]), sealed={}, former=former)
    circles.check_audience(rows[0], circle)
    return opened


def key_to_write_under(
    actor: Actor, vault: Vault, meeting: Meeting, item: AgendaItem | None
) -> OpenKey:
    """The present key, or a new one if somebody in the circle has a new key since.

    For services that hold the meeting locked.
    """
    opened = open_present(vault, meeting, item)
    circle = circle_of(meeting, item)
    if opened is not None and circles.is_current(vault, opened, circle):
        return opened
    if opened is None and actor.administration != meeting.origin_id:
        raise SealBroken  # the first key is its preparer's
    return make_key(actor, vault, meeting, item, opened.row.number if opened else 0)


def make_key(
    actor: Actor, vault: Vault, meeting: Meeting, item: AgendaItem | None, former: int
) -> OpenKey:
    """Begin a key for those who are in the circle now, in the caller's transaction."""
    place = _place(item)
    row = MeetingKey(meeting=meeting, item=place, number=former + 1)

    def seal(_key: DataKey, _row: MeetingKey) -> Mapping[str, bytes]:
        return {}

    circle = circle_of(meeting, place)
    return circles.make(actor, vault, KIND, row, circle, clear=key_facts, seal=seal)
