"""A first draft of the text for the public, from what is open to everybody who took part.

Nothing of a closed item is in it, not even for a reader who may read it: what leaves the room
must not depend on who pressed the button.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string

from meetings.minuted import ItemRecord, Roll
from meetings.models import ItemKind, Meeting

LEFT_OUT = {ItemKind.BREAK, ItemKind.OPENING, ItemKind.MINUTES, ItemKind.ACTIONS}


def drafted(meeting: Meeting, title: str, roll: Roll, items: Sequence[ItemRecord]) -> str:
    """In the reader's language: where and when, who took part, what was discussed and decided."""
    open_items = [
        one
        for one in items
        if not one.item.is_closed and one.item.kind not in LEFT_OUT and one.title.words
    ]
    agreed = [
        ruling
        for one in items
        if not one.item.is_closed
        for ruling in one.rulings
        if ruling.decision is not None and ruling.words.words
    ]
    places = {one.administration.pk: one.administration.label for one in roll.came}
    context = {
        "meeting": meeting,
        "title": title,
        "places": sorted(places.values()),
        "items": open_items,
        "decisions": agreed,
    }
    return render_to_string("meetings/_communique.txt", context).strip()
